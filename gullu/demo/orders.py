"""What a past order of the demo looks like, and how long its steps took. Times in epoch ms, money in kuruş."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from gullu.demo.days import DAY_MS, HOUR_MS, MINUTE_MS, Day
from gullu.demo.people import DemoCustomer
from orders.enums import CancelledBy, OrderState

# Code in the practice Trendyol, first digits of its numbers, its name, its share of 100 parcels.
CARRIERS: Final = (
    ("TEXMP", 733, "Trendyol Express Marketplace", 68),
    ("ARASMP", 726, "Aras Kargo Marketplace", 10),
    ("YKMP", 725, "Yurtiçi Kargo Marketplace", 9),
    ("SURATMP", 727, "Sürat Kargo Marketplace", 8),
    ("PTTMP", 734, "PTT Kargo Marketplace", 5),
)
STATE_AGE_MS: Final = 7 * DAY_MS // 2  # younger orders are still with the carrier


@dataclass(slots=True, kw_only=True)
class DemoLine:
    """One line; money is per unit, the same for each unit."""

    line_id: int
    variant: int
    quantity: int
    gross: int
    seller_discount: int
    marketplace_discount: int

    @property
    def net(self) -> int:
        return self.gross - self.seller_discount - self.marketplace_discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When an order's steps happened. `picked` and later are None where it never came to that."""

    ordered: int
    seen: int
    ship_by: int
    picked: int | None = None
    shipped: int | None = None
    delivered: int | None = None
    cancelled: int | None = None
    back: int | None = None

    @property
    def last(self) -> int:
        """When the marketplace changed the order last."""
        for at in (self.back, self.delivered, self.cancelled, self.shipped):
            if at is not None:
                return at
        return self.seen


@dataclass(slots=True, kw_only=True)
class DemoOrder:
    """A past order as the shop knows it now."""

    package_id: int
    order_number: str
    shipment_number: int
    state: OrderState
    cancelled_by: str
    times: Times
    customer: DemoCustomer
    carrier: int
    cargo_number: str
    commercial: bool
    lines: list[DemoLine] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        """Whether its pairs left the shelves."""
        return self.state != OrderState.CANCELLED


class Clock:
    """Gives an order its times: a warehouse that works in daytime, carriers that need some days."""

    def __init__(self, *, days: list[Day], now_ms: int, rng: Random) -> None:
        self._days = days
        self._now_ms = now_ms
        self._rng = rng

    def times(self, ordered: int, *, state: OrderState | None, cancelled_by: str) -> Times:
        """`state` None lets the age decide between SHIPPED and DELIVERED."""
        rng = self._rng
        seen = ordered + rng.randint(5 * MINUTE_MS, 45 * MINUTE_MS)
        ship_by = self._end_of_day(ordered, plus=2)
        if state == OrderState.CANCELLED:
            hours = rng.randint(20, 40) if cancelled_by == CancelledBy.HERE else rng.randint(1, 12)
            cancelled = min(seen + hours * HOUR_MS + rng.randint(0, HOUR_MS), self._now_ms - 10 * MINUTE_MS)
            return Times(ordered=ordered, seen=seen, ship_by=ship_by, cancelled=max(cancelled, seen + 1000))
        picked = self._picked(seen)
        shipped = self._within(
            picked, picked // DAY_MS * DAY_MS + 15 * HOUR_MS + rng.randint(0, 80) * MINUTE_MS
        )
        if state is None and ordered > self._now_ms - STATE_AGE_MS:
            return Times(ordered=ordered, seen=seen, ship_by=ship_by, picked=picked, shipped=shipped)
        days = rng.choices((1, 2, 3, 4, 6), (30, 36, 20, 10, 4))[0]
        delivered: int | None = self._within(shipped, shipped + days * DAY_MS - rng.randint(0, 7) * HOUR_MS)
        back = None
        if state == OrderState.RETURNED and delivered is not None:
            back, delivered = self._within(delivered, delivered + rng.randint(3, 7) * DAY_MS), None
        return Times(
            ordered=ordered,
            seen=seen,
            ship_by=ship_by,
            picked=picked,
            shipped=shipped,
            delivered=delivered,
            back=back,
        )

    def _picked(self, seen: int) -> int:
        """In working hours (06:00 to 15:00 UTC), the same day if it came before three in the afternoon."""
        number = (seen - self._days[0].start_ms) // DAY_MS
        in_day = (seen - self._days[0].start_ms) % DAY_MS
        late = in_day > 15 * HOUR_MS or self._rng.random() < 0.12
        number += 1 if late else 0
        while number < len(self._days) and not self._days[number].working:
            number += 1
        start = self._days[0].start_ms + number * DAY_MS + 9 * HOUR_MS
        first = max(start, seen + 10 * MINUTE_MS)
        last = start + 9 * HOUR_MS
        return self._within(seen, first + int((last - first) * self._rng.random()))

    def _within(self, after: int, wanted: int) -> int:
        """The wanted moment, or one between `after` and now if that is still to come."""
        limit = self._now_ms - 5 * MINUTE_MS
        if after < wanted < limit:
            return wanted
        return after + max(int((limit - after) * (0.3 + 0.3 * self._rng.random())), MINUTE_MS)

    def _end_of_day(self, at: int, *, plus: int) -> int:
        number = (at - self._days[0].start_ms) // DAY_MS + plus
        return self._days[0].start_ms + (number + 1) * DAY_MS - MINUTE_MS
