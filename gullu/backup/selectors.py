"""What is known about backups and drills: the archives in the folder, and the runs that made and tried them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gullu.models import JobRun

BACKUP: Final = "backup"
DRILL: Final = "backup_drill"


@dataclass(frozen=True, slots=True)
class LastRuns:
    """The newest run of a job whatever its end, and the newest that ended well."""

    newest: JobRun | None
    success: JobRun | None

    @property
    def success_at(self) -> datetime | None:
        return self.success.started_at if self.success else None

    @property
    def failed(self) -> bool:
        """Whether the newest run ended badly; one that is under way has not ended."""
        return self.newest is not None and self.newest.state in {JobRun.State.FAILED, JobRun.State.LOST}

    @property
    def look(self) -> str:
        """The newest run's state as the style sheet names it."""
        return self.newest.state.lower() if self.newest else ""

    @property
    def counts(self) -> Mapping[str, Any]:
        return self.success.counts if self.success else {}


def last_backup() -> LastRuns:
    """The newest backups; two statements."""
    return _last(BACKUP)


def last_drill() -> LastRuns:
    """The newest drills; two statements."""
    return _last(DRILL)


def last_good_drill() -> JobRun | None:
    """The newest drill that proved an archive."""
    return last_drill().success


def _last(name: str) -> LastRuns:
    runs = JobRun.objects.filter(name=name).order_by("-started_at", "-pk")
    return LastRuns(newest=runs.first(), success=runs.filter(state=JobRun.State.DONE).first())


@dataclass(frozen=True, slots=True)
class HomeBackup:
    """What the home page says about backups, for `templates/admin/home/backup.html`."""

    backup: LastRuns
    drill: LastRuns
