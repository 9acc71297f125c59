"""Paper: where labels lie on a page, and pages made of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gullu.labels.elements import Label
from gullu.labels.geometry import Box, snap


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A page in millimetres, cut into `columns` × `rows` labels. A roll is a page one row high."""

    width: float
    height: float
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0
    column_gap: float = 0
    row_gap: float = 0
    columns: int = 1
    rows: int = 1

    @property
    def label_width(self) -> float:
        return (self.width - self.left - self.right - (self.columns - 1) * self.column_gap) / self.columns

    @property
    def label_height(self) -> float:
        return (self.height - self.top - self.bottom - (self.rows - 1) * self.row_gap) / self.rows

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    def cell(self, index: int) -> Box:
        """Label number `index` of a page, counted from 0 row by row."""
        row, column = divmod(index, self.columns)
        return Box(
            self.left + column * (self.label_width + self.column_gap),
            self.top + row * (self.label_height + self.row_gap),
            self.label_width,
            self.label_height,
        )

    def pages_for(self, labels: int, *, first_cell: int = 0) -> int:
        return -(-(labels + first_cell) // self.cells) if labels else 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A label with its upper left corner on the page, on the dot grid of its printer."""

    x: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    labels: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """What the calibration sheet of a printer showed: everything moves this many millimetres."""

    right: float = 0
    down: float = 0


def paginate(
    labels: Iterable[Label], paper: Paper, *, first_cell: int = 0, shift: Shift | None = None
) -> Iterator[Page]:
    """Fill page after page, leaving out the first `first_cell` labels of the first sheet."""
    moved = shift or Shift()
    placed: list[Placed] = []
    cell = first_cell
    for label in labels:
        box = paper.cell(cell)
        x, y = snap(box.x + moved.right, label.dpi), snap(box.y + moved.down, label.dpi)
        placed.append(Placed(x, y, label))
        cell += 1
        if cell == paper.cells:
            yield Page(paper.width, paper.height, tuple(placed))
            placed, cell = [], 0
    if placed:
        yield Page(paper.width, paper.height, tuple(placed))
