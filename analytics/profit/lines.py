"""The sold lines behind a number of profit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from analytics.enums import Missing
from analytics.models import ProfitLine


def newest_first(rows: QuerySet[ProfitLine]) -> QuerySet[ProfitLine]:
    """The order in which lines are listed, each with the fact of its sale; one statement."""
    return rows.select_related("line").order_by("-line__day", "-line__hour", "-line_id")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line as it is listed: its profit, and what is missing of it in words."""

    row: ProfitLine
    missing: tuple[str, ...]


def listed(rows: Iterable[ProfitLine]) -> list[Listed]:
    """Lines for a page."""
    return [Listed(row, tuple(str(Missing(code).label) for code in row.missing)) for row in rows]


__all__ = ["Listed", "listed", "newest_first"]
