"""Photos that customers send: looked at with care, drawn anew without what cameras write into them, kept in private."""

import contextlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from farm.refusals import Refused

MOST = 3
LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow says of files that are no photos."""


class PhotoRefused(Refused):
    """It is no photo, or a larger one than anybody needs."""

    code = "bad_photo"


class PhotosNotKept(Refused):
    """The disk did not take them."""

    code = "photos_not_kept"
    conflict = True


def redrawn(file: BinaryIO) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side, upright, with nothing in it but the picture.

    How large it is is read before any of it is unpacked.

    :raises PhotoRefused: when it is no photo in one of `FORMATS`, damaged or too large.
    """
    raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise _too_large()
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise _too_large()
            photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _jpeg(photo)
    except BROKEN as error:
        raise PhotoRefused(
            _("This file is not a photo that we can read."), advice=_("Send a JPEG, PNG or WebP photo."), field="photos"
        ) from error


def all_redrawn(files: Sequence[BinaryIO]) -> list[bytes]:
    """Each of up to three photos drawn anew; before any is unpacked they are counted.

    :raises PhotoRefused: when there are more, or one is refused.
    """
    if len(files) > MOST:
        raise PhotoRefused(_("At most three photos."), advice=_("Send the three that show most."), field="photos")
    return [redrawn(file) for file in files]


def keep(photos: Sequence[bytes], *, under: str) -> list[str]:
    """Write the photos below the folder `under`; return where each lies.

    :raises PhotosNotKept: when one cannot be written; none of them stays.
    """
    kept: list[str] = []
    try:
        for number, photo in enumerate(photos, start=1):
            kept.append(_storage().save(f"{under}/{number}.jpg", ContentFile(photo)))
    except OSError as error:
        drop(kept)
        raise PhotosNotKept(
            _("Your photos could not be kept just now."),
            advice=_("Try again in a minute, or send the report without them."),
            field="photos",
        ) from error
    return kept


def read(place: str) -> bytes | None:
    """The photo that lies there; None when it is gone."""
    with contextlib.suppress(OSError), _storage().open(place) as file:
        photo: bytes = file.read()
        return photo
    return None


def drop(places: Iterable[str]) -> None:
    """Delete these photos; one that is gone already is no mistake."""
    for place in places:
        with contextlib.suppress(OSError):
            _storage().delete(place)


def _storage() -> Storage:
    return storages["private"]


def _jpeg(photo: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(photo).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)  # a picture of its own: no place, no camera, no comment comes along
    bare.paste(upright)
    drawn = BytesIO()
    bare.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()


def too_large_together() -> PhotoRefused:
    """For more than one form may carry."""
    return PhotoRefused(
        _("These photos are too large together."), advice=_("Send smaller ones, or fewer."), field="photos"
    )


def _too_large() -> PhotoRefused:
    return PhotoRefused(
        _("This photo is too large."),
        advice=_("A photo may have 10 MB and 25 megapixels: send a smaller one."),
        field="photos",
    )
