"""Keeping the facts up to date. One run at a time on all machines; each run is one transaction and leaves a `JobRun`.

Why nothing is missed: triggers note each changed order and each renamed model in `FactChange`, inside the transaction
that changes it. A note is visible exactly when its change is. A run takes away the notes it sees and then reads in a
later statement, which sees at least what those notes tell of. What commits afterwards has a note that is still there
for the next run, and a run that fails gives its notes back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.facts.statements import DROP_GONE, FOLLOW_CATALOGUE, TAKE_CHANGES, write_facts
from analytics.models import FactState
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun, User

LOCK: Final = "analytics.facts"
ORDERS_AT_ONCE: Final = 5_000
DONE: Final = "DONE"
ALREADY_RUNNING: Final = "ALREADY_RUNNING"


@dataclass(frozen=True, slots=True)
class FactsWritten:
    """`orders` read again, `lines` written, `dropped` lines that are gone, `renamed` by a change of the catalogue."""

    outcome: str
    rebuilt: bool = False
    orders: int = 0
    lines: int = 0
    dropped: int = 0
    renamed: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def refresh_facts(*, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None) -> FactsWritten:
    """Write the facts of the orders that changed since the last run; all of them if they were never built."""
    return _run("refresh_facts", trigger=trigger, actor=actor, whole=False)


def rebuild_facts(*, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None) -> FactsWritten:
    """Throw all facts away and make them again. Readers see the old ones until the new ones are complete."""
    return _run("rebuild_facts", trigger=trigger, actor=actor, whole=True)


def _run(name: str, *, trigger: str, actor: User | None, whole: bool) -> FactsWritten:
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return FactsWritten(ALREADY_RUNNING)
        with record_run(name, trigger=trigger, actor=actor) as run:
            written = _write(whole=whole)
            run.counts = written.as_dict()
    return written


@transaction.atomic
def _write(*, whole: bool) -> FactsWritten:
    started = time.perf_counter()
    moment = timezone.now()
    rebuilt = whole or not FactState.objects.exists()
    figures = _write_all() if rebuilt else _write_changed()
    state = {"refreshed_at": moment, **({"built_at": moment} if rebuilt else {})}
    FactState.objects.update_or_create(pk=1, defaults=state)
    return FactsWritten(DONE, rebuilt=rebuilt, **figures, seconds=round(time.perf_counter() - started, 3))


def _write_all() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_factchange")
        cursor.execute("DELETE FROM analytics_saleline")
        cursor.execute(*write_facts(None))
        lines = cursor.rowcount
        cursor.execute("ANALYZE analytics_saleline")
        cursor.execute("SELECT count(DISTINCT order_id) FROM analytics_saleline")
        (orders,) = cursor.fetchone()
    return {"orders": orders, "lines": lines}


def _write_changed() -> dict[str, int]:
    lines = dropped = 0
    with connection.cursor() as cursor:
        cursor.execute(TAKE_CHANGES)
        notes = cursor.fetchall()
        changed = [order_id for order_id, _product in notes if order_id is not None]
        renamed_models = [product_id for _order, product_id in notes if product_id is not None]
        for orders in _portions(changed):
            cursor.execute(*write_facts(orders))
            lines += cursor.rowcount
            cursor.execute(DROP_GONE, [orders])
            dropped += cursor.rowcount
        cursor.execute(FOLLOW_CATALOGUE, [renamed_models])
        renamed = cursor.rowcount
    return {"orders": len(changed), "lines": lines, "dropped": dropped, "renamed": renamed}


def _portions(orders: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(orders), ORDERS_AT_ONCE):
        yield list(orders[start : start + ORDERS_AT_ONCE])
