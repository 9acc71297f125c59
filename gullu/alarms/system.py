"""Alarms of the system itself: workers, queue, jobs, disk, clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu import clock
from gullu.alarms.definition import Alarm, Level
from gullu.health.beats import Worker, silent_hosts, workers
from gullu.health.queue import standing
from gullu.health.runs import JobStanding, standings
from gullu.models import JobRun
from gullu.run_words import job_name

RUNS: Final = ("gullu.view_jobrun",)
SYSTEM: Final = ("gullu.view_system",)
# A job that runs every few minutes may fail now and then; one that runs at night may not miss a second night.
MOST_FAILURES: Final = 2
SUCCESS_WITHIN: Final = timedelta(hours=25)
QUEUE_PATIENCE: Final = timedelta(minutes=15)
# A machine that was switched off for good leaves the alarm after a day; `gullu.health.beats` forgets it after a week.
SILENT_HOST_WITHIN_SECONDS: Final = 86_400
CLOCK_TOLERANCE: Final = timedelta(seconds=30)
_GIGABYTE: Final = 1024**3


def check() -> list[Alarm]:
    """Six statements."""
    return [*_workers(), *_queue(), *_jobs(), *disk(), *_clock()]


def _workers() -> Iterator[Alarm]:
    found = workers()
    yield from no_worker(found)
    for worker in silent_hosts(found):
        if worker.age_seconds <= SILENT_HOST_WITHIN_SECONDS:
            yield Alarm(
                code=f"WORKER_SILENT:{worker.host}"[:80],
                level=Level.WARNING,
                sentence=_(
                    "The worker on %(host)s has not been seen for %(minutes)s minutes: look whether that machine runs,"
                    " and start its worker."
                )
                % {"host": worker.host, "minutes": round(worker.age_seconds / 60)},
                link=reverse("system_state"),
                rights=SYSTEM,
            )


def no_worker(found: Sequence[Worker]) -> Iterator[Alarm]:
    """That nobody does the shop's work, also where the last worker ended as it was asked to; no statement.

    A worker that looks for alarms lives, so it is `manage.py watch` that finds this.
    """
    if not any(worker.alive for worker in found):
        yield Alarm(
            code="NO_WORKER",
            level=Level.DANGER,
            sentence=_(
                "No worker runs: no orders are read and no stock is sent. Start one with “systemctl start gullu-worker”"
                " or “manage.py serve”."
            ),
            link=reverse("system_state"),
            rights=SYSTEM,
        )


def _queue() -> Iterator[Alarm]:
    queue = standing()
    waits = timezone.now() - queue.oldest_at if queue.oldest_at else timedelta()
    if waits > QUEUE_PATIENCE:
        yield Alarm(
            code="QUEUE_STUCK",
            level=Level.DANGER,
            sentence=_(
                "%(count)s tasks wait in the queue, one for %(minutes)s minutes: look what the workers do, and start"
                " another one if they are merely busy."
            )
            % {"count": queue.waiting, "minutes": round(waits.total_seconds() / 60)},
            link=reverse("admin:django_q_ormq_changelist"),
            rights=("django_q.view_ormq",),
        )


def _jobs() -> Iterator[Alarm]:
    failing = [job for job in standings() if _fails(job)]
    if failing:
        named = ", ".join(
            _("%(job)s (%(count)s times)") % {"job": job_name(job.name), "count": job.failures}
            for job in failing
        )
        yield Alarm(
            code="JOBS_FAILING",
            level=Level.DANGER,
            sentence=_("Jobs fail again and again: %(jobs)s. Their runs say why.") % {"jobs": named},
            link=reverse("admin:gullu_jobrun_changelist") + "?state__exact=FAILED",
            rights=RUNS,
        )


def _fails(job: JobStanding) -> bool:
    # One that is under way has proved nothing yet; `check_alarms` itself always is.
    if job.state not in {JobRun.State.FAILED, JobRun.State.LOST, JobRun.State.RUNNING}:
        return False
    overdue = job.success_at is None or timezone.now() - job.success_at > SUCCESS_WITHIN
    return job.failures > MOST_FAILURES or (overdue and job.failures > 1)


def disk() -> Iterator[Alarm]:
    """Room for uploads, backups and the embedded database; no statement."""
    total, _used, free = shutil.disk_usage(settings.DATA_DIR)
    danger = free < min(_GIGABYTE, total * 0.03)
    if danger or free < min(5 * _GIGABYTE, total * 0.1):
        yield Alarm(
            code="DISK_FULL",
            level=Level.DANGER if danger else Level.WARNING,
            sentence=_(
                "Only %(free)s GB of %(total)s GB are free where files and backups are kept: remove what is not"
                " needed, or give the machine a larger disk."
            )
            % {"free": f"{free / _GIGABYTE:.1f}", "total": f"{total / _GIGABYTE:.0f}"},
            link=reverse("system_state"),
            rights=SYSTEM,
        )


def _clock() -> Iterator[Alarm]:
    off = abs(timezone.now() - clock.now())
    if off > CLOCK_TOLERANCE:
        yield Alarm(
            code="CLOCK_OFF",
            level=Level.WARNING,
            sentence=_(
                "The clocks of the worker's machine and of the database differ by %(seconds)s seconds: let both keep"
                " their time over the network (NTP)."
            )
            % {"seconds": round(off.total_seconds())},
            link=reverse("system_state"),
            rights=SYSTEM,
        )
