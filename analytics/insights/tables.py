"""The figures an answer stands on, as tables in words: each query, its days, its totals and its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.advice.kinds import AdviceKind
from analytics.models import InsightCall
from gullu.money import format_money, format_number

NAMES: Final[Mapping[str, Promise]] = {
    "sales": _("Sales"),
    "reasons": _("Reasons"),
    "size_curves": _("Size curves"),
    "profit": _("Profit"),
    "missing_costs": _("Missing costs"),
    "stock_advice": _("Stock advice"),
    "forecasts": _("Forecasts"),
    "stock_levels": _("Stock levels"),
}
WORDS: Final[Mapping[str, Promise]] = {
    "label": _("Group"),
    "model": _("Model"),
    "title": _("Title"),
    "barcode": _("Barcode"),
    "colour": _("Colour"),
    "size": _("Size"),
    "sizes": _("Sizes"),
    "reason": _("Reason"),
    "kinds": _("Advice"),
    "missing": _("Missing"),
    "of": pgettext_lazy("missing", "Of"),
    "pairs": _("Pairs"),
    "amount_try": _("Amount"),
    "orders": _("Orders"),
    "average_order_try": _("Average per order"),
    "cancel_rate_percent": _("Cancellation rate"),
    "return_rate_percent": _("Return rate"),
    "sold_pairs": _("Sold pairs"),
    "returned_pairs": _("Returned pairs"),
    "exchanged_pairs": _("Exchanged pairs"),
    "cancelled_pairs": _("Cancelled pairs"),
    "share_percent": _("Share"),
    "profit_try": _("Profit"),
    "margin_percent": _("Margin"),
    "sale_with_known_profit_try": _("Sale with known profit"),
    "sale_without_known_profit_try": _("Sale without known profit"),
    "sale_of_all_try": _("Sale of all lines"),
    "sale_try": _("Sale"),
    "lines": _("Lines"),
    "lines_with_known_profit": _("Lines with known profit"),
    "lines_without_known_profit": _("Lines without known profit"),
    "commission_try": _("Commission"),
    "product_cost_try": _("Product cost"),
    "staff_try": _("Staff share"),
    "cargo_try": _("Cargo"),
    "service_fee_try": _("Service fee"),
    "packaging_try": _("Packaging"),
    "return_cost_try": _("Return costs"),
    "vat_try": _("VAT"),
    "withheld_try": _("Withheld tax"),
    "withholding_cost_try": _("Withholding as a cost"),
    "rows_with_loss": _("Rows with a loss"),
    "loss_of_rows_with_loss_try": _("Loss of these rows"),
    "rows_without_known_profit": _("Rows without known profit"),
    "rows_left_out": _("Rows left out"),
    "barcodes": _("Barcodes"),
    "on_hand": _("On hand"),
    "reserved": _("Reserved"),
    "buffer": _("Held back"),
    "available": _("Available"),
    "coming": _("Coming"),
    "sold_in_28_days_pairs": _("Sold in 28 days"),
    "expected_per_day": _("Expected per day"),
    "cover_days": _("Days of cover"),
    "suggested_pairs": _("Suggested pairs"),
    "suggested_pairs_without_known_cost": _("Suggested pairs without known cost"),
    "cost_of_suggested_try": _("Cost of the suggested pairs"),
    "lost_pairs": _("Lost pairs"),
    "lost_try": _("Lost amount"),
    "models": _("Models"),
    "expected_in_14_days_pairs": _("Expected in 14 days"),
    "expected_in_28_days_pairs": _("Expected in 28 days"),
    "enough_9_times_of_10_in_28_days_pairs": _("Enough 9 times of 10 in 28 days"),
    "error_before_percent": _("Error before"),
    "error_of_plain_average_percent": _("Error of the plain average"),
    "bias_percent": _("Bias"),
    "method": _("Method"),
    "pairs_of_other_reasons": _("Pairs of other reasons"),
    "cities_not_listed": _("Cities not listed"),
    "pairs_of_cities_not_listed": _("Pairs of cities not listed"),
    "amount_of_cities_not_listed_try": _("Amount of cities not listed"),
}
_ADVICE: Final[Mapping[str, Promise | str]] = {one.value: one.label for one in AdviceKind}
_PLACES: Final = {name: place for place, name in enumerate(WORDS)}
# Said in words above the table, or only for the language model.
_NOT_FIGURES: Final = frozenset(
    {"period", "by", "kind", "only", "rows", "total", "compared_with", "why_not_listed", "days", "missing"}
)
# The change of each figure, as a result names it.
_CHANGES: Final = {
    "pairs": "pairs_percent",
    "amount_try": "amount_percent",
    "orders": "orders_percent",
    "average_order_try": "average_order_percent",
    "cancel_rate_percent": "cancel_rate_points",
    "return_rate_percent": "return_rate_points",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in words; numbers stand to the right. Long ones get a wide column."""

    words: str
    number: bool

    @property
    def wide(self) -> bool:
        return len(self.words) > 20


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the whole, and the same of the days it is compared with."""

    name: str
    words: str
    before: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One query: its number in the answer, what it is of, and the pages that show the same."""

    number: int
    name: str
    days: str
    days_before: str
    facts: tuple[Fact, ...]
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    address: str
    compared_address: str


def table_of(call: InsightCall) -> Table:
    """The figures of a query."""
    result: Mapping[str, Any] = call.result
    rows: Sequence[Mapping[str, Any]] = result.get("rows", [])
    names = columns_of({name for row in rows for name in row})
    before = result.get("compared_with", {})
    return Table(
        number=call.number,
        name=str(NAMES.get(call.name, call.name)),
        days=_days(result.get("period")),
        days_before=_days(before.get("period")),
        facts=tuple(_facts(result, before)),
        columns=tuple((name_of(name), _is_number(name, rows)) for name in names),
        rows=tuple(
            tuple(Cell(in_words(name, row.get(name)), _is_number(name, rows)) for name in names)
            for row in rows
        ),
        address=call.address,
        compared_address=call.compared_address,
    )


def columns_of(names: Collection[str]) -> list[str]:
    """In the order of `WORDS`: the database keeps none. A label names its model and barcode already."""
    hidden = {"model", "barcode"} if "label" in names else set()
    return sorted((name for name in names if name not in hidden), key=_place)


def _place(name: str) -> tuple[int, str]:
    return (_PLACES.get(name, len(_PLACES)), name)


def _facts(result: Mapping[str, Any], before: Mapping[str, Any]) -> Iterable[Fact]:
    total, earlier, changes = result.get("total", {}), before.get("total", {}), before.get("change", {})
    for name in columns_of(total):
        if not isinstance(total[name], list):
            then = in_words(name, earlier[name]) if name in earlier else ""
            change = _change_in_words(_CHANGES.get(name, ""), changes)
            yield Fact(name_of(name), in_words(name, total[name]), then, change)
    for name in columns_of(result):
        if name in WORDS and name not in _NOT_FIGURES and isinstance(result[name], (int, float)):
            yield Fact(name_of(name), in_words(name, result[name]))


def _change_in_words(name: str, changes: Mapping[str, Any]) -> str:
    """`+%12,5`, `-0,4 points`; nothing → an empty text."""
    value = changes.get(name)
    if value is None:
        return ""
    sign = "+" if value > 0 else "-" if value < 0 else ""
    number = format_number(abs(Decimal(str(value))), places=1)
    if name.endswith("_points"):
        return gettext("%(change)s points") % {"change": f"{sign}{number}"}
    return f"{sign}%{number}"


def name_of(name: str) -> str:
    """A figure's name in words; one nobody put into words is shown as it is."""
    return str(WORDS.get(name, name))


def _is_number(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(isinstance(row.get(name), (int, float)) for row in rows)


def _days(period: Mapping[str, Any] | None) -> str:
    if not period:
        return ""
    first, last = (date.fromisoformat(period[name]) for name in ("first_day", "last_day"))
    return f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"


def in_words(name: str, value: Any) -> str:
    """As pages write it: `1.234,56 ₺`, `%12,5`, `38: 12 (%20,0)`; nothing known → `—`."""
    if value is None:
        return "—"
    if isinstance(value, (list, tuple)):
        return ", ".join(_part(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    exact = Decimal(str(value))
    if name.endswith("_try"):
        return format_money(exact)
    places = 0 if exact == exact.to_integral() else 1
    if name.endswith("_percent"):
        sign = "-" if exact < 0 else ""
        return f"{sign}%{format_number(abs(exact), places=1)}"
    return format_number(exact, places=places)


def _part(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(_ADVICE.get(value, value))
    share = (
        f" ({in_words('share_percent', value['share_percent'])})"
        if value.get("share_percent") is not None
        else ""
    )
    return f"{value.get('size', '')}: {in_words('pairs', value.get('pairs'))}{share}"


__all__ = ["Cell", "Fact", "Table", "columns_of", "in_words", "name_of", "table_of"]
