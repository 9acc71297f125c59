"""The pages of profit as reports, to be kept as a workbook or printed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.enums import CommissionBasis
from analytics.models import ProfitLine
from analytics.profit import pages, selectors
from analytics.profit.asked import Asked
from analytics.profit.explained import Explained
from analytics.profit.figures import TIMES, Group, count_orders, grouped, wholes_of
from analytics.profit.lines import newest_first
from analytics.profit.missing import codes_in_words, missing_of
from analytics.profit.parts import COLUMNS, DEDUCTIONS, TILES
from analytics.profit.parts import Figure as Part
from analytics.profit.selectors import ProfitBy, ProfitFigures
from analytics.profit.simulator import Trial, curve
from analytics.profit.simulator_page import Answer, Bench
from analytics.profit.simulator_page import answer as answer_of
from analytics.reports.report import Chart, Figure, Report, Series, Table
from analytics.sales.chart import MOST_BARS
from gullu.money import format_money, format_number
from gullu.workbooks import Column

# More lines than anybody reads on paper; the workbook has all of them.
PAPER_LINES: Final = 500
# More orders than a workbook is made of while somebody waits.
MOST_ORDERS: Final = 10_000
_AT_ONCE: Final = 2000


def asked_in_words(asked: Asked) -> list[str]:
    """What was asked for: the days, and what narrows them."""
    span = asked.period.span
    lines = [f"{span.first:%d.%m.%Y} – {span.last:%d.%m.%Y}"]
    lines += [f"{chip['name']}: {chip['value']}" for chip in pages.chips_of(asked)]
    return lines + [f"“{text}”" for text in asked.sold.texts.values()]


def _figures(whole: ProfitFigures) -> list[Figure]:
    return [Figure(str(figure.name), figure.words(whole)) for figure in TILES]


# --- figures --------------------------------------------------------------------------------------------------------


def figures_report(asked: Asked, *, most_orders: int = MOST_ORDERS) -> Report:
    """The figures of the period, from the net sale down to the profit, and all groups; of orders at most so many."""
    wholes = wholes_of(asked)
    whole = wholes.now
    groups = grouped(asked, most_orders=most_orders)
    return Report(
        name=_("profit-report"),
        title=_("Profit analysis"),
        lines=asked_in_words(asked),
        figures=[
            Figure(tile.name, tile.cell.words, "; ".join(f"{one.name}: {one.words}" for one in tile.compared))
            for tile in pages.tiles(asked, wholes)
        ],
        charts=[_waterfall(pages.steps_of(whole)), _groups_chart(asked, groups)] if whole.lines else [],
        tables=[_groups_table(asked, groups, whole)],
    )


def _waterfall(steps: list[pages.Step]) -> Chart:
    return Chart(
        title=_("From the net sale to the profit"),
        labels=[step.label for step in steps],
        series=[Series(_("Amount"), [float(step.value) for step in steps])],
        kind="WATERFALL",
        totals=[place for place, step in enumerate(steps) if step.is_sum],
    )


def _groups_chart(asked: Asked, groups: list[Group]) -> Chart:
    is_times = asked.by in TIMES
    shown = groups if is_times else groups[:MOST_BARS]
    values = [None if group.profit is None else float(group.profit) for group in shown]
    return Chart(
        title=_("Profit"),
        labels=[group.label for group in shown],
        series=[Series(_("Profit"), values)],
        kind="BAR" if is_times else "LYING",
    )


def _groups_table(asked: Asked, groups: list[Group], whole: ProfitFigures) -> Table:
    columns = [Column(asked.by.label, lambda group: group.label, 30), *(_column(one) for one in COLUMNS)]
    return Table(
        title=str(asked.by.label),
        columns=columns,
        rows=groups,
        total=[_("Total"), *(figure.value(whole) for figure in COLUMNS)],
        note=_groups_note(asked, len(groups)),
    )


def _groups_note(asked: Asked, shown: int) -> str:
    """What the parts are of; and how many orders are left out, the total having all of them."""
    note = _("Parts and profit are of the lines whose profit is known.")
    count = count_orders(asked)["count"] if asked.by == ProfitBy.ORDER else shown
    if count <= shown:
        return note
    words = _(
        "The first %(shown)s of %(count)s orders; the total is of all. Choose fewer days to get the others."
    )
    numbers = {"shown": format_number(shown, places=0), "count": format_number(count, places=0)}
    return f"{note} {words % numbers}"


def _column(figure: Part) -> Column:
    def value(group: Group) -> Any:
        return None if group.figures is None else figure.value(group.figures)

    heading = f"{figure.name} %" if figure.kind == "PERCENT" else figure.name
    return Column(heading, value, 14, money=figure.kind == "MONEY")


# --- lines ----------------------------------------------------------------------------------------------------------

_LINES: Final = (
    Column(gettext_lazy("order number"), lambda row: row.line.order_number, 16),
    Column(gettext_lazy("day"), lambda row: row.line.day, 12),
    Column(gettext_lazy("barcode"), lambda row: row.line.barcode, 18),
    Column(gettext_lazy("model code"), lambda row: row.line.model_code, 12),
    Column(gettext_lazy("colour"), lambda row: row.line.colour, 12),
    Column(gettext_lazy("size"), lambda row: row.line.size, 8),
    Column(gettext_lazy("quantity"), lambda row: row.line.quantity, 10),
    Column(gettext_lazy("pairs kept"), lambda row: row.line.net_quantity, 10),
    Column(gettext_lazy("net sale"), lambda row: row.sale, 12, money=True),
    *(Column(label, attrgetter(name), 12, money=True) for name, label in DEDUCTIONS.items()),
    Column(gettext_lazy("profit"), lambda row: row.profit, 12, money=True),
    Column(gettext_lazy("commission from"), lambda row: str(CommissionBasis(row.commission_basis).label), 26),
    Column(gettext_lazy("withheld tax"), lambda row: row.withheld, 12, money=True),
    Column(gettext_lazy("missing"), lambda row: codes_in_words(row.missing), 30),
)


def lines_report(asked: Asked, *, most: int | None = None) -> Report:
    """The lines behind a number, newest first; at most so many."""
    behind = asked.behind()
    shown = selectors.totals(behind)
    rows: Iterable[Any] = newest_first(behind).iterator(chunk_size=_AT_ONCE)
    note = ""
    if most is not None and shown.lines > most:
        words = _("The newest %(most)s of %(lines)s lines; all are in the workbook.")
        note = words % {"most": most, "lines": shown.lines}
        rows = islice(rows, most)
    lines = [*asked_in_words(asked), str(asked.which.label)]
    if asked.missing:
        lines.append(_("Missing: %(name)s") % {"name": asked.missing.label})
    return Report(
        name=_("profit-lines"),
        title=_("Lines behind the profit"),
        lines=lines,
        figures=_figures(shown),
        tables=[Table(str(asked.which.label), _LINES, rows, note=note)],
    )


_PARTS: Final = (
    Column(gettext_lazy("part"), lambda part: part.name, 24),
    Column(gettext_lazy("amount"), lambda part: part.amount, 14, money=True),
    Column(gettext_lazy("where it comes from"), lambda part: " ".join(part.words), 90),
)


def line_report(row: ProfitLine, explained: Explained) -> Report:
    """One line reckoned out."""
    line = row.line
    lines = [f"{line.order_number}, {line.day:%d.%m.%Y}, {line.get_channel_display()}"]
    if row.missing:
        lines.append(_("Missing: %(name)s") % {"name": codes_in_words(row.missing)})
    return Report(
        name=_("profit-line"),
        title=f"{line.model_code or line.barcode} {line.colour} {line.size}",
        lines=lines,
        figures=[
            Figure(_("Profit"), "—" if row.profit is None else format_money(row.profit)),
            Figure(_("Pairs"), format_number(line.net_quantity, places=0)),
        ],
        tables=[
            Table(
                _("How the profit comes about"),
                _PARTS,
                [explained.sale, *explained.parts],
                total=[_("Profit"), row.profit, ""],
            )
        ],
    )


# --- what is missing ------------------------------------------------------------------------------------------------


def missing_report(asked: Asked) -> Report:
    """What is missing, most sale first: a list to work through."""
    found = sorted(missing_of(asked, None), key=lambda one: (-one.sale, one.code, one.key))
    whole = selectors.totals(asked.rows())
    columns = [
        Column(gettext_lazy("missing"), lambda one: str(one.code.label), 24),
        Column(gettext_lazy("model, category, carrier or month"), lambda one: one.label, 40),
        Column(gettext_lazy("lines"), lambda one: one.lines, 10),
        Column(gettext_lazy("pairs"), lambda one: one.pairs, 10),
        Column(gettext_lazy("sale that waits"), lambda one: one.sale, 16, money=True),
    ]
    return Report(
        name=_("missing-costs"),
        title=_("Missing costs"),
        lines=asked_in_words(asked),
        figures=_figures(whole),
        tables=[
            Table(
                _("Missing costs"),
                columns,
                found,
                note=_("A line that lacks two things stands in both rows."),
            )
        ],
    )


# --- the price simulator --------------------------------------------------------------------------------------------


def simulator_report(bench: Bench, trial: Trial) -> Report:
    """A trial: what was typed, what a pair earns, and the curve of the profit against the price."""
    answer = answer_of(trial)
    found = answer.outcome
    known = answer.waterfall is not None
    typed = [(str(bound.label), _shown(bound)) for bound in bench.form]
    even = format_money(answer.break_even)
    return Report(
        name=_("price-simulator"),
        title=_("Price simulator"),
        lines=[str(bench.product)] if bench.product else [],
        figures=[
            Figure(_("Profit per pair"), format_money(found.profit), answer.lacking),
            Figure(_("Margin"), answer.margin),
            Figure(_("Break-even price"), even),
        ],
        charts=[_pair_waterfall(answer), _price_curve(trial)] if known else [],
        tables=[
            Table(
                _("From the price to the profit of a pair"),
                [
                    Column(gettext_lazy("part"), lambda step: step[0], 30),
                    Column(gettext_lazy("amount per pair"), lambda step: step[1], 16, money=True),
                ],
                [(_("Net sale"), found.sale), *answer.steps],
                total=[_("Profit"), found.profit],
            ),
            Table(
                _("What was tried"),
                [
                    Column(gettext_lazy("figure"), lambda row: row[0], 40),
                    Column(gettext_lazy("value"), lambda row: row[1], 24),
                ],
                typed,
            ),
        ],
    )


def _shown(bound: BoundField) -> str:
    """A field as it stands on the page; of a choice, its words."""
    value = str(bound.value() or "")
    return str(dict(getattr(bound.field, "choices", ())).get(value, value))


def _pair_waterfall(answer: Answer) -> Chart:
    drawn = answer.waterfall or {}
    (trace,) = drawn["traces"]
    series = [Series(trace["name"], trace["values"])]
    return Chart(drawn["title"], drawn["labels"], series, kind="WATERFALL", totals=drawn["totals"])


def _price_curve(trial: Trial) -> Chart:
    """The places of a printed chart are equally far apart, so its prices are."""
    points = curve(trial)
    return Chart(
        title=_("Profit per pair against the price"),
        labels=[format_money(point.price) for point in points],
        series=[Series(_("Profit per pair"), [float(point.profit) for point in points])],
        kind="LINE",
    )


__all__ = [
    "PAPER_LINES",
    "asked_in_words",
    "figures_report",
    "lines_report",
    "missing_report",
    "simulator_report",
]
