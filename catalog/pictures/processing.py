"""From what somebody sends to the two files we keep: the sheet Trendyol asks for, and a thumbnail of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from gullu.pictures import Pixels, Rules, as_jpeg, read_picture

# Contract section 8.4: 1200×1800 points, 96 dpi.
SHEET: Final = (1200, 1800)
DPI: Final = 96
THUMB: Final = (300, 450)
RULES: Final = Rules(
    most_bytes=25 * 1024 * 1024, most_pixels=60_000_000, least_side=100, most_side_needed=max(SHEET)
)
_QUALITY: Final = 90
_THUMB_QUALITY: Final = 80
_STRIP: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A picture ready to be kept. `width` × `height` is the size it was sent in, upright.

    `digest` is the SHA-256 of its pixels as sent, `look` what it resembles (`look_of`).
    """

    sheet: bytes
    thumb: bytes
    digest: str
    look: int
    width: int
    height: int

    @property
    def enlarged(self) -> bool:
        """Whether it was smaller than the sheet in both directions, and so had to be blown up."""
        return self.width < SHEET[0] and self.height < SHEET[1]


def prepare(upload: UploadedFile[Any] | None) -> Prepared:
    """Check a picture and make our files of it; computes only. Raises the subclasses of `PictureRefused`."""
    pixels = read_picture(upload, rules=RULES)
    sheet = on_sheet(pixels.image)
    return Prepared(
        sheet=as_jpeg(sheet, quality=_QUALITY, dpi=DPI),
        thumb=as_jpeg(sheet.resize(THUMB, Image.Resampling.LANCZOS), quality=_THUMB_QUALITY),
        digest=digest_of(pixels),
        look=look_of(pixels.image),
        width=pixels.width,
        height=pixels.height,
    )


def on_sheet(image: Image.Image) -> Image.Image:
    """The whole picture as large as it fits, in the middle of a white sheet; never cut and never distorted."""
    scale = min(SHEET[0] / image.width, SHEET[1] / image.height)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    fitted = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    sheet = Image.new("RGB", SHEET, "white")
    sheet.paste(fitted, ((SHEET[0] - size[0]) // 2, (SHEET[1] - size[1]) // 2))
    return sheet


def digest_of(pixels: Pixels) -> str:
    """SHA-256 of the pixels, whatever notes and names the file had."""
    image = pixels.image
    digest = hashlib.sha256(f"{image.width}x{image.height}".encode())
    # Strip by strip: a copy of a large picture as one piece would double what it takes.
    for top in range(0, image.height, _STRIP):
        digest.update(image.crop((0, top, image.width, min(top + _STRIP, image.height))).tobytes())
    return digest.hexdigest()


def look_of(image: Image.Image) -> int:
    """A 64-bit difference hash: for 8×8 places, whether it gets darker to the right. A signed number, for the database.

    A picture saved anew, at another size or quality, changes a few bits at most.
    """
    small = image.convert("L").resize((9, 8), Image.Resampling.BOX, reducing_gap=3.0).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            here = row * 9 + column
            bits = bits << 1 | (small[here] > small[here + 1])
    return int.from_bytes(bits.to_bytes(8, "big"), "big", signed=True)


def looks_alike(one: int, other: int, *, most_bits: int) -> bool:
    """Whether two looks differ in at most so many of their 64 bits."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count() <= most_bits
