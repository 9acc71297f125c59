"""Pictures of returns: read through the one door for pictures (`gullu.pictures`), written anew under secret names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from gullu.pictures import Rules, as_jpeg, read_picture

LONGEST_EDGE: Final = 1600
QUALITY: Final = 85
# A phone makes 12 to 50 million points. What hides behind a photo of a phone is left behind, not refused.
RULES: Final = Rules(
    most_bytes=15 * 1024 * 1024, most_pixels=60_000_000, most_side_needed=LONGEST_EDGE, strict=False
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture as JPEG, `width` × `height` points."""

    content: bytes
    width: int
    height: int


def checked_picture(upload: UploadedFile[bytes] | None) -> Picture:
    """The uploaded picture, no larger than a person needs to see. Call it outside of a transaction.

    Raises the subclasses of `gullu.picture_errors.PictureRefused`.
    """
    image = read_picture(upload, rules=RULES).image
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return Picture(content=as_jpeg(image, quality=QUALITY), width=image.width, height=image.height)


def store_picture(picture: Picture, *, folder: str) -> str:
    """Write the picture under a name nobody can guess; returns its name in the storage.

    A file is not part of a transaction: write it before, and `discard` it when the row was not kept.
    """
    name = f"{folder}/{timezone.now():%Y/%m}/{uuid4().hex}.jpg"
    return default_storage.save(name, ContentFile(picture.content))


def discard(name: str) -> None:
    """Remove a stored picture that no row names."""
    default_storage.delete(name)
