"""Packages as a channel adapter would hand them over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from orders.enums import OrderState
from orders.incoming import Applied, IncomingLine, IncomingPackage
from orders.models import Order
from orders.services import apply_packages

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIVE_SINCE = START - timedelta(days=30)


def line(barcode: str, quantity: int = 1, *, line_id: int = 1, **fields: Any) -> IncomingLine:
    return IncomingLine(
        line_id=line_id,
        barcode=barcode,
        quantity=quantity,
        total=Decimal("499.90") * quantity,
        unit_price=Decimal("499.90"),
        **fields,
    )


def package(
    package_id: int,
    *lines: IncomingLine,
    state: OrderState | None = OrderState.CREATED,
    minute: int = 0,
    **fields: Any,
) -> IncomingPackage:
    """A package changed `minute` minutes after START."""
    values: dict[str, Any] = {
        "order_number": f"N{package_id}",
        "remote_status": state.value.title() if state else "ReadyToShip",
        "ordered_at": START,
        "ship_by_at": START + timedelta(days=2),
        "left_at": START
        if state in {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED}
        else None,
        **fields,
    }
    return IncomingPackage(
        package_id=package_id,
        state=state,
        modified_at=START + timedelta(minutes=minute),
        lines=tuple(lines),
        **values,
    )


def apply(*packages: IncomingPackage, live_since: datetime = LIVE_SINCE) -> Applied:
    return apply_packages(packages, live_since=live_since)


def stored(package_id: int) -> Order:
    return Order.objects.get(package_id=package_id)


def stock_states(package_id: int) -> dict[int, str]:
    return dict(stored(package_id).lines.values_list("line_id", "stock_state"))
