"""Looking for alarms, keeping what was found, and telling people.

One at a time everywhere: the lock of the job is held while checks run and while the mail is sent, so that a mail goes
out once, however many workers there are. The mail is sent outside of any transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gullu.alarms.definition import Alarm, AlarmCheck, Level
from gullu.alarms.mail import AlarmMailNotSent, send_alarm_mail
from gullu.alarms.records import AlarmState
from gullu.jobs import reason_of, record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun

logger = logging.getLogger(__name__)

NAME: Final = "check_alarms"
LOCK: Final = "gullu.alarms"
REMIND_AFTER: Final = timedelta(days=1)
# What comes back within this time was never over: it is the same alarm, and nobody is told twice.
SETTLED_AFTER: Final = timedelta(minutes=15)
SYSTEM: Final = ("gullu.view_system",)


@dataclass(frozen=True, slots=True)
class Checked:
    """Alarms that hold, those that are new and those that are over; to how many people a mail went.

    `failed` are checks that could not run. `trouble` is why a mail could not be sent; the next run tries again.
    """

    held: int = 0
    raised: int = 0
    cleared: int = 0
    mailed: int = 0
    failed: int = 0
    trouble: str = ""
    already_running: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": "ALREADY_RUNNING" if self.already_running else "DONE",
            "alarms": self.held,
            "raised": self.raised,
            "cleared": self.cleared,
            "mailed": self.mailed,
            "checks_failed": self.failed,
        }


def check_alarms(*, trigger: str = JobRun.Trigger.INTERNAL) -> Checked:
    """Run every check of `settings.ALARMS`, keep what they say, and mail what people have not been told."""
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return Checked(already_running=True)
        with (
            record_run(NAME, trigger=trigger, alone=True) as run,
            translation.override(settings.LANGUAGE_CODE),
        ):
            checked = _check_all()
            run.counts = checked.as_dict()
            if checked.trouble:
                run.fail(checked.trouble)
            return checked


def _check_all() -> Checked:
    raised = cleared = failed = 0
    for path in settings.ALARMS:
        found, ran = _found_by(path)
        kept = keep(path, found, ran=ran, now=timezone.now())
        raised, cleared, failed = raised + kept.raised, cleared + kept.cleared, failed + (not ran)
    gone = AlarmState.objects.filter(cleared_at=None).exclude(check_name__in=settings.ALARMS)
    cleared += gone.update(cleared_at=timezone.now())
    mailed, trouble = _tell(now=timezone.now())
    held = AlarmState.objects.filter(cleared_at=None).count()
    return Checked(held, raised, cleared, mailed, failed, trouble)


def _found_by(path: str) -> tuple[Sequence[Alarm], bool]:
    """What a check says, and whether it ran. One that is broken is an alarm itself and hides no other."""
    try:
        check: AlarmCheck = import_string(path)
        with transaction.atomic():
            return check(), True
    except Exception as error:
        logger.exception("the alarm check %s could not run", path)
        sentence = _("The check “%(name)s” cannot run: %(reason)s. What it would say is not known.")
        broken = Alarm(
            code=f"CHECK_BROKEN:{path}"[:80],
            level=Level.WARNING,
            sentence=sentence % {"name": path, "reason": reason_of(error)[:300]},
            rights=SYSTEM,
        )
        return [broken], False


# --- keeping ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """How many alarms of one check are new, and how many are over."""

    raised: int
    cleared: int


@transaction.atomic
def keep(path: str, alarms: Iterable[Alarm], *, ran: bool, now: datetime) -> Kept:
    """Write down what one check says. Where it did not run, what it said before goes on holding."""
    held = {row.code: row for row in AlarmState.objects.filter(check_name=path, cleared_at=None)}
    raised = 0
    for alarm in alarms:
        row = held.pop(alarm.code, None)
        if row is None:
            row = _reopened(path, alarm, now)
            raised += row is None
        _write(row or AlarmState(check_name=path, code=alarm.code, raised_at=now), alarm, now)
    if not ran:
        return Kept(raised, 0)
    over = [row.pk for row in held.values()]
    return Kept(raised, AlarmState.objects.filter(pk__in=over).update(cleared_at=now))


def _reopened(path: str, alarm: Alarm, now: datetime) -> AlarmState | None:
    lately = AlarmState.objects.filter(
        check_name=path, code=alarm.code, cleared_at__gt=now - SETTLED_AFTER, clearing_mailed_at=None
    )
    return lately.order_by("-cleared_at").first()


def _write(row: AlarmState, alarm: Alarm, now: datetime) -> None:
    row.level, row.sentence, row.link = alarm.level.value, alarm.sentence, alarm.link
    row.rights = list(alarm.rights)
    row.last_seen_at, row.cleared_at = now, None
    row.save()


# --- telling ----------------------------------------------------------------------------------------------------


def _tell(*, now: datetime) -> tuple[int, str]:
    """Mail what is to be told, in one mail; returns the number of people, and why it could not be sent."""
    recipients = settings.ALARM_RECIPIENTS
    news = to_tell(now=now)
    if not recipients or not news:
        return 0, ""
    try:
        send_alarm_mail(news, recipients, now=now)
    except AlarmMailNotSent as error:
        logger.warning("%s", error)
        return 0, error.message
    over = [row.pk for row in news if row.cleared_at]
    AlarmState.objects.filter(pk__in=over).update(clearing_mailed_at=now)
    AlarmState.objects.filter(pk__in=[row.pk for row in news if not row.cleared_at]).update(mailed_at=now)
    return len(recipients), ""


def to_tell(*, now: datetime) -> list[AlarmState]:
    """Alarms nobody was told of, those that have held for another day, and those told of that are over for good."""
    audible = AlarmState.objects.exclude(silenced_until__gt=now)
    held = audible.filter(cleared_at=None)
    new = held.filter(mailed_at=None)
    lasting = held.filter(mailed_at__lte=now - REMIND_AFTER)
    over = AlarmState.objects.filter(
        cleared_at__lte=now - SETTLED_AFTER, clearing_mailed_at=None, mailed_at__isnull=False
    )
    return list(
        (new | lasting | over).order_by(F("cleared_at").asc(nulls_first=True), "level", "raised_at", "pk")
    )


def silence(*, alarm_ids: Sequence[int], hours: int, now: datetime | None = None) -> int:
    """Send no mail about these alarms for so many hours; they stay on the home page. Returns how many still hold."""
    until = (now or timezone.now()) + timedelta(hours=hours)
    return AlarmState.objects.filter(pk__in=alarm_ids, cleared_at=None).update(silenced_until=until)
