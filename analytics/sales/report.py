"""The page of a question as a report, to be kept as a workbook or printed, and the newest of its lines on paper."""

from __future__ import annotations

from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.reports.report import Chart, Figure, Report, Series, Table
from analytics.sales import pages, selectors
from analytics.sales.asked import TEXTS, Asked
from analytics.sales.chart import MOST_BARS
from analytics.sales.dimensions import CLOCK, labels_of
from analytics.sales.figures import figures_of
from analytics.sales.measures import Figures
from analytics.sales.tables import tables_below
from analytics.sales.workbook import FIGURES, pairs_of, values_of
from gullu.money import format_number
from gullu.workbooks import Column

# More lines than anybody reads on paper; the workbook has all of them.
PAPER_LINES: Final = 500
_LINES: Final = (
    Column(gettext_lazy("order number"), lambda line: line.order_number),
    Column(gettext_lazy("day"), lambda line: line.day),
    Column(gettext_lazy("channel"), lambda line: line.get_channel_display()),
    Column(gettext_lazy("order state"), lambda line: line.get_status_display()),
    Column(gettext_lazy("counts as"), lambda line: line.get_state_display()),
    Column(gettext_lazy("model code"), lambda line: line.model_code or line.barcode),
    Column(gettext_lazy("colour"), lambda line: line.colour),
    Column(gettext_lazy("size"), lambda line: line.size),
    Column(gettext_lazy("city"), lambda line: line.city),
    Column(gettext_lazy("quantity"), lambda line: line.quantity),
    Column(gettext_lazy("returned pairs"), lambda line: line.returned_quantity),
    Column(gettext_lazy("total"), lambda line: line.total, money=True),
    Column(gettext_lazy("paid back"), lambda line: line.returned_total, money=True),
)


def figures_report(asked: Asked, *, may_see_money: bool) -> Report:
    """The tiles, the chart, all rows of the table (with series, those of rows and series, too), and what is below."""
    measures = pages.measures_for(may_see_money=may_see_money)
    read = figures_of(asked)
    found = pages.grouped(asked, read)
    return Report(
        name=_("sales"),
        title=_("Sales analysis"),
        lines=asked_in_words(asked),
        figures=[_figure(tile) for tile in pages.tiles(asked, read, measures)],
        charts=[_chart(asked, found)] if found.ordered else [],
        tables=[*_tables(asked, found, read.whole), *tables_below(asked, read)],
    )


def _figure(tile: pages.Tile) -> Figure:
    parts = (f"{one.name}: {one.words} {f'({one.change})' if one.change else ''}" for one in tile.compared)
    return Figure(tile.name, tile.cell.words, " · ".join(part.strip() for part in parts))


def _chart(asked: Asked, found: pages.Grouped) -> Chart:
    drawn = pages.chart_of(asked, found)
    kind: Literal["BAR", "LINE", "LYING"] = "LYING" if drawn["lying"] else "BAR"
    title = f"{asked.measure.label} – {asked.rows.label}"
    if len(found.ordered) > MOST_BARS and asked.rows not in CLOCK:
        title = _("%(title)s (the first %(count)s)") % {"title": title, "count": MOST_BARS}
    return Chart(
        title=title,
        labels=drawn["labels"],
        series=[Series(trace["name"], trace["values"]) for trace in drawn["traces"]],
        kind="LINE" if drawn["kind"] == "line" else kind,
        stacked=drawn["stacked"],
    )


def _tables(asked: Asked, found: pages.Grouped, whole: Figures) -> list[Table]:
    keys = [group.key for group in found.ordered]
    labels = labels_of(asked.rows, keys)
    heading = Column(asked.rows.label, lambda row: row[0], 30)
    rows = [(labels[group.key], group.figures) for group in found.ordered]
    total = [_("Total"), *values_of(whole)]
    tables = [Table(str(asked.rows.label), (heading, *FIGURES), rows, total=total)]
    if asked.series is not None:
        side = Column(asked.series.label, lambda row: row[1], 24)
        pairs = pairs_of(asked, keys, labels)
        tables.append(Table(f"{asked.rows.label} – {asked.series.label}", (heading, side, *FIGURES), pairs))
    return tables


def lines_report(asked: Asked, *, may_see_money: bool) -> Report:
    """The figures and the newest lines behind a number, with the columns that fit on paper."""
    measures = pages.measures_for(may_see_money=may_see_money)
    whole = selectors.totals(asked.source())
    behind = asked.behind()
    count = behind.count()
    note = ""
    if count > PAPER_LINES:
        words = _("The newest %(most)s of %(lines)s lines; all are in the workbook.")
        note = words % {"most": format_number(PAPER_LINES, places=0), "lines": format_number(count, places=0)}
    return Report(
        name=_("sales-lines"),
        title=_("Sales analysis"),
        lines=[*asked_in_words(asked), str(asked.what.label)],
        figures=[Figure(str(one.label), pages.cell_of(asked, one, whole).words) for one in measures],
        tables=[
            Table(str(asked.what.label), _LINES, selectors.newest_first(behind)[:PAPER_LINES], note=note)
        ],
    )


def asked_in_words(asked: Asked) -> list[str]:
    """The days, and everything that narrows them."""
    span = asked.period.span
    lines = [f"{span.first:%d.%m.%Y} – {span.last:%d.%m.%Y}"]
    names = {"model": _("Model"), "category": _("Category"), "brand": _("Brand")}
    lines += [f"{names[name]}: {asked.texts[name]}" for name in TEXTS if name in asked.texts]
    lines += [f"{one.label}: {labels_of(one, [key])[key]}" for one, key in asked.only]
    for one, keys in asked.without:
        values = ", ".join(labels_of(one, keys).values())
        lines.append(f"{one.label}: {_('all but %(values)s') % {'values': values}}")
    return lines


__all__ = ["asked_in_words", "figures_report", "lines_report"]
