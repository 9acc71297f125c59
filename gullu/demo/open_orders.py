"""The orders that wait: 53 of them, from "paid tomorrow" to "should have left yesterday". They live in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from gullu.demo.chance import dice
from gullu.demo.days import DAY_MS, HOUR_MS, MINUTE_MS
from gullu.demo.history import SEED, DemoShop
from gullu.demo.people import Customers, DemoCustomer

OPEN_ORDERS: Final = 53
_AWAITING, _LATE, _URGENT, _TODAY, _LAST_PAIR, _TWO_LINES, _TWO_PAIRS = 2, 4, 5, 12, 2, 4, 3


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order nobody has touched yet; `lines` are (variant, quantity). Times in epoch ms."""

    lines: tuple[tuple[int, int], ...]
    customer: DemoCustomer
    status: str
    ordered_ms: int
    ship_by_ms: int


def make_open_orders(shop: DemoShop, *, seed: int = SEED, count: int = OPEN_ORDERS) -> list[OpenOrder]:
    """Orders for pairs that lie on shelves, never more than there are; two of them want the last pair."""
    rng = dice(seed, "open")
    customers = Customers(seed=seed, first_id=888_000_001)
    left = list(shop.stock)
    orders: list[OpenOrder] = []
    for number in range(count):
        lines = _lines(rng, shop, left, number)
        ordered, ship_by = _times(rng, shop.now_ms, number)
        status = "Awaiting" if _AWAITING + _LATE > number >= _LATE else "Created"
        orders.append(OpenOrder(lines, customers.next(), status, ordered, ship_by))
    return sorted(orders, key=lambda order: order.ordered_ms)


def _lines(rng: Random, shop: DemoShop, left: list[int], number: int) -> tuple[tuple[int, int], ...]:
    """Which order wants what follows from its number, so that each kind surely occurs."""
    special = number - _LATE - _AWAITING - _URGENT
    if 0 <= special < _LAST_PAIR:
        wanted = [(1, 1)]
    elif 0 <= special - _LAST_PAIR < _TWO_LINES:
        wanted = [(3, 1), (3, 1)]
    elif 0 <= special - _LAST_PAIR - _TWO_LINES < _TWO_PAIRS:
        wanted = [(4, 2)]
    else:
        wanted = [(2, 1)]
    lines: list[tuple[int, int]] = []
    for least, quantity in wanted:
        variant = _variant(rng, shop, left, least=least, exactly=least == 1)
        left[variant] -= quantity
        lines.append((variant, quantity))
    return tuple(lines)


def _variant(rng: Random, shop: DemoShop, left: list[int], *, least: int, exactly: bool) -> int:
    """A barcode with at least (or exactly) `least` pairs left, of a model that is liked."""
    popularity = [group.popularity for group in shop.catalogue.groups]
    fitting = [
        variant for variant, pairs in enumerate(left) if (pairs == least if exactly else pairs >= least)
    ]
    weights = [popularity[shop.catalogue.variants[variant].group] for variant in fitting]
    return rng.choices(fitting, weights)[0]


def _times(rng: Random, now_ms: int, number: int) -> tuple[int, int]:
    """When it was ordered, and the agreed moment by which it has to leave."""
    minute = MINUTE_MS
    if number < _LATE:
        return now_ms - rng.randint(60, 80) * HOUR_MS, now_ms - rng.randint(90, 1500) * minute
    if number < _LATE + _AWAITING:
        return now_ms - rng.randint(4, 50) * minute, now_ms + 2 * DAY_MS
    if number < _LATE + _AWAITING + _URGENT:
        # Long enough for a visitor to look around before they are late.
        return now_ms - rng.randint(38, 46) * HOUR_MS, now_ms + rng.randint(35, 115) * minute
    ordered = now_ms - rng.randint(6, 580) * minute
    if number < _LATE + _AWAITING + _URGENT + _TODAY:
        return ordered, now_ms + rng.randint(3 * 60, 20 * 60) * minute
    return ordered, now_ms + rng.randint(26 * 60, 66 * 60) * minute


def describe(order: OpenOrder, shop: DemoShop) -> dict[str, Any]:
    """The order as the sandbox's control API takes it; its pairs leave the shop window."""
    return {
        "status": order.status,
        "ordered_at": order.ordered_ms,
        "agreed_at": order.ship_by_ms,
        "customer": describe_customer(order.customer),
        "take_stock": True,
        "lines": [
            {"barcode": shop.catalogue.variants[variant].barcode, "quantity": quantity}
            for variant, quantity in order.lines
        ],
    }


def describe_customer(customer: DemoCustomer) -> dict[str, Any]:
    """The customer's fields of the sandbox."""
    return {
        "customer_id": customer.customer_id,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "address": customer.street,
        "city": customer.city,
        "city_code": customer.city_code,
        "district": customer.district,
        "neighborhood": customer.neighborhood,
        "postal_code": f"{customer.city_code:02d}000",
    }
