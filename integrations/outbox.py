"""Writing and delivering what a marketplace must be told. Delivered at least once, visible until it is.

`write` runs inside the transaction of the change it announces. `send_outbox` runs outside of any transaction: it
records the attempt, calls, and keeps the real result.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations.models import OutboxMessage
from integrations.progress import Progress, silent
from orders.outbound import Outgoing

logger = logging.getLogger(__name__)

LOCK = "integrations.outbox"
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)


class Verdict(Enum):
    """What a courier says about one message."""

    DELIVERED = "DELIVERED"
    OBSOLETE = "OBSOLETE"
    REFUSED = "REFUSED"
    LATER = "LATER"
    STOP = "STOP"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Verdict with its reason. STOP: nothing else will get through now either; the rest waits."""

    verdict: Verdict
    reason: str = ""


class Courier(Protocol):
    """Delivers one message over the network; expected failures are verdicts, not exceptions."""

    def __call__(self, message: OutboxMessage) -> Delivery: ...


@dataclass(slots=True)
class OutboxResult:
    """Messages by outcome; `stopped` is the reason why the rest was left for later."""

    already_running: bool = False
    delivered: int = 0
    obsolete: int = 0
    refused: int = 0
    later: int = 0
    stopped: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": "ALREADY_RUNNING" if self.already_running else "STOPPED" if self.stopped else "DONE",
            "delivered": self.delivered,
            "obsolete": self.obsolete,
            "refused": self.refused,
            "later": self.later,
        }


def write(message: Outgoing) -> None:
    """Add a message in the current transaction; writing the same key again changes nothing."""
    row = OutboxMessage(
        key=message.key,
        channel=message.channel,
        kind=message.kind,
        order=message.order,
        claim_id=message.claim_id,
        body=message.body,
        written_by_id=message.user.pk if message.user else None,
        due_at=timezone.now(),
    )
    OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)


def send_outbox(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> OutboxResult:
    """Deliver every message that is due. Never raises for a marketplace's refusal or outage: it is in the result."""
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return OutboxResult(already_running=True)
        due = list(_due().values_list("pk", flat=True))
        if not due:
            return OutboxResult()
        with record_run("send_outbox", trigger=trigger, actor=actor) as run:
            result = _deliver_all(due, progress)
            run.counts = result.as_dict()
            if result.stopped:
                run.fail(result.stopped)
            return result


def _due() -> Any:
    return OutboxMessage.objects.filter(
        state=OutboxMessage.State.WAITING, due_at__lte=timezone.now()
    ).order_by("pk")


def _deliver_all(due: list[int], progress: Progress) -> OutboxResult:
    result = OutboxResult()
    for done, message_id in enumerate(due, start=1):
        message = OutboxMessage.objects.select_related("order").get(pk=message_id)
        if message.state != OutboxMessage.State.WAITING:
            continue
        delivery = _attempt(message)
        _count(result, delivery)
        progress(_("messages"), done, len(due))
        if delivery.verdict is Verdict.STOP:
            result.stopped = delivery.reason
            break
    return result


def _attempt(message: OutboxMessage) -> Delivery:
    # Recorded before it is sent: a process that dies now leaves a message that is tried again, and knows it.
    message.attempts += 1
    message.due_at = timezone.now() + delay_after(message.attempts)
    message.save(update_fields=["attempts", "due_at"])
    courier: Courier = import_string(settings.COURIERS[message.channel])
    delivery = courier(message)
    _keep(message, delivery)
    return delivery


def delay_after(attempts: int) -> timedelta:
    """Wait before the next attempt: 30 s, doubling up to one hour."""
    doubled: timedelta = FIRST_DELAY * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_DELAY)


def _keep(message: OutboxMessage, delivery: Delivery) -> None:
    message.last_error = delivery.reason
    if delivery.verdict in {Verdict.DELIVERED, Verdict.OBSOLETE}:
        message.state = OutboxMessage.State(delivery.verdict.value)
        message.delivered_at = timezone.now()
    elif delivery.verdict is Verdict.REFUSED:
        message.state = OutboxMessage.State.PARKED
    message.save(update_fields=["state", "last_error", "delivered_at"])
    logger.info("outbox message %s (%s): %s", message.pk, message.kind, delivery.verdict.value)


def _count(result: OutboxResult, delivery: Delivery) -> None:
    match delivery.verdict:
        case Verdict.DELIVERED:
            result.delivered += 1
        case Verdict.OBSOLETE:
            result.obsolete += 1
        case Verdict.REFUSED:
            result.refused += 1
        case Verdict.LATER | Verdict.STOP:
            result.later += 1


def retry(*, message_ids: Collection[int], user: AbstractBaseUser | None = None) -> int:
    """Make refused or delayed messages due now; returns how many. The next run delivers them."""
    open_states = [OutboxMessage.State.PARKED, OutboxMessage.State.WAITING]
    rows = OutboxMessage.objects.filter(pk__in=message_ids, state__in=open_states)
    count = rows.update(state=OutboxMessage.State.WAITING, due_at=timezone.now())
    logger.info("%s outbox messages made due again by user %s", count, user.pk if user else None)
    return count
