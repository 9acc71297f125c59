"""Working through the tasks of a run, beside any number of other workers on any machine.

A worker claims one task at a time (`FOR UPDATE SKIP LOCKED`) for `LEASE`, studies it outside any transaction and
stores what came out. A worker that dies loses its claim when the lease ends; somebody else takes the task then. What is
stored is never made again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models.functions import Now

from analytics.forecasting.choosing import Study
from analytics.forecasting.forecast import study
from analytics.forecasting.holidays import holiday_frame
from analytics.forecasting.methods import LONGEST
from analytics.forecasts.packing import pack_study, unpack_given
from analytics.forecasts.runs import note_progress
from analytics.models import ForecastTask
from gullu.jobs import reason_of

logger = logging.getLogger(__name__)

# A study takes seconds; this is for machines that are slow and busy.
LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 3
BROKEN_OFF: Final = "broken off"

# The state of the run is part of it: tasks of a run that was given up are nobody's.
_CLAIM: Final = """
    UPDATE analytics_forecasttask SET claimed_until = clock_timestamp() + %(lease)s, attempts = attempts + 1
     WHERE id = (
        SELECT task.id FROM analytics_forecasttask AS task
         WHERE task.run_id = %(run)s AND task.done_at IS NULL AND task.attempts < %(most)s
           AND (task.claimed_until IS NULL OR task.claimed_until < clock_timestamp())
           AND EXISTS (SELECT FROM analytics_forecastrun AS run WHERE run.id = task.run_id AND run.state = 'RUNNING')
         ORDER BY task.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, "group", given, attempts
"""
_LOSE: Final = """
    UPDATE analytics_forecasttask SET done_at = clock_timestamp(), claimed_until = NULL, error = %(error)s
     WHERE run_id = %(run)s AND done_at IS NULL AND attempts >= %(most)s AND claimed_until < clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that is ours until its lease ends."""

    task_id: int
    group: str
    given: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class Worked:
    """What one worker did: tasks it studied, and tries that broke."""

    studied: int = 0
    broken: int = 0


def claim(run_id: int) -> Claim | None:
    """The next task nobody works on, or None. A task that cost `MOST_ATTEMPTS` workers their life is given up."""
    given: dict[str, Any] = {"run": run_id, "lease": LEASE, "most": MOST_ATTEMPTS, "error": BROKEN_OFF}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, given)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_LOSE, given)
            return None
    task_id, group, content, attempts = row
    return Claim(task_id, group, bytes(content), attempts)


def work(run_id: int, *, seconds: float | None = None, report: Callable[[], None] | None = None) -> Worked:
    """Study tasks until none is left to claim, or for about so many seconds. `report` is called after each."""
    ends = None if seconds is None else time.monotonic() + seconds
    studied = broken = 0
    while (ends is None or time.monotonic() < ends) and (task := claim(run_id)):
        if _worked_on(task):
            studied += 1
        else:
            broken += 1
        note_progress(run_id)
        if report:
            report()
    return Worked(studied, broken)


def _worked_on(task: Claim) -> bool:
    """Study the task and store what came out, or why nothing did. Returns whether there is a study."""
    try:
        result = pack_study(study_given(task.given))
    except Exception as error:
        logger.exception("the study of %s failed, attempt %s", task.group, task.attempts)
        _broke(task, reason_of(error))
        return False
    # Somebody may have been quicker after our lease ended; what is stored stays.
    ForecastTask.objects.filter(pk=task.task_id, done_at__isnull=True).update(
        result=result, done_at=Now(), claimed_until=None, error=""
    )
    return True


def study_given(content: bytes) -> Study:
    """The slow part of a run: one task, with the holidays and campaigns of its days."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    given = unpack_given(content)
    history = given.task.history
    until = history.last_date + timedelta(days=LONGEST)
    holidays = holiday_frame(history.first_date, until, campaigns=given.campaigns)
    # The workers are as many as the cores: threads of the arithmetic would only get in each other's way.
    with threadpool_limits(limits=1):
        return study(given.task, holidays=holidays)


def _broke(task: Claim, reason: str) -> None:
    """Free the task for the next try, or give it up: its models then fall back to the plain average."""
    given_up = {"done_at": Now()} if task.attempts >= MOST_ATTEMPTS else {}
    ForecastTask.objects.filter(pk=task.task_id, done_at__isnull=True).update(
        error=reason, claimed_until=None, **given_up
    )
