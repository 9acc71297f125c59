"""Opening a commission file: `gullu.excel.tables` with the limits of these exports. Raises `FileRefused`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from gullu.excel.tables import LAST_ROW, MEGABYTE, Limits, Row, Sheet, Table
from gullu.excel.tables import open_table as _open_table

MOST_BYTES: Final = 32 * MEGABYTE
# Unpacked; sheets are read as a stream, every other part is held in memory while its sheet is read.
MOST_UNPACKED: Final = 512 * MEGABYTE
MOST_PART: Final = 64 * MEGABYTE
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
MOST_SHEETS: Final = 50


@contextmanager
def open_table(content: BinaryIO, *, name: str) -> Iterator[Table]:
    """The file as sheets, closed again after the block (`content` itself stays open)."""
    limits = Limits(
        size=MOST_BYTES,
        unpacked=MOST_UNPACKED,
        part=MOST_PART,
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
        sheets=MOST_SHEETS,
    )
    with _open_table(content, name=name, limits=limits) as table:
        yield table


__all__ = [
    "LAST_ROW",
    "MEGABYTE",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_PART",
    "MOST_ROWS",
    "MOST_SHEETS",
    "MOST_UNPACKED",
    "Row",
    "Sheet",
    "Table",
    "open_table",
]
