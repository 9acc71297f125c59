"""Tiny shops to forecast: sales by hand, movements at a given hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from inventory.enums import MovementKind
from inventory.ledger import Entry, post
from inventory.models import Shelf
from orders.enums import OrderState
from tests.factories import make_order, make_product, make_variant


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of an Istanbul day."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def sell(
    day: date,
    lines: Sequence[tuple[Variant, int]],
    *,
    hour: int = 12,
    status: OrderState = OrderState.DELIVERED,
) -> None:
    """One order of this day."""
    make_order(lines, ordered_at=at(day, hour), status=status)


def move(variant: Variant, shelf: Shelf, delta: int, moment: datetime) -> None:
    """A movement that was booked then."""
    kind = MovementKind.RECEIVE if delta > 0 else MovementKind.COUNT
    entry = Entry(variant_id=variant.pk, shelf_id=shelf.pk, delta=delta, kind=kind, created_at=moment)
    with transaction.atomic():
        post([entry])


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def small_shop(*, days: int = 60) -> tuple[Variant, Variant, Variant]:
    """A model of two sizes that sells every day up to yesterday, and one that sold twice and has no category."""
    model = make_product("0172", title="Bot", category="Bot")
    b37, b38 = make_variant(product=model, size="37"), make_variant(product=model, size="38")
    seldom = make_variant(product=make_product("0300", title="Sandalet", category=""), size="39")
    last = yesterday()
    for number in range(days):
        day = last - timedelta(days=number)
        sell(day, [(b37, 1 + (day.weekday() == 5)), (b38, 1)])
    sell(last - timedelta(days=3), [(seldom, 1)])
    sell(last - timedelta(days=30), [(seldom, 1)])
    return b37, b38, seldom
