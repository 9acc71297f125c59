"""The SQL of the facts. What a line counts as comes from `definition`; the rest is copied or added up here.

A customer's return counts where the marketplace accepted it, or where the goods arrived and it was neither refused nor
withdrawn. A parcel that could not be delivered and came back counts as returned with all its pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import DateField, F, IntegerField, Value
from django.db.models.functions import Coalesce, ExtractHour, TruncDate
from django.utils import timezone

from analytics.enums import SaleState
from analytics.facts.campaigns import JOINS, NAME, held_for_orders
from analytics.facts.definition import sale_state
from orders.enums import GoodsCondition, OrderState
from orders.models import OrderLine, ReturnUnit

TABLE: Final = "analytics_saleline"
DAY_TABLE: Final = "analytics_saleday"
_EMPTY: Final = Value("")


def _copied() -> dict[str, Any]:
    """Columns that follow from the line, its order and its goods."""
    zone = timezone.get_default_timezone()
    return {
        "id": F("pk"),
        "order_id": F("order_id"),
        "order_number": F("order__order_number"),
        "channel": F("order__channel"),
        "source": F("order__source"),
        "status": F("order__status"),
        "state": sale_state(),
        "city": F("order__city"),
        "carrier": F("order__cargo_provider"),
        "day": TruncDate("order__ordered_at", tzinfo=zone, output_field=DateField()),
        "hour": ExtractHour("order__ordered_at", tzinfo=zone, output_field=IntegerField()),
        "variant_id": F("variant_id"),
        "product_id": F("variant__product_id"),
        "barcode": Coalesce(F("variant__barcode"), F("barcode")),
        "model_code": Coalesce(F("variant__product__code"), _EMPTY),
        "colour": Coalesce(F("variant__colour"), F("colour")),
        "size": Coalesce(F("variant__size"), F("size")),
        "category": Coalesce(F("variant__product__category"), _EMPTY),
        "quantity": F("quantity"),
        "gross": F("unit_gross") * F("quantity"),
        "seller_discount": F("unit_seller_discount") * F("quantity"),
        "marketplace_discount": F("unit_marketplace_discount") * F("quantity"),
        "total": F("total"),
        "vat_rate": F("vat_rate"),
        "cancelled_by": F("order__cancelled_by"),
        "cancel_reason": F("cancel_reason"),
        "picked_by_id": F("order__picked_by_id"),
        "picked_day": TruncDate("order__picked_at", tzinfo=zone, output_field=DateField()),
    }


_COUNTED: Final = (
    "returned_quantity",
    "return_reason_id",
    "return_reason",
    "exchanged_quantity",
    "campaign",
    "alone",
)


# Numbers of several lines, sold or not: the others need not be looked at again.
_SHARED: Final = """
    SELECT package.order_number FROM orders_orderline AS line JOIN orders_order AS package ON package.id = line.order_id
     GROUP BY package.order_number HAVING count(*) > 1
"""


def write_facts(orders: Sequence[int] | None) -> tuple[str, list[Any]]:
    """Write the facts of these orders' lines; gives id, order number and day of those that differ.

    None: of all lines, into the empty table; gives nothing.
    """
    copied = _copied()
    lines = OrderLine.objects.all() if orders is None else OrderLine.objects.filter(order_id__in=orders)
    # Names that are fields of a line already cannot be given to an expression.
    named = lines.order_by().annotate(**{f"fact_{name}": value for name, value in copied.items()})
    source, parameters = named.values_list(*(f"fact_{name}" for name in copied)).query.sql_with_params()
    mine = (
        "" if orders is None else "AND line_id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%s))"
    )
    limit: list[Any] = [] if orders is None else [list(orders)]
    held = held_for_orders("" if orders is None else "WHERE id = ANY(%s)")
    many = "" if orders is None else "WHERE order_id = ANY(%s)"
    shared = _SHARED if orders is None else "SELECT NULL::text AS order_number WHERE FALSE"
    taken = ", ".join(f"line.fact_{name}" for name in copied)
    sql = f"""
        WITH {held}, shared AS MATERIALIZED ({shared}), several AS MATERIALIZED (
            SELECT order_id FROM orders_orderline {many} GROUP BY order_id HAVING count(*) > 1)
        INSERT INTO {TABLE} AS fact ({", ".join((*copied, *_COUNTED))}, single)
        SELECT {taken},
               CASE WHEN line.fact_status = %s THEN line.fact_quantity ELSE coalesce(back.pairs, 0) END,
               back.reason_id, coalesce(back.reason, ''), coalesce(swap.pairs, 0), {NAME},
               several.order_id IS NULL, shared.order_number IS NULL
          FROM ({source}) AS line
          LEFT JOIN (
                SELECT line_id, count(*) AS pairs, mode() WITHIN GROUP (ORDER BY reason_id) AS reason_id,
                       mode() WITHIN GROUP (ORDER BY reason) AS reason
                  FROM orders_returnunit
                 WHERE line_id IS NOT NULL AND (status = %s OR (NOT status = ANY(%s)
                       AND (condition NOT IN ('', %s) OR disposition <> ''))) {mine}
                 GROUP BY line_id) AS back ON back.line_id = line.fact_id
          LEFT JOIN (
                SELECT line_id, sum(quantity) AS pairs
                  FROM orders_exchange
                 WHERE line_id IS NOT NULL AND returned_at IS NOT NULL {mine}
                 GROUP BY line_id) AS swap ON swap.line_id = line.fact_id
          LEFT JOIN several ON several.order_id = line.fact_order_id
          LEFT JOIN shared ON shared.order_number = line.fact_order_number
          {JOINS.format(line="line", product="fact_product_id", day="fact_day")}
        {"" if orders is None else _overwrite(copied)}
    """  # noqa: S608  (names of our own columns; every value is a parameter)
    status = ReturnUnit.Status
    never_ours = [status.CANCELLED, status.REJECTED]
    counted = [status.ACCEPTED, never_ours, GoodsCondition.MISSING]
    return sql, [*limit, *limit, OrderState.RETURNED, *parameters, *counted, *limit, *limit]


def _overwrite(copied: Mapping[str, Any]) -> str:
    """Rows that say the same already are left alone; whether a line is `single` is found out afterwards."""
    names = [name for name in (*copied, *_COUNTED) if name != "id"]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    now, then = (", ".join(f"{row}.{name}" for name in names) for row in ("EXCLUDED", "fact"))
    return f"""
        ON CONFLICT (id) DO UPDATE SET {changes} WHERE ({now}) IS DISTINCT FROM ({then})
        RETURNING fact.id, fact.order_number, fact.day
    """


# The same three of the lines of some orders as their facts are now, before they are written.
FORMER: Final = f"""
    SELECT id, order_number, day FROM {TABLE} WHERE order_id = ANY(%s)
     UNION
    SELECT id, order_number, day FROM {TABLE}
     WHERE id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%s))
"""  # noqa: S608

# Lines that no longer exist, of orders that changed.
DROP_GONE: Final = f"""
    DELETE FROM {TABLE} AS fact
     WHERE fact.order_id = ANY(%s)
       AND NOT EXISTS (SELECT FROM orders_orderline AS line WHERE line.id = fact.id)
    RETURNING fact.id, fact.order_number, fact.day
"""  # noqa: S608

# Which lines of these order numbers are the only sold one; packages of a number are found by their orders.
MARK_SINGLES: Final = f"""
    UPDATE {TABLE} AS fact SET single = known.single
      FROM (SELECT id,
                   count(*) FILTER (WHERE state = '{SaleState.SOLD}') OVER (PARTITION BY order_number) <= 1 AS single
              FROM {TABLE}
             WHERE order_id IN (SELECT id FROM orders_order WHERE order_number = ANY(%s))) AS known
     WHERE known.id = fact.id AND known.single <> fact.single
    RETURNING fact.day
"""  # noqa: S608

# The same after all lines were written: those of numbers with several lines were written as not single.
MARK_ALL_SINGLES: Final = f"""
    UPDATE {TABLE} SET single = TRUE
     WHERE NOT single AND order_number IN (
           SELECT order_number FROM {TABLE} WHERE NOT single
            GROUP BY order_number HAVING count(*) FILTER (WHERE state = '{SaleState.SOLD}') <= 1)
"""  # noqa: S608

# A model renamed, moved to another category, a colour named anew: the facts follow.
FOLLOW_CATALOGUE: Final = f"""
    UPDATE {TABLE} AS fact
       SET product_id = model.id, barcode = goods.barcode, model_code = model.code, category = model.category,
           colour = goods.colour, size = goods.size
      FROM catalog_variant AS goods JOIN catalog_product AS model ON model.id = goods.product_id
     WHERE goods.id = fact.variant_id AND model.id = ANY(%s)
       AND (fact.product_id, fact.barcode, fact.model_code, fact.category, fact.colour, fact.size)
           IS DISTINCT FROM (model.id, goods.barcode, model.code, model.category, goods.colour, goods.size)
    RETURNING fact.day
"""  # noqa: S608

_DAY: Final = "day, product_id, model_code, category, channel, campaign"
TAKE_CHANGES: Final = """
    WITH taken AS (DELETE FROM analytics_factchange RETURNING order_id, product_id, first_day, last_day)
    SELECT DISTINCT order_id, product_id, first_day, last_day FROM taken ORDER BY 1, 2, 3, 4
"""


def write_days(days: Sequence[date] | None) -> list[tuple[str, list[Any]]]:
    """Add up the facts of these days anew, None: of all; two statements."""
    where = "TRUE" if days is None else "day = ANY(%s)"
    limit: list[Any] = [] if days is None else [list(days)]
    sold, cancelled = (f"FILTER (WHERE state = '{state}')" for state in (SaleState.SOLD, SaleState.CANCELLED))
    added = f"""
        INSERT INTO {DAY_TABLE} ({_DAY}, sold, pairs, returned, exchanged, amount, cancelled, singles)
        SELECT {_DAY}, coalesce(sum(quantity) {sold}, 0), coalesce(sum(net_quantity) {sold}, 0),
               coalesce(sum(returned_quantity) {sold}, 0), coalesce(sum(exchanged_quantity) {sold}, 0),
               coalesce(sum(total - returned_total) {sold}, 0), coalesce(sum(quantity) {cancelled}, 0),
               count(*) FILTER (WHERE state = '{SaleState.SOLD}' AND single)
          FROM {TABLE}
         WHERE state IN ('{SaleState.SOLD}', '{SaleState.CANCELLED}') AND {where}
         GROUP BY {_DAY}
    """  # noqa: S608  (names of our own; every value is a parameter)
    return [(f"DELETE FROM {DAY_TABLE} WHERE {where}", limit), (added, limit)]  # noqa: S608
