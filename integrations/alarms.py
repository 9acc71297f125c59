"""Alarms about the marketplace: what could not be sent or read, and where we disagree about the stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gullu.alarms.definition import Alarm, Level
from gullu.health.readiness import STALE_AFTER
from integrations.freshness import last_pull, last_push
from integrations.models import OutboxMessage, SyncProblem
from inventory.models import StockPushLog

FAILURES_IN_A_ROW: Final = 3
OUTBOX_PATIENCE: Final = timedelta(hours=1)
# After so long without one success the numbers there are wrong for sure.
LONG_AGO: Final = timedelta(hours=2)


def check() -> list[Alarm]:
    """Six statements."""
    return [*_pull(), *_push(), *_outbox(), *_drift()]


def _minutes(since: datetime | None) -> str:
    """`95` → `95 minutes`; “so far” where it never was."""
    if since is None:
        return _("so far")
    return _("for %(minutes)s minutes") % {"minutes": round((timezone.now() - since).total_seconds() / 60)}


def _level(since: datetime | None) -> Level:
    return Level.DANGER if since is None or timezone.now() - since > LONG_AGO else Level.WARNING


def _pull() -> Iterator[Alarm]:
    known = last_pull()
    if known.used and _is_stale(known.success_at):
        yield Alarm(
            code="PULL_STALE",
            level=_level(known.success_at),
            sentence=_(
                "No orders have been read from the marketplace %(since)s: the runs of the job say why; look whether"
                " the worker lives."
            )
            % {"since": _minutes(known.success_at)},
            link=reverse("admin:gullu_jobrun_changelist") + "?job=sync_orders",
            rights=("gullu.view_jobrun",),
        )


def _push() -> Iterator[Alarm]:
    known = last_push()
    newest = list(
        StockPushLog.objects.exclude(success=None).order_by("-push_time", "-pk")[:FAILURES_IN_A_ROW]
    )
    in_a_row = len(newest) == FAILURES_IN_A_ROW and not any(push.success for push in newest)
    if not known.used or not (in_a_row or _is_stale(known.success_at)):
        return
    reason = newest[0].error_message if newest and not newest[0].success else ""
    sentence = _(
        "The stock has not been sent to the marketplace %(since)s: it may sell what is not here."
    ) % {"since": _minutes(known.success_at)}
    if reason:
        sentence = f"{sentence} " + _("Last reason: %(reason)s") % {"reason": reason[:300]}
    yield Alarm(
        code="PUSH_FAILING",
        level=Level.DANGER if in_a_row else _level(known.success_at),
        sentence=sentence,
        link=reverse("admin:inventory_stockpushlog_changelist"),
        rights=("inventory.view_stockpushlog",),
    )


def _is_stale(at: datetime | None) -> bool:
    return at is None or timezone.now() - at > STALE_AFTER


def _outbox() -> Iterator[Alarm]:
    waiting = Q(state=OutboxMessage.State.WAITING)
    found = OutboxMessage.objects.filter(
        state__in=[OutboxMessage.State.WAITING, OutboxMessage.State.PARKED]
    ).aggregate(refused=Count("pk", filter=~waiting), oldest=Min("created_at", filter=waiting))
    link, rights = (
        reverse("admin:integrations_outboxmessage_changelist"),
        ("integrations.view_outboxmessage",),
    )
    if found["refused"]:
        words = ngettext(
            "The marketplace refused %(count)s message: read the reason, and retry it or settle it there.",
            "The marketplace refused %(count)s messages: read the reasons, and retry them or settle them there.",
            found["refused"],
        )
        yield Alarm(
            code="OUTBOX_REFUSED",
            level=Level.WARNING,
            sentence=words % {"count": found["refused"]},
            link=f"{link}?state__exact=PARKED",
            rights=rights,
        )
    if found["oldest"] and timezone.now() - found["oldest"] > OUTBOX_PATIENCE:
        yield Alarm(
            code="OUTBOX_STUCK",
            level=Level.DANGER,
            sentence=_(
                "A message to the marketplace has been waiting %(since)s: the list says what holds it up."
            )
            % {"since": _minutes(found["oldest"])},
            link=f"{link}?state__exact=WAITING",
            rights=rights,
        )


def _drift() -> Iterator[Alarm]:
    count = SyncProblem.objects.filter(kind=SyncProblem.Kind.QUANTITY_DRIFT, resolved_at=None).count()
    if count:
        words = ngettext(
            "The marketplace shows another stock than was sent for %(count)s barcode: the next push corrects it; if"
            " it comes back, somebody changes it there by hand.",
            "The marketplace shows another stock than was sent for %(count)s barcodes: the next push corrects them;"
            " if they come back, somebody changes them there by hand.",
            count,
        )
        yield Alarm(
            code="STOCK_DRIFT",
            level=Level.WARNING,
            sentence=words % {"count": count},
            link=reverse("admin:integrations_syncproblem_changelist")
            + "?open=yes&kind__exact=QUANTITY_DRIFT",
            rights=("integrations.view_syncproblem",),
        )
