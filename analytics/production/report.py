"""A plan as a workbook: one row for each barcode, and one for each model and colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import ProductionPlan
from analytics.production.selectors import Cell, ModelGrid, capacity_words
from analytics.reports.report import Figure, Report, Table
from gullu.money import format_number
from gullu.workbooks import Column

_COLUMNS = (
    Column(gettext_lazy("model code"), lambda row: row[0].code, 14),
    Column(gettext_lazy("title"), lambda row: row[0].title, 40),
    Column(gettext_lazy("colour"), lambda row: row[1].colour, 16),
    Column(gettext_lazy("size"), lambda row: row[1].size, 8),
    Column(gettext_lazy("barcode"), lambda row: row[1].barcode, 18),
    Column(gettext_lazy("advised pairs"), lambda row: row[1].suggested, 12),
    Column(gettext_lazy("planned pairs"), lambda row: row[1].planned, 12),
    Column(gettext_lazy("made pairs"), lambda row: row[1].made, 12),
    Column(gettext_lazy("pairs to make"), lambda row: row[1].open, 12),
)


def plan_report(plan: ProductionPlan, models: Sequence[ModelGrid]) -> Report:
    """The plan with its sums; `models` as `selectors.grids` has them for paper."""
    rows = [(model, cell) for model in models for row in model.rows for cell in row.known]
    cells = [cell for _model, cell in rows]
    return Report(
        name=_("production-plan"),
        title=plan.name,
        lines=[
            plan.get_state_display(),
            f"{plan.first_day:%d.%m.%Y}, {capacity_words(plan)}",
            *([plan.note] if plan.note else []),
        ],
        figures=[
            Figure(_("Planned pairs"), _pairs(cells, "planned")),
            Figure(_("Made pairs"), _pairs(cells, "made")),
            Figure(_("Models"), format_number(len(models), places=0)),
        ],
        tables=[Table(_("Barcodes"), _COLUMNS, rows, total=_total(cells))],
    )


_PLANS = (
    Column(gettext_lazy("plan"), lambda plan: plan.name, 40),
    Column(gettext_lazy("state"), lambda plan: plan.get_state_display(), 18),
    Column(gettext_lazy("first day"), lambda plan: plan.first_day, 12),
    Column(gettext_lazy("models"), lambda plan: plan.models, 10),
    Column(gettext_lazy("planned pairs"), lambda plan: plan.planned, 12),
    Column(gettext_lazy("made pairs"), lambda plan: plan.made, 12),
    Column(gettext_lazy("made by"), lambda plan: str(plan.created_by or ""), 20),
    Column(gettext_lazy("note"), lambda plan: plan.note, 40),
)


def plans_report(plans: Iterable[ProductionPlan], *, state: str) -> Report:
    """The plans as `selectors.plans` has them; `state` in words, empty for all."""
    return Report(
        name=_("production-plans"),
        title=_("Production plans"),
        lines=[state] if state else [],
        tables=[Table(_("Production plans"), _PLANS, plans)],
    )


def _pairs(cells: Sequence[Cell], name: str) -> str:
    return format_number(sum(getattr(cell, name) for cell in cells), places=0)


def _total(cells: Sequence[Cell]) -> list[str | int]:
    sums = [sum(getattr(cell, name) for cell in cells) for name in ("suggested", "planned", "made", "open")]
    return [_("Total"), "", "", "", "", *sums]


__all__ = ["plan_report", "plans_report"]
