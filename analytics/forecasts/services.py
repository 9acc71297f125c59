"""Forecast runs: started by staff, a command or the night, shared out over all workers, continued if broken off.

A run is one row, its tasks are rows, and the queue only carries requests to look at them. A request works for
`SLICE_SECONDS` and then puts itself behind what else waits, so that stock and orders are not held up by a long run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from analytics.facts.services import refresh_facts
from analytics.forecasts.concluding import conclude_if_ready, fail_run
from analytics.forecasts.packing import pack_given
from analytics.forecasts.preparing import prepare_tasks
from analytics.forecasts.runs import Progress, end_run, lock_running, note_progress, open_run, progress_of
from analytics.forecasts.working import MOST_ATTEMPTS, Worked, work
from analytics.models import ForecastRun, ForecastTask
from gullu.jobs import broken_off, enqueue, reason_of, waiting
from gullu.locks import advisory_lock, transaction_lock
from gullu.models import JobRun, User

PREPARE_TASK: Final = "analytics.tasks.prepare_forecasts_job"
WORK_TASK: Final = "analytics.tasks.work_forecasts_job"
# Requests in the queue at once: more workers than this, on all machines, would not make a run much quicker.
LOOPS: Final = 8
# Short, because all of them may stand before an order that waits to be pulled.
SLICE_SECONDS: Final = 5.0
_START: Final = "analytics.forecasts"
_PREPARE: Final = "analytics.forecasts.prepare"
_POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Started:
    """`created` is False where a run of the same day was still going on: that one is continued."""

    run_id: int
    created: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def start_run(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None, queue: bool = True
) -> Started:
    """Start a forecast from what is known up to yesterday, or continue the one that is under way.

    An unfinished run of an earlier day is given up. Without `queue` the caller works through it (`work_here`).
    """
    transaction_lock(_START)
    last_day = timezone.localdate() - timedelta(days=1)
    running = ForecastRun.objects.select_for_update(no_key=True).filter(state=ForecastRun.State.RUNNING)
    run = running.first()
    if run and run.last_day < last_day:
        end_run(run, state=ForecastRun.State.DROPPED, error=broken_off())
        run = None
    started = run or open_run(last_day=last_day, trigger=trigger, actor=actor)
    if queue:
        _ask_for_work(started.pk)
    return Started(started.pk, created=run is None)


def continue_run() -> dict[str, Any]:
    """Ask for work on a run whose workers died or whose requests were lost; conclude one that only lacks its end.

    Cheap where there is nothing to do: one statement. Meant to be called every few minutes.
    """
    run = ForecastRun.objects.filter(state=ForecastRun.State.RUNNING).first()
    if run is None:
        return {"outcome": "NOTHING_RUNS"}
    if conclude_if_ready(run.pk):
        return {"outcome": "CONCLUDED", "run": run.pk}
    with transaction.atomic():
        return {"outcome": "ASKED", "run": run.pk, "requests": _ask_for_work(run.pk)}


def _ask_for_work(run_id: int) -> int:
    """Queue requests: one to prepare a run without tasks, else one for each task to claim, at most `LOOPS`.

    Those that wait already count, so that asking again and again does not fill the queue.
    """
    tasks = ForecastTask.objects.filter(run=run_id)
    task, wanted = PREPARE_TASK, 1
    if tasks.exists():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())
        task, wanted = WORK_TASK, len(tasks.filter(free, done_at__isnull=True).values_list("pk")[:LOOPS])
    asked = max(wanted - waiting(task, run_id=run_id), 0)
    for _number in range(asked):
        enqueue(task, run_id=run_id)
    return asked


def prepare_run(run_id: int, *, queue: bool = True) -> bool:
    """Make the tasks of a run, once, and ask for work on them. Returns whether this call did it.

    A run that cannot be prepared ends FAILED with the reason. Raises `NothingSold`.
    """
    with advisory_lock(_PREPARE) as lock:
        if not lock.acquired:
            return False
        run = ForecastRun.objects.filter(pk=run_id, state=ForecastRun.State.RUNNING, tasks__isnull=True)
        last_day = run.values_list("last_day", flat=True).first()
        if last_day is None:
            return False
        refresh_facts()
        try:
            rows = _rows(run_id, last_day)
        except Exception as error:
            fail_run(run_id, reason_of(error))
            raise
        return _write_tasks(run_id, rows, queue=queue)


def _rows(run_id: int, last_day: date) -> list[ForecastTask]:
    return [
        ForecastTask(run_id=run_id, group=one.task.group, given=pack_given(one.task, one.campaigns))
        for one in prepare_tasks(last_day)
    ]


@transaction.atomic
def _write_tasks(run_id: int, rows: list[ForecastTask], *, queue: bool) -> bool:
    if lock_running(run_id) is None:
        return False
    ForecastTask.objects.bulk_create(rows)
    note_progress(run_id)
    if queue:
        _ask_for_work(run_id)
    return True


def work_slice(run_id: int, *, seconds: float = SLICE_SECONDS) -> Worked:
    """What a request in the queue does: work for a while, conclude, or queue up again behind the others."""
    worked = work(run_id, seconds=seconds)
    if not conclude_if_ready(run_id) and _claimable(run_id):
        with transaction.atomic():
            enqueue(WORK_TASK, run_id=run_id)
    return worked


def _claimable(run_id: int) -> bool:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())
    tasks = ForecastTask.objects.filter(run=run_id, run__state=ForecastRun.State.RUNNING)
    return tasks.filter(free, done_at__isnull=True, attempts__lt=MOST_ATTEMPTS).exists()


def work_here(run_id: int, *, report: Callable[[Progress], None]) -> Progress:
    """Work through a whole run in this process, waiting for tasks other workers hold; returns how it ended.

    Raises `NothingSold`.
    """
    while not (now := progress_of(run_id)).over:
        report(now)
        moved = bool(now.of) or prepare_run(run_id, queue=False)
        worked = work(run_id, report=lambda: report(progress_of(run_id)))
        if not conclude_if_ready(run_id) and not (moved and worked.studied):
            time.sleep(_POLL_SECONDS)
    report(now)
    return now
