"""What must be looked at about the webhooks, from what was stored: nothing is asked of anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gullu.alarms.definition import Alarm, Level
from gullu.models import JobRun
from gullu.roles import KEEP_WEBHOOKS
from integrations.models import WebhookEvent, WebhookHook, WebhookState
from integrations.webhooks import hooks
from integrations.webhooks.address import is_on

PAGE: Final = "admin:integrations_webhookevent_hooks"
SILENT_AFTER: Final = timedelta(hours=6)
# A daily check with half a day of patience.
CHECK_OVERDUE_AFTER: Final = timedelta(hours=36)
WAITING_TOO_LONG: Final = timedelta(minutes=30)


def check() -> Sequence[Alarm]:
    """Five statements while webhooks are on, none while they are off."""
    if not is_on():
        return []
    now = timezone.now()
    state, ours = hooks.state(), [hook for hook in hooks.known_hooks() if hook.ours]
    events = WebhookEvent.objects.aggregate(
        last=Max("received_at"), oldest=Min("received_at", filter=Q(state=WebhookEvent.State.NEW))
    )
    polled = _poll_brought_changes(since=now - SILENT_AFTER)
    return [
        *_registration(state, ours),
        *_check(state, now=now),
        *_silence(ours, events["last"], polled=polled, now=now),
        *_backlog(events["oldest"], now=now),
    ]


def _registration(state: WebhookState, ours: Sequence[WebhookHook]) -> Iterator[Alarm]:
    if not ours:
        text = _("Webhooks are on, but none is registered at Trendyol for this site: register it.")
        yield _alarm("WEBHOOK_NOT_REGISTERED", Level.WARNING, text)
    elif all(hook.status == hooks.PASSIVE for hook in ours):
        text = _(
            "Trendyol has sent no events since %(at)s, because it switched our webhook off: switch it on."
        )
        yield _alarm("WEBHOOK_PASSIVE", Level.DANGER, text % {"at": _moment(ours[0].passive_since)})
    if state.gap_from is not None:
        text = _(
            "The orders since %(at)s have not been read again after the webhook was off: check it once more."
        )
        yield _alarm("WEBHOOK_GAP_OPEN", Level.WARNING, text % {"at": _moment(state.gap_from)})


def _check(state: WebhookState, *, now: datetime) -> Iterator[Alarm]:
    if state.check_error:
        text = _("The webhooks could not be checked: %(reason)s")
        yield _alarm("WEBHOOK_CHECK_FAILED", Level.WARNING, text % {"reason": state.check_error})
    elif state.checked_at is not None and state.checked_at < now - CHECK_OVERDUE_AFTER:
        text = _("The webhooks were last checked on %(at)s: see whether the worker and the schedules run.")
        yield _alarm("WEBHOOK_CHECK_OVERDUE", Level.WARNING, text % {"at": _moment(state.checked_at)})


def _silence(
    ours: Sequence[WebhookHook], last: datetime | None, *, polled: bool, now: datetime
) -> Iterator[Alarm]:
    """Active for long enough, nothing came, and yet there were changes to tell of."""
    since = now - SILENT_AFTER
    active = any(hook.active_since is not None and hook.active_since < since for hook in ours)
    if active and polled and (last is None or last < since):
        hours = int(SILENT_AFTER.total_seconds() // 3600)
        text = _(
            "No webhook event for %(hours)s hours, although orders changed: see whether Trendyol can reach this site."
        )
        yield _alarm("WEBHOOK_SILENT", Level.WARNING, text % {"hours": hours})


def _backlog(oldest: datetime | None, *, now: datetime) -> Iterator[Alarm]:
    if oldest is not None and oldest < now - WAITING_TOO_LONG:
        text = _("Webhook events have been waiting since %(at)s: see whether the worker runs.")
        yield _alarm("WEBHOOK_EVENTS_WAIT", Level.WARNING, text % {"at": _moment(oldest)})


def _poll_brought_changes(*, since: datetime) -> bool:
    runs = JobRun.objects.filter(name="sync_orders", state=JobRun.State.DONE, started_at__gte=since)
    return runs.filter(Q(counts__created__gt=0) | Q(counts__updated__gt=0)).exists()


def _moment(at: datetime | None) -> str:
    return "—" if at is None else date_format(timezone.localtime(at), "d.m.Y H:i")


def _alarm(code: str, level: Level, sentence: Any) -> Alarm:
    return Alarm(code=code, level=level, sentence=str(sentence), link=reverse(PAGE), rights=(KEEP_WEBHOOKS,))
