"""Keeping the profits up to date. One run at a time on all machines; each run is one transaction and leaves a `JobRun`.

Why nothing is missed: triggers note whatever a profit follows from in `ProfitChange`, inside the transaction that
changes it (`analytics/migrations/0004_profit.py`): facts that were written again, accounts, commissions, rates, costs,
tariffs and the shop's figures. A note is visible exactly when its change is. A run takes away the notes it sees and
reads in later statements; what commits afterwards has a note that is still there for the next run, and a run that
fails gives its notes back. Time passes without a note: the staff of the running month is spread anew every day.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.caching import DataKind, bump
from analytics.models import ProfitChange, ProfitState
from analytics.profit import changes
from analytics.profit.errors import DaysSwapped, ProfitBusy
from analytics.profit.keeping import LINES_OF_MODEL, correct_kept_costs, keep_costs
from analytics.profit.statements import write_profits
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun, User

LOCK: Final = "analytics.profit"
# Beyond so many orders, reckoning all of them takes less than finding these.
MANY_ORDERS: Final = 20_000
WAIT_SECONDS: Final = 30
DONE: Final = "DONE"
ALREADY_RUNNING: Final = "ALREADY_RUNNING"


@dataclass(frozen=True, slots=True)
class ProfitWritten:
    """`orders` reckoned again, `lines` whose profit changed, `dropped` that are no longer sold, `kept` costs.

    `spread`: lines whose staff share alone changed. After rebuilding, `lines` counts all and `orders` is 0.
    """

    outcome: str
    rebuilt: bool = False
    orders: int = 0
    lines: int = 0
    dropped: int = 0
    kept: int = 0
    spread: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CostsCorrected:
    """Of `lines` sold, the kept cost of `changed` was replaced (or found at last).

    For `unknown` of them nothing is known today: they keep what they had, if anything.
    """

    product_id: int
    first_day: date
    last_day: date
    lines: int
    changed: int
    unknown: int

    def as_dict(self) -> dict[str, Any]:
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        return {**asdict(self), **days}


def refresh_profit(*, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None) -> ProfitWritten:
    """Write the profits that changed since the last run; all of them if they were never reckoned."""
    return _run("refresh_profit", trigger=trigger, actor=actor, whole=False)


def rebuild_profit(*, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None) -> ProfitWritten:
    """Throw all profits away and reckon them again. Kept costs stay; readers see the old profits until the end."""
    return _run("rebuild_profit", trigger=trigger, actor=actor, whole=True)


def _run(name: str, *, trigger: str, actor: User | None, whole: bool) -> ProfitWritten:
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ProfitWritten(ALREADY_RUNNING)
        with record_run(name, trigger=trigger, actor=actor, alone=True) as run:
            written = _write(whole=whole)
            run.counts = written.as_dict()
    return written


def correct_costs(*, product_id: int, first_day: date, last_day: date, actor: User | None) -> CostsCorrected:
    """Replace the kept costs of a model's past sales by what costs and rates say today for the day of each sale.

    The only way a kept cost changes: on purpose, by the right `gullu.correct_costs`. The run names the person; the
    history of `SaleCost` has what was kept before. Raises DaysSwapped, and ProfitBusy after half a minute.
    """
    if last_day < first_day:
        raise DaysSwapped(first=f"{first_day:%d.%m.%Y}", last=f"{last_day:%d.%m.%Y}")
    with advisory_lock(LOCK, wait_seconds=WAIT_SECONDS) as lock:
        if not lock.acquired:
            raise ProfitBusy
        with record_run("correct_costs", trigger=JobRun.Trigger.STAFF, actor=actor) as run:
            corrected = _correct(product_id, first_day, last_day)
            run.counts = corrected.as_dict()
    return corrected


@transaction.atomic
def _correct(product_id: int, first_day: date, last_day: date) -> CostsCorrected:
    days = {"product_id": product_id, "first_day": first_day, "last_day": last_day}
    sql, parameters = correct_kept_costs(**days, moment=timezone.now())  # type: ignore[arg-type]
    changed = _execute(sql, parameters)
    with connection.cursor() as cursor:
        cursor.execute(LINES_OF_MODEL, parameters)
        lines, unknown = cursor.fetchone()
    # Costs that were found at last leave no note: what is missing one is looked at again.
    ProfitChange.objects.create(what=ProfitChange.What.COSTS)
    _write(whole=False)
    return CostsCorrected(product_id, first_day, last_day, lines=lines, changed=changed, unknown=unknown)


@transaction.atomic
def _write(*, whole: bool) -> ProfitWritten:
    started = time.perf_counter()
    moment = timezone.now()
    state = ProfitState.objects.first()
    orders = None if whole or state is None else _out_of_date()
    if orders is None:
        written = _write_all(moment)
    else:
        same_day = state is not None and timezone.localdate(state.refreshed_at) == timezone.localdate(moment)
        written = _write_changed(orders, moment) if orders or not same_day else ProfitWritten(DONE)
    _mark(moment, rebuilt=written.rebuilt)
    if written.rebuilt or written.lines or written.dropped or written.spread:
        bump(DataKind.PROFIT)
    return replace(written, seconds=round(time.perf_counter() - started, 3))


def _mark(moment: datetime, *, rebuilt: bool) -> None:
    state = {"refreshed_at": moment, **({"built_at": moment} if rebuilt else {})}
    ProfitState.objects.update_or_create(pk=1, defaults=state)


def _write_all(moment: datetime) -> ProfitWritten:
    # Room to join all lines in memory; the server's own setting is meant for many small questions at once.
    _execute("SET LOCAL work_mem = '64MB'")
    _execute("DELETE FROM analytics_profitchange")
    kept = _execute(*keep_costs(None, moment=moment))
    _months()
    _execute("DELETE FROM analytics_profitline")
    lines = _execute(*write_profits(None))
    _execute("ANALYZE analytics_profitline, analytics_salecost")
    return ProfitWritten(DONE, rebuilt=True, lines=lines, kept=kept)


@dataclass(frozen=True, slots=True)
class _OutOfDate:
    """Orders to reckon again, and lines that are gone."""

    orders: list[int]
    gone: list[int]

    def __bool__(self) -> bool:
        return bool(self.orders or self.gone)


def _out_of_date() -> _OutOfDate | None:
    """Take the notes away; None when so much changed that everything is to be reckoned again."""
    what = ProfitChange.What
    notes: dict[str, list[Any]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(changes.TAKE_NOTES)
        for kind, number, text, day in cursor.fetchall():
            notes[kind].append({what.NUMBER: text, what.DAYS: day}.get(kind, number))
            if kind == what.GONE:
                notes[what.NUMBER].append(text)
        if not notes:
            return _OutOfDate([], [])
        cursor.execute(changes.FIRST_DAY)
        (first_day,) = cursor.fetchone()
        since = min(notes[what.DAYS], default=None)
        if since is not None and (first_day is None or since <= first_day):
            return None
        asked = {
            "orders": notes[what.ORDER],
            "numbers": notes[what.NUMBER],
            "models": notes[what.MODEL],
            "day": since,
            "rates": bool(notes[what.RATES]),
            "costs": bool(notes[what.COSTS]),
        }
        cursor.execute(changes.FIND_ORDERS, asked)
        orders = [order_id for (order_id,) in cursor.fetchall()]
    return None if len(orders) > MANY_ORDERS else _OutOfDate(orders, notes[what.GONE])


def _write_changed(changed: _OutOfDate, moment: datetime) -> ProfitWritten:
    orders = changed.orders
    kept = _execute(*keep_costs(orders, moment=moment))
    months = _months()
    lines = _execute(*write_profits(orders))
    dropped = _execute(changes.DROP_UNSOLD, {"orders": orders})
    dropped += _execute(changes.DROP_GONE, {"lines": changed.gone})
    spread = _execute(*changes.spread_staff(months)) if months else 0
    return ProfitWritten(DONE, orders=len(orders), lines=lines, dropped=dropped, kept=kept, spread=spread)


def _months() -> list[date]:
    """Count the pairs of the months again; those of which the count or the days that count changed."""
    with connection.cursor() as cursor:
        cursor.execute(changes.MONTHS, {"today": timezone.localdate()})
        return [month for (month,) in cursor.fetchall()]


def _execute(sql: str, parameters: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
