"""The SQL of the profits: `definition.simulate` for many lines at once, and what its inputs are looked up from.

The statement that writes profits is put together from table expressions, each of them one idea: the sold lines, the
figures of their days, their parcels and what the carrier takes for those, what an order's amounts are shared by, and
at last the parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from analytics.profit.changes import DAYS_FOUND
from analytics.profit.keeping import COSTS_FOUND, UNIT_COST, bare
from gullu.text import FOLD_FROM, FOLD_TO
from orders.enums import GoodsCondition
from orders.models import ReturnUnit

_COLUMNS: Final = (
    "line_id",
    "sale",
    "commission",
    "commission_basis",
    "product_cost",
    "staff",
    "cargo",
    "service_fee",
    "packaging",
    "return_cost",
    "vat",
    "withheld",
    "withholding_cost",
    "missing",
)

# --- parcels ----------------------------------------------------------------------------------------------------------

# What a parcel costs depends on its carrier, its desi, and on which side of the days and amounts it lies at which some
# row of a tariff begins or ends. There are few such kinds of parcels, however many parcels there are.
# A desi that is not known is not a number: it is beyond every row.
_PARCELS: Final = """
    edges AS (
        SELECT ARRAY(SELECT valid_from FROM analytics_cargotariff
                     UNION SELECT valid_to + 1 FROM analytics_cargotariff WHERE valid_to IS NOT NULL
                     ORDER BY 1) AS days,
               ARRAY(SELECT DISTINCT order_below FROM analytics_cargotariff
                      WHERE order_below IS NOT NULL ORDER BY 1) AS amounts),
    parcels AS (
        SELECT one.*, width_bucket(one.day, edges.days) AS days, width_bucket(one.amount, edges.amounts) AS band
          FROM (SELECT lines.order_id, min(lines.carrier) AS carrier, min(lines.day) AS day,
                       sum(lines.total) AS amount, sum(lines.quantity) AS pairs, sum(lines.back) AS back,
                       coalesce(parcel.desi,
                                CASE WHEN bool_and(model.id IS NOT NULL) THEN sum(model.desi * lines.quantity) END,
                                'NaN') AS desi
                  FROM lines
                  JOIN orders_order AS parcel ON parcel.id = lines.order_id
                  LEFT JOIN catalog_product AS model ON model.id = lines.product_id
                 GROUP BY lines.order_id, parcel.desi) AS one, edges),
    prices AS (
        SELECT kind.carrier, kind.desi, kind.days, kind.band, tariff.price, tariff.return_price
          FROM (SELECT carrier, desi, days, band, min(day) AS day, min(amount) AS amount
                  FROM parcels GROUP BY carrier, desi, days, band) AS kind
          JOIN LATERAL (
                SELECT price, return_price FROM analytics_cargotariff AS one
                 WHERE one.valid_from <= kind.day AND (one.valid_to IS NULL OR one.valid_to >= kind.day)
                   AND kind.desi <= one.desi_to AND (one.order_below IS NULL OR kind.amount < one.order_below)
                   AND (one.carrier = kind.carrier OR (one.carrier = '' AND NOT EXISTS (
                        SELECT FROM analytics_cargotariff AS own
                         WHERE own.carrier = kind.carrier AND own.valid_from <= kind.day
                           AND (own.valid_to IS NULL OR own.valid_to >= kind.day))))
                 ORDER BY one.order_below NULLS LAST, one.desi_to, one.valid_from DESC LIMIT 1) AS tariff ON true),
    sent AS (
        SELECT parcels.order_id, parcels.pairs, parcels.back, prices.price, prices.return_price
          FROM parcels LEFT JOIN prices USING (carrier, days, band, desi))
"""

# --- commissions ------------------------------------------------------------------------------------------------------

# What was booked for a barcode of a package; the accounts do not tell two of its lines apart. A correction of the
# commission says its direction by its name, every other row by whose money it is. A correction of our share is the
# other side of one of the commission, which has a row of its own.
_SETTLED: Final = """
    settled AS (
        SELECT line.order_id, line.barcode AS sold_as,
               sum(booked.commission_amount * CASE
                       WHEN booked.kind IN ('CommissionPositive', 'CommissionNegativeCancel') THEN 1
                       WHEN booked.kind IN ('CommissionNegative', 'CommissionPositiveCancel') THEN -1
                       WHEN starts_with(booked.kind, 'SellerRevenue') THEN 0
                       WHEN booked.credit >= booked.debt THEN 1 ELSE -1 END) AS amount
          FROM integrations_settlement AS booked JOIN orders_orderline AS line ON line.id = booked.line_id
         WHERE booked.commission_amount IS NOT NULL {of_orders}
         GROUP BY line.order_id, line.barcode HAVING bool_or(booked.kind = 'Sale'))
"""
_RATE: Final = f"""
    SELECT known.rate FROM analytics_commissionrate AS known
     WHERE line.channel <> 'MANUAL' AND line.commission_rate IS NULL
       AND settled.amount IS NULL AND filed.commission IS NULL
       AND ((known.target = 'BARCODE' AND known.key = line.sold_as)
            OR (known.target = 'CATEGORY' AND line.category <> '' AND known.key = btrim(regexp_replace(
                lower(translate(line.category, '{FOLD_FROM}', '{FOLD_TO}')), '\\s+', ' ', 'g'))))
       AND known.valid_from <= line.day AND (known.valid_to IS NULL OR known.valid_to > line.day)
       AND known.price_from <= line.unit_price AND (known.price_to IS NULL OR known.price_to >= line.unit_price)
     ORDER BY known.target, known.price_from DESC LIMIT 1
"""  # noqa: S608

# --- goods that cannot be sold again ----------------------------------------------------------------------------------

_LOST: Final = """
    lost AS (
        SELECT line_id, sum(pairs) AS pairs FROM (
            SELECT unit.line_id, count(*) AS pairs FROM orders_returnunit AS unit
             WHERE unit.line_id IS NOT NULL {of_lines}
               AND (unit.status = %(accepted)s OR (NOT unit.status = ANY(%(never_ours)s)
                    AND (unit.condition NOT IN ('', %(empty)s) OR unit.disposition <> '')))
               AND (unit.disposition = 'WRITTEN_OFF'
                    OR (unit.disposition = '' AND unit.condition = ANY(%(ruined)s)))
             GROUP BY unit.line_id
            UNION ALL
            SELECT swap.line_id, sum(swap.quantity) FROM orders_exchange AS swap
             WHERE swap.line_id IS NOT NULL AND swap.returned_at IS NOT NULL
               AND swap.disposition = 'WRITTEN_OFF' {of_lines}
             GROUP BY swap.line_id) AS one
         GROUP BY line_id)
"""

# --- shares -----------------------------------------------------------------------------------------------------------


def _share(amount: str, *, part: str, upto: str, whole: str) -> str:
    """`definition.shares`: what the running sum rounds to, less what it rounded to before."""
    return (
        f"round({amount} * {upto} / nullif({whole}, 0), 2)"
        f" - round({amount} * ({upto} - {part}) / nullif({whole}, 0), 2)"
    )


def _share_of(amount: str, scope: str, name: str) -> str:
    """By one weight; whoever is alone bears everything."""
    column = f"shared.{scope}_{name}"
    share = _share(amount, part=f"line.{name}", upto=f"{column}_upto", whole=column)
    return f"CASE WHEN shared.id IS NULL THEN {amount} ELSE {share} END"


def _share_by_sale(amount: str, scope: str) -> str:
    """By what was paid; where nothing was, by pairs."""
    sale, pairs = (_share_of(amount, scope, name) for name in ("sale", "quantity"))
    return f"CASE WHEN shared.{scope}_sale <> 0 THEN {sale} ELSE {pairs} END"


# Three scopes, one sort: an order number, its packages, and the lines of one barcode in a package.
_SCOPES: Final = {
    "number": ("channel, order_number", "order_id, sold_as, id"),
    "parcel": ("channel, order_number, order_id", "sold_as, id"),
    "goods": ("channel, order_number, order_id, sold_as", "id"),
}
_SUMMED: Final = {
    "number": ("sale", "quantity"),
    "parcel": ("quantity", "back"),
    "goods": ("sale", "quantity"),
}


def _shared() -> str:
    """The weights of lines that are not alone in their order; nearly all are."""
    sums = [
        f"sum({name}) OVER {scope} AS {scope}_{name}, sum({name}) OVER {scope}_run AS {scope}_{name}_upto"
        for scope, names in _SUMMED.items()
        for name in names
    ]
    windows = [
        f"{scope} AS (PARTITION BY {whole}), "
        f"{scope}_run AS (PARTITION BY {whole} ORDER BY {order} ROWS UNBOUNDED PRECEDING)"
        for scope, (whole, order) in _SCOPES.items()
    ]
    return f"""
        crowded AS (SELECT channel, order_number FROM lines GROUP BY channel, order_number HAVING count(*) > 1),
        shared AS (
            SELECT id, {", ".join(sums)} FROM lines JOIN crowded USING (channel, order_number)
            WINDOW {", ".join(windows)})
    """  # noqa: S608


# What is kept; else what was found and waits for the rate of its day.
_COST: Final = "coalesce(cost.unit_cost, found.unit_cost)"

# --- parts ------------------------------------------------------------------------------------------------------------


def _parts() -> str:
    """Everything but VAT, withholding, and what is missing: those follow from these parts, which are reckoned once."""
    return f"""
        parts AS MATERIALIZED (
            SELECT line.id, line.sale, line.vat_rate, line.channel <> 'MANUAL' AS marketplace, days.policy_known,
                   days.vat_treatment, days.service_vat_rate, days.cost_vat_rate, days.withholding_rate,
                   days.withholding_treatment,
                   CASE WHEN line.channel = 'MANUAL' THEN 'NONE'
                        WHEN settled.amount IS NOT NULL THEN 'SETTLED'
                        WHEN filed.commission IS NOT NULL THEN 'FILE'
                        WHEN line.commission_rate IS NOT NULL THEN 'LINE'
                        WHEN tariff.rate IS NOT NULL THEN 'TARIFF' ELSE 'UNKNOWN' END AS basis,
                   CASE WHEN line.channel = 'MANUAL' THEN 0
                        WHEN settled.amount IS NOT NULL THEN {_share_by_sale("settled.amount", "goods")}
                        WHEN filed.commission IS NOT NULL THEN {_share_by_sale("filed.commission", "number")}
                        ELSE round(line.sale * coalesce(line.commission_rate, tariff.rate) / 100, 2)
                    END AS commission,
                   CASE WHEN line.kept = 0 THEN 0 ELSE round({_COST} * line.kept, 2) END AS product_cost,
                   CASE WHEN coalesce(lost.pairs, 0) = 0 THEN 0
                        ELSE round({_COST} * lost.pairs, 2) END AS lost_cost,
                   {_COST} IS NULL AND (line.kept <> 0 OR coalesce(lost.pairs, 0) <> 0) AS cost_missing,
                   found.id IS NOT NULL AS rate_missing,
                   CASE WHEN line.quantity = 0 THEN 0 ELSE round(days.staff * line.quantity, 2) END AS staff,
                   {_share_of("sent.price", "parcel", "quantity")} AS cargo,
                   CASE WHEN line.back = 0 THEN 0 ELSE {_share_of("sent.return_price", "parcel", "back")}
                    END AS return_cargo,
                   CASE WHEN line.channel = 'MANUAL' THEN 0
                        ELSE {_share_by_sale("days.service_fee", "number")} END AS service_fee,
                   CASE WHEN line.quantity = 0 THEN 0 ELSE round(days.packaging * line.quantity, 2) END AS packaging
              FROM lines AS line
              LEFT JOIN shared ON shared.id = line.id
              JOIN days ON days.day = line.day
              LEFT JOIN sent ON sent.order_id = line.order_id
              LEFT JOIN settled ON settled.order_id = line.order_id AND settled.sold_as = line.sold_as
              LEFT JOIN analytics_ordercommission AS filed
                     ON filed.order_number = line.order_number AND filed.replaced_by_id IS NULL
              LEFT JOIN lost ON lost.line_id = line.id
              LEFT JOIN analytics_salecost AS cost ON cost.line_id = line.id
              LEFT JOIN (SELECT id, {UNIT_COST} AS unit_cost FROM found) AS found ON found.id = line.id
              LEFT JOIN LATERAL ({_RATE}) AS tariff ON true)
    """  # noqa: S608


_WHOLE: Final = """
    taxed AS (
        SELECT parts.*,
               CASE WHEN NOT policy_known THEN NULL
                    WHEN vat_treatment = 'IGNORED' THEN 0
                    ELSE round(sale * vat_rate / (100 + vat_rate)
                               - (commission + cargo + service_fee + packaging + return_cargo)
                                 * service_vat_rate / (100 + service_vat_rate)
                               - product_cost * cost_vat_rate / (100 + cost_vat_rate), 2) END AS vat,
               CASE WHEN NOT marketplace THEN 0
                    WHEN NOT policy_known THEN NULL
                    WHEN withholding_rate = 0 THEN 0
                    ELSE round(sale * withholding_rate / (100 + vat_rate), 2) END AS withheld,
               array_remove(ARRAY[
                    CASE WHEN cost_missing AND NOT rate_missing THEN 'COST' END,
                    CASE WHEN cost_missing AND rate_missing THEN 'RATE' END,
                    CASE WHEN commission IS NULL THEN 'COMMISSION' END,
                    CASE WHEN cargo IS NULL THEN 'CARGO' END,
                    CASE WHEN return_cargo IS NULL THEN 'RETURN_CARGO' END,
                    CASE WHEN policy_known AND packaging IS NULL THEN 'PACKAGING' END,
                    CASE WHEN policy_known AND staff IS NULL THEN 'STAFF' END,
                    CASE WHEN policy_known AND service_fee IS NULL THEN 'SERVICE_FEE' END,
                    CASE WHEN policy_known AND vat_rate IS NULL AND (vat_treatment = 'DEDUCTED'
                              OR (marketplace AND withholding_rate <> 0)) THEN 'VAT_RATE' END,
                    CASE WHEN NOT policy_known THEN 'POLICY' END], NULL) AS missing
          FROM parts)
"""
_SELECTED: Final = """
    SELECT id, sale, commission, basis, product_cost, staff, cargo, service_fee, packaging,
           return_cargo + lost_cost, vat, withheld,
           CASE WHEN withheld IS NOT NULL AND withholding_treatment = 'PREPAID' THEN 0 ELSE withheld END, missing
      FROM taxed
"""
_LINES: Final = """
    lines AS MATERIALIZED (
        SELECT fact.id, fact.order_id, fact.order_number, fact.channel, fact.carrier, fact.day, fact.product_id,
               fact.category, fact.quantity, fact.net_quantity AS kept, fact.total, fact.vat_rate,
               fact.returned_quantity + fact.exchanged_quantity AS back,
               fact.total - fact.returned_total AS sale, round(fact.total / nullif(fact.quantity, 0), 2) AS unit_price,
               line.commission_rate, line.barcode AS sold_as
          FROM analytics_saleline AS fact JOIN orders_orderline AS line ON line.id = fact.id
         WHERE fact.state = 'SOLD' {of_orders})
"""
_WITHOUT_COST: Final = (
    "fact.state = 'SOLD' AND NOT EXISTS (SELECT FROM analytics_salecost AS kept WHERE kept.line_id = fact.id)"
)


def write_profits(orders: Sequence[int] | None) -> tuple[str, dict[str, Any]]:
    """Write the profit of these orders' sold lines; None: of all, into the emptied table.

    Orders of one number must be given together: they share amounts. Rows that would not change are left alone.
    """
    of_facts = "" if orders is None else "AND fact.order_id = ANY(%(orders)s)"
    of_lines = "" if orders is None else "AND line.order_id = ANY(%(orders)s)"
    mine = (
        ""
        if orders is None
        else "AND line_id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%(orders)s))"
    )
    expressions = [
        _LINES.format(of_orders=of_facts),
        bare(f"{_WITHOUT_COST} {of_facts}"),
        COSTS_FOUND,
        DAYS_FOUND,
        _PARCELS,
        _SETTLED.format(of_orders=of_lines),
        _LOST.format(of_lines=mine),
        _shared(),
        _parts(),
        _WHOLE,
    ]
    sql = f"""
        WITH {", ".join(expressions)}
        INSERT INTO analytics_profitline AS profit ({", ".join(_COLUMNS)}) {_SELECTED}
        {"" if orders is None else _OVERWRITE}
    """
    status = ReturnUnit.Status
    return sql, {
        "orders": orders,
        "accepted": status.ACCEPTED,
        "never_ours": [status.CANCELLED, status.REJECTED],
        "empty": GoodsCondition.MISSING,
        "ruined": [GoodsCondition.DAMAGED, GoodsCondition.MISSING],
    }


_WRITTEN: Final = _COLUMNS[1:]
_OVERWRITE: Final = f"""
    ON CONFLICT (line_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _WRITTEN)}
     WHERE ({", ".join(f"profit.{name}" for name in _WRITTEN)})
           IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in _WRITTEN)})
"""
