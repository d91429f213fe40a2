"""An end to what one form may carry: what is beyond it is read away and never kept."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MOST_BYTES = 32 * 1024 * 1024
"""Three photos of ten megabytes and all that stands around them."""
MARK = "farm.too_much_was_sent"


class Bounded(FileUploadHandler):
    """The first handler of every upload: it counts all files of a request together."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            if self.request is not None:
                self.request.META[MARK] = True
            raise StopUpload(connection_reset=False)  # whoever sent it still gets an answer
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler keeps the file


def was_too_much(request: HttpRequest) -> bool:
    """Whether files of this request were left out."""
    return bool(request.META.get(MARK))
