"""The SQL of the facts. What a line counts as comes from `definition`; the rest is copied or added up here.

A customer's return counts where the marketplace accepted it, or where the goods arrived and it was neither refused nor
withdrawn. A parcel that could not be delivered and came back counts as returned with all its pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import DateField, F, IntegerField, Value
from django.db.models.functions import Coalesce, ExtractHour, TruncDate
from django.utils import timezone

from analytics.facts.definition import sale_state
from orders.enums import GoodsCondition, OrderState
from orders.models import OrderLine, ReturnUnit

TABLE: Final = "analytics_saleline"
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


_COUNTED: Final = ("returned_quantity", "return_reason_id", "return_reason", "exchanged_quantity")


def write_facts(orders: Sequence[int] | None) -> tuple[str, list[Any]]:
    """Write or overwrite the facts of these orders' lines; None: of all lines."""
    copied = _copied()
    lines = OrderLine.objects.all() if orders is None else OrderLine.objects.filter(order_id__in=orders)
    # Names that are fields of a line already cannot be given to an expression.
    named = lines.order_by().annotate(**{f"fact_{name}": value for name, value in copied.items()})
    source, parameters = named.values_list(*(f"fact_{name}" for name in copied)).query.sql_with_params()
    columns = (*copied, *_COUNTED)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != "id")
    mine = (
        "" if orders is None else "AND line_id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%s))"
    )
    limit: list[Any] = [] if orders is None else [list(orders)]
    taken = ", ".join(f"line.fact_{name}" for name in copied)
    sql = f"""
        INSERT INTO {TABLE} ({", ".join(columns)})
        SELECT {taken},
               CASE WHEN line.fact_status = %s THEN line.fact_quantity ELSE coalesce(back.pairs, 0) END,
               back.reason_id, coalesce(back.reason, ''), coalesce(swap.pairs, 0)
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
        ON CONFLICT (id) DO UPDATE SET {changed}
    """  # noqa: S608  (names of our own columns; every value is a parameter)
    status = ReturnUnit.Status
    never_ours = [status.CANCELLED, status.REJECTED]
    counted = [status.ACCEPTED, never_ours, GoodsCondition.MISSING]
    return sql, [OrderState.RETURNED, *parameters, *counted, *limit, *limit]


# Lines that no longer exist, of orders that changed.
DROP_GONE: Final = f"""
    DELETE FROM {TABLE} AS fact
     WHERE fact.order_id = ANY(%s)
       AND NOT EXISTS (SELECT FROM orders_orderline AS line WHERE line.id = fact.id)
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
"""  # noqa: S608

TAKE_CHANGES: Final = """
    WITH taken AS (DELETE FROM analytics_factchange RETURNING order_id, product_id)
    SELECT DISTINCT order_id, product_id FROM taken ORDER BY 1, 2
"""
