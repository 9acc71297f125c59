"""Writing and delivering what a marketplace must be told. Delivered at least once, visible until it is.

`write` runs inside the transaction of the change it announces. `send_outbox` runs outside of any transaction: it
records the attempt, calls, and keeps the real result.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Protocol

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gullu import clock
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from gullu.scrubbing import clean
from integrations.models import OutboxMessage
from integrations.progress import Progress, silent
from orders.outbound import Outgoing

logger = logging.getLogger(__name__)

LOCK = "integrations.outbox"
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
BEYOND: Final = 6 * LONGEST_DELAY
ROUND: Final = 200
"""Messages that are taken up at once."""

Kind = OutboxMessage.Kind
# Nothing about an order waits for these: a label may take long, a claim has a clock of its own.
BESIDE: Final = frozenset({Kind.LABEL, Kind.CLAIM_APPROVE, Kind.CLAIM_REFUSE})
# These wait for nothing: a pick is due at once, and what cannot be supplied must not stay on sale.
AT_ONCE: Final = BESIDE | {Kind.PICKING, Kind.UNSUPPLIED}


class Verdict(Enum):
    """What a courier says about one message."""

    DELIVERED = "DELIVERED"
    OBSOLETE = "OBSOLETE"
    REFUSED = "REFUSED"
    LATER = "LATER"
    PAUSE = "PAUSE"
    STOP = "STOP"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Verdict with its reason and what came back.

    LATER is about this message, PAUSE about its kind, STOP about everything: the rest waits for the next run.
    `wait` replaces the usual delay. With `sent` False nothing was said, and the attempt does not count.
    """

    verdict: Verdict
    reason: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta | None = None
    sent: bool = True


class Courier(Protocol):
    """Delivers messages over the network, one instance per run. Expected failures are verdicts, not exceptions."""

    def look_ahead(self, messages: Sequence[OutboxMessage]) -> None:
        """Learn at once what must be known before these can be delivered."""

    def deliver(self, message: OutboxMessage) -> Delivery:
        """Say one message."""

    def catch_up(self, messages: Sequence[OutboxMessage]) -> None:
        """Learn at once what these, just delivered, have changed."""


@dataclass(slots=True)
class OutboxResult:
    """Messages by outcome; `stopped` is the reason why the rest was left for later.

    `paused` were left because their kind had to wait; `trouble` is why, when it was more than a used up quota.
    """

    already_running: bool = False
    delivered: int = 0
    obsolete: int = 0
    refused: int = 0
    later: int = 0
    paused: int = 0
    stopped: str = ""
    trouble: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": "ALREADY_RUNNING" if self.already_running else "STOPPED" if self.stopped else "DONE",
            "delivered": self.delivered,
            "obsolete": self.obsolete,
            "refused": self.refused,
            "later": self.later,
            "paused": self.paused,
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
        due_at=Now(),
    )
    OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)


def send_outbox(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> OutboxResult:
    """Deliver every message that is due. Never raises for a marketplace's refusal or outage: it is in the result."""
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return OutboxResult(already_running=True)
        if not _due().exists():
            return OutboxResult()
        with record_run("send_outbox", trigger=trigger, actor=actor, alone=True) as run:
            result = _deliver_all(progress)
            run.counts = result.as_dict()
            if result.stopped or result.trouble:
                run.fail(result.stopped or result.trouble)
            return result


def _due(
    *, besides: Collection[int] = (), resting: Collection[str] = ()
) -> QuerySet[OutboxMessage, OutboxMessage]:
    """Messages whose turn it is: of one order the earlier ones come first, and before all the pick.

    A message that was refused keeps nobody waiting.
    """
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING)
    first = waiting.filter(Q(pk__lt=OuterRef("pk")) | Q(kind=Kind.PICKING), order=OuterRef("order"))
    first = first.exclude(kind__in=BESIDE)
    # No delay is that long: such a time was written while the clock of the database was ahead.
    due = Q(due_at__lte=Now()) | Q(due_at__gt=Now() + BEYOND)
    rows = waiting.filter(due).exclude(pk__in=besides).exclude(kind__in=resting)
    return rows.filter(Q(kind__in=AT_ONCE) | ~Exists(first)).order_by("pk")


@dataclass(slots=True)
class _Run:
    """What one run has done so far."""

    progress: Progress
    result: OutboxResult = field(default_factory=OutboxResult)
    done: set[int] = field(default_factory=set)
    resting: set[str] = field(default_factory=set)
    couriers: dict[str, Courier] = field(default_factory=dict)

    def courier(self, channel: str) -> Courier:
        if channel not in self.couriers:
            make: Callable[[], Courier] = import_string(settings.COURIERS[channel])
            self.couriers[channel] = make()
        return self.couriers[channel]


def _deliver_all(progress: Progress) -> OutboxResult:
    """Each message once; again and again, because a delivered one makes way for others and may add a new one."""
    run = _Run(progress)
    while not run.result.stopped:
        due = list(_due(besides=run.done, resting=run.resting).select_related("order")[:ROUND])
        if not due:
            break
        for channel, messages in _by_channel(due).items():
            run.courier(channel).look_ahead(messages)
        delivered = _deliver_round(run, [message.pk for message in due])
        for channel, messages in _by_channel(delivered).items():
            run.courier(channel).catch_up(messages)
    run.result.paused += _due(besides=run.done).filter(kind__in=run.resting).count()
    return run.result


def _by_channel(messages: Sequence[OutboxMessage]) -> Mapping[str, list[OutboxMessage]]:
    found: defaultdict[str, list[OutboxMessage]] = defaultdict(list)
    for message in messages:
        found[message.channel].append(message)
    return found


def _deliver_round(run: _Run, due: Sequence[int]) -> list[OutboxMessage]:
    """Deliver these until everything has to stop; returns what was delivered."""
    delivered: list[OutboxMessage] = []
    for message_id in due:
        message = OutboxMessage.objects.select_related("order").get(pk=message_id)
        if message.kind in run.resting:
            continue
        run.done.add(message_id)
        if message.state != OutboxMessage.State.WAITING:
            continue
        delivery = _attempt(run.courier(message.channel), message)
        _count(run.result, delivery)
        run.progress(_("messages"), len(run.done), len(run.done | set(due)))
        if delivery.verdict is Verdict.DELIVERED:
            delivered.append(message)
        elif delivery.verdict is Verdict.PAUSE:
            run.resting.add(message.kind)
            run.result.trouble = delivery.reason if delivery.sent else run.result.trouble
        elif delivery.verdict is Verdict.STOP:
            run.result.stopped = delivery.reason
            break
    return delivered


def _attempt(courier: Courier, message: OutboxMessage) -> Delivery:
    # Recorded before it is sent: a process that dies now leaves a message that is tried again, and knows it.
    message.attempts += 1
    message.due_at = clock.now() + delay_after(message.attempts)
    message.save(update_fields=["attempts", "due_at"])
    delivery = courier.deliver(message)
    _keep(message, delivery)
    return delivery


def delay_after(attempts: int) -> timedelta:
    """Wait before the next attempt: 30 s, doubling up to one hour."""
    doubled: timedelta = FIRST_DELAY * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_DELAY)


def _keep(message: OutboxMessage, delivery: Delivery) -> None:
    message.last_error = clean(delivery.reason)
    message.answer = {**message.answer, **delivery.answer}
    if not delivery.sent:
        message.attempts -= 1
    if delivery.wait is not None:
        message.due_at = clock.now() + delivery.wait
    if delivery.verdict in {Verdict.DELIVERED, Verdict.OBSOLETE}:
        message.state = OutboxMessage.State(delivery.verdict.value)
        message.delivered_at = clock.now()
    elif delivery.verdict is Verdict.REFUSED:
        message.state = OutboxMessage.State.PARKED
    message.save(update_fields=["state", "attempts", "due_at", "last_error", "answer", "delivered_at"])
    logger.info("outbox message %s (%s): %s", message.pk, message.kind, delivery.verdict.value)


def _count(result: OutboxResult, delivery: Delivery) -> None:
    match delivery.verdict:
        case Verdict.DELIVERED:
            result.delivered += 1
        case Verdict.OBSOLETE:
            result.obsolete += 1
        case Verdict.REFUSED:
            result.refused += 1
        case Verdict.PAUSE if not delivery.sent:
            result.paused += 1
        case Verdict.LATER | Verdict.PAUSE | Verdict.STOP:
            result.later += 1


def retry(*, message_ids: Collection[int], user: AbstractBaseUser | None = None) -> int:
    """Make refused or delayed messages due now; returns how many. The next run delivers them."""
    open_states = [OutboxMessage.State.PARKED, OutboxMessage.State.WAITING]
    rows = OutboxMessage.objects.filter(pk__in=message_ids, state__in=open_states)
    count = rows.update(state=OutboxMessage.State.WAITING, due_at=Now())
    logger.info("%s outbox messages made due again by user %s", count, user.pk if user else None)
    return count
