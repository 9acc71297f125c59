"""Keeping the facts up to date. One run at a time on all machines; each run is one transaction and leaves a `JobRun`.

Why nothing is missed: triggers note each changed order, each renamed model and the days of a changed campaign in
`FactChange`, inside the transaction that changes it. A note is visible exactly when its change is. A run takes away
the notes it sees and then reads in a later statement, which sees at least what those notes tell of. What commits
afterwards has a note that is still there for the next run, and a run that fails gives its notes back.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.caching import bump
from analytics.enums import DataKind
from analytics.facts.campaigns import FOLLOW_CAMPAIGNS
from analytics.facts.statements import (
    DROP_GONE,
    FOLLOW_CATALOGUE,
    FORMER,
    MARK_ALL_SINGLES,
    MARK_SINGLES,
    TAKE_CHANGES,
    write_days,
    write_facts,
)
from analytics.models import FactChange, FactState
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun, User

LOCK: Final = "analytics.facts"
ORDERS_AT_ONCE: Final = 5_000
DONE: Final = "DONE"
ALREADY_RUNNING: Final = "ALREADY_RUNNING"
_NOTE: Final = ("order_id", "product_id", "first_day", "last_day")


@dataclass(frozen=True, slots=True)
class FactsWritten:
    """`orders` read again, `lines` that differ, `dropped` lines that are gone.

    `renamed`: lines whose goods were named anew; `campaigns`: lines that belong to another campaign now.
    """

    outcome: str
    rebuilt: bool = False
    orders: int = 0
    lines: int = 0
    dropped: int = 0
    renamed: int = 0
    campaigns: int = 0
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
        with record_run(name, trigger=trigger, actor=actor, alone=True) as run:
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
    if rebuilt or any(figures[name] for name in ("lines", "dropped", "renamed", "campaigns")):
        bump(DataKind.SALES)
    return FactsWritten(DONE, rebuilt=rebuilt, **figures, seconds=round(time.perf_counter() - started, 3))


def _write_all() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_factchange")
        cursor.execute("DELETE FROM analytics_saleline")
        cursor.execute(*write_facts(None))
        lines = cursor.rowcount
        cursor.execute(MARK_ALL_SINGLES)
        cursor.execute("ANALYZE analytics_saleline")
        _write_days(cursor, None)
        cursor.execute("ANALYZE analytics_saleday")
        cursor.execute("SELECT count(DISTINCT order_id) FROM analytics_saleline")
        (orders,) = cursor.fetchone()
    return {"orders": orders, "lines": lines, "dropped": 0, "renamed": 0, "campaigns": 0}


def _write_changed() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_CHANGES)
        notes = [FactChange(**dict(zip(_NOTE, row, strict=True))) for row in cursor.fetchall()]
        orders = sorted({note.order_id for note in notes if note.order_id is not None})
        touched = _Touched()
        for portion in _portions(orders):
            _write_portion(cursor, portion, touched)
        cursor.execute(MARK_SINGLES, [sorted(touched.numbers)])
        touched.days.update(day for (day,) in cursor.fetchall())
        cursor.execute(FOLLOW_CATALOGUE, [[note.product_id for note in notes if note.product_id is not None]])
        renamed = [day for (day,) in cursor.fetchall()]
        spans = [(note.first_day, note.last_day) for note in notes]
        # Goods that were moved to another model have its campaigns now.
        spans += [(min(renamed), max(renamed))] if renamed else []
        campaigns = _follow_campaigns(cursor, spans)
        _write_days(cursor, sorted(touched.days.union(renamed, campaigns)))
    return {
        "orders": len(orders),
        "lines": touched.lines,
        "dropped": touched.dropped,
        "renamed": len(renamed),
        "campaigns": len(campaigns),
    }


@dataclass(slots=True)
class _Touched:
    """What a run changed: so many lines, of these order numbers and days, as they were and as they are."""

    lines: int = 0
    dropped: int = 0
    numbers: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)


def _write_portion(cursor: Any, orders: list[int], touched: _Touched) -> None:
    cursor.execute(FORMER, [orders, orders])
    former = {line: (line, number, day) for line, number, day in cursor.fetchall()}
    cursor.execute(*write_facts(orders))
    written = cursor.fetchall()
    cursor.execute(DROP_GONE, [orders])
    dropped = cursor.fetchall()
    touched.lines += len(written)
    touched.dropped += len(dropped)
    before = [former[line] for line, _number, _day in written if line in former]
    touched.numbers.update(number for _line, number, _day in (*written, *dropped, *before))
    touched.days.update(day for _line, _number, day in (*written, *dropped, *before))


def _follow_campaigns(cursor: Any, spans: Iterable[tuple[date | None, date | None]]) -> list[date]:
    """The day of every line whose campaign is another one now."""
    days: list[date] = []
    for first, last in _merged(spans):
        cursor.execute(FOLLOW_CAMPAIGNS, [first, last, first, last])
        days += [day for (day,) in cursor.fetchall()]
    return days


def _merged(spans: Iterable[tuple[date | None, date | None]]) -> list[tuple[date, date]]:
    """Spans that touch nowhere: campaigns of the same days are looked at once."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted((first, last) for first, last in spans if first and last):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _write_days(cursor: Any, days: Sequence[date] | None) -> None:
    if days is None or days:
        for sql, parameters in write_days(days):
            cursor.execute(sql, parameters)


def _portions(orders: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(orders), ORDERS_AT_ONCE):
        yield list(orders[start : start + ORDERS_AT_ONCE])
