"""Keeping what arrives before anything is done with it: one statement, and at most one run asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from gullu.jobs import enqueue
from gullu.models import JobRun
from integrations.models import WebhookEvent
from orders.enums import Channel

# A shop of this size gets about a thousand events a day. More than this waiting means that nobody works them off.
MOST_WAITING: Final = 5_000
# A run that was asked for and has not begun by then was lost with its queue: ask again.
RUN_LOST_AFTER: Final = timedelta(minutes=2)
TASK: Final = "integrations.tasks.process_webhooks_job"

# The bell is rung only by an event that is new, and only while no run is waiting to hear it.
_KEEP: Final = """
WITH waiting AS MATERIALIZED (
    SELECT count(*) AS n FROM (
        SELECT FROM integrations_webhookevent WHERE state = 'NEW' LIMIT %(most)s
    ) AS first_ones
), event AS (
    INSERT INTO integrations_webhookevent (channel, received_at, digest, body, size, state, reason, attempts)
    SELECT %(channel)s, clock_timestamp(), %(digest)s, %(body)s, %(size)s, 'NEW', '', 0 FROM waiting WHERE n < %(most)s
    ON CONFLICT (digest) DO NOTHING
    RETURNING id
), bell AS (
    INSERT INTO integrations_webhookstate AS state (channel, rung_at, check_error)
    SELECT %(channel)s, clock_timestamp(), '' FROM event
    ON CONFLICT (channel) DO UPDATE SET rung_at = EXCLUDED.rung_at
    WHERE state.rung_at IS NULL OR state.rung_at < clock_timestamp() - make_interval(secs => %(lost)s)
    RETURNING id
)
SELECT n >= %(most)s, (SELECT count(*) FROM event), (SELECT count(*) FROM bell) FROM waiting
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """`new`: not a repetition. `full`: nothing was kept, because too many are waiting."""

    new: bool
    full: bool


def keep_event(body: bytes, *, channel: str = Channel.TRENDYOL) -> Kept:
    """Store the body as it came, once, and see to it that a run is coming. Two statements at most."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                _KEEP,
                {
                    "most": MOST_WAITING,
                    "channel": channel,
                    "digest": hashlib.sha256(body).hexdigest(),
                    "body": body,
                    "size": len(body),
                    "lost": RUN_LOST_AFTER.total_seconds(),
                },
            )
            full, new, rung = cursor.fetchone()
        if rung:
            enqueue(TASK, trigger=JobRun.Trigger.INTERNAL.value)
    return Kept(new=bool(new), full=bool(full))


def silence_bell(*, channel: str = Channel.TRENDYOL) -> None:
    """A run begins: what is kept from here on asks for another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_webhookstate SET rung_at = NULL WHERE channel = %s AND rung_at IS NOT NULL",
            [channel],
        )


def process_again(*, event_ids: list[int], channel: str = Channel.TRENDYOL) -> int:
    """Let refused events whose content is whole wait once more. Returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE integrations_webhookevent SET state = 'NEW', attempts = 0, processed_at = NULL"
                " WHERE id = ANY(%s) AND channel = %s AND state = 'REFUSED' AND length(body) = size AND size > 0",
                [event_ids, channel],
            )
            done: int = cursor.rowcount
        if done:
            enqueue(TASK, trigger=JobRun.Trigger.STAFF.value)
    return done


def waiting_events() -> bool:
    """Whether any event waits to be processed."""
    return WebhookEvent.objects.filter(state=WebhookEvent.State.NEW).exists()
