"""Reads of alarms for the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gullu.alarms.records import AlarmState
from gullu.alarms.services import NAME
from gullu.models import JobRun

# The checks run every five minutes: after this time three of them are missing.
CHECKS_STALE_AFTER: Final = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm for a page. `since` it holds; `silent_until` no mail is sent about it."""

    tone: str
    level: Any
    sentence: str
    link: str
    since: datetime
    silent_until: datetime | None


@dataclass(frozen=True, slots=True)
class AlarmList:
    """The alarms a person may see, and when somebody last looked. `stale`: too long ago to be trusted."""

    rows: tuple[AlarmRow, ...]
    checked_at: datetime | None
    stale: bool


def alarm_list(user: Any, *, now: datetime) -> AlarmList:
    """Dangers first, then the oldest; those that are silent last. Two statements."""
    held = AlarmState.objects.filter(cleared_at=None).order_by("level", "raised_at", "pk")
    rows = [_row(alarm, now) for alarm in held if user.has_perms(alarm.rights)]
    runs = JobRun.objects.filter(name=NAME, state__in=[JobRun.State.DONE, JobRun.State.FAILED])
    checked_at = runs.order_by("-started_at").values_list("ended_at", flat=True).first()
    stale = checked_at is None or now - checked_at > CHECKS_STALE_AFTER
    return AlarmList(tuple(sorted(rows, key=lambda row: row.silent_until is not None)), checked_at, stale)


def _row(alarm: AlarmState, now: datetime) -> AlarmRow:
    silent = alarm.silenced_until if alarm.silenced_until and alarm.silenced_until > now else None
    return AlarmRow(
        tone=alarm.level.lower(),
        level=alarm.get_level_display(),
        sentence=alarm.sentence,
        link=alarm.link,
        since=alarm.raised_at,
        silent_until=silent,
    )
