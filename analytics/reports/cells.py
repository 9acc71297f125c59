"""What a cell of a printed table says: numbers, amounts and days as the shop writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reports.report import Report, Table
from gullu.money import format_number
from gullu.text import tr_upper
from gullu.workbooks import Column


def seen(columns: Iterable[Column], *, may_see_money: bool) -> tuple[Column, ...]:
    """The columns this person may see."""
    return tuple(column for column in columns if may_see_money or not column.money)


def seen_total(table: Table, *, may_see_money: bool) -> list[Any]:
    """The sums of the columns this person may see; empty without sums."""
    pairs = zip(table.columns, table.total or [None] * len(table.columns), strict=True)
    values = [value for column, value in pairs if may_see_money or not column.money]
    return values if table.total is not None else []


def shown_tables(report: Report, *, may_see_money: bool) -> Iterator[tuple[Table, tuple[Column, ...]]]:
    """Each table with the columns that are left; one of amounts alone is left out."""
    for table in report.tables:
        if columns := seen(table.columns, may_see_money=may_see_money):
            yield table, columns


def heading_of(column: Column) -> str:
    """The heading with a capital; amounts name their currency there, so that the cells need not."""
    words = str(column.heading)
    capital = tr_upper(words[:1]) + words[1:]
    return f"{capital} (₺)" if column.money else capital


def is_number(value: Any) -> bool:
    """Whether a value stands at the right of its cell."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def in_words(value: Any) -> str:
    """`Decimal("1234.5")` → `1.234,50`, `1234` → `1.234`, a day → `21.08.2026`; nothing → an empty text."""
    match value:
        case None:
            words = ""
        case bool():
            words = _("yes") if value else _("no")
        case int():
            words = format_number(value, places=0)
        case Decimal() | float():
            words = format_number(value, places=2 if isinstance(value, Decimal) else 1)
        case datetime():
            words = f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
        case date():
            words = f"{value:%d.%m.%Y}"
        case _:
            words = str(value)
    return words


__all__ = ["heading_of", "in_words", "is_number", "seen", "seen_total", "shown_tables"]
