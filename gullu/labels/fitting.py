"""Fitting text: it shrinks, then wraps, then breaks words, then ends in an ellipsis. It is never clipped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gullu.labels.geometry import MM_PER_PT
from gullu.labels.typeface import LINE, width_em

STEP_PT = 0.5
LEAST_PT = 5.0
ELLIPSIS = "…"
_PIECE = re.compile(r"[^ /-]*[ /-]+|[^ /-]+")


@dataclass(frozen=True, slots=True)
class Fitted:
    """`cut` means that part of the text had to be left out."""

    lines: tuple[str, ...]
    pt: float
    cut: bool

    @property
    def height(self) -> float:
        return len(self.lines) * self.pt * LINE * MM_PER_PT


def line_mm(pt: float) -> float:
    """Height of one line in millimetres."""
    return pt * LINE * MM_PER_PT


def wrap(text: str, font: str, width_in_em: float) -> list[str] | None:
    """Whole words on as few lines as possible; None when a word is wider than the line.

    A line may also end after a hyphen or slash (`GÜLLÜ-ŞIK-0172`, `Bej/Siyah`).
    """
    lines: list[str] = []
    current = ""
    for piece in _PIECE.findall(text):
        if width_em(piece.strip(), font) > width_in_em:
            return None
        if current and width_em((current + piece).rstrip(), font) > width_in_em:
            lines.append(current.rstrip())
            current = ""
        current += piece
    return [*lines, current.rstrip()]


def break_anywhere(text: str, font: str, width_in_em: float) -> list[str]:
    """Lines filled with words, and with parts of words where one is wider than the line."""
    lines, current = [], ""
    for character in text:
        if current and width_em(current + character, font) > width_in_em:
            head, blank, tail = current.rpartition(" ")
            keep_whole = blank and width_em(tail + character, font) <= width_in_em
            lines.append(head if keep_whole else current)
            current = tail if keep_whole else ""
        current = (current + character).lstrip(" ")
    return [*lines, current]


def shorten(text: str, font: str, width_in_em: float) -> str:
    """The beginning of the text with an ellipsis, as much as the width takes."""
    kept = text
    while kept and width_em(kept + ELLIPSIS, font) > width_in_em:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def fit(
    text: str, font: str, *, width: float, height: float, pt: float, lines: int, least_pt: float = LEAST_PT
) -> Fitted:
    """The largest print of `text` in `width` × `height` mm, at most `pt` high and `lines` lines."""
    size = pt
    while size >= least_pt:
        found = wrap(text, font, width / (size * MM_PER_PT))
        if found is not None and len(found) <= _rows(height, size, lines):
            return Fitted(tuple(found), size, cut=False)
        size -= STEP_PT
    return _fit_smallest(text, font, width=width, rows=_rows(height, least_pt, lines), pt=least_pt)


def _rows(height: float, pt: float, lines: int) -> int:
    return min(lines, int((height + 1e-6) / line_mm(pt)))


def _fit_smallest(text: str, font: str, *, width: float, rows: int, pt: float) -> Fitted:
    in_em = width / (pt * MM_PER_PT)
    broken = break_anywhere(text, font, in_em)
    if rows < 1:
        return Fitted((), pt, cut=True)
    if len(broken) <= rows:
        return Fitted(tuple(broken), pt, cut=False)
    rest = " ".join(broken[rows - 1 :])
    return Fitted((*broken[: rows - 1], shorten(rest, font, in_em)), pt, cut=True)
