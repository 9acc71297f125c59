"""A run and the row by which people see it (`JobRun` "train_forecasts"): opened, moved on, ended.

The row is kept by hand because a run spans many processes; `record_run` belongs to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from analytics.models import ForecastRun, ForecastTask
from gullu.models import JobRun, User

JOB_NAME: Final = "train_forecasts"

# One statement, so that two workers cannot write each other's older count.
_PROGRESS: Final = """
    UPDATE gullu_jobrun
       SET counts = counts || (
               SELECT jsonb_build_object('done', count(*) FILTER (WHERE done_at IS NOT NULL), 'of', count(*))
                 FROM analytics_forecasttask WHERE run_id = %(run)s)
     WHERE name = %(name)s AND state = 'RUNNING' AND (counts ->> 'run')::bigint = %(run)s
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `of` is 0 until its tasks are made."""

    run_id: int
    state: str
    done: int
    of: int
    error: str = ""

    @property
    def over(self) -> bool:
        return self.state != ForecastRun.State.RUNNING


_NUMBERS: Final = {
    "done": Count("tasks", filter=Q(tasks__done_at__isnull=False)),
    "of": Count("tasks"),
}


def progress_of(run_id: int) -> Progress:
    """How far this run is. One statement. Raises `ForecastRun.DoesNotExist`."""
    return _progress(ForecastRun.objects.annotate(**_NUMBERS).get(pk=run_id))


def running() -> Progress | None:
    """The run that is under way. One statement."""
    run = ForecastRun.objects.filter(state=ForecastRun.State.RUNNING).annotate(**_NUMBERS).first()
    return _progress(run) if run else None


def _progress(run: Any) -> Progress:
    return Progress(run.pk, run.state, run.done, run.of, run.error)


def open_run(*, last_day: date, trigger: str, actor: User | None) -> ForecastRun:
    """A new run with the row that shows it."""
    now = timezone.now()
    run = ForecastRun.objects.create(last_day=last_day, started_at=now, actor=actor)
    JobRun.objects.create(
        name=JOB_NAME, trigger=trigger, started_at=now, actor=actor, counts={"run": run.pk, "done": 0}
    )
    return run


def note_progress(run_id: int) -> None:
    """How many tasks are done, for all to see."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"run": run_id, "name": JOB_NAME})


def end_run(run: ForecastRun, *, state: str, error: str = "", **counts: Any) -> None:
    """End a run that is locked and RUNNING, and its row; the bytes of its tasks are not needed any more."""
    now = timezone.now()
    ForecastRun.objects.filter(pk=run.pk).update(state=state, ended_at=now, error=error)
    tasks = ForecastTask.objects.filter(run=run)
    numbers = tasks.aggregate(done=Count("pk", filter=Q(done_at__isnull=False)), of=Count("pk"))
    tasks.update(given=None, result=None, claimed_until=None)
    row_state = {
        ForecastRun.State.DONE: JobRun.State.DONE,
        ForecastRun.State.FAILED: JobRun.State.FAILED,
    }.get(ForecastRun.State(state), JobRun.State.LOST)
    JobRun.objects.filter(name=JOB_NAME, state=JobRun.State.RUNNING, counts__run=run.pk).update(
        state=row_state, ended_at=now, error=error, counts={"run": run.pk, **numbers, **counts}
    )


def lock_running(run_id: int) -> ForecastRun | None:
    """The run, locked, if it still runs. Call inside a transaction."""
    rows = ForecastRun.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=run_id, state=ForecastRun.State.RUNNING).first()
