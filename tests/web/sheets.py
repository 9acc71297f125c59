"""What a spreadsheet program would make of a file of ours: nothing in it may be a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Final

from openpyxl import load_workbook

# A number may begin with its sign.
_FORMULA: Final = re.compile(r"[=+\-@\t\r](?!\d+([.,]\d+)*$)")


def formulas_of_workbook(content: bytes) -> Iterator[str]:
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (
                f"formula in {sheet.title}!{cell.coordinate}" for cell in row if cell.data_type == "f"
            )


def formulas_of_csv(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8-sig")
    for row in csv.reader(text.splitlines(), delimiter=";" if ";" in text else ","):
        yield from (f"{value[:60]!r} begins as a formula does" for value in row if _FORMULA.match(value))


def words_of(response: Any, content: bytes) -> str:
    """What can be read in an answer that is no page: a table, JSON or plain text; of anything else nothing."""
    kind = response.headers.get("Content-Type", "")
    if "spreadsheetml" in kind and response.status_code == 200:
        book = load_workbook(BytesIO(content), read_only=True)
        cells = (
            cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
        )
        return "\n".join(str(cell) for cell in cells if cell is not None)
    return content.decode("utf-8", "replace") if kind.startswith(("text/", "application/json")) else ""


def reader_of(response: Any) -> Callable[[bytes], Iterator[str]] | None:
    """How to read an answer that is a table; None for any other."""
    kind = response.headers.get("Content-Type", "")
    if response.status_code != 200:
        return None
    if "spreadsheetml" in kind:
        return formulas_of_workbook
    return formulas_of_csv if kind.startswith("text/csv") else None
