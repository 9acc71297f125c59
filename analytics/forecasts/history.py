"""What was sold on each day, and on which days a barcode could not be bought: the forecasts learn from both.

Columns of the frames are named as `analytics.forecasting` wants them; its `barcode` is the variant's id as text,
because barcodes can be changed. Closed cartons (bundles) are left out of both: what they hold is forecast by the pair,
and a carton is no size of a model.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils import timezone

from analytics.enums import SaleState

if TYPE_CHECKING:
    import pandas as pd

# Demand is what customers wanted on the day, also where the pair came back later: it was needed on the shelf then, and
# returns arrive weeks after the sale, so that taking them off would bend the last weeks upwards.
_SALES: Final = """
    SELECT line.day, line.variant_id, sum(line.quantity)::int
      FROM analytics_saleline AS line
     WHERE line.state = %(sold)s AND line.variant_id IS NOT NULL AND line.day BETWEEN %(first)s AND %(last)s
       AND (%(variants)s::bigint[] IS NULL OR line.variant_id = ANY(%(variants)s))
       AND NOT EXISTS (SELECT FROM catalog_bundlepart AS part WHERE part.bundle_id = line.variant_id)
     GROUP BY 1, 2 ORDER BY 1, 2
"""
# Movements of one moment are one step (a pair moved from shelf to shelf was never gone). `balance` holds from its step
# to the next; only steps at which the barcode ran out or came back matter. A gap covers a day if it begins at or before
# its midnight and ends at or after the next one. Before the first movement nothing is known.
_DAYS: Final = """
    WITH step AS (
        SELECT move.variant_id, move.created_at AS at,
               sum(sum(move.delta)) OVER (PARTITION BY move.variant_id ORDER BY move.created_at) AS balance
          FROM inventory_stockmovement AS move
         WHERE (%(variants)s::bigint[] IS NULL OR move.variant_id = ANY(%(variants)s))
           AND NOT EXISTS (SELECT FROM catalog_bundlepart AS part WHERE part.bundle_id = move.variant_id)
         GROUP BY move.variant_id, move.created_at
    ), turn AS (
        SELECT variant_id, at AT TIME ZONE %(zone)s AS at, balance <= 0 AS gone,
               lag(balance <= 0) OVER in_time AS before
          FROM step WINDOW in_time AS (PARTITION BY variant_id ORDER BY step.at)
    ), gap AS (
        SELECT variant_id, gone, at AS start, lead(at) OVER (PARTITION BY variant_id ORDER BY at) AS ending
          FROM turn WHERE before IS DISTINCT FROM gone
    ), span AS (
        SELECT variant_id,
               greatest(CASE WHEN start = start::date THEN start::date ELSE start::date + 1 END, %(first)s::date)
                   AS first,
               least(coalesce(ending::date - 1, %(last)s::date), %(last)s::date) AS last
          FROM gap WHERE gone
    )
    SELECT day::date, span.variant_id
      FROM span, generate_series(span.first::timestamp, span.last::timestamp, interval '1 day') AS day
     WHERE span.first <= span.last ORDER BY 2, 1
"""


def sales_frame(first: date, last: date, *, variants: Collection[int] | None = None) -> pd.DataFrame:
    """Pairs sold per Istanbul day and variant: columns date, barcode, quantity. Days without a sale have no row.

    Cancelled orders do not count; what came back does (docs/forecasting.md). One statement.
    """
    import pandas as pd  # noqa: PLC0415  (a third of a second; pages that need no frame do without)

    return pd.DataFrame(
        [(day, str(variant), quantity) for day, variant, quantity in _read(_SALES, first, last, variants)],
        columns=["date", "barcode", "quantity"],
    )


def stockouts_frame(first: date, last: date, *, variants: Collection[int] | None = None) -> pd.DataFrame:
    """Whole Istanbul days without stock: columns date, barcode. One statement."""
    import pandas as pd  # noqa: PLC0415  (as above)

    return pd.DataFrame(
        [(day, str(variant)) for day, variant in _read(_DAYS, first, last, variants)],
        columns=["date", "barcode"],
    )


def stockout_days(
    first: date, last: date, variants: Collection[int] | None = None
) -> dict[int, tuple[date, ...]]:
    """By variant, the whole days of the span on which none was on any shelf; variants without any are left out.

    The ledger's balance was zero at every moment of such a day. Pairs that lay there but were promised to earlier
    orders count as there. One statement.
    """
    found: dict[int, list[date]] = {}
    for day, variant in _read(_DAYS, first, last, variants):
        found.setdefault(variant, []).append(day)
    return {variant: tuple(days) for variant, days in found.items()}


def _read(sql: str, first: date, last: date, variants: Collection[int] | None) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {
        "sold": SaleState.SOLD.value,
        "first": first,
        "last": last,
        "zone": timezone.get_default_timezone_name(),
        "variants": None if variants is None else list(variants),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
