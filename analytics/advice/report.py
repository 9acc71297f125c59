"""The advice and the purchase list as reports, to keep as Excel or to print."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.advice import words
from analytics.advice.behind import Part
from analytics.advice.entry import VariantAdvice
from analytics.advice.groups import Group, Sums, sums_of
from analytics.advice.selectors import Advice
from analytics.reports.report import Figure, Report, Table
from gullu.money import format_money, format_number
from gullu.workbooks import Column

_CENT: Final = Decimal("0.01")


def _cover(row: VariantAdvice) -> int | None:
    return None if row.cover_days is None else int(row.cover_days)


def _lost(row: VariantAdvice) -> Decimal | None:
    return _decimal(row.lost_pairs) if row.lost_pairs else None


def _decimal(value: float) -> Decimal:
    return Decimal(value).quantize(_CENT, ROUND_HALF_UP)


def _kinds(row: VariantAdvice) -> str:
    return ", ".join(str(kind.label) for kind in row.kinds)


_GOODS: Final = (
    Column(gettext_lazy("model code"), lambda row: row.model_code, 12),
    Column(gettext_lazy("title"), lambda row: row.title, 30),
    Column(gettext_lazy("colour"), lambda row: row.colour, 12),
    Column(gettext_lazy("size"), lambda row: row.size, 8),
    Column(gettext_lazy("barcode"), lambda row: row.barcode, 18),
)
_ADVICE: Final = (
    *_GOODS,
    Column(gettext_lazy("category"), lambda row: row.category, 20),
    Column(gettext_lazy("on hand"), lambda row: row.on_hand, 10),
    Column(gettext_lazy("reserved"), lambda row: row.reserved, 10),
    Column(gettext_lazy("available"), lambda row: row.available, 10),
    Column(gettext_lazy("coming"), lambda row: row.coming, 10),
    Column(gettext_lazy("sold in 28 days"), lambda row: row.sold_28, 12),
    Column(gettext_lazy("expected per day"), lambda row: _decimal(row.daily), 12),
    Column(gettext_lazy("days of cover"), _cover, 12),
    Column(gettext_lazy("reorder point"), lambda row: row.reorder_point, 12),
    Column(gettext_lazy("suggested"), lambda row: row.suggested, 10),
    Column(gettext_lazy("lost pairs"), _lost, 12),
    Column(
        gettext_lazy("lost amount"), lambda row: row.lost_amount if row.lost_pairs else None, 14, money=True
    ),
    Column(gettext_lazy("advice"), _kinds, 30),
    Column(gettext_lazy("reason"), lambda row: row.reason, 70),
)
# On paper the columns that decide.
_PAPER: Final = tuple(_ADVICE[place] for place in (0, 2, 3, 8, 9, 10, 12, 14, 15, 18))


def advice_report(groups: Sequence[Group], given: Advice, *, lines: Sequence[str], paper: bool) -> Report:
    """The barcodes of these models; on paper with fewer columns."""
    rows = [row for group in groups for row in group.rows]
    sums = sums_of(rows)
    figures = (
        Figure(_("Barcodes"), format_number(sums.variants, places=0)),
        Figure(_("Pairs available"), format_number(sums.available, places=0)),
        Figure(_("Suggested pairs"), format_number(sums.suggested, places=0)),
        Figure(_("Lost pairs"), format_number(sums.lost_pairs, places=1)),
    )
    table = Table(_("Stock advice"), _PAPER if paper else _ADVICE, rows, note=source_words(given))
    return Report(_("stock-advice"), _("Stock advice"), lines, figures, (), (table,))


_BEHIND: Final = (
    Column(gettext_lazy("part"), lambda line: line.name, 40),
    Column(gettext_lazy("how it is reckoned"), lambda line: line.formula, 60),
    Column(gettext_lazy("value"), lambda line: line.value, 20),
)


def behind_report(row: VariantAdvice, parts: Sequence[Part], *, given: Advice) -> Report:
    """The numbers behind the advice on one barcode; `parts` hold what this person may see."""
    return Report(
        name=_("stock-advice"),
        title=f"{row.model_code} {row.colour} {row.size}",
        lines=[row.barcode, source_words(given), *(one.sentence for one in row.reasons)],
        figures=[
            Figure(_("Available"), format_number(row.available, places=0)),
            Figure(_("Suggested"), format_number(row.suggested, places=0)),
        ],
        tables=[Table(part.title, _BEHIND, part.lines) for part in parts if part.lines],
    )


def source_words(given: Advice) -> str:
    """What the expected demand comes from."""
    if given.run is None:
        return _("There is no forecast yet: the demand is the plain average of the last 28 days.")
    return _("The demand is that of the forecast of %(day)s.") % {"day": f"{given.run.last_day:%d.%m.%Y}"}


# --- the purchase list ------------------------------------------------------------------------------------------------


def _cost(row: VariantAdvice) -> Decimal | None:
    cost = row.judged.known.goods.cost
    return None if cost is None else (cost * row.suggested).quantize(_CENT, ROUND_HALF_UP)


_PURCHASE: Final = (
    *_GOODS,
    Column(gettext_lazy("available"), lambda row: row.available, 10),
    Column(gettext_lazy("coming"), lambda row: row.coming, 10),
    Column(gettext_lazy("suggested"), lambda row: row.suggested, 10),
    Column(gettext_lazy("cost per pair"), lambda row: row.judged.known.goods.cost, 14, money=True),
    Column(gettext_lazy("cost"), _cost, 14, money=True),
    Column(gettext_lazy("reason"), lambda row: row.reason, 70),
)


class ColourOrder:
    """What is to be ordered of one colour of a model."""

    def __init__(self, rows: Sequence[VariantAdvice]) -> None:
        self.rows = rows
        self.sums: Sums = sums_of(rows)
        self.first = rows[0]

    @property
    def sizes(self) -> str:
        """`36: 2 · 37: 4 · 38: 4`."""
        return " · ".join(f"{row.size}: {format_number(row.suggested, places=0)}" for row in self.rows)

    @property
    def cost(self) -> Decimal | None:
        """None while the cost of a pair is not known: part of a sum is no sum."""
        return None if self.sums.without_cost else self.sums.order_cost.quantize(_CENT, ROUND_HALF_UP)


def colour_orders(groups: Sequence[Group]) -> list[ColourOrder]:
    """The colours in which something is suggested."""
    found: dict[tuple[int, str], list[VariantAdvice]] = {}
    for group in groups:
        for row in group.rows:
            if row.suggested:
                found.setdefault((row.product_id, row.colour), []).append(row)
    return [ColourOrder(rows) for rows in found.values()]


_COLOURS: Final = (
    Column(gettext_lazy("model code"), lambda one: one.first.model_code, 12),
    Column(gettext_lazy("title"), lambda one: one.first.title, 30),
    Column(gettext_lazy("colour"), lambda one: one.first.colour, 12),
    Column(gettext_lazy("pairs by size"), lambda one: one.sizes, 50),
    Column(gettext_lazy("pairs"), lambda one: one.sums.suggested, 10),
    Column(gettext_lazy("cost"), lambda one: one.cost, 14, money=True),
)


def purchase_figures(sums: Sums, *, models: int, may_see_money: bool) -> list[Figure]:
    """What the whole list comes to."""
    figures = [
        Figure(_("Models"), format_number(models, places=0)),
        Figure(_("Suggested pairs"), format_number(sums.suggested, places=0)),
    ]
    if not may_see_money:
        return figures
    note = _("without %(pairs)s pairs whose cost is not known") % {"pairs": words.pairs(sums.without_cost)}
    cost = Figure(_("Cost"), format_money(sums.order_cost), note if sums.without_cost else "")
    return [*figures, cost]


def purchase_report(
    groups: Sequence[Group], given: Advice, *, lines: Sequence[str], paper: bool, may_see_money: bool
) -> Report:
    """The purchase list: on paper a row for each colour, as a workbook also one for each barcode."""
    colours = colour_orders(groups)
    rows = [row for one in colours for row in one.rows]
    sums = sums_of(rows)
    by_colour = Table(_("By colour"), _COLOURS, colours, _colour_total(sums), note=source_words(given))
    by_barcode = Table(_("By barcode"), _PURCHASE, rows, _barcode_total(sums))
    return Report(
        _("purchase-list"),
        _("Purchase and production list"),
        lines,
        purchase_figures(sums, models=len({row.product_id for row in rows}), may_see_money=may_see_money),
        (),
        (by_colour,) if paper else (by_colour, by_barcode),
    )


def _colour_total(sums: Sums) -> list[Any]:
    return [_("Total"), None, None, None, sums.suggested, _known_cost(sums)]


def _barcode_total(sums: Sums) -> list[Any]:
    return [_("Total"), *[None] * 6, sums.suggested, None, _known_cost(sums), None]


def _known_cost(sums: Sums) -> Decimal | None:
    return None if sums.without_cost else sums.order_cost.quantize(_CENT, ROUND_HALF_UP)


__all__ = [
    "ColourOrder",
    "advice_report",
    "colour_orders",
    "purchase_figures",
    "purchase_report",
    "source_words",
]
