"""What the desk's services share: locking an order that is still here, and knowing a form that was sent twice."""

from __future__ import annotations

from orders.desk_errors import OrderNotHere, OrderReplaced
from orders.enums import OPEN_STATES, EventKind, OrderState
from orders.errors import OrderBeingSplit
from orders.locks import lock_order
from orders.models import Order


def lock_live_order(order_id: int) -> Order:
    """The order, locked. Raises `OrderNotFound`, `OrderReplaced`, `OrderBeingSplit`."""
    order = lock_order(order_id)
    if order.superseded:
        raise OrderReplaced(order=order.order_number, package=order.package_id)
    if order.split_asked_at is not None:
        raise OrderBeingSplit(order=order.order_number)
    return order


def lock_order_here(order_id: int) -> Order:
    """The order, locked, if it has not left yet. Raises `OrderNotHere` and what `lock_live_order` raises."""
    order = lock_live_order(order_id)
    if order.status not in OPEN_STATES:
        raise OrderNotHere(order=order.order_number, status=OrderState(order.status).label)
    return order


def asked_before(order: Order, kind: EventKind, request: str) -> bool:
    """Whether this very form was carried out already."""
    return order.events.filter(kind=kind, data__request=request).exists()
