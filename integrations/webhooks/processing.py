"""Working events off: the same code stores them as stores a page of the poll, in the same transaction as their end.

An event is locked while it is worked on and skipped by other workers. A process that dies leaves it waiting. Each
attempt is written down before it begins, so that an event that kills its process is not tried for ever.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_noop

from gullu import clock
from gullu.jobs import Run, record_run
from gullu.models import JobRun
from integrations import problems
from integrations.models import SyncProblem, WebhookEvent
from integrations.problems import Problem
from integrations.trendyol.sync.orders import open_cursor
from integrations.trendyol.sync.pages import store_page
from integrations.webhooks.inbox import silence_bell, waiting_events
from integrations.webhooks.reading import ReadEvent, read_event
from orders.locks import lock_reservations
from orders.models import Order

logger = logging.getLogger(__name__)

BATCH: Final = 50
MAX_ATTEMPTS: Final = 5
# What is kept of a body nobody could use, for a person to look at.
MOST_REFUSED_BYTES: Final = 16 * 1024
# One problem for all bodies that are no package: a flood of them must not become a flood of problems.
UNREADABLE: Final = "webhook event"
NO_NUMBER: Final = gettext_noop("The number of the package cannot be used.")
NOT_STORED: Final = gettext_noop("The package could not be stored: see the sync problems.")
State = WebhookEvent.State


@dataclass(slots=True)
class WebhooksResult:
    """How many events came to which end; `failed` ones are tried again."""

    outcome: str = "DONE"
    ends: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "events": self.ends.total() + self.failed,
            "applied": self.ends[State.APPLIED],
            "old": self.ends[State.OLD],
            "duplicates": self.ends[State.DUPLICATE],
            "refused": self.ends[State.REFUSED],
            "later": self.failed,
        }


def process_webhooks(*, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None) -> WebhooksResult:
    """Work off everything that waits. Safe to kill, safe to run on several workers at once.

    Never moves the position of the poll. Nothing is written down when nothing waits. Raises when the database fails.
    """
    silence_bell()
    if not waiting_events():
        return WebhooksResult(outcome="NOTHING")
    result = WebhooksResult()
    with record_run("process_webhooks", trigger=trigger, actor=actor) as run:
        _work_off(result, run)
        run.counts = result.as_dict()
    return result


def _work_off(result: WebhooksResult, run: Run) -> None:
    place = 0
    while claimed := _claim(after=place):
        place = max(claimed)
        spent = [pk for pk, attempts in claimed.items() if attempts > MAX_ATTEMPTS]
        result.ends[State.REFUSED] += _give_up(spent)
        # One that was tried before may be why that attempt failed: alone, it takes no other down with it.
        alone = [pk for pk, attempts in claimed.items() if 1 < attempts <= MAX_ATTEMPTS]
        for group in ([pk for pk, attempts in claimed.items() if attempts == 1], *([pk] for pk in alone)):
            _work_on(group, result)
        run.progress(**result.as_dict())


def _claim(*, after: int) -> dict[int, int]:
    """The next waiting events, oldest first: number → attempts, this one included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_webhookevent SET attempts = attempts + 1 WHERE id IN ("
            "SELECT id FROM integrations_webhookevent WHERE state = 'NEW' AND id > %s ORDER BY id LIMIT %s"
            " FOR NO KEY UPDATE SKIP LOCKED) RETURNING id, attempts",
            [after, BATCH],
        )
        return dict(sorted(cursor.fetchall()))


def _work_on(group: Sequence[int], result: WebhooksResult) -> None:
    if not group:
        return
    try:
        result.ends.update(_process(group))
    except (OperationalError, InterfaceError):
        # The database's trouble, not the event's.
        raise
    except Exception as error:
        if len(group) > 1:
            logger.warning("%s events could not be processed at once; processing them one by one", len(group))
            for event_id in group:
                _work_on([event_id], result)
            return
        logger.exception("webhook event %s could not be processed", group[0])
        WebhookEvent.objects.filter(pk=group[0]).update(reason=type(error).__name__)
        result.failed += 1


@transaction.atomic
def _process(event_ids: Sequence[int]) -> Counter[str]:
    """Store the packages of these events and end the events; both or neither. Events, then as `apply_packages`."""
    events = list(
        WebhookEvent.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in=event_ids, state=State.NEW)
        .order_by("pk")
    )
    if not events:
        return Counter()
    # Taken before looking, so that the poll cannot store anything between the look and our own storing.
    now = lock_reservations()
    read = {event.pk: read_event(bytes(event.body)) for event in events}
    ids = {event.package_id for event in read.values() if event.package_id is not None}
    before = _known(ids)
    content = [raw for event in read.values() for raw in event.content]
    if content:
        store_page(content, live_since=open_cursor(now=now).live_since)
    ends = _ends(read, before=before, after=_known(ids))
    _report_unreadable(read)
    _end(read, ends, now=now)
    return Counter(state for state, _reason in ends.values())


def _known(package_ids: Collection[int]) -> dict[int, datetime | None]:
    rows = Order.objects.filter(package_id__in=package_ids)
    known = rows.values_list("package_id", "remote_modified_at")
    return {package_id: at for package_id, at in known if package_id is not None}


def _ends(
    read: dict[int, ReadEvent],
    *,
    before: dict[int, datetime | None],
    after: dict[int, datetime | None],
) -> dict[int, tuple[str, str]]:
    """The end of each event, from what the orders were before it and are after it; of two alike one applied."""
    ends: dict[int, tuple[str, str]] = {}
    applied: set[tuple[int, datetime]] = set()
    for pk, event in read.items():
        if event.problem or event.package_id is None or event.modified_at is None:
            ends[pk] = (State.REFUSED, event.problem or NO_NUMBER)
            continue
        was, is_now = before.get(event.package_id), after.get(event.package_id)
        change = (event.package_id, event.modified_at)
        if is_now is None or is_now < event.modified_at:
            ends[pk] = (State.REFUSED, NOT_STORED)
        elif was == event.modified_at or change in applied:
            ends[pk] = (State.DUPLICATE, "")
        elif (was is not None and was > event.modified_at) or is_now > event.modified_at:
            ends[pk] = (State.OLD, "")
        else:
            ends[pk] = (State.APPLIED, "")
            applied.add(change)
    return ends


def _report_unreadable(read: dict[int, ReadEvent]) -> None:
    """What is no package at all; a package with a wrong field was reported where it was stored."""
    unreadable = [event for event in read.values() if event.problem and not event.content]
    if unreadable:
        last = unreadable[-1].problem
        problems.report(
            [Problem(SyncProblem.Kind.BAD_PAYLOAD, UNREADABLE, f"An event sent to us is no package. {last}")]
        )


def _end(read: dict[int, ReadEvent], ends: dict[int, tuple[str, str]], *, now: datetime) -> None:
    """Write all ends in one statement. The order has the content now; of a refused one a piece is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_webhookevent AS event SET state = new.state, reason = new.reason,"
            " package_id = new.package_id, remote_modified_at = new.modified_at, processed_at = %s,"
            " body = CASE WHEN new.state = 'REFUSED' THEN substring(event.body FROM 1 FOR %s) ELSE '' END"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[])"
            " AS new(id, state, reason, package_id, modified_at) WHERE event.id = new.id",
            [
                now,
                MOST_REFUSED_BYTES,
                list(ends),
                [str(state) for state, _reason in ends.values()],
                [reason[:300] for _state, reason in ends.values()],
                [read[pk].package_id for pk in ends],
                [read[pk].modified_at for pk in ends],
            ],
        )


def _give_up(event_ids: Sequence[int]) -> int:
    """Stop trying events that failed too often, and tell about them."""
    if not event_ids:
        return 0
    with transaction.atomic():
        given_up = WebhookEvent.objects.filter(pk__in=event_ids, state=State.NEW).update(
            state=State.REFUSED, processed_at=clock.now()
        )
        problems.report(
            Problem(
                SyncProblem.Kind.BAD_PAYLOAD,
                f"webhook event {event_id}",
                f"Event {event_id} failed {MAX_ATTEMPTS} times and is not tried again; the poll brings its package.",
            )
            for event_id in event_ids
        )
    return given_up
