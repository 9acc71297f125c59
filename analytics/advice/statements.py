"""What advice is made of, read set-based: one statement each, however many barcodes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone

from analytics.advice.rules import PAST_DAYS, Rule
from analytics.enums import SaleState
from analytics.models import PlanningRule, SaleLine
from catalog.models import BundlePart, Variant

# Size curves are made of the sales of a year: each season once.
CURVE_DAYS: Final = 365
# The newest day of a sale is found in the index (variant, day) without reading the others.
_LAST_SOLD: Final = """
    SELECT goods.id, newest.day
      FROM catalog_variant AS goods
     CROSS JOIN LATERAL (
            SELECT line.day FROM analytics_saleline AS line
             WHERE line.variant_id = goods.id AND line.state = %(sold)s AND line.day <= %(today)s
             ORDER BY line.day DESC LIMIT 1) AS newest
     WHERE %(variants)s::bigint[] IS NULL OR goods.id = ANY(%(variants)s)
"""
# Backwards from the balance of now, so that only the movements since `since` are read, however long the ledger is: a
# forecast learns from all of it (`analytics.forecasts.history`), the advice asks again for every page. Movements of one
# moment are one step (a pair moved from shelf to shelf was never gone); steps that change nothing are none. A span
# covers a day if it begins at or before its midnight and ends at or after the next one. Before its first movement
# nothing is known of a barcode.
_GONE: Final = """
    WITH goods AS (
        SELECT variant_id, qty FROM inventory_centralstock
         WHERE %(variants)s::bigint[] IS NULL OR variant_id = ANY(%(variants)s)
    ), step AS (
        SELECT variant_id, created_at AS at, sum(delta) AS delta
          FROM inventory_stockmovement
         WHERE created_at >= %(since)s AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY(%(variants)s))
         GROUP BY variant_id, created_at
        HAVING sum(delta) <> 0
    ), level AS (
        SELECT step.variant_id, step.at, step.delta,
               goods.qty - sum(step.delta) OVER later AS before,
               lead(step.at) OVER (PARTITION BY step.variant_id ORDER BY step.at) AS next,
               row_number() OVER (PARTITION BY step.variant_id ORDER BY step.at) = 1 AS is_first
          FROM step JOIN goods ON goods.variant_id = step.variant_id
        WINDOW later AS (PARTITION BY step.variant_id ORDER BY step.at DESC)
    ), span AS (
        SELECT variant_id, at AS start, next AS ending FROM level WHERE before + delta <= 0
        UNION ALL
        SELECT goods.variant_id, NULL, level.at
          FROM goods LEFT JOIN level ON level.variant_id = goods.variant_id AND level.is_first
         WHERE coalesce(level.before, goods.qty) <= 0
           AND (SELECT move.created_at FROM inventory_stockmovement AS move
                 WHERE move.variant_id = goods.variant_id ORDER BY move.id LIMIT 1) < %(since)s
    ), whole AS (
        SELECT variant_id, start AT TIME ZONE %(zone)s AS start, ending AT TIME ZONE %(zone)s AS ending FROM span
    ), out AS (
        SELECT variant_id, sum(greatest(0,
                   least(coalesce(ending::date - 1, %(last)s::date), %(last)s::date)
                   - greatest(CASE WHEN start = start::date THEN start::date ELSE start::date + 1 END, %(first)s::date)
                   + 1)) AS days
          FROM whole GROUP BY variant_id
    ), back AS (
        SELECT variant_id, max(at) AS at FROM level WHERE before <= 0 AND before + delta > 0 GROUP BY variant_id
    )
    SELECT goods.variant_id, coalesce(out.days, 0)::int, CASE WHEN goods.qty > 0 THEN back.at END
      FROM goods
      LEFT JOIN out ON out.variant_id = goods.variant_id
      LEFT JOIN back ON back.variant_id = goods.variant_id
     WHERE out.days > 0 OR back.at IS NOT NULL
"""
# The cost sheet of the model comes before the cost of the barcode; a currency without a rate makes it unknown.
_COSTS: Final = """
    WITH rate AS (
        SELECT DISTINCT ON (currency) currency, rate FROM analytics_exchangerate
         WHERE day <= %(today)s ORDER BY currency, day DESC
    ), sheet AS (
        SELECT DISTINCT ON (product_id) id, product_id FROM analytics_costsheet
         WHERE valid_from <= %(today)s ORDER BY product_id, valid_from DESC
    ), whole AS (
        SELECT sheet.product_id,
               CASE WHEN bool_and(part.currency = 'TRY' OR rate.rate IS NOT NULL)
                    THEN sum(part.amount * coalesce(rate.rate, 1)) END AS cost
          FROM sheet
          LEFT JOIN analytics_costpart AS part ON part.sheet_id = sheet.id
          LEFT JOIN rate ON rate.currency = part.currency
         GROUP BY sheet.product_id
    )
    SELECT goods.id,
           CASE WHEN whole.product_id IS NOT NULL THEN whole.cost
                WHEN goods.cost_currency = 'TRY' THEN goods.cost
                ELSE goods.cost * rate.rate END
      FROM catalog_variant AS goods
      LEFT JOIN whole ON whole.product_id = goods.product_id
      LEFT JOIN rate ON rate.currency = goods.cost_currency
     WHERE %(variants)s::bigint[] IS NULL OR goods.id = ANY(%(variants)s)
"""


class Row(NamedTuple):
    """A barcode as the catalogue has it. `bundle`: a closed carton, packed here out of pairs."""

    variant_id: int
    barcode: str
    product_id: int
    model_code: str
    title: str
    category: str
    age_group: str
    vat_rate: int
    colour: str
    size: str
    price: Decimal | None
    active: bool
    model_active: bool
    discontinued: bool
    model_discontinued: bool
    bundle: bool

    @property
    def orderable(self) -> bool:
        """On sale and still made."""
        ended = self.discontinued or self.model_discontinued
        return self.active and self.model_active and not ended and not self.bundle


def catalogue(products: Collection[int] | None) -> list[Row]:
    """Every barcode of these models, of all without any; drafts are not goods yet."""
    goods = Variant.objects.filter(product__draft=False)
    if products is not None:
        goods = goods.filter(product__in=products)
    rows = goods.annotate(bundle=Exists(BundlePart.objects.filter(bundle=OuterRef("pk")))).values_list(
        "pk",
        "barcode",
        "product_id",
        "product__code",
        "product__title",
        "product__category",
        "product__age_group",
        "product__vat_rate",
        "colour",
        "size",
        "sale_price",
        "active",
        "product__active",
        "discontinued",
        "product__discontinued",
        "bundle",
    )
    return [Row(*row) for row in rows.order_by("product__code", "colour", "pk")]


def rules() -> dict[int | None, Rule]:
    """The rule of each model that has its own; None: the one for all others, the defaults where nobody wrote one."""
    found: dict[int | None, Rule] = {None: _rule(PlanningRule())}
    return found | {rule.product_id: _rule(rule) for rule in PlanningRule.objects.all()}


def _rule(rule: PlanningRule) -> Rule:
    return Rule(
        lead_days=rule.lead_days,
        review_days=rule.review_days,
        service_level=rule.service_level,
        minimum_pairs=rule.minimum_pairs,
        lot_pairs=rule.lot_pairs,
        overstock_days=rule.overstock_days,
        dead_days=rule.dead_days,
        own=rule.product_id is not None,
    )


def sold_pairs(today: date, variants: Collection[int] | None) -> dict[int, int]:
    """Pairs sold in the `PAST_DAYS` before today, whatever came back later."""
    lines = _sold(today - timedelta(days=PAST_DAYS), today)
    lines = lines.filter(variant__isnull=False) if variants is None else lines.filter(variant__in=variants)
    return dict(lines.values_list("variant_id").annotate(pairs=Sum("quantity")).order_by())


class SizeSale(NamedTuple):
    """Pairs of one size of a model, sold in the year before."""

    product_id: int
    category: str
    age_group: str
    size: str
    pairs: int


def sold_by_size(today: date) -> list[SizeSale]:
    """Of every model, whichever are asked for: the spread that is usual in a category is made of all of its models.

    Closed cartons are left out: they are no size.
    """
    lines = _sold(today - timedelta(days=CURVE_DAYS), today).filter(product__isnull=False)
    lines = lines.exclude(Exists(BundlePart.objects.filter(bundle=OuterRef("variant"))))
    names = ("product_id", "product__category", "product__age_group", "size")
    return [SizeSale(*row) for row in lines.values_list(*names).annotate(pairs=Sum("quantity")).order_by()]


def _sold(first: date, today: date) -> Any:
    return SaleLine.objects.filter(state=SaleState.SOLD, day__gte=first, day__lt=today)


def last_sold(today: date, variants: Collection[int] | None) -> dict[int, date]:
    """The newest day on which a pair was sold; a barcode never sold is not in the answer."""
    return dict(_read(_LAST_SOLD, {"sold": SaleState.SOLD.value, "today": today}, variants))


class Gone(NamedTuple):
    """`days_out`: whole days without stock; `there_since`: since when there is some without a break.

    `there_since` is None where there was some all the time that was looked back, or where there is none now.
    """

    days_out: int
    there_since: date | None


def gone(*, first: date, today: date, variants: Collection[int] | None) -> dict[int, Gone]:
    """What was gone since `first`; days out are those of the last `PAST_DAYS`. Who was always there has no answer.

    `first` may not be later than the first of the last `PAST_DAYS`.
    """
    given = {
        "since": timezone.make_aware(datetime.combine(first, time.min)),
        "first": today - timedelta(days=PAST_DAYS),
        "last": today - timedelta(days=1),
        "zone": timezone.get_default_timezone_name(),
    }
    rows = _read(_GONE, given, variants)
    return {variant: Gone(days, timezone.localdate(at) if at else None) for variant, days, at in rows}


def costs(today: date, variants: Collection[int] | None) -> dict[int, Decimal | None]:
    """What a pair costs today, in TRY; None while it is not known."""
    return dict(_read(_COSTS, {"today": today}, variants))


def _read(sql: str, given: dict[str, Any], variants: Collection[int] | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, "variants": None if variants is None else list(variants)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


__all__ = [
    "Row",
    "SizeSale",
    "catalogue",
    "costs",
    "last_sold",
    "rules",
    "sold_by_size",
    "sold_pairs",
]
