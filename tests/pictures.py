"""Photos as phones send them, for tests that upload."""

from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def a_photo(width: int = 400, height: int = 300, *, kind: str = "JPEG", tells: str = "") -> bytes:
    """A photo; `tells` is what the camera writes into it."""
    file, exif = BytesIO(), Image.Exif()
    exif[0x010E] = tells  # a description
    exif[0x0112] = 6  # held sideways
    Image.new("RGB", (width, height), "#5b2a6e").save(file, kind, exif=exif)
    return file.getvalue()


def an_upload(photo: bytes | None = None, name: str = "IMG_0001.JPG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_photo() if photo is None else photo, "image/jpeg")


def private_folder(settings: Any, folder: Path) -> Path:
    """Let private files lie in `folder` while a test runs."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "private": backend}
    return folder
