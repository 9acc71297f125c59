"""Pictures for tests, made here: no two seeds look alike."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def drawn(width: int = 600, height: int = 900, *, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """Patches of random grey, so that looks differ from seed to seed."""
    dice = random.Random(seed)
    patches = Image.frombytes("L", (9, 8), dice.randbytes(72))
    return patches.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def saved(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def sent(seed: int = 1, name: str = "foto.jpg") -> SimpleUploadedFile:
    """A proper JPEG, as a browser sends it."""
    return upload(saved(drawn(seed=seed)), name)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png_of(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes whose head promises so many points: what a decompression bomb looks like."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
