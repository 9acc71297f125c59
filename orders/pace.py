"""How long preparing an order takes, measured from what people really did.

A measurement is the time between two confirmations of one person, without a break in between. Marks of work are
confirmations and scans on the picking pages: a gap between two marks longer than `BREAK_AFTER` is a break, and the
order prepared around it says nothing about the pace, so it is left out; so does other work (counting, goods in).
Orders sorted out of a batch are left out as well: their walk was shared, and their own confirmations follow each other
within seconds. Confirmations without scans end a measurement and are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from inventory.models import ScanLog
from orders.models import PickClaim

BREAK_AFTER: Final = timedelta(minutes=20)
LOOK_BACK: Final = timedelta(days=30)
# The newest confirmations of the look-back time; more would not change a median.
MOST_CONFIRMATIONS: Final = 2000
# Fewer measurements than this are chance: then no figure is given.
ENOUGH: Final = 20
AT_WORK_WITHIN: Final = timedelta(minutes=30)
PICKING_PAGES: Final = ("prepare", "fast", "batch")
# Scans that belong to preparing as well; any other page is other work.
_SIDE_PAGES: Final = ("batches", "lookup")


@dataclass(frozen=True, slots=True)
class Pace:
    """Time per order: half of them take `median` or less, nine of ten `p90` or less. None: not enough measured."""

    measured: int
    median: timedelta | None
    p90: timedelta | None

    @property
    def known(self) -> bool:
        return self.median is not None


_PACE_SQL = """
WITH confirmation AS (
    SELECT event.actor_id AS person, event.at, event.order_id,
           COALESCE((event.data->>'scanned')::boolean, FALSE)
           AND NOT EXISTS (SELECT FROM orders_pickbatchorder AS slot WHERE slot.order_id = event.order_id) AS counts
      FROM orders_orderevent AS event
     WHERE event.kind = 'PICKED' AND event.actor_id IS NOT NULL AND event.at BETWEEN %(since)s AND %(now)s
     ORDER BY event.at DESC
     LIMIT %(most)s
), mark AS (
    SELECT person, at, TRUE AS confirms, counts, FALSE AS other FROM confirmation
    UNION ALL
    SELECT user_id, received_at, FALSE, FALSE, page <> ALL(%(pages)s) FROM inventory_scanlog
     WHERE received_at BETWEEN %(since)s AND %(now)s
), gap AS (
    SELECT *, at - lag(at) OVER (PARTITION BY person ORDER BY at, confirms) AS since_last FROM mark
), session AS (
    SELECT *, count(*) FILTER (WHERE other OR since_last IS NULL OR since_last > %(break)s)
              OVER (PARTITION BY person ORDER BY at, confirms) AS number
      FROM gap
), measured AS (
    SELECT counts, at - lag(at) OVER (PARTITION BY person, number ORDER BY at) AS took
      FROM session WHERE confirms
)
SELECT count(took), percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY took)
  FROM measured WHERE counts AND took > interval '0'
"""


def measured_pace(*, now: datetime) -> Pace:
    """The pace of the last 30 days. One statement."""
    values: dict[str, Any] = {
        "since": now - LOOK_BACK,
        "now": now,
        "most": MOST_CONFIRMATIONS,
        "pages": [*PICKING_PAGES, *_SIDE_PAGES],
        "break": BREAK_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PACE_SQL, values)
        measured, median, p90 = cursor.fetchone()
    if measured < ENOUGH:
        return Pace(measured, None, None)
    return Pace(measured, median, p90)


def people_picking(*, now: datetime) -> int:
    """People seen at work on orders within the last 30 minutes. One statement."""
    since = now - AT_WORK_WITHIN
    scanning = ScanLog.objects.filter(received_at__range=(since, now), page__in=PICKING_PAGES)
    holding = PickClaim.objects.filter(Q(claimed_at__range=(since, now)) | Q(expires_at__gt=now))
    return scanning.values_list("user_id").union(holding.values_list("user_id")).count()
