"""Figures for Prometheus: orders that still have to leave."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone
from prometheus_client.core import Metric

from gullu.health.exposition import gauge
from orders.models import Order
from orders.return_selectors import waiting


def collect() -> Iterator[Metric]:
    """Two statements."""
    late = Q(payment_pending=False, ship_by_at__lt=timezone.now())
    found = (
        Order.objects.all()
        .open()
        .aggregate(open=Count("pk"), late=Count("pk", filter=late), parked=Count("pk", filter=Q(parked=True)))
    )
    yield from gauge("gullu_orders_open", "Orders that still have to leave.", found["open"])
    yield from gauge("gullu_orders_late", "Open orders whose agreed date has passed.", found["late"])
    yield from gauge("gullu_orders_parked", "Open orders that were parked.", found["parked"])
    yield from gauge("gullu_returns_to_decide", "Returned units to decide.", waiting("decide").count())
