"""Pictures people send: checked by what they contain, and written anew, so that nothing else is ever kept.

The new file holds the pixels and nothing more: no place, no device, no hidden content; upright, and no larger than a
person needs to see.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from PIL import Image, ImageOps

from gullu.money import format_number
from orders.return_errors import PhotoMissing, PhotoTooLarge, PhotoTooManyPixels, PhotoUnreadable

MOST_BYTES: Final = 15 * 1024 * 1024
# A phone makes 12 to 50 million; a bomb of a few kilobytes unpacks to far more.
MOST_PIXELS: Final = 60_000_000
LONGEST_EDGE: Final = 1600
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "WEBP")
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture as JPEG, `width` × `height` points."""

    content: bytes
    width: int
    height: int


def checked_picture(upload: UploadedFile[bytes] | None) -> Picture:
    """The uploaded picture, written anew. Reads and computes only: call it outside of a transaction.

    Raises `PhotoMissing`, `PhotoTooLarge`, `PhotoTooManyPixels`, `PhotoUnreadable`.
    """
    if upload is None or not upload.size:
        raise PhotoMissing
    name = (upload.name or "?")[:60]
    if upload.size > MOST_BYTES:
        size = format_number(upload.size / _MEGABYTE, places=1)
        raise PhotoTooLarge(name=name, size=size, most=MOST_BYTES // _MEGABYTE)
    data = upload.read()
    try:
        _verify(data, name)
        return _rewritten(data)
    # What a broken or hostile file makes Pillow raise; anything else is a bug.
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise PhotoUnreadable(name=name) from error


def _verify(data: bytes, name: str) -> None:
    """Read the head alone: format and size, before anything is unpacked."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise PhotoTooManyPixels(name=name, width=width, height=height)
        image.verify()


def _rewritten(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        # A JPEG is unpacked at half or quarter size where that is still enough.
        image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        plain = _without_transparency(upright)
        plain.info.clear()  # comments of the old file would be copied
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=QUALITY, optimize=True)
        return Picture(content=out.getvalue(), width=plain.width, height=plain.height)


def _without_transparency(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def store_picture(picture: Picture, *, folder: str) -> str:
    """Write the picture under a name nobody can guess; returns its name in the storage.

    A file is not part of a transaction: write it before, and `discard` it when the row was not kept.
    """
    name = f"{folder}/{timezone.now():%Y/%m}/{uuid4().hex}.jpg"
    return default_storage.save(name, ContentFile(picture.content))


def discard(name: str) -> None:
    """Remove a stored picture that no row names."""
    default_storage.delete(name)
