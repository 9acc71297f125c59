"""The two local typefaces (they have every Turkish letter and ₺) and how wide text in them is.

All renderers place each character by the widths read here, so a text that fits in one fits in all of them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from gullu.labels.geometry import MM_PER_PT

_FOLDER: Final = Path(__file__).parent / "fonts"
REGULAR: Final = "GulluSans"
BOLD: Final = "GulluSans-Bold"
_FILES: Final = {REGULAR: "DejaVuSansCondensed.ttf", BOLD: "DejaVuSansCondensed-Bold.ttf"}

# Of the type size: room for Ğ and İ above, for ş and ç below.
ASCENT: Final = 0.93
DESCENT: Final = 0.24
LINE: Final = ASCENT + DESCENT
MISSING: Final = "\ufffd"


def font_path(name: str) -> Path:
    return _FOLDER / _FILES[name]


@cache
def pdf_font(name: str) -> TTFont:
    """The typeface, registered with ReportLab."""
    font = TTFont(name, str(font_path(name)))
    pdfmetrics.registerFont(font)
    return font


@cache
def _widths(name: str) -> dict[int, float]:
    face = pdf_font(name).face
    return {code: face.charWidths.get(code, face.defaultWidth) / 1000 for code in face.charToGlyph}


def printable(text: str, name: str = REGULAR) -> str:
    """The text on one line with single spaces; characters the typeface lacks become a visible mark."""
    widths = _widths(name)
    return "".join(c if ord(c) in widths else MISSING for c in " ".join(text.split()))


@lru_cache(maxsize=8192)
def width_em(text: str, name: str) -> float:
    """Width in parts of the type size, without kerning."""
    widths = _widths(name)
    return sum(widths[ord(character)] for character in text)


def width_mm(text: str, name: str, pt: float) -> float:
    return width_em(text, name) * pt * MM_PER_PT


@cache
def advance(character: str, name: str) -> float:
    return _widths(name)[ord(character)]
