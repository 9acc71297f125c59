"""The only writer of `Order.status`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from orders.enums import ALLOWED_MOVES, EventKind, OrderSource, OrderState
from orders.errors import IllegalMove
from orders.models import Order, OrderEvent
from orders.services import exchange_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of state of a locked order. `forced` is for the marketplace, whose word stands."""

    order: Order
    to: OrderState
    at: datetime
    source: OrderEvent.Source
    kind: EventKind = EventKind.STATUS
    actor_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    forced: bool = False


def is_allowed(current: str, to: OrderState) -> bool:
    """Whether the table of legal moves has this one."""
    return to in ALLOWED_MOVES[OrderState(current)]


def set_status(moves: Sequence[Move]) -> None:
    """Write the new states in one statement and one timeline entry each; updates the instances too.

    An exchange follows its order. The orders must be locked by the caller. Raises `IllegalMove` before anything is
    written, and `ReturnNumberMissing` for an exchange that may not leave yet.
    """
    if not moves:
        return
    for move in moves:
        if not move.forced and not is_allowed(move.order.status, move.to):
            raise IllegalMove(order=move.order.order_number, from_status=move.order.status, to_status=move.to)
    OrderEvent.objects.bulk_create([_event(move) for move in moves])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order AS o SET status = m.status, updated_at = clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::text[]) AS m(id, status) WHERE o.id = m.id",
            [[move.order.pk for move in moves], [move.to.value for move in moves]],
        )
    for move in moves:
        move.order.status = move.to
        if move.order.source == OrderSource.EXCHANGE:
            exchange_states.follow(move.order, to=move.to, at=move.at)


def _event(move: Move) -> OrderEvent:
    return OrderEvent(
        order=move.order,
        kind=move.kind,
        source=move.source,
        at=move.at,
        from_status=move.order.status,
        to_status=move.to,
        data=move.data,
        actor_id=move.actor_id,
    )
