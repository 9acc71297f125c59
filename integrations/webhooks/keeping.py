"""How long events are kept: they hold customers' data, so not a day longer than they are of use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KEEP_EVENTS: Final = timedelta(days=7)


def prune_webhook_events(*, now: datetime) -> int:
    """Remove events that are a week old, whatever became of them. Returns how many.

    One that is being processed at this moment is left for the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_webhookevent WHERE id IN ("
            "SELECT id FROM integrations_webhookevent WHERE received_at < %s FOR UPDATE SKIP LOCKED)",
            [now - KEEP_EVENTS],
        )
        return int(cursor.rowcount)


def forget_packages(package_ids: Sequence[int]) -> int:
    """Empty what is left of the bodies of these packages' events (a person's data are erased). Returns how many.

    Only refused ones still have a body: of all others the order has taken it over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_webhookevent SET body = '' WHERE package_id = ANY(%s) AND length(body) > 0"
            " AND state <> 'NEW'",
            [list(package_ids)],
        )
        return int(cursor.rowcount)
