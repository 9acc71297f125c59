"""Whose profit is out of date, and the pairs of months: SQL beside that which writes the profits (`statements`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

TAKE_NOTES: Final = """
    WITH taken AS (DELETE FROM analytics_profitchange RETURNING what, number, text, day)
    SELECT DISTINCT what, number, text, day FROM taken
"""

# Orders whose lines are to be reckoned again, with all packages of their numbers.
FIND_ORDERS: Final = """
    SELECT DISTINCT package.id FROM (
        SELECT order_number FROM orders_order WHERE id = ANY(%(orders)s)
        UNION SELECT unnest(%(numbers)s::varchar[])
        UNION SELECT order_number FROM analytics_saleline WHERE product_id = ANY(%(models)s)
        UNION SELECT order_number FROM analytics_saleline WHERE day >= %(day)s::date
        UNION SELECT fact.order_number FROM analytics_saleline AS fact
                JOIN analytics_profitline AS profit ON profit.line_id = fact.id
               WHERE %(rates)s AND profit.commission_basis IN ('TARIFF', 'UNKNOWN')
        UNION SELECT fact.order_number FROM analytics_saleline AS fact
                JOIN analytics_profitline AS profit ON profit.line_id = fact.id
               WHERE %(costs)s AND NOT profit.missing = '{}' AND profit.missing && '{COST,RATE}'::varchar[]
        UNION SELECT fact.order_number FROM analytics_saleline AS fact
               WHERE %(costs)s AND fact.state = 'SOLD'
                 AND NOT EXISTS (SELECT FROM analytics_salecost AS kept WHERE kept.line_id = fact.id)
    ) AS changed JOIN orders_order AS package ON package.order_number = changed.order_number
"""
FIRST_DAY: Final = "SELECT min(day) FROM analytics_saleline"

# Lines that are no longer sold, of orders that changed; lines that are gone; both, of all.
DROP_UNSOLD: Final = """
    DELETE FROM analytics_profitline AS profit USING analytics_saleline AS fact
     WHERE fact.id = profit.line_id AND fact.order_id = ANY(%(orders)s) AND fact.state <> 'SOLD'
"""
DROP_GONE: Final = """
    DELETE FROM analytics_profitline AS profit
     WHERE profit.line_id = ANY(%(lines)s)
       AND NOT EXISTS (SELECT FROM analytics_saleline AS fact WHERE fact.id = profit.line_id)
"""

# --- months -----------------------------------------------------------------------------------------------------------

# A month that is over is spread over all its pairs. The running month is spread over the pairs sold before today, for
# the days before today: an order of today changes nobody else's share. While nothing was sold on an earlier day of the
# month, its days up to the newest sale count.
MONTHS: Final = """
    WITH sold AS (
        SELECT day, date_trunc('month', day)::date AS month, sum(quantity) AS pairs FROM analytics_saleline
         WHERE state = 'SOLD' GROUP BY day HAVING sum(quantity) > 0),
    ends AS (
        SELECT month,
               CASE WHEN (month + interval '1 month')::date <= %(today)s THEN (month + interval '1 month')::date - 1
                    WHEN min(day) < %(today)s THEN %(today)s::date - 1 ELSE max(day) END AS through
          FROM sold GROUP BY month),
    fresh AS (
        SELECT ends.month, ends.through, sum(sold.pairs) AS pairs
          FROM ends JOIN sold ON sold.month = ends.month AND sold.day <= ends.through
         GROUP BY ends.month, ends.through),
    gone AS (DELETE FROM analytics_profitmonth WHERE month NOT IN (SELECT month FROM fresh)),
    written AS (
        INSERT INTO analytics_profitmonth AS known (month, through, pairs) SELECT month, through, pairs FROM fresh
        ON CONFLICT (month) DO UPDATE SET through = EXCLUDED.through, pairs = EXCLUDED.pairs
         WHERE (known.through, known.pairs) <> (EXCLUDED.through, EXCLUDED.pairs)
        RETURNING known.month)
    SELECT month FROM written
"""
# Staff per pair of a day: the figure of the day, for the part of the month that counts, over the pairs sold in it.
_STAFF: Final = """
    round(policy.staff * (month.through - month.month + 1)
          / (((month.month + interval '1 month')::date - month.month) * nullif(month.pairs, 0)), 4)
"""
DAYS_FOUND: Final = f"""
    days AS (
        SELECT one.day, policy.id IS NOT NULL AS policy_known, policy.packaging, policy.service_fee,
               policy.vat_treatment, policy.service_vat_rate, policy.cost_vat_rate, policy.withholding_rate,
               policy.withholding_treatment, {_STAFF} AS staff
          FROM (SELECT DISTINCT day FROM lines) AS one
          LEFT JOIN analytics_profitmonth AS month ON month.month = date_trunc('month', one.day)::date
          LEFT JOIN LATERAL (SELECT * FROM analytics_profitpolicy AS figures
                              WHERE figures.valid_from <= one.day
                              ORDER BY figures.valid_from DESC LIMIT 1) AS policy ON true)
"""  # noqa: S608
SPREAD_STAFF: Final = f"""
    WITH lines AS (
        SELECT id, day, quantity FROM analytics_saleline
         WHERE state = 'SOLD' AND day >= %(first)s AND date_trunc('month', day)::date = ANY(%(months)s)),
    {DAYS_FOUND},
    fresh AS (SELECT lines.id, round(days.staff * lines.quantity, 2) AS staff FROM lines JOIN days USING (day))
    UPDATE analytics_profitline AS profit SET staff = fresh.staff FROM fresh
     WHERE profit.line_id = fresh.id AND profit.staff <> fresh.staff
"""  # noqa: S608


def spread_staff(months: Sequence[date]) -> tuple[str, dict[str, Any]]:
    """Write the staff shares of these months again; what was not known stays so."""
    return SPREAD_STAFF, {"months": list(months), "first": min(months)}
