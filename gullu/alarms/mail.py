"""The mail about alarms: one for everything that is to be told, without data of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from gullu.alarms.records import AlarmState
from gullu.errors import DomainError


class AlarmMailNotSent(DomainError):
    """Data: reason."""

    code = "alarm_mail_not_sent"
    template = gettext_lazy(
        "The mail about alarms could not be sent: %(reason)s. It is tried again with the next check; look at EMAIL_URL"
        " in .env."
    )


def send_alarm_mail(alarms: Sequence[AlarmState], recipients: Sequence[str], *, now: datetime) -> None:
    """One mail, recipients hidden from each other. Raises `AlarmMailNotSent`."""
    context = _context(alarms, now)
    message = EmailMultiAlternatives(
        subject=_subject(context),
        body=render_to_string("mail/alarms.txt", context),
        bcc=list(recipients),
    )
    message.attach_alternative(render_to_string("mail/alarms.html", context), "text/html")
    try:
        message.send()
    except OSError as error:  # smtplib's errors, a refused connection, a time-out
        raise AlarmMailNotSent(reason=f"{type(error).__name__}: {error}"[:300]) from error


def _context(alarms: Sequence[AlarmState], now: datetime) -> dict[str, Any]:
    base = settings.PUBLIC_BASE_URL
    return {
        "now": now,
        "base": base or "",
        "home": base + reverse("admin:index") if base else "",
        "new": [alarm for alarm in alarms if not alarm.cleared_at and not alarm.mailed_at],
        "lasting": [alarm for alarm in alarms if not alarm.cleared_at and alarm.mailed_at],
        "over": [alarm for alarm in alarms if alarm.cleared_at],
    }


def _subject(context: dict[str, Any]) -> str:
    if count := len(context["new"]):
        words = ngettext("Güllü: %(count)s new alarm", "Güllü: %(count)s new alarms", count)
    elif count := len(context["lasting"]):
        words = ngettext("Güllü: %(count)s alarm goes on", "Güllü: %(count)s alarms go on", count)
    else:
        count = len(context["over"])
        words = ngettext("Güllü: %(count)s alarm is over", "Güllü: %(count)s alarms are over", count)
    return words % {"count": count}
