"""Sheets made for tests, and the way from a sheet to its preview and to what becomes of it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from openpyxl import Workbook, load_workbook

from gullu.excel.keeping import left_out_of, preview_of
from gullu.excel.kinds import kinds
from gullu.excel.lines import PreviewRow
from gullu.excel.services import Standing, decide, hand_in, standing_of
from gullu.models import User

Values = Sequence[Any]


def workbook(*rows: Values, title: str = "Sayfa") -> bytes:
    """A workbook; the first row holds the headings."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def text(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def changed_part(content: bytes, *, part: str, data: bytes) -> bytes:
    """The workbook with one of its parts replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, data)
    return out.getvalue()


def give(slug: str, content: bytes, *, user: User, name: str = "dosya.xlsx") -> str:
    """Hand a file in; returns its id."""
    return hand_in(kind=kinds()[slug], upload=SimpleUploadedFile(name, content), user=user)


def preview(excel: str, *, user: User) -> list[PreviewRow]:
    kept = standing_of(excel=excel, user=user).kept
    assert kept is not None
    return list(preview_of(kept).rows)


def notes(excel: str, *, user: User) -> list[str]:
    kept = standing_of(excel=excel, user=user).kept
    assert kept is not None
    return list(preview_of(kept).notes)


def told(rows: Sequence[PreviewRow]) -> list[tuple[int, str, list[tuple[str, str, str]]]]:
    """(row, outcome, [(what, before, after)])."""
    return [
        (row.number, row.outcome.value, [(one.what, one.before, one.after) for one in row.changes])
        for row in rows
    ]


def outcomes(rows: Sequence[PreviewRow]) -> list[str]:
    return [row.outcome.value for row in rows]


def problems(rows: Sequence[PreviewRow]) -> list[str]:
    return [problem for row in rows for problem in row.problems]


def given(slug: str, *rows: Values, user: User) -> list[PreviewRow]:
    """The preview of a workbook with these rows."""
    return preview(give(slug, workbook(*rows), user=user), user=user)


def applied(slug: str, *rows: Values, user: User, only_valid: bool = False) -> Standing:
    """Hand in and write."""
    excel = give(slug, workbook(*rows), user=user)
    return decide(excel=excel, only_valid=only_valid, user=user)


def left_out(standing: Standing) -> list[PreviewRow]:
    assert standing.kept is not None
    return list(left_out_of(standing.kept))


def cells(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """Every row of a sheet as values."""
    found = load_workbook(BytesIO(content)).worksheets[sheet]
    return [[cell.value for cell in row] for row in found.iter_rows()]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def run_queue() -> None:
    """Carry out what is queued, as the worker does."""
    for row in OrmQ.objects.order_by("pk"):
        task = row.task
        import_string(task["func"])(**task["kwargs"])
        row.delete()
