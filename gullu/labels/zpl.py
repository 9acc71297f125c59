"""Pages for Zebra printers: the very dots of the preview, so that Turkish letters need no font in the printer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from PIL import Image, ImageOps

from gullu.labels.paper import Page
from gullu.labels.png import render_page

_DARK_BELOW: Final = 128
# The printer's own shorthand for repeated digits: G…Y for 1…19, g…z for 20, 40 … 400.
_ONES: Final = " GHIJKLMNOPQRSTUVWXY"
_TWENTIES: Final = " ghijklmnopqrstuvwxyz"
_RUN: Final = re.compile(r"(.)\1*")


def stream_zpl(pages: Iterable[Page], *, dpi: int) -> Iterator[bytes]:
    """One format per page; equal pages that follow each other are one format with a quantity."""
    for page, same in groupby(pages):
        yield zpl_page(page, dpi=dpi, copies=sum(1 for _ in same)).encode("ascii")


def zpl_page(page: Page, *, dpi: int, copies: int = 1) -> str:
    """The page as one ZPL format at `dpi` dots per inch."""
    image = render_page(page, dpi=dpi)
    width, height = image.size
    graphic = compress(image)
    per_row = -(-width // 8)
    total = per_row * height
    head = f"^XA^PW{width}^LL{height}^LH0,0^PQ{copies}"
    return f"{head}^FO0,0^GFA,{total},{total},{per_row},{graphic}^FS^XZ\n"


def compress(image: Image.Image) -> str:
    """Hexadecimal rows, dark is 1. `,` ends a row with zeros, `:` repeats the row before."""
    width, height = image.size
    per_row = -(-width // 8)
    padded = Image.new("L", (per_row * 8, height), 255)
    padded.paste(image)
    dots = ImageOps.invert(padded).point(lambda value: 255 if value >= _DARK_BELOW else 0).convert("1")
    data = dots.tobytes()
    rows = [data[start : start + per_row].hex().upper() for start in range(0, len(data), per_row)]
    parts: list[str] = []
    for index, row in enumerate(rows):
        parts.append(":" if index and row == rows[index - 1] else _shorten(row))
    return "".join(parts)


def _shorten(row: str) -> str:
    kept = row.rstrip("0")
    ending = "," if kept != row else ""
    return _RUN.sub(lambda match: _repeat(match.group(1), len(match.group())), kept) + ending


def _repeat(digit: str, count: int) -> str:
    text = ""
    while count > 2:
        take = min(count, 419)
        twenties, ones = divmod(take, 20)
        text += _TWENTIES[twenties].strip() + _ONES[ones].strip() + digit
        count -= take
    return text + digit * count
