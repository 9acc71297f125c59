"""Keeping what a marketplace sent and we could not take: visible, counted, healed when it goes away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from integrations.models import SyncProblem
from orders.enums import Channel


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; the same kind and reference seen again is the same problem."""

    kind: str
    reference: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)


def report(problems: Iterable[Problem], *, channel: str = Channel.TRENDYOL) -> int:
    """Write or refresh problems in one statement; a resolved one that comes back is open again."""
    unique = {(problem.kind, problem.reference[:120]): problem for problem in problems}
    if not unique:
        return 0
    rows = list(unique.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_syncproblem AS p"
            " (channel, kind, reference, message, data, times_seen, first_seen_at, last_seen_at)"
            " SELECT %s, kind, reference, message, data, 1, now(), now()"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[]) AS new(kind, reference, message, data)"
            " ON CONFLICT (channel, kind, reference) DO UPDATE SET message = EXCLUDED.message, data = EXCLUDED.data,"
            " times_seen = p.times_seen + 1, last_seen_at = EXCLUDED.last_seen_at, resolved_at = NULL",
            [
                channel,
                [row.kind for row in rows],
                [row.reference[:120] for row in rows],
                [row.message for row in rows],
                [Jsonb(row.data) for row in rows],
            ],
        )
    return len(rows)


def resolve(kind: str, references: Collection[str], *, channel: str = Channel.TRENDYOL) -> int:
    """Close open problems whose cause is gone; returns how many."""
    if not references:
        return 0
    open_rows = SyncProblem.objects.filter(channel=channel, kind=kind, resolved_at=None)
    return open_rows.filter(reference__in=[reference[:120] for reference in references]).update(
        resolved_at=timezone.now()
    )
