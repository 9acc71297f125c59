"""The figures of a report as a band of tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reportlab.platypus import Flowable

from analytics.papers.sheet import FAINT, GREY, Sheet, Words
from analytics.reports.report import Figure
from gullu.labels.geometry import MM_PER_PT, Box

# In mm.
_LEAST_WIDTH: Final = 40.0
_GAP: Final = 2.5
_INNER: Final = 2.0
_LABEL, _VALUE, _NOTE = 4.0, 6.5, 7.0


class Tiles(Flowable):
    """As many beside each other as the width takes. `width` in points."""

    def __init__(self, figures: Sequence[Figure], width: float) -> None:
        super().__init__()
        self._figures = figures
        self._wide = width * MM_PER_PT
        most = int((self._wide + _GAP) / (_LEAST_WIDTH + _GAP))
        # Rows of about the same number: four and four, not seven and one.
        rows = -(-len(figures) // most)
        self._across = -(-len(figures) // rows)
        self._high = 2 * _INNER + _LABEL + _VALUE + (_NOTE if any(one.note for one in figures) else 0.0)
        self.width = width
        self.height = (rows * (self._high + _GAP) - _GAP) / MM_PER_PT

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        sheet = Sheet(self.canv, width=self._wide, height=self.height * MM_PER_PT)
        width = (self._wide + _GAP) / self._across - _GAP
        for number, figure in enumerate(self._figures):
            row, column = divmod(number, self._across)
            box = Box(column * (width + _GAP), row * (self._high + _GAP), width, self._high)
            _draw_tile(sheet, box, figure)


def _draw_tile(sheet: Sheet, box: Box, figure: Figure) -> None:
    sheet.frame(box, colour=FAINT)
    inner = box.inset(_INNER)
    sheet.words(Box(inner.x, inner.y, inner.width, _LABEL), Words(text=figure.label, pt=8, colour=GREY))
    value = Box(inner.x, inner.y + _LABEL, inner.width, _VALUE)
    sheet.words(value, Words(text=figure.words, pt=13, bold=True))
    note = Box(inner.x, value.bottom, inner.width, _NOTE)
    sheet.words(note, Words(text=figure.note, pt=7, colour=GREY, lines=2))


__all__ = ["Tiles"]
