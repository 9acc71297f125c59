"""Numbers beside menu entries. An empty text means: nothing to show."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from integrations.models import OutboxMessage, SyncProblem
from orders.enums import PutBackState
from orders.models import Order, PutBack


def _text(count: int) -> str:
    return str(count) if count else ""


def new_orders(_request: HttpRequest) -> str:
    """Orders the picking queue offers."""
    return _text(Order.objects.to_prepare().count())


def late_orders(_request: HttpRequest) -> str:
    """Open orders past their agreed date."""
    return _text(Order.objects.late(timezone.now()).count())


def put_backs(_request: HttpRequest) -> str:
    """Put-backs that wait for a shelf."""
    return _text(PutBack.objects.filter(state=PutBackState.WAITING).count())


def sync_problems(_request: HttpRequest) -> str:
    """Open problems of the sync."""
    return _text(SyncProblem.objects.filter(resolved_at=None).count())


def refused_messages(_request: HttpRequest) -> str:
    """Messages the marketplace refused."""
    return _text(OutboxMessage.objects.filter(state=OutboxMessage.State.PARKED).count())
