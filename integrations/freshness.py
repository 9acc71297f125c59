"""When we last spoke with the marketplace."""

from __future__ import annotations

from gullu.health.definition import Freshness
from gullu.models import JobRun
from integrations.trendyol.connection import is_configured
from inventory.models import StockPushLog

PULL_JOB = "sync_orders"


def last_pull() -> Freshness:
    """When the orders were last read; one statement."""
    runs = JobRun.objects.filter(name=PULL_JOB, state=JobRun.State.DONE)
    return Freshness(
        is_configured(), runs.order_by("-started_at").values_list("started_at", flat=True).first()
    )


def last_push() -> Freshness:
    """When the stock was last sent; one statement."""
    pushes = StockPushLog.objects.filter(success=True)
    return Freshness(
        is_configured(), pushes.order_by("-push_time").values_list("push_time", flat=True).first()
    )
