"""Figures for Prometheus: what the stock check found, and how sending the stock went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone
from prometheus_client.core import Metric

from gullu.health.exposition import gauge, gauges
from inventory.models import StockPushLog
from inventory.stock_watch import newest_check

DAY = timedelta(days=1)


def collect() -> Iterator[Metric]:
    """Three statements."""
    check = newest_check()
    yield from gauge(
        "gullu_stock_violations",
        "Broken rules the newest stock check found.",
        check.violations if check else None,
    )
    yield from gauge(
        "gullu_stock_check_timestamp_seconds", "When it ran.", check.checked_at.timestamp() if check else None
    )
    yield from _pushes()


def _pushes() -> Iterator[Metric]:
    now = timezone.now()
    day = StockPushLog.objects.filter(push_time__gt=now - DAY).aggregate(
        runs=Count("pk"),
        failures=Count("pk", filter=Q(success=False)),
        sent=Sum("total_items", default=0),
        failed=Sum("failed", default=0),
        unknown=Sum("unknown", default=0),
    )
    items = [(result, day[result]) for result in ("sent", "failed", "unknown")]
    yield gauges("gullu_push_items_last_day", "Barcodes of the last 24 hours by result.", "result", items)
    runs = [("done", day["runs"] - day["failures"]), ("failed", day["failures"])]
    yield gauges("gullu_push_runs_last_day", "Stock pushes of the last 24 hours.", "state", runs)
    newest = StockPushLog.objects.exclude(duration_seconds=None).order_by("-push_time").first()
    took = newest.duration_seconds if newest else None
    yield from gauge("gullu_push_last_seconds", "How long the newest stock push took.", took)
