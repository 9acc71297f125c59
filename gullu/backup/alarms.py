"""Alarms about backups: too old, failed, never proved, nowhere to write."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gullu.alarms.definition import Alarm, Level
from gullu.backup import config
from gullu.backup.selectors import LastRuns, last_backup, last_drill
from gullu.models import JobRun
from gullu.roles import KEEP_BACKUPS

# A night and half a day: one backup that was missed is not told before the next one should be there.
OLDEST_BACKUP: Final = timedelta(hours=36)
OLDEST_DRILL: Final = timedelta(days=9)


def check() -> Sequence[Alarm]:
    """Alarms about backups; five statements at most.

    Age counts only where schedules run: a shop that is tried out, or one that is backed up by other means, is left in
    peace. What was tried and failed is always told.
    """
    backup, drill = last_backup(), last_drill()
    return tuple(_alarms(backup, drill, now=timezone.now()))


def _alarms(backup: LastRuns, drill: LastRuns, *, now: datetime) -> Iterator[Alarm]:
    if backup.failed and backup.newest is not None:
        yield _alarm(
            "BACKUP_FAILED", Level.DANGER, _("The last backup failed: %(reason)s"), _reason(backup.newest)
        )
    if drill.failed and drill.newest is not None:
        yield _alarm(
            "BACKUP_DRILL_FAILED",
            Level.DANGER,
            _("The last backup could not be proved by a restore: %(reason)s"),
            _reason(drill.newest),
        )
    if not settings.ENABLE_JOBS:
        return
    since = backup.success_at or _running_since()
    if since is not None and now - since > OLDEST_BACKUP:
        yield _stale(backup)
    if backup.success_at is not None and not drill.failed:
        proved = drill.success_at or _first_backup()
        if proved is not None and now - proved > OLDEST_DRILL:
            yield _alarm(
                "BACKUP_DRILL_OLD",
                Level.WARNING,
                _("No backup has been proved by a restore since %(day)s; start a drill."),
                _day(proved),
            )
    folder = config.folder()
    if folder.exists() and not os.access(folder, os.W_OK):
        yield _alarm(
            "BACKUP_FOLDER",
            Level.DANGER,
            _("The backup folder %(folder)s cannot be written to."),
            str(folder),
        )
    elif not folder.exists() and folder != config.default_folder():
        yield _alarm(
            "BACKUP_FOLDER",
            Level.DANGER,
            _("The backup folder %(folder)s is not there; is the disk or share mounted?"),
            str(folder),
        )


def _alarm(code: str, level: Level, sentence: str, value: str) -> Alarm:
    words = sentence % {"reason": value, "day": value, "folder": value}
    return Alarm(
        code=code, level=level, sentence=words, link=reverse("backups:start"), rights=(KEEP_BACKUPS,)
    )


def _stale(backup: LastRuns) -> Alarm:
    if backup.success_at is None:
        return _alarm(
            "BACKUP_OLD", Level.DANGER, _("This shop has never been backed up; start a backup."), ""
        )
    sentence = _("The last good backup is of %(day)s; start one and see why none was made.")
    return _alarm("BACKUP_OLD", Level.DANGER, sentence, _day(backup.success_at))


def _reason(run: JobRun) -> str:
    return run.error or str(JobRun.State(run.state).label)


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "d.m.Y H:i")


def _running_since() -> datetime | None:
    """When the first run we know of began: a shop that is two hours old need not have a backup."""
    first: datetime | None = JobRun.objects.aggregate(first=Min("started_at"))["first"]
    return first


def _first_backup() -> datetime | None:
    good = JobRun.objects.filter(name="backup", state=JobRun.State.DONE)
    first: datetime | None = good.aggregate(first=Min("started_at"))["first"]
    return first
