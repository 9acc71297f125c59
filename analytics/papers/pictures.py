"""Pictures of the goods, as finely as they are printed and no finer. Only what lies here is read, never the network.

A picture is unpacked, made smaller and packed again alone: memory holds one at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from PIL import Image, ImageOps

from catalog.models import ProductImage
from gullu.labels.geometry import MM_PER_INCH, Box
from gullu.pictures import as_jpeg

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY: Final = 85
# Of an honest camera; a bomb of a few kilobytes unpacks to far more.
MOST_PIXELS: Final = 60_000_000
# Below this a printed picture looks coarse.
COARSE_DPI: Final = 150

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture ready for the file: `width` × `height` points in RGB."""

    content: bytes
    width: int
    height: int


class PictureUnreadable(Exception):
    """The file is no picture, is damaged, or is far too large."""


def printed_jpeg(source: IO[bytes], *, width: float, height: float, dpi: int) -> Jpeg:
    """The picture for a place of `width` × `height` mm: made smaller to `dpi`, never larger.

    Raises `PictureUnreadable`.
    """
    most = (_points(width, dpi), _points(height, dpi))
    try:
        with Image.open(source, formats=FORMATS) as image:
            plain = _smaller(image, most)
            return Jpeg(as_jpeg(plain, quality=QUALITY), plain.width, plain.height)
    # What a broken or hostile file makes Pillow raise; anything else is a bug.
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise PictureUnreadable(str(error)) from error


def _points(mm: float, dpi: int) -> int:
    return max(1, round(mm / MM_PER_INCH * dpi))


def _smaller(image: Image.Image, most: tuple[int, int]) -> Image.Image:
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(f"{image.width} × {image.height} points")
    # A JPEG is unpacked at half or quarter size where that is still enough, whichever way round it lies.
    image.draft("RGB", (max(most), max(most)))
    image.load()
    upright = ImageOps.exif_transpose(image)
    plain = _without_transparency(upright)
    plain.thumbnail(most, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return plain


def _without_transparency(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "L", "CMYK"}:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def coarse(jpeg: Jpeg, place: Box) -> bool:
    """Whether the picture is printed with fewer dots than look clean."""
    return jpeg.width / (place.width / MM_PER_INCH) < COARSE_DPI


# --- where pictures lie -------------------------------------------------------------------------------------------


def pictures_of(product_ids: Collection[int]) -> Mapping[Key, Sequence[ProductImage]]:
    """The pictures of these models by model and colour, the one to be shown first in front; one statement."""
    found: dict[Key, list[ProductImage]] = {}
    for image in ProductImage.objects.filter(product_id__in=product_ids).order_by("position", "pk"):
        found.setdefault((image.product_id, image.colour), []).append(image)
    return found


def is_here(image: ProductImage) -> bool:
    """Whether the picture is known to lie on this machine; the file itself is not looked at."""
    return bool(image.file) or _static_name(image.url) is not None


def open_here(image: ProductImage) -> IO[bytes] | None:
    """The picture's file, or None when it is elsewhere or gone."""
    if image.file:
        try:
            return image.file.storage.open(str(image.file))
        except FileNotFoundError:
            return None
    path = _static_path(image.url)
    return path.open("rb") if path is not None else None


def _static_name(url: str) -> str | None:
    """`/static/shoes/1.jpg` → `shoes/1.jpg`; None for an address that is not of our static files."""
    prefix = settings.STATIC_URL
    return url.removeprefix(prefix) if url.startswith(prefix) else None


def _static_path(url: str) -> Path | None:
    name = _static_name(url)
    if not name:
        return None
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:  # an address that climbs out of the folder
        return None
    return Path(found) if isinstance(found, str) and Path(found).is_file() else None


class PictureBook:
    """Gives the picture of an entry, and counts what is missing. Reads the rows of a hundred models at a time."""

    def __init__(self, product_ids: Iterable[int], *, dpi: int) -> None:
        self.dpi = dpi
        self.counts: Counter[str] = Counter()
        self._waiting = list(dict.fromkeys(product_ids))
        self._known: Mapping[Key, Sequence[ProductImage]] = {}
        self._read: set[int] = set()

    def picture(self, key: Key, box: Box) -> Jpeg | None:
        """The first picture that is here and readable, for this place; None: a placeholder is drawn."""
        self._require(key[0])
        unreadable = 0
        for image in self._known.get(key, ()):
            source = open_here(image)
            if source is None:
                continue
            with source:
                try:
                    return printed_jpeg(source, width=box.width, height=box.height, dpi=self.dpi)
                except PictureUnreadable:
                    unreadable += 1
        self.counts["unreadable" if unreadable else "without_picture"] += 1
        return None

    def _require(self, product_id: int) -> None:
        if product_id in self._read:
            return
        start = self._waiting.index(product_id)
        batch = self._waiting[start : start + 100]
        self._known, self._read = pictures_of(batch), set(batch)


__all__ = [
    "Jpeg",
    "PictureBook",
    "PictureUnreadable",
    "coarse",
    "is_here",
    "open_here",
    "pictures_of",
    "printed_jpeg",
]
