"""Figures of profit: each function one statement over the lines, however many groups there are.

A part is added up over complete lines only, so that sale less parts is profit in every figure: `sale` is that of all
lines, `complete_sale` that of the lines whose profit is known. What each part is, docs/profit.md says.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Count, DateField, F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat, TruncMonth, TruncWeek
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.enums import Missing, SaleState
from analytics.models import ProfitLine
from analytics.profit.definition import DEDUCTIONS
from analytics.sales.dimensions import Dimension, key_of, labels_of
from analytics.sales.periods import Span
from catalog.models import Product
from gullu.text import Fold, fold

_SHARE: Final = Decimal("0.0001")
_COMPLETE: Final = Q(profit__isnull=False)
Rows = QuerySet[ProfitLine]


class ProfitBy(models.TextChoices):
    """What profits can be grouped by. A group's key is a text; of time it is the first day."""

    DAY = "DAY", _("Day")
    WEEK = "WEEK", _("Week")
    MONTH = "MONTH", _("Month")
    ORDER = "ORDER", _("Order")
    MODEL = "MODEL", _("Model")
    VARIANT = "VARIANT", _("Variant")
    CATEGORY = "CATEGORY", _("Category")
    CAMPAIGN = "CAMPAIGN", _("Campaign")
    CHANNEL = "CHANNEL", _("Channel")


@dataclass(frozen=True, slots=True)
class ProfitFigures:
    """Sums over lines, TRY. `pairs` are those customers kept; parts and `profit` are those of complete lines alone."""

    lines: int = 0
    pairs: int = 0
    orders: int = 0
    sale: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)
    product_cost: Decimal = Decimal(0)
    staff: Decimal = Decimal(0)
    cargo: Decimal = Decimal(0)
    service_fee: Decimal = Decimal(0)
    packaging: Decimal = Decimal(0)
    return_cost: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    withheld: Decimal = Decimal(0)
    withholding_cost: Decimal = Decimal(0)
    profit: Decimal = Decimal(0)
    complete_lines: int = 0
    complete_pairs: int = 0
    complete_sale: Decimal = Decimal(0)
    incomplete_lines: int = 0
    incomplete_sale: Decimal = Decimal(0)

    @property
    def margin(self) -> Decimal | None:
        """Profit ÷ net sale of the complete lines, four places (`0.1234`); None without such a sale."""
        if not self.complete_sale:
            return None
        return (self.profit / self.complete_sale).quantize(_SHARE, ROUND_HALF_UP)


_PARTS: Final = (*DEDUCTIONS, "withheld", "profit")
_NOTHING: Final = Decimal(0)


def _money(name: str, only: Q | None = None) -> Sum:
    return Sum(name, filter=only, default=_NOTHING)


_SUMS: Final[dict[str, Any]] = {
    "sum_lines": Count("pk"),
    "sum_pairs": Sum("line__net_quantity", default=0),
    # Orders of one sold line need not be told apart by their numbers, which would sort all lines.
    "sum_orders": Count("pk", filter=Q(line__single=True))
    + Count("line__order_number", distinct=True, filter=Q(line__single=False)),
    "sum_sale": _money("sale"),
    **{f"sum_{name}": _money(name, _COMPLETE) for name in _PARTS},
    "sum_complete_lines": Count("pk", filter=_COMPLETE),
    "sum_complete_pairs": Sum("line__net_quantity", filter=_COMPLETE, default=0),
    "sum_complete_sale": _money("sale", _COMPLETE),
    "sum_incomplete_lines": Count("pk", filter=~_COMPLETE),
    "sum_incomplete_sale": _money("sale", ~_COMPLETE),
}


def _figures(row: Any) -> ProfitFigures:
    return ProfitFigures(**{name.removeprefix("sum_"): row[name] for name in _SUMS})


def rows(span: Span, *, product: Product | int | None = None, text: str = "") -> Rows:
    """Profits of what was sold on these days; `product`: of this model (or its id).

    Each word of `text` must stand in the order number, the barcode, the goods or the title, by Turkish letters.
    """
    found = ProfitLine.objects.filter(
        line__state=SaleState.SOLD, line__day__gte=span.first, line__day__lte=span.last
    )
    if product is not None:
        found = found.filter(line__product=product)
    words = fold(text).split()
    if words:
        names = ("order_number", "barcode", "model_code", "colour", "size", "category", "product__title")
        parts = [part for name in names for part in (F(f"line__{name}"), Value(" "))]
        found = found.alias(searched=Fold(Concat(*parts, output_field=models.TextField())))
    return found.filter(*(Q(searched__contains=word) for word in words))


def totals(found: Rows) -> ProfitFigures:
    """All lines together; one statement."""
    return _figures(found.aggregate(**_SUMS))


# --- groups -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProfitGroup:
    """The figures of one group. `key` is what an address names it by, `label` what people read."""

    key: str
    label: str
    figures: ProfitFigures


_KEYS: Final[dict[ProfitBy, Any]] = {
    ProfitBy.DAY: F("line__day"),
    ProfitBy.WEEK: Cast(TruncWeek("line__day", output_field=DateField()), DateField()),
    ProfitBy.MONTH: Cast(TruncMonth("line__day", output_field=DateField()), DateField()),
    ProfitBy.ORDER: F("line__order_number"),
    ProfitBy.MODEL: F("line__model_code"),
    ProfitBy.VARIANT: F("line__barcode"),
    ProfitBy.CATEGORY: F("line__category"),
    ProfitBy.CAMPAIGN: F("line__campaign"),
    ProfitBy.CHANNEL: F("line__channel"),
}
_TIMES: Final = frozenset({ProfitBy.DAY, ProfitBy.WEEK, ProfitBy.MONTH})
_MODEL_NAME: Final = Concat(F("line__model_code"), Value(" "), F("line__product__title"))
_VARIANT_NAME: Final = Concat(
    F("line__model_code"),
    Value(" "),
    F("line__colour"),
    Value(" "),
    F("line__size"),
    Value(" ("),
    F("line__barcode"),
    Value(")"),
)
_NAMES: Final[dict[ProfitBy, Any]] = {ProfitBy.MODEL: _MODEL_NAME, ProfitBy.VARIANT: _VARIANT_NAME}


def groups(found: Rows, by: ProfitBy) -> list[ProfitGroup]:
    """Each group that has a line: times in their order, the others by profit, most first; one statement."""
    name = _NAMES.get(by, Value("", output_field=models.TextField()))
    grouped = found.annotate(key=_KEYS[by]).values("key").order_by()
    summed = list(grouped.annotate(name=Max(name, output_field=models.TextField()), **_SUMS))
    labels = _labels(by, {key_of(row["key"]): (row["name"] or "").strip() for row in summed})
    made = [ProfitGroup(key_of(row["key"]), labels[key_of(row["key"])], _figures(row)) for row in summed]
    if by in _TIMES:
        return sorted(made, key=lambda group: group.key)
    return sorted(made, key=lambda group: (-group.figures.profit, -group.figures.sale, group.key))


def ranked_orders(found: Rows) -> QuerySet[Any]:
    """Each order number with its known lines, profit and sale, to rank orders by; to be cut before it is read."""
    numbers = found.annotate(key=F("line__order_number")).values("key").order_by()
    return numbers.annotate(
        known=Count("pk", filter=_COMPLETE), earned=_money("profit", _COMPLETE), paid=_money("sale")
    )


def _labels(by: ProfitBy, names: dict[str, str]) -> dict[str, str]:
    if by == ProfitBy.CAMPAIGN:
        return {key: key or gettext("No campaign") for key in names}
    if by == ProfitBy.ORDER:
        return {key: key for key in names}
    if by in _NAMES:
        return {key: names[key] if key else gettext("Not known") for key in names}
    return labels_of(Dimension(by.value), names)


# --- what is missing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MissingGroup:
    """What is missing of one model, category, carrier or month, and the lines that wait for it."""

    code: str
    key: str
    label: str
    lines: int
    pairs: int
    sale: Decimal


# Product costs and VAT rates are missing of models, commissions of categories, tariffs of carriers; the rest of months.
_MISSING: Final = f"""
    SELECT code, key, max(label), count(*), sum(pairs)::bigint, sum(sale)
      FROM (SELECT code, pairs, sale,
                   CASE WHEN code = ANY(%s) THEN model_code WHEN code = ANY(%s) THEN category
                        WHEN code = ANY(%s) THEN carrier ELSE to_char(day, 'YYYY-MM-01') END AS key,
                   CASE WHEN code = ANY(%s) THEN model_name END AS label
              FROM ({{inner}}) AS line CROSS JOIN LATERAL unnest(line.missing) AS code) AS one
     GROUP BY code, key ORDER BY array_position(ARRAY[{", ".join(f"'{code}'" for code in Missing.values)}], code),
              sum(sale) DESC, key
"""  # noqa: S608
_OF_MODELS: Final = [Missing.COST.value, Missing.VAT_RATE.value]
_OF_CATEGORIES: Final = [Missing.COMMISSION.value]
_OF_CARRIERS: Final = [Missing.CARGO.value, Missing.RETURN_CARGO.value]


def missing(found: Rows) -> list[MissingGroup]:
    """What is missing, by code and by what it is missing of; a line that lacks two things is in both. One statement."""
    columns = {
        "pairs": F("line__net_quantity"),
        "model_code": F("line__model_code"),
        "model_name": _MODEL_NAME,
        "category": F("line__category"),
        "carrier": F("line__carrier"),
        "day": F("line__day"),
    }
    incomplete = found.exclude(missing=[]).order_by().annotate(**columns)
    try:
        inner, parameters = incomplete.values("missing", "sale", *columns).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        given = [_OF_MODELS, _OF_CATEGORIES, _OF_CARRIERS, _OF_MODELS, *parameters]
        cursor.execute(_MISSING.format(inner=inner), given)
        return [
            MissingGroup(code, key, _missing_label(code, key, label), lines, pairs, sale)
            for code, key, label, lines, pairs, sale in cursor.fetchall()
        ]


def _missing_label(code: str, key: str, label: str | None) -> str:
    if not key:
        return gettext("Not known")
    if code in {*_OF_MODELS, *_OF_CATEGORIES, *_OF_CARRIERS}:
        return (label or "").strip() or key
    return labels_of(Dimension.MONTH, [key])[key]


__all__ = [
    "MissingGroup",
    "ProfitBy",
    "ProfitFigures",
    "ProfitGroup",
    "groups",
    "missing",
    "ranked_orders",
    "rows",
    "totals",
]
