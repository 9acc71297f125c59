"""Looking after the shop from outside of its workers: `manage.py watch`, started by a timer of the system.

What is found is kept and told by `check_alarms`, as when a worker looks. While the database is away there is nothing to
keep it in: then one mail goes out when that begins and one when it is over, and a file in DATA_DIR remembers the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from filelock import FileLock, Timeout

from gullu.alarms.definition import Level
from gullu.alarms.mail import AlarmMailNotSent, send_alarm_mail
from gullu.alarms.records import AlarmState
from gullu.alarms.services import check_alarms
from gullu.alarms.system import no_worker
from gullu.health.beats import workers
from gullu.health.page import PART_NAMES
from gullu.health.readiness import Part, State, measure
from gullu.models import JobRun

CODE: Final = "UNFIT"
_WELL: Final = frozenset({State.OK, State.UNUSED})


@dataclass(frozen=True, slots=True)
class Watched:
    """What is wrong, a sentence each, and to how many people a mail went. Alarms of the business are not repeated."""

    findings: tuple[str, ...]
    mailed: int

    def as_dict(self) -> dict[str, Any]:
        return {"outcome": "DONE", "findings": list(self.findings), "mailed": self.mailed}


def watch() -> Watched:
    """Look once. Needs no worker, and without a database it tells that at least; one at a time on this machine."""
    folder = settings.DATA_DIR / "watch"
    folder.mkdir(parents=True, exist_ok=True)
    with translation.override(settings.LANGUAGE_CODE):
        parts = measure().parts
        down = [_sentence(part) for part in parts if part.state is State.DOWN]
        try:
            with FileLock(folder / "lock", timeout=0):
                told = _unfit(folder / "unfit", " ".join(down)) if down else _fit(folder / "unfit")
        except Timeout:
            told = Watched((), 0)  # another one looks at this moment and tells
        if down:
            return Watched((*down, *told.findings), told.mailed)
        checked = check_alarms(trigger=JobRun.Trigger.COMMAND)
        trouble = [checked.trouble] if checked.trouble else []
        return Watched((*_findings(parts), *told.findings, *trouble), told.mailed + checked.mailed)


def _findings(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.name == "worker":
            yield from (alarm.sentence for alarm in no_worker(workers()))
        elif part.state not in _WELL:
            yield _sentence(part)


def _sentence(part: Part) -> str:
    words = {"part": PART_NAMES.get(part.name, part.name), "words": part.words}
    return _("Not in order: %(part)s. %(words)s.") % words


# --- without a database ---------------------------------------------------------------------------------------------


def _unfit(mark: Path, sentence: str) -> Watched:
    """Tell it, unless `mark` says that people have been told."""
    if mark.exists():
        return Watched((), 0)
    now = timezone.now()
    words = _("%(reason)s Nobody can work before that is mended.") % {"reason": sentence}
    told = _mail(_row(words, raised_at=now), now=now)
    if told.mailed:
        mark.touch()
    return told


def _fit(mark: Path) -> Watched:
    """Tell that it is over, if people have been told that it was not."""
    if not mark.exists():
        return Watched((), 0)
    now, began_at = timezone.now(), datetime.fromtimestamp(mark.stat().st_mtime, tz=UTC)
    row = _row(_("The database is back; people can work again."), raised_at=began_at)
    row.mailed_at, row.cleared_at = began_at, now
    told = _mail(row, now=now)
    if not told.findings:
        mark.unlink()
    return told


def _row(sentence: str, *, raised_at: datetime) -> AlarmState:
    """An alarm for the mail only: it is not kept."""
    return AlarmState(code=CODE, level=Level.DANGER.value, sentence=sentence, raised_at=raised_at)


def _mail(row: AlarmState, *, now: datetime) -> Watched:
    recipients = settings.ALARM_RECIPIENTS
    if not recipients:
        return Watched((_("Nobody is told by mail: ALARM_RECIPIENTS in .env names nobody."),), 0)
    try:
        send_alarm_mail([row], recipients, now=now)
    except AlarmMailNotSent as error:
        return Watched((error.message,), 0)
    return Watched((), len(recipients))
