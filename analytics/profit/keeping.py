"""What a pair cost on the day of its sale: looked up once, kept with the line, never looked up again.

The cost of a line is the cost sheet of its model that held on the day, else the cost noted at its barcode on the day.
The first cost ever noted at a barcode holds for the days before it as well. Dollars become lira at the rate of the day,
or of the last day before it that has one. A line for which nothing is found keeps nothing: it is asked again. So is one
with dollars while no rate of its day or of a later one is known: the bank tells the rate of a day in its afternoon, and
until then the last known one is reckoned with, but not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

_NOT_KEPT: Final = (
    "NOT EXISTS (SELECT FROM analytics_salecost AS kept WHERE kept.line_id = fact.id) AND fact.state = 'SOLD'"
)
_OF_MODEL: Final = (
    "fact.state = 'SOLD' AND fact.product_id = %(product)s AND fact.day BETWEEN %(first)s AND %(last)s"
)
_USABLE: Final = "(usd_part = 0 OR rate IS NOT NULL)"
# A rate of the day or of a later one is known: the one found will not be another one tomorrow.
_TOLD: Final = "(usd_part = 0 OR day <= (SELECT max(day) FROM analytics_exchangerate WHERE currency = 'USD'))"
_COLUMNS: Final = ("unit_cost", "try_part", "usd_part", "usd_rate", "basis", "kept_at")

# Needs a table expression `bare` with id, day, product_id and variant_id. Gives `found`: what each of these lines cost
# a pair, in lira and in dollars, and the rate of its day, which may be unknown.
COSTS_FOUND: Final = """
    sheets AS (
        SELECT sheet.product_id, sheet.valid_from AS first_day, part.try_part, part.usd_part,
               lead(sheet.valid_from) OVER (PARTITION BY sheet.product_id ORDER BY sheet.valid_from) AS until
          FROM analytics_costsheet AS sheet
          JOIN (SELECT sheet_id, coalesce(sum(amount) FILTER (WHERE currency = 'TRY'), 0) AS try_part,
                       coalesce(sum(amount) FILTER (WHERE currency = 'USD'), 0) AS usd_part
                  FROM analytics_costpart GROUP BY sheet_id) AS part ON part.sheet_id = sheet.id
         WHERE sheet.product_id IN (SELECT product_id FROM bare)),
    noted AS (
        SELECT variant_id, valid_from AS first_day, cost, currency,
               lead(valid_from) OVER (PARTITION BY variant_id ORDER BY valid_from) AS until
          FROM analytics_variantcost WHERE variant_id IN (SELECT variant_id FROM bare)
        UNION ALL
        (SELECT DISTINCT ON (variant_id) variant_id, '-infinity'::date, cost, currency, noted_first
          FROM (SELECT *, min(valid_from) OVER (PARTITION BY variant_id) AS noted_first
                  FROM analytics_variantcost WHERE variant_id IN (SELECT variant_id FROM bare)) AS one
          WHERE cost IS NOT NULL ORDER BY variant_id, valid_from)),
    rates AS (
        SELECT one.day, newest.rate
          FROM (SELECT DISTINCT day FROM bare) AS one
          LEFT JOIN LATERAL (SELECT rate FROM analytics_exchangerate AS dollar
                              WHERE dollar.currency = 'USD' AND dollar.day <= one.day
                              ORDER BY dollar.day DESC LIMIT 1) AS newest ON true),
    found AS (
        SELECT bare.id, bare.day,
               CASE WHEN sheets.product_id IS NULL THEN 'VARIANT' ELSE 'SHEET' END AS basis,
               coalesce(sheets.try_part, CASE WHEN noted.currency = 'TRY' THEN noted.cost ELSE 0 END) AS try_part,
               coalesce(sheets.usd_part, CASE WHEN noted.currency = 'USD' THEN noted.cost ELSE 0 END) AS usd_part,
               rates.rate
          FROM bare
          JOIN rates ON rates.day = bare.day
          LEFT JOIN sheets ON sheets.product_id = bare.product_id
               AND sheets.first_day <= bare.day AND (sheets.until IS NULL OR bare.day < sheets.until)
          LEFT JOIN noted ON noted.variant_id = bare.variant_id AND noted.cost IS NOT NULL
               AND noted.first_day <= bare.day AND (noted.until IS NULL OR bare.day < noted.until)
         WHERE sheets.product_id IS NOT NULL OR noted.cost IS NOT NULL)
"""
# What a pair of `found` costs, in lira; NULL where it has dollars and no rate.
UNIT_COST: Final = "round(try_part + CASE WHEN usd_part <> 0 THEN usd_part * rate ELSE 0 END, 4)"
_KEEP: Final = f"""
    INSERT INTO analytics_salecost (line_id, {", ".join(_COLUMNS)})
    SELECT id, {UNIT_COST}, try_part, usd_part, CASE WHEN usd_part <> 0 THEN rate END, basis, %(moment)s
      FROM found WHERE {_USABLE} AND {_TOLD}
    ON CONFLICT (line_id) DO
"""  # noqa: S608  (names of our own columns; every value is a parameter)


def bare(condition: str) -> str:
    """The table expression `bare` of these facts."""
    return f"""bare AS MATERIALIZED (
        SELECT fact.id, fact.day, fact.product_id, fact.variant_id FROM analytics_saleline AS fact
         WHERE {condition})"""  # noqa: S608


def keep_costs(orders: Sequence[int] | None, *, moment: datetime) -> tuple[str, dict[str, Any]]:
    """Keep the cost of sold lines that have none kept; of these orders, or of all. What is kept stays."""
    mine = "" if orders is None else " AND fact.order_id = ANY(%(orders)s)"
    sql = f"WITH {bare(_NOT_KEPT + mine)}, {COSTS_FOUND} {_KEEP} NOTHING"
    return sql, {"moment": moment, "orders": orders}


def correct_kept_costs(
    *, product_id: int, first_day: date, last_day: date, moment: datetime
) -> tuple[str, dict[str, Any]]:
    """Look up the costs of a model's sales of these days again and write those that are other than what is kept."""
    names = ("unit_cost", "try_part", "usd_part", "usd_rate", "basis")
    set_to = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("analytics_salecost", "EXCLUDED"))
    sql = f"""
        WITH {bare(_OF_MODEL)}, {COSTS_FOUND} {_KEEP} UPDATE SET {set_to} WHERE ({old}) IS DISTINCT FROM ({new})
    """
    return sql, {"product": product_id, "first": first_day, "last": last_day, "moment": moment}


# Sold lines of a model in these days, and for how many of them nothing is known today.
LINES_OF_MODEL: Final = f"""
    WITH {bare(_OF_MODEL)}, {COSTS_FOUND}
    SELECT count(*), count(*) - count(found.id) FILTER (WHERE {_USABLE}) FROM bare LEFT JOIN found USING (id)
"""  # noqa: S608
