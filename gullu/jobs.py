"""Running work so that people can see it: one `JobRun` row per run, and the only door to the queue.

A failed run keeps the sentence a person can act on and is raised again; nothing is swallowed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gullu import clock, origin
from gullu.audit.work import announced, work
from gullu.errors import DomainError
from gullu.models import JobRun, User
from gullu.origin import Origin, Source, new_reference
from gullu.scrubbing import clean
from gullu.storage import NO_ROOM, not_written

logger = logging.getLogger(__name__)

# A run that says RUNNING for longer than this was killed: its process can no longer end it itself.
LOST_AFTER = timedelta(hours=2)
# Whether the worker that had this task before has died over it (`gullu.queue`).
redelivered: ContextVar[bool] = ContextVar("redelivered", default=False)
PROGRESS_SECONDS = 0.5


@dataclass(slots=True)
class Run:
    """Handle on the row of the current run; fill `counts`, or call `fail` with the reason."""

    row: JobRun
    counts: dict[str, Any] = field(default_factory=dict)
    failed: str = ""
    _next: float = 0.0

    def show(self) -> None:
        """Let others see the counts as they are now."""
        self._next = time.monotonic() + PROGRESS_SECONDS
        self.row.counts = self.counts
        self.row.save(update_fields=["counts"])

    def progress(self, **counts: Any) -> None:
        """Set some counts; others see them at most every `PROGRESS_SECONDS`."""
        self.counts |= counts
        if time.monotonic() >= self._next:
            self.show()

    def fail(self, reason: str) -> None:
        """Mark the run as failed without raising: it did part of its work and says why not all."""
        self.failed = reason


@contextmanager
def record_run(name: str, *, trigger: str, actor: User | None = None, alone: bool = False) -> Iterator[Run]:
    """Write the row before the work and its end after it, whatever the end is.

    With `alone` the caller holds the lock of this job, so a run that still says RUNNING was broken off. The same is
    true of this person's run when its task comes to a second worker because the first one died.
    """
    now = clock.now()
    if alone:
        close_lost_runs(name)
    else:
        close_lost_runs(name, before=now - LOST_AFTER)
        if redelivered.get():
            close_lost_runs(name, actor=actor)
    run = Run(JobRun.objects.create(name=name, trigger=trigger, started_at=now, actor=actor))
    try:
        with _working(run.row):
            yield run
    except BaseException as error:
        _end(run, JobRun.State.FAILED, reason_of(error))
        raise
    if run.failed:
        _end(run, JobRun.State.FAILED, run.failed)
    else:
        _end(run, JobRun.State.DONE, "")


@contextmanager
def _working(row: JobRun) -> Iterator[None]:
    """Let the changes of this run name it, and its person, beside the page, task or command it is part of."""
    known = {"job": row.name, "run": row.pk}
    if row.actor_id is not None:
        known["user"] = row.actor_id
    if origin.current() is None:
        with announced(Origin(source=Source.JOB, reference=new_reference(), name=row.name), **known):
            yield
    else:
        with work(**known):
            yield


def _end(run: Run, state: JobRun.State, reason: str) -> None:
    run.row.state = state
    run.row.error = reason
    run.row.counts = run.counts
    run.row.ended_at = clock.now()
    run.row.save(update_fields=["state", "error", "counts", "ended_at"])


def close_lost_runs(name: str, *, before: datetime | None = None, **whose: Any) -> int:
    """Mark runs whose process died as broken off, with a sentence; returns how many."""
    stale = JobRun.objects.filter(name=name, state=JobRun.State.RUNNING, **whose)
    if before is not None:
        stale = stale.filter(started_at__lt=before)
    return stale.update(state=JobRun.State.LOST, ended_at=Now(), error=broken_off())


def broken_off() -> str:
    """What staff read about work whose process ended before it was done."""
    return _(
        "The program or machine that did this ended before it was done. The next run does what was left."
    )


def reason_of(error: BaseException) -> str:
    """The sentence for people; for a bug, its type and text (the traceback goes to the log)."""
    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return not_written(error).message
    return clean(f"{type(error).__name__}: {error}")[:1000]


def clean_failure(*, task: dict[str, Any], **_: Any) -> None:
    """A task failed: its traceback, which the queue keeps, may repeat the row the database refused."""
    if not task.get("success", True):
        task["result"] = clean(str(task["result"]))


def waiting(task: str, **kwargs: Any) -> int:
    """How many requests for this work, with just these arguments, wait in the queue for a worker."""
    from django_q.models import OrmQ  # noqa: PLC0415  (models need ready apps)

    rows = [row.task for row in OrmQ.objects.filter(lock__lte=Now())]
    return sum(row.get("func") == task and row.get("kwargs") == kwargs for row in rows)


def enqueue(task: str, **kwargs: Any) -> str:
    """Queue the function named `task` (dotted path) with JSON-like keyword arguments.

    The name is resolved at once, because the queue accepts a misspelt one silently. The queue lives in the
    same database, so call this inside the transaction the work belongs to: both commit or neither does.
    """
    import_string(task)
    from django_q.tasks import async_task  # noqa: PLC0415  (loads the broker, which needs ready apps)

    return str(async_task(task, **kwargs))
