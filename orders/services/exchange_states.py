"""The only writer of `Exchange.state`. It follows the new order, by name, from `orders.services.status`.

CREATED: opened, and the customer's return tracking number is known. WAITING: opened, and it is not. PROCESSING: the
number came, or the new pair was picked. The rest is what became of the new order. The row lock of the new order guards
its exchange.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from orders.enums import GONE_STATES, ExchangeState, OrderState
from orders.exchange_errors import ReturnNumberMissing
from orders.models import Exchange, Order

MOVES: Final[dict[ExchangeState, frozenset[ExchangeState]]] = {
    ExchangeState.CREATED: frozenset({ExchangeState.PROCESSING, ExchangeState.CANCELLED}),
    ExchangeState.WAITING: frozenset({ExchangeState.PROCESSING, ExchangeState.CANCELLED}),
    ExchangeState.PROCESSING: frozenset(
        {ExchangeState.SHIPPED, ExchangeState.DELIVERED, ExchangeState.CANCELLED}
    ),
    # Cancelled: the new pair came back without having been delivered.
    ExchangeState.SHIPPED: frozenset({ExchangeState.DELIVERED, ExchangeState.CANCELLED}),
    ExchangeState.DELIVERED: frozenset(),
    ExchangeState.CANCELLED: frozenset(),
}

_FOLLOWS: Final[dict[OrderState, ExchangeState]] = {
    OrderState.PICKING: ExchangeState.PROCESSING,
    OrderState.SHIPPED: ExchangeState.SHIPPED,
    OrderState.DELIVERED: ExchangeState.DELIVERED,
    OrderState.CANCELLED: ExchangeState.CANCELLED,
    OrderState.RETURNED: ExchangeState.CANCELLED,
}


def follow(order: Order, *, to: OrderState, at: datetime) -> None:
    """Move the exchange behind a (locked) order of source EXCHANGE with it.

    Raises `ReturnNumberMissing` when the new pair would leave while the customer's number is not known and nobody
    allowed it: whatever wants to move such an order comes through here.
    """
    exchange = Exchange.objects.filter(new_order=order).first()
    if exchange is None:
        return
    if to in GONE_STATES and not may_leave(exchange):
        raise ReturnNumberMissing(order=order.order_number)
    move(exchange, _FOLLOWS[to], at=at)


def may_leave(exchange: Exchange) -> bool:
    """Whether the new pair may leave: its return tracking number is known, or somebody took it upon themselves."""
    return bool(exchange.return_tracking_number or exchange.override_reason)


def move(exchange: Exchange, to: ExchangeState, *, at: datetime) -> None:
    """Write the new state where the table has that move; anything else (there already, over) changes nothing.

    Over are: cancelled, and delivered with the old article settled.
    """
    if to not in MOVES[ExchangeState(exchange.state)]:
        return
    exchange.state = to
    close_if_done(exchange, at=at)
    exchange.save(update_fields=["state", "closed_at", "updated_at"])


def close_if_done(exchange: Exchange, *, at: datetime) -> None:
    """Set `closed_at` on the instance if nothing is left to do for it."""
    delivered = exchange.state == ExchangeState.DELIVERED and exchange.disposition != ""
    if exchange.closed_at is None and (delivered or exchange.state == ExchangeState.CANCELLED):
        exchange.closed_at = at
