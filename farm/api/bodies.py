"""JSON in and out through orjson, with an end to how much is read."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

LONGEST_BODY = 64 * 1024


class TooLarge(APIException):
    """More was sent than any request of this API needs."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class OrjsonParser(BaseParser):
    """Reads UTF-8 only; NaN, half surrogates and anything nested deeper than 1024 are no JSON to it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return orjson.loads(read_body(stream))
        except orjson.JSONDecodeError as error:
            raise ParseError(
                _("The body is not JSON in UTF-8 (%(what)s). Send one JSON object.") % {"what": error}
            ) from error


def read_body(stream: IO[Any] | HttpRequest) -> bytes:
    """The whole body, up to 64 kB.

    :raises TooLarge, ParseError: when there is more of it, or when the connection ended within it.
    """
    try:
        body: bytes = stream.read(LONGEST_BODY + 1)
    except UnreadablePostError as error:
        raise ParseError(_("The body ended early. Send it again.")) from error
    if len(body) > LONGEST_BODY:
        raise TooLarge(_("A body has at most %(most)s bytes. Send less.") % {"most": LONGEST_BODY})
    return body
