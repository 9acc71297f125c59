"""What Trendyol books: every delivered and returned unit, weekly deductions, Wednesday payments (section 10)."""

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .clock import ISTANBUL
from .config import SandboxConfig
from .entities import DELIVERED, SHIPPED, Claim, ClaimUnit, Line, Package, Unit
from .state import State

SETTLED = {
    "Sale": ("Satış", 1),
    "Discount": ("İndirim", -1),
    "Return": ("İade", -1),
    "DiscountCancel": ("İndirim İptal", 1),
}
"""Query value -> (the Turkish label of its rows, 1 when it is the seller's to receive)."""
_WRONG_RATES = (1.0, 2.0, 3.5, -1.0)
_FIRST_WEDNESDAY = date(2020, 1, 1)
_PLATFORM_FEE = 660
# 84.34 lira for the usual two desi (samples/cargo_invoice_items.json).
_CARGO_BASE, _CARGO_PER_DESI = 7_000, 717
_OUT, _BACK = "Gönderi Kargo Bedeli", "İade Kargo Bedeli"


@dataclass(frozen=True, slots=True)
class Booking:
    """One settlement row: `amount` kuruş of one unit, due on the Wednesday `due_ms`."""

    kind: str
    at_ms: int
    due_ms: int
    package: Package
    line: Line
    unit: Unit
    amount: int
    rate: float

    @property
    def commission(self) -> int:
        exact = Decimal(self.amount) * Decimal(str(self.rate)) / 100
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    @property
    def payout(self) -> int:
        """Signed: what this row adds to the payment order."""
        return SETTLED[self.kind][1] * (self.amount - self.commission)


@dataclass(frozen=True, slots=True)
class CargoItem:
    """One parcel on a cargo invoice."""

    kind: str
    at_ms: int
    cargo_number: int
    order_number: str
    desi: int

    @property
    def amount(self) -> int:
        return _CARGO_BASE + _CARGO_PER_DESI * self.desi


@dataclass(frozen=True, slots=True)
class Deduction:
    """One invoice Trendyol sends the seller; `items` only on cargo invoices."""

    serial: str
    label: str
    at_ms: int
    due_ms: int
    amount: int
    items: tuple[CargoItem, ...] = ()

    @property
    def platform_fee(self) -> bool:
        return not self.items


class Books:
    """Everything booked up to now, worked out anew from packages and claims. Use inside a transaction."""

    def __init__(self, state: State) -> None:
        self._config = state.config
        self._now = state.now()
        delivered = [package for package in state.packages.values() if package.status == DELIVERED]
        returned = _returned(state.claims.values())
        self.bookings = sorted(
            (booking for package in delivered for booking in self._bookings(package, returned)),
            key=lambda booking: (booking.at_ms, booking.unit.item_id),
        )
        cargo = [
            *_outward(state.packages.values(), self._config),
            *_backward(state.claims.values(), state.packages, self._config),
        ]
        self.deductions = [*self._cargo_invoices(cargo), *self._platform_fees(delivered)]
        self.payments = self._payments()

    def _bookings(self, package: Package, returned: dict[int, int]) -> Iterator[Booking]:
        at_ms = _reached(package, DELIVERED)
        due_ms = wednesday_after(at_ms, days=self._config.payment_period_days)
        for line in package.lines:
            for unit in line.units:
                rate = self._rate(line, unit)
                amounts = [
                    ("Sale", at_ms, due_ms, unit.gross),
                    ("Discount", at_ms, due_ms, unit.seller_discount),
                ]
                if unit.item_id in returned:
                    back_ms = returned[unit.item_id]
                    # A sale that is not paid yet is set off against its return on the same day.
                    later_ms = max(due_ms, wednesday_after(back_ms))
                    amounts += [
                        ("Return", back_ms, later_ms, unit.gross),
                        ("DiscountCancel", back_ms, later_ms, unit.seller_discount),
                    ]
                yield from (
                    Booking(kind, booked_ms, paid_ms, package, line, unit, amount, rate)
                    for kind, booked_ms, paid_ms, amount in amounts
                    if amount
                )

    def _rate(self, line: Line, unit: Unit) -> float:
        """The order's rate, except for the few units on which Trendyol charges another."""
        if _lot(self._config, "commission", unit.item_id) >= self._config.commission_error_share:
            return line.commission
        return line.commission + _WRONG_RATES[unit.item_id % len(_WRONG_RATES)]

    def _cargo_invoices(self, items: list[CargoItem]) -> Iterator[Deduction]:
        """One a week, on the Monday after; two spellings of its label are in use."""
        weeks: defaultdict[int, list[CargoItem]] = defaultdict(list)
        for item in items:
            weeks[monday_after(item.at_ms)].append(item)
        for at_ms, found in sorted(weeks.items()):
            if at_ms <= self._now:
                number = week_number(at_ms)
                yield Deduction(
                    serial=_serial("DDA", at_ms),
                    label="Kargo Faturası" if number % 2 else "Kargo Fatura",
                    at_ms=at_ms,
                    due_ms=wednesday_after(at_ms),
                    amount=sum(item.amount for item in found),
                    items=tuple(sorted(found, key=lambda item: (item.at_ms, item.cargo_number))),
                )

    def _platform_fees(self, delivered: list[Package]) -> Iterator[Deduction]:
        weeks: defaultdict[int, int] = defaultdict(int)
        for package in delivered:
            weeks[monday_after(_reached(package, DELIVERED))] += 1
        for at_ms, count in sorted(weeks.items()):
            if at_ms <= self._now:
                yield Deduction(
                    serial=_serial("DDB", at_ms),
                    label="Platform Hizmet Bedeli",
                    at_ms=at_ms,
                    due_ms=wednesday_after(at_ms),
                    amount=count * _PLATFORM_FEE,
                )

    # -- payment orders -----------------------------------------------------------------------------

    def _payments(self) -> dict[int, int]:
        """Wednesday -> kuruş paid. What is owed to Trendyol waits for a Wednesday that covers it."""
        owed: defaultdict[int, int] = defaultdict(int)
        for booking in self.bookings:
            owed[booking.due_ms] += booking.payout
        for deduction in self.deductions:
            owed[deduction.due_ms] -= deduction.amount
        self._paid_on: dict[int, int] = {}
        waiting: list[int] = []
        total, payments = 0, {}
        for due_ms in sorted(due for due in owed if due <= self._now):
            waiting.append(due_ms)
            total += owed[due_ms]
            if total > 0:
                payments[due_ms] = total
                self._paid_on.update(dict.fromkeys(waiting, due_ms))
                waiting, total = [], 0
        return payments

    def order_id(self, due_ms: int) -> int | None:
        """The payment order a row due then was paid with, or None while it is unpaid."""
        paid_ms = self._paid_on.get(due_ms)
        return None if paid_ms is None else payment_order_id(paid_ms)

    def payment_ms(self, due_ms: int) -> int:
        """When it was paid, or is planned to be."""
        return self._paid_on.get(due_ms, due_ms)


def payment_order_id(paid_ms: int) -> int:
    return 112_000 + week_number(paid_ms)


def week_number(at_ms: int) -> int:
    """Weeks since the first Wednesday of 2020."""
    return (_day(at_ms) - _FIRST_WEDNESDAY).days // 7


def wednesday_after(at_ms: int, *, days: int = 0) -> int:
    """Noon in Istanbul of the first Wednesday on or after the day `days` later."""
    day = _day(at_ms) + timedelta(days=days)
    return _noon(day + timedelta(days=(2 - day.weekday()) % 7))


def monday_after(at_ms: int) -> int:
    """Noon in Istanbul of the Monday after this week."""
    day = _day(at_ms)
    return _noon(day + timedelta(days=7 - day.weekday()))


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ISTANBUL).date()


def _noon(day: date) -> int:
    return round(datetime.combine(day, time(12), ISTANBUL).timestamp() * 1000)


def _serial(prefix: str, at_ms: int) -> str:
    return f"{prefix}{_day(at_ms).year}{week_number(at_ms):09d}"


def _lot(config: SandboxConfig, purpose: str, number: int) -> float:
    """A fixed number in [0, 1): the same books come out at every reading."""
    return zlib.crc32(f"{config.random_seed}-{purpose}-{number}".encode()) / 2**32


def _reached(package: Package, status: str) -> int:
    """When the package got the status; its last change if the history does not say."""
    return max(
        (at_ms for at_ms, name in package.histories if name == status), default=package.last_modified_ms
    )


def _returned(claims: Iterable[Claim]) -> dict[int, int]:
    """Unit -> when its return was accepted."""
    return {
        unit.item_id: _entered(claim, unit, "Accepted")
        for claim in claims
        for unit in claim.units
        if unit.status == "Accepted"
    }


def _entered(claim: Claim, unit: ClaimUnit, status: str) -> int:
    moments = (event.at_ms for event in unit.events if event.status == status)
    return max(moments, default=claim.last_modified_ms)


def _outward(packages: Iterable[Package], config: SandboxConfig) -> Iterator[CargoItem]:
    for package in packages:
        if any(name == SHIPPED for _, name in package.histories):
            yield CargoItem(
                kind=_OUT,
                at_ms=_reached(package, SHIPPED),
                cargo_number=package.cargo_number,
                order_number=package.order_number,
                desi=_desi(package, config, package.package_id),
            )


def _backward(
    claims: Iterable[Claim], packages: dict[int, Package], config: SandboxConfig
) -> Iterator[CargoItem]:
    for claim in claims:
        arrived = [
            event.at_ms for x in claim.units for event in x.events if event.status == "WaitingInAction"
        ]
        if arrived:
            package = packages[claim.package_id]
            yield CargoItem(
                kind=_BACK,
                at_ms=min(arrived),
                cargo_number=claim.cargo_number,
                order_number=package.order_number,
                desi=_desi(package, config, claim.return_package_id),
            )


def _desi(package: Package, config: SandboxConfig, parcel_id: int) -> int:
    """What was measured on the way; for a few parcels more than was declared."""
    more = _lot(config, "desi", parcel_id) < config.desi_error_share
    return math.ceil(package.cargo_deci) + (1 + parcel_id % 3 if more else 0)
