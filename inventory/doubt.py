"""Barcodes in doubt (`hayalet stok`): shelves that surprised a picker, and what is held back until they are counted.

A surprise opens a count task. The second one of a barcode within 30 days makes it doubtful: from then on the pairs
that its uncounted surprising shelves claim to hold are not offered for sale (`inventory.selectors.availability`
subtracts `StockDoubt.held`). Counting those shelves ends it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from inventory.enums import CountReason
from inventory.models import CountTask, StockDoubt

logger = logging.getLogger(__name__)

SURPRISES_TO_DOUBT = 2
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Surprise:
    """`surprises` so far; `held` pairs are no longer offered for sale (0 while it is not doubtful yet)."""

    surprises: int
    held: int

    @property
    def doubtful(self) -> bool:
        return self.surprises >= SURPRISES_TO_DOUBT


@transaction.atomic
def record_surprise(
    *,
    variant_id: int,
    shelf_id: int,
    user_id: int | None,
    reason: CountReason = CountReason.EMPTY,
    note: str = "",
) -> Surprise:
    """Somebody found fewer on a shelf than the books say: ask for a count, and hold back on repetition.

    Locks the barcode's doubt row. Surprises older than 30 days are forgotten, unless pairs are held back still.
    """
    now = timezone.now()
    doubt = _lock_or_create(variant_id, now)
    CountTask.objects.bulk_create(
        [
            CountTask(
                shelf_id=shelf_id,
                variant_id=variant_id,
                reason=reason,
                note=note[:200],
                created_by_id=user_id,
            )
        ],
        ignore_conflicts=True,
    )
    if not doubt.held and doubt.since < now - REMEMBERED:
        doubt.surprises, doubt.since = 0, now
    doubt.surprises += 1
    if doubt.surprises >= SURPRISES_TO_DOUBT:
        doubt.held = _claimed_by_uncounted(variant_id)
    doubt.save(update_fields=["surprises", "held", "since"])
    return Surprise(doubt.surprises, doubt.held)


@transaction.atomic
def clear_doubt(
    variant_ids: Collection[int], *, shelf_id: int | None = None, user: AbstractBaseUser | None = None
) -> None:
    """These barcodes were counted: doubt ends where no shelf that surprised is left uncounted.

    Call after the count was booked, in its transaction. With `shelf_id` their open count tasks on that shelf are done;
    without, the caller has closed them. What other uncounted shelves claim stays held back.
    """
    counted = sorted(set(variant_ids))
    if shelf_id is not None:
        tasks = CountTask.objects.filter(shelf_id=shelf_id, variant_id__in=counted, done_at=None)
        tasks.update(done_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_SQL, {"variants": counted, "enough": SURPRISES_TO_DOUBT})
        if cursor.rowcount:
            logger.info("doubt ended for %s barcodes by user %s", cursor.rowcount, user.pk if user else None)


# What the shelves with an open task claim to hold, by barcode. Tasks that merely ask for a count are no surprise.
_CLAIMED_SQL = """
SELECT task.variant_id, COALESCE(sum(stock.adet), 0)::int AS claimed
  FROM inventory_counttask AS task
  LEFT JOIN inventory_rafurun AS stock ON stock.variant_id = task.variant_id AND stock.shelf_id = task.shelf_id
 WHERE task.done_at IS NULL AND task.reason <> 'ASKED' AND task.variant_id = ANY(%(variants)s)
 GROUP BY task.variant_id
"""
_SETTLE_SQL = f"""
WITH claims AS ({_CLAIMED_SQL}), kept AS (
    UPDATE inventory_stockdoubt AS doubt
       SET held = CASE WHEN doubt.surprises >= %(enough)s THEN claims.claimed ELSE 0 END
      FROM claims WHERE claims.variant_id = doubt.variant_id
)
DELETE FROM inventory_stockdoubt AS doubt
 WHERE doubt.variant_id = ANY(%(variants)s)
   AND NOT EXISTS (SELECT FROM claims WHERE claims.variant_id = doubt.variant_id)
"""  # noqa: S608  (constants of this module)


def _lock_or_create(variant_id: int, now: datetime) -> StockDoubt:
    StockDoubt.objects.bulk_create([StockDoubt(variant_id=variant_id, since=now)], ignore_conflicts=True)
    return StockDoubt.objects.select_for_update(no_key=True).get(pk=variant_id)


def _claimed_by_uncounted(variant_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMED_SQL, {"variants": [variant_id]})
        rows = cursor.fetchall()
    return rows[0][1] if rows else 0
