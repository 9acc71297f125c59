"""The only writer of `Order.status`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from orders.enums import ALLOWED_MOVES, EventKind, OrderSource, OrderState
from orders.errors import IllegalMove
from orders.models import Order, OrderEvent
from orders.services import exchange_states

_WRITE: Final = """
WITH move AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
                         %s::bigint[]) WITH ORDINALITY
        AS move (order_id, kind, source, at, from_status, to_status, data, actor_id, place)
),
told AS (
    INSERT INTO orders_orderevent (order_id, kind, source, at, from_status, to_status, data, actor_id, created_at)
    SELECT order_id, kind, source, at, from_status, to_status, data::jsonb, actor_id, clock_timestamp()
      FROM move ORDER BY place
)
UPDATE orders_order AS o
   SET status = move.to_status, updated_at = clock_timestamp(),
       picked_at = CASE move.kind WHEN 'PICKED' THEN move.at ELSE o.picked_at END,
       picked_by_id = CASE move.kind WHEN 'PICKED' THEN move.actor_id ELSE o.picked_by_id END
  FROM move
 WHERE o.id = move.order_id
"""


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
    """Write the new states and one timeline entry each in one statement; updates the instances too.

    A pick also leaves on the order who picked it and when.

    An exchange follows its order. The orders must be locked by the caller. Raises `IllegalMove` before anything is
    written, and `ReturnNumberMissing` for an exchange that may not leave yet.
    """
    if not moves:
        return
    for move in moves:
        if not move.forced and not is_allowed(move.order.status, move.to):
            raise IllegalMove(order=move.order.order_number, from_status=move.order.status, to_status=move.to)
    rows = [_row(move) for move in moves]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
    for move in moves:
        move.order.status = move.to
        if move.order.source == OrderSource.EXCHANGE:
            exchange_states.follow(move.order, to=move.to, at=move.at)


def _row(move: Move) -> tuple[Any, ...]:
    return (
        move.order.pk,
        move.kind.value,
        move.source.value,
        move.at,
        move.order.status,
        move.to.value,
        json.dumps(move.data),
        move.actor_id,
    )
