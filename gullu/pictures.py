"""Pictures people send: known by what they contain, read within limits, and handed on as nothing but pixels.

The one door for pictures from outside. What comes out of it is upright, in sRGB and opaque; no place, device, comment
or second file comes with it, because only the pixels leave this module and whoever keeps them writes a new file
(`as_jpeg`).
"""

from __future__ import annotations

import io
import logging
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from gullu.money import format_number
from gullu.picture_errors import (
    PictureBomb,
    PictureHeic,
    PictureHidesFile,
    PictureMissing,
    PictureMoves,
    PictureTooLarge,
    PictureTooManyPixels,
    PictureTooSmall,
    PictureUnreadable,
    PictureWrongKind,
)
from gullu.picture_kinds import HEIC, hidden_kind, kind_of

logger = logging.getLogger(__name__)

FORMATS: Final = ("JPEG", "PNG", "WEBP")
ACCEPT: Final = "image/jpeg,image/png,image/webp"
NAME_LENGTH: Final = 60
_MEGABYTE: Final = 1024 * 1024
_MILLION: Final = 1_000_000
# What a broken or hostile file makes Pillow raise; anything else is a bug.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# A large picture takes some hundred megabytes while it is open: two at once in a process, the others wait.
_OPEN_AT_ONCE: Final = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is taken. `most_side_needed`: a JPEG may be unpacked at half or quarter size while it stays above this.

    `strict`: a picture that is another file too is refused; else what hides in it is only left behind.
    """

    most_bytes: int
    most_pixels: int
    least_side: int = 1
    most_side_needed: int | None = None
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Pixels:
    """An upright, opaque sRGB picture. `width` × `height` is the size it was sent in; `image` may be smaller."""

    image: Image.Image
    width: int
    height: int


def read_picture(upload: UploadedFile[bytes] | None, *, rules: Rules) -> Pixels:
    """The pixels of an uploaded picture. Reads and computes only: call it outside of a transaction.

    Raises the subclasses of `PictureRefused`.
    """
    name = ((upload.name if upload else "") or "?")[-NAME_LENGTH:]
    if upload is None or not upload.size:
        raise PictureMissing(name=name)
    if upload.size > rules.most_bytes:
        size = format_number(upload.size / _MEGABYTE, places=1)
        raise PictureTooLarge(name=name, size=size, most=rules.most_bytes // _MEGABYTE)
    data = upload.read()
    _refuse_other_kinds(data, name)
    with _OPEN_AT_ONCE:
        try:
            _check_head(data, name, rules)
            return _pixels(data, rules)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureBomb(name=name) from error
        except _BROKEN as error:
            raise PictureUnreadable(name=name) from error


def as_jpeg(image: Image.Image, *, quality: int, dpi: int | None = None) -> bytes:
    """A new file of these pixels and nothing else."""
    plain = image.convert("RGB") if image.mode != "RGB" else image.copy()
    plain.info.clear()  # comments and profiles of the old file would be copied
    out = io.BytesIO()
    options = {} if dpi is None else {"dpi": (dpi, dpi)}
    plain.save(out, "JPEG", quality=quality, optimize=True, **options)
    return out.getvalue()


def _refuse_other_kinds(data: bytes, name: str) -> None:
    kind = kind_of(data)
    if kind == HEIC:
        raise PictureHeic(name=name)
    if kind:
        raise PictureWrongKind(name=name, kind=kind)


def _check_head(data: bytes, name: str, rules: Rules) -> None:
    """Read the head alone: format, size and number of pictures, before anything is unpacked."""
    with _opened(data) as image:
        width, height = image.size
        if width * height > rules.most_pixels:
            most = rules.most_pixels // _MILLION
            raise PictureTooManyPixels(name=name, width=width, height=height, most=most)
        if min(width, height) < rules.least_side:
            raise PictureTooSmall(name=name, width=width, height=height, least=rules.least_side)
        # Phones put a second, smaller picture behind the first (MPO); that does not move.
        if image.format != "MPO" and getattr(image, "is_animated", False):
            raise PictureMoves(name=name)
        image.verify()
    hidden = hidden_kind(data) if rules.strict else ""
    if hidden:
        raise PictureHidesFile(name=name, kind=hidden)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise SyntaxError("none of the formats we take") from error


def _pixels(data: bytes, rules: Rules) -> Pixels:
    with _opened(data) as image:
        width, height = image.size
        if rules.most_side_needed is not None:
            image.draft(None, (rules.most_side_needed, rules.most_side_needed))
        image.load()
        as_sent = image.size
        _turn_upright(image)
        turned = image.size != as_sent
        plain = _opaque(image, image.info.get("icc_profile"))
    return Pixels(plain, *((height, width) if turned else (width, height)))


def _turn_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)  # a copy of a large picture is 180 MB
    except _BROKEN:
        # The note of the camera is damaged, the picture is not: shown as it was sent.
        logger.info("a picture has a broken EXIF block", exc_info=True)


def _opaque(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB; what is transparent becomes white."""
    if image.mode.startswith("I"):
        # Sixteen bits a point: converting alone would cut off everything above the darkest 256 steps.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return _srgb(image.convert("RGB") if image.mode in {"1", "P"} else image, profile)
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(_srgb(layered.convert("RGB"), profile), mask=layered.getchannel("A"))
    return ground


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # Shops and phones write profiles that do not fit their pictures; viewers ignore them as well.
            logger.info("a picture has a colour profile that cannot be used", exc_info=True)
        else:
            if converted is not None:
                return converted
    return image if image.mode == "RGB" else image.convert("RGB")
