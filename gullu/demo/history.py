"""Two years of the demo shop: orders day by day against what the workshop made, and the ledger they leave."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final

from gullu.demo.catalogue import DemoCatalogue, DemoGroup, DemoModel, make_catalogue
from gullu.demo.chance import dice
from gullu.demo.days import DAY_MS, HOUR_MS, HOURS, Day, make_days, season, to_ms
from gullu.demo.orders import CARRIERS, Clock, DemoLine, DemoOrder
from gullu.demo.people import Customers
from gullu.demo.returns import DemoReturn, Returns
from gullu.demo.supply import Arrival, Supply
from gullu.demo.warehouse import DemoMovement, book
from inventory.enums import MovementKind
from orders.enums import CancelledBy, OrderState

SEED: Final = 172
DAYS: Final = 730
ORDERS: Final = 37_400
# The newest orders are not part of the past: they wait in the practice Trendyol to be pulled and prepared.
OPEN_MS: Final = 10 * HOUR_MS
_TRIES: Final = 14


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The whole invented shop at the moment `now_ms`. `stock` is pairs per variant, nothing reserved."""

    now_ms: int
    catalogue: DemoCatalogue
    orders: tuple[DemoOrder, ...]
    returns: tuple[DemoReturn, ...]
    movements: tuple[DemoMovement, ...]
    stock: tuple[int, ...]

    def digest(self) -> str:
        """A fingerprint: equal for the same seed and moment on every machine."""
        text = repr((self.catalogue, self.orders, self.returns, self.movements, self.stock))
        return hashlib.sha256(text.encode()).hexdigest()


def make_shop(
    *, now: datetime, seed: int = SEED, days: int = DAYS, orders: int = ORDERS, barcodes: int | None = None
) -> DemoShop:
    """Invent the shop as it stands at `now`, after `days` days and about `orders` orders."""
    size = {} if barcodes is None else {"barcodes": barcodes}
    catalogue = make_catalogue(seed=seed, days=days, **size)
    past = _Past(
        catalogue=catalogue, seed=seed, now=now, days=make_days(seed=seed, now=now, days=days, orders=orders)
    )
    past.run()
    movements, stock = book(
        catalogue=catalogue, arrivals=past.supply.arrived, orders=past.orders, now_ms=to_ms(now), seed=seed
    )
    return DemoShop(
        now_ms=to_ms(now),
        catalogue=catalogue,
        orders=tuple(past.orders),
        returns=tuple(past.returns.units),
        movements=tuple(movements),
        stock=tuple(stock),
    )


class _Past:
    """The days, one after the other."""

    def __init__(self, *, catalogue: DemoCatalogue, seed: int, now: datetime, days: list[Day]) -> None:
        self._catalogue = catalogue
        self._days = days
        self._now_ms = to_ms(now)
        self._rng = dice(seed, "history")
        self._customers = Customers(seed=seed)
        self._clock = Clock(days=days, now_ms=self._now_ms, rng=self._rng)
        self._step = 33_000_000 // max(sum(day.orders for day in days), 1)
        self._last_sales = [0] * len(catalogue.variants)
        self._line_count = 0
        self.supply = Supply(catalogue=catalogue, seed=seed, days=days)
        self.returns = Returns(catalogue=catalogue, seed=seed, now_ms=self._now_ms)
        self.orders: list[DemoOrder] = []

    def run(self) -> None:
        missed = 0
        for day in self._days:
            missed = self._live(day, extra=missed)
        self.supply.fill_up(before_ms=self._now_ms - 3 * HOUR_MS, last_sales=self._last_sales)

    def _live(self, day: Day, *, extra: int) -> int:
        """One day; returns how many wanted orders found nothing to buy."""
        weights = [self._weight(group, day, ahead=0) for group in self._catalogue.groups]
        bounds = list(accumulate(weights))
        arrivals = self.supply.start_of(day)
        position = missed = 0
        for at_ms in self._moments(day, day.orders + extra):
            while position < len(arrivals) and arrivals[position].at_ms <= at_ms:
                self.supply.receive(arrivals[position])
                position += 1
            missed += 0 if self._order(day, at_ms, bounds) else 1
        for arrival in arrivals[position:]:
            if arrival.at_ms < self._now_ms:
                self.supply.receive(arrival)
        self.supply.plan(day, self._rates(day))
        return missed

    def _moments(self, day: Day, count: int) -> list[int]:
        hours = self._rng.choices(range(24), HOURS, k=count)
        times = sorted(day.start_ms + hour * HOUR_MS + self._rng.randrange(HOUR_MS) for hour in hours)
        return [at for at in times if at < self._now_ms - OPEN_MS]

    def _weight(self, group: DemoGroup, day: Day, *, ahead: int) -> float:
        model = self._catalogue.models[group.model]
        moment = (day.month_part + ahead / 30.5 - 0.5) % 12 + 0.5
        return group.popularity * season(model.kind.season, moment) * _life(model, day.number)

    def _rates(self, day: Day) -> list[float]:
        """Pairs a day of each colour as the workshop expects them two weeks from now."""
        weights = [self._weight(group, day, ahead=15) for group in self._catalogue.groups]
        lately = self._days[max(day.number - 6, 0) : day.number + 1]
        orders = sum(one.orders for one in lately) / len(lately)
        whole = sum(weights)
        return [orders * 1.1 * weight / whole for weight in weights]

    # -- one order -----------------------------------------------------------------------------------

    def _order(self, day: Day, at_ms: int, bounds: list[float]) -> bool:
        rng = self._rng
        state, cancelled_by = self._fate(at_ms)
        lines: list[DemoLine] = []
        for _ in range(2 if rng.random() < 0.045 else 1):
            line = self._line(day, bounds, keeps=state != OrderState.CANCELLED)
            if line is not None and all(line.variant != other.variant for other in lines):
                lines.append(line)
            elif line is not None and state != OrderState.CANCELLED:
                self.supply.stock[line.variant] += line.quantity
        if not lines:
            return False
        times = self._clock.times(at_ms, state=state, cancelled_by=cancelled_by)
        if state is None:
            state = OrderState.SHIPPED if times.delivered is None else OrderState.DELIVERED
        number = len(self.orders)
        carrier = rng.choices(range(len(CARRIERS)), [share for *_, share in CARRIERS])[0]
        order = DemoOrder(
            package_id=3_300_000_000 + number * self._step + rng.randrange(self._step),
            order_number=str(11_000_000_000 + number * self._step * 20 + rng.randrange(self._step)),
            shipment_number=600_000_000 + number * 100 + rng.randrange(90),
            state=state,
            cancelled_by=cancelled_by,
            times=times,
            customer=self._customers.next(),
            carrier=carrier,
            cargo_number=f"{CARRIERS[carrier][1]}{rng.randrange(10**10, 10**13):013d}",
            commercial=rng.random() < 0.03,
            lines=lines,
        )
        self._settle(order)
        return True

    def _settle(self, order: DemoOrder) -> None:
        self.orders.append(order)
        if not order.commercial:
            # The marketplace's share is visible on corporate orders only (contract section 5.3).
            for line in order.lines:
                line.marketplace_discount = 0
        if order.taken:
            for line in order.lines:
                self._last_sales[line.variant] = order.times.ordered
        if order.state == OrderState.RETURNED:
            self._bring_back(order)
        for arrival in self.returns.of(order, number=len(self.orders) - 1):
            self.supply.come_back(arrival)

    def _bring_back(self, order: DemoOrder) -> None:
        """An undelivered parcel is put back on a shelf the day after it came."""
        at_ms = (order.times.back or 0) + DAY_MS
        if at_ms >= self._now_ms:
            return
        for index, line in enumerate(order.lines):
            back = Arrival(
                at_ms,
                line.variant,
                line.quantity,
                MovementKind.PUT_BACK,
                order=len(self.orders) - 1,
                line=index,
            )
            self.supply.come_back(back)

    def _fate(self, at_ms: int) -> tuple[OrderState | None, str]:
        """About 3 % cancelled, a few of a thousand undelivered and back; both only among settled orders."""
        lot = self._rng.random()
        if lot < 0.026:
            return OrderState.CANCELLED, CancelledBy.MARKETPLACE
        if lot < 0.031 and at_ms < self._now_ms - 3 * DAY_MS:
            return OrderState.CANCELLED, CancelledBy.HERE
        if lot < 0.036 and at_ms < self._now_ms - 8 * DAY_MS:
            return OrderState.RETURNED, ""
        return None, ""

    def _line(self, day: Day, bounds: list[float], *, keeps: bool) -> DemoLine | None:
        quantity = 2 if self._rng.random() < 0.02 else 1
        for _ in range(_TRIES):
            group = self._catalogue.groups[bisect_right(bounds, self._rng.random() * bounds[-1])]
            variant = self._rng.choices(group.variants, group.shares)[0]
            if self.supply.stock[variant] >= quantity:
                if keeps:
                    self.supply.take(variant, quantity)
                return self._priced(day, variant, quantity)
        return None

    def _priced(self, day: Day, variant: int, quantity: int) -> DemoLine:
        """The price of that time (they rose by more than half in two years), less what the campaign gave."""
        rng = self._rng
        ago = len(self._days) - 1 - day.number
        price = self._catalogue.model_of(variant).sale_price
        gross = max(price * (1000 - ago * 360 // 730) // 1_000_000 * 1000, 10_000) - 10 if ago else price
        percent = day.discount if rng.random() < 0.7 else 0
        percent += rng.choice((0, 0, 0, 0, 5, 10))
        marketplace = rng.choice((0, 0, 3, 5))
        self._line_count += 1
        return DemoLine(
            line_id=4_700_000_000 + self._line_count * (self._step * 3 // 2) + rng.randrange(self._step),
            variant=variant,
            quantity=quantity,
            gross=gross,
            seller_discount=gross * percent // 1000 * 10,
            marketplace_discount=gross * marketplace // 1000 * 10,
        )


def _life(model: DemoModel, day: int) -> float:
    """How much a model is wanted on a day of its life: rising for a month, fading when it is no longer made."""
    if day < model.born:
        return 0.0
    rise = min(1.0, (day - model.born + 6) / 36) * (1.35 if day - model.born < 120 else 1.0)
    if model.ends is None or day < model.ends:
        return rise
    return rise * max(0.3, 1 - (day - model.ends) / 120)
