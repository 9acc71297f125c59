"""The page "state of the system": readiness, workers, queue, the jobs' newest runs, sizes and versions."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import django
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gullu.health import readiness
from gullu.health.beats import SILENT_SECONDS, Worker, workers
from gullu.health.figures import database_bytes
from gullu.health.queue import QueueStanding, standing
from gullu.health.runs import JobStanding, standings
from gullu.models import JobRun
from gullu.roles import VIEW_SYSTEM
from gullu.run_words import job_name
from gullu.staff_pages import frame, only_for
from gullu.version import version

PART_NAMES: Final = {
    "database": _("Database"),
    "migrations": _("Changes of the database"),
    "cache": _("Cache"),
    "worker": _("Worker"),
    "pull": _("Orders read"),
    "push": _("Stock sent"),
}
STATE_WORDS: Final = {
    readiness.State.OK: _("In order"),
    readiness.State.UNUSED: _("Not used"),
    readiness.State.STALE: _("Too old"),
    readiness.State.DEGRADED: _("Impaired"),
    readiness.State.DOWN: _("Out of order"),
}
_TONES: Final = {
    readiness.State.OK: "success",
    readiness.State.UNUSED: "skipped",
    readiness.State.STALE: "warning",
    readiness.State.DEGRADED: "warning",
    readiness.State.DOWN: "danger",
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the readiness in words."""

    name: Any
    tone: str
    state: Any
    words: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job: its newest run and its last success."""

    name: str
    tone: str
    state: Any
    standing: JobStanding


@dataclass(frozen=True, slots=True)
class Size:
    """Something and how much of it there is, in bytes; `share` percent of the whole, where there is a whole."""

    name: Any
    size: int
    share: int | None = None


@dataclass(frozen=True, slots=True)
class SystemState:
    """Everything the page shows."""

    fit: bool
    parts: tuple[PartRow, ...]
    workers: tuple[Worker, ...]
    queue: QueueStanding
    jobs: tuple[JobRow, ...]
    sizes: tuple[Size, ...]
    versions: tuple[tuple[Any, str], ...]


def read_state() -> SystemState:
    """The state now, in a constant number of statements."""
    state = readiness.current()
    return SystemState(
        fit=state.fit,
        parts=tuple(_part(part, state.measured_at) for part in state.parts),
        workers=tuple(workers()),
        queue=standing(),
        jobs=tuple(_job(job) for job in standings()),
        sizes=_sizes(),
        versions=_versions(),
    )


def _part(part: readiness.Part, at: datetime) -> PartRow:
    seen_at = None if part.age_seconds is None else at - timedelta(seconds=part.age_seconds)
    return PartRow(
        PART_NAMES.get(part.name, part.name), _TONES[part.state], STATE_WORDS[part.state], part.words, seen_at
    )


def _job(job: JobStanding) -> JobRow:
    return JobRow(job_name(job.name), job.state.lower(), JobRun.State(job.state).label, job)


def _sizes() -> tuple[Size, ...]:
    disk = shutil.disk_usage(settings.DATA_DIR)
    return (
        Size(_("Database"), database_bytes()),
        Size(_("Free where files and backups are kept"), disk.free, round(disk.free * 100 / disk.total)),
    )


def _versions() -> tuple[tuple[Any, str], ...]:
    server = connection.pg_version  # type: ignore[attr-defined]
    return (
        ("Güllü", version()),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        ("PostgreSQL", f"{server // 10_000}.{server % 10_000}"),
    )


@require_safe
@only_for(VIEW_SYSTEM)
def system_state(request: HttpRequest) -> HttpResponseBase:
    """The page; it changes nothing."""
    state = read_state()
    context = {"title": _("State of the system"), "state": state, "silent_seconds": SILENT_SECONDS}
    return frame(request, "admin/system/state.html", context)
