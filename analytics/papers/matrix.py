"""Stock by size: models and colours down, sizes across, pairs that can be delivered in between.

The figures are `available`: a shortage is shown as what it is, below zero, and is part of every sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import IO, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook

from analytics.papers.entries import Entry
from analytics.papers.frame import content_box
from analytics.papers.sheet import A4
from analytics.papers.tables import Column, Section
from catalog.models import AgeGroup
from gullu import workbooks
from inventory.stock_grid import size_order

SIZE: Final = (A4[1], A4[0])
# In mm.
_CODE, _COLOUR, _LEAST_TITLE, _SUM = 28.0, 34.0, 48.0, 15.0
_LEAST_CELL: Final = 9.0
_MOST_CELL: Final = 14.0
NO_SIZE: Final = "·"
MINUS: Final = "−"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One entry with its pairs by size; a size that is missing does not exist in this colour."""

    entry: Entry
    pairs: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.pairs.values())


def matrix_rows(entries: Sequence[Entry]) -> list[MatrixRow]:
    """The rows in the order of the entries, which must have been read with their stock."""
    return [MatrixRow(entry, _pairs(entry)) for entry in entries]


def _pairs(entry: Entry) -> dict[str, int]:
    pairs: Counter[str] = Counter()
    for size in entry.sizes:
        pairs[size.size] += size.stock.available if size.stock else 0
    return dict(pairs)


def sizes_of(rows: Sequence[MatrixRow]) -> list[str]:
    """Every size that occurs, in its order."""
    return sorted({size for row in rows for size in row.pairs}, key=size_order)


def matrix_sections(entries: Sequence[Entry]) -> list[Section]:
    """One section for women, men and children; more of them where the sizes are too many for one paper's width."""
    rows = sorted(matrix_rows(entries), key=lambda row: _group_place(row.entry.age_group))
    sections: list[Section] = []
    for group, members in groupby(rows, key=lambda row: row.entry.age_group):
        sections.extend(_group_sections(str(AgeGroup(group).label), list(members)))
    return sections


def _group_place(group: str) -> int:
    return AgeGroup.values.index(group)


def _group_sections(name: str, rows: list[MatrixRow]) -> Iterator[Section]:
    sizes = sizes_of(rows)
    room = content_box(*SIZE).width - _CODE - _COLOUR - _SUM
    most = int((room - _LEAST_TITLE) / _LEAST_CELL)
    for start in range(0, len(sizes), most):
        part = sizes[start : start + most]
        # A row without any of these sizes would only be dots.
        shown = [row for row in rows if any(size in row.pairs for size in part)]
        words = {"group": name, "first": part[0], "last": part[-1]}
        title = _("%(group)s, sizes %(first)s to %(last)s") % words
        width = min((room - _LEAST_TITLE) / len(part), _MOST_CELL)
        yield _section(title, shown, part, width=width, rest=room - width * len(part))


def _section(title: str, rows: list[MatrixRow], sizes: list[str], *, width: float, rest: float) -> Section:
    columns = (
        Column(_("Model"), _CODE, bold=True),
        Column(_("Colour"), _COLOUR),
        Column(_("Product"), rest),
        *(Column(size, width, "right") for size in sizes),
        Column(_("Total"), _SUM, "right", bold=True),
    )
    cells = [(row.entry.code, row.entry.colour, row.entry.title, *_numbers(row.pairs, sizes)) for row in rows]
    sums: Counter[str] = Counter()
    for row in rows:
        for size in sizes:
            sums[size] += row.pairs.get(size, 0)
    return Section(title, columns, cells, (_("Total"), "", "", *_numbers(dict(sums), sizes)))


def _numbers(pairs: dict[str, int], sizes: list[str]) -> list[str]:
    """The pairs of these sizes and their sum."""
    known = [pairs.get(size) for size in sizes]
    total = sum(number for number in known if number is not None)
    return [*(NO_SIZE if number is None else signed(number) for number in known), signed(total)]


def signed(number: int) -> str:
    """`-3` → `−3`, with the sign that is as wide as a figure."""
    return f"{MINUS}{-number}" if number < 0 else str(number)


def write_matrix_workbook(target: IO[bytes], entries: Sequence[Entry]) -> None:
    """One sheet with every size that occurs, and the sums below."""
    rows = matrix_rows(entries)
    sizes = sizes_of(rows)
    columns = [
        workbooks.Column(_("Model"), lambda row: row.entry.code),
        workbooks.Column(_("Product"), lambda row: row.entry.title, 40),
        workbooks.Column(_("Colour"), lambda row: row.entry.colour, 16),
        workbooks.Column(_("Category"), lambda row: row.entry.category, 20),
        *(_size_column(size) for size in sizes),
        workbooks.Column(_("Total"), lambda row: row.total, 10),
    ]
    sums = [sum(row.pairs.get(size, 0) for row in rows) for size in sizes]
    book = Workbook(write_only=True)
    total = (_("Total"), "", "", "", *sums, sum(sums))
    workbooks.add_sheet(book, _("Stock by size"), columns, rows, total=total)
    book.save(target)


def _size_column(size: str) -> workbooks.Column:
    return workbooks.Column(size, lambda row: row.pairs.get(size), 8)


__all__ = [
    "SIZE",
    "MatrixRow",
    "matrix_rows",
    "matrix_sections",
    "signed",
    "sizes_of",
    "write_matrix_workbook",
]
