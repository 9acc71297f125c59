"""Figures for Prometheus: what was told the marketplace, what waits to be told, and how much we may still ask."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from gullu import clock
from gullu.health.exposition import gauge, gauges
from integrations.freshness import last_pull, last_push
from integrations.models import OutboxMessage, SyncProblem
from integrations.trendyol.connection import is_configured
from integrations.trendyol.limiter import scope_of
from integrations.trendyol.limiter_usage import usage


def collect() -> Iterator[Metric]:
    """Six statements."""
    yield from _sync()
    yield from _outbox()
    problems = SyncProblem.objects.filter(resolved_at=None).values("kind").annotate(count=Count("pk"))
    yield gauges(
        "gullu_sync_problems",
        "Open problems of the sync.",
        "kind",
        [(row["kind"], row["count"]) for row in problems.order_by("kind")],
    )
    if is_configured():
        yield from _limiter()


def _sync() -> Iterator[Metric]:
    for name, known in (("pull", last_pull()), ("push", last_push())):
        at = known.success_at.timestamp() if known.success_at else None
        yield from gauge(
            f"gullu_{name}_last_success_timestamp_seconds", f"When the last successful {name} began.", at
        )


def _outbox() -> Iterator[Metric]:
    waiting = Q(state=OutboxMessage.State.WAITING)
    found = OutboxMessage.objects.filter(
        state__in=[OutboxMessage.State.WAITING, OutboxMessage.State.PARKED]
    ).aggregate(
        waiting=Count("pk", filter=waiting),
        refused=Count("pk", filter=~waiting),
        oldest=Min("created_at", filter=waiting),
    )
    age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield from gauge("gullu_outbox_waiting", "Messages to the marketplace that wait.", found["waiting"])
    yield from gauge("gullu_outbox_refused", "Messages it refused, which need a person.", found["refused"])
    yield from gauge("gullu_outbox_oldest_seconds", "Age of the message that waits longest.", age)


def _limiter() -> Iterator[Metric]:
    account = settings.TRENDYOL
    scope = scope_of(seller_id=account["SELLER_ID"], api_key=account["API_KEY"])
    rows = usage(scope=scope, tier=account["TIER"], now=clock.now().timestamp())
    labels = ["window", "quota"]
    used = GaugeMetricFamily("gullu_rate_limiter_used", "Calls made in the window.", labels=labels)
    left = GaugeMetricFamily("gullu_rate_limiter_left", "Calls left in the window.", labels=labels)
    blocked = GaugeMetricFamily(
        "gullu_rate_limiter_blocked_seconds", "How long the marketplace wants no calls.", labels=["quota"]
    )
    for row in rows:
        if row.window == "blocked":
            blocked.add_metric([row.name], row.blocked_seconds)
            continue
        used.add_metric([row.window, row.name], row.used)
        if row.most is not None:
            left.add_metric([row.window, row.name], row.most - row.used)
    yield from (used, left, blocked)
