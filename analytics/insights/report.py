"""An answer with its figures as a report, to be kept as a workbook or printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.insights.tables import columns_of, in_words, name_of, table_of
from analytics.models import Insight, InsightCall
from analytics.reports.report import Figure, Report, Table
from gullu.money import format_number
from gullu.workbooks import Column


def answer_report(insight: Insight, calls: Sequence[InsightCall]) -> Report:
    """The question, the answer as it was written, what it cost, and the figures of each query."""
    cost = "—" if insight.cost is None else format_number(insight.cost, places=4)
    return Report(
        name=_("insight-report"),
        title=_("Written insights"),
        lines=[insight.question, *_doubts(insight), *_answer(insight)],
        figures=[Figure(_("Language model"), insight.model or "—"), Figure(_("Cost, USD"), cost)],
        tables=[table for call in calls for table in _tables(call)],
    )


def _doubts(insight: Insight) -> list[str]:
    """The warning of the page, with the numbers themselves: on paper nothing is marked."""
    if not insight.unproved:
        return []
    words = ngettext(
        "This number of the answer stands in none of the figures, do not rely on it: %(numbers)s",
        "These numbers of the answer stand in none of the figures, do not rely on them: %(numbers)s",
        len(insight.unproved),
    )
    return [words % {"numbers": " · ".join(insight.answer[start:end] for start, end in insight.unproved)}]


def _answer(insight: Insight) -> list[str]:
    """Its lines without the signs for bold letters."""
    return [line for line in insight.answer.replace("**", "").split("\n") if line.strip()]


def _tables(call: InsightCall) -> list[Table]:
    shown = table_of(call)
    title = " ".join(part for part in (f"[{shown.number}]", shown.name, shown.days) if part)
    facts = Table(
        title=title,
        columns=[
            Column(_("Figure"), lambda fact: fact.name, 30),
            Column(_("Value"), lambda fact: fact.words, 18),
            Column(
                _("before"), lambda fact: " ".join(part for part in (fact.before, fact.change) if part), 24
            ),
        ],
        rows=shown.facts,
    )
    rows: Sequence[Mapping[str, Any]] = call.result.get("rows", [])
    columns = [_column(name, rows) for name in columns_of({name for row in rows for name in row})]
    return [facts, Table(title=title, columns=columns, rows=rows)] if rows else [facts]


def _column(name: str, rows: Sequence[Mapping[str, Any]]) -> Column:
    letters = max((len(in_words(name, row.get(name))) for row in rows), default=0)
    return Column(
        name_of(name),
        lambda row: _value(name, row.get(name)),
        min(max(letters + 2, 10), 40),
        money=name.endswith("_try"),
    )


def _value(name: str, value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    return value if value is None or isinstance(value, int) else in_words(name, value)


__all__ = ["answer_report"]
