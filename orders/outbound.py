"""What marketplaces must be told about an order: called by name, because the outbox lives in a layer above."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from orders.enums import Channel
from orders.models import Order, OrderLine


class OutboxWriter(Protocol):
    """Writes a message in the current transaction; writing the same key again changes nothing."""

    def __call__(self, *, order: Order, kind: str, key: str, body: dict[str, object]) -> None: ...


def tell_picking(order: Order, lines: list[OrderLine]) -> None:
    """Say that we are preparing this package, with all of its lines."""
    _write(order, "PICKING", f"picking:{order.pk}", {"lines": _lines(lines)})


def tell_unsupplied(order: Order, lines: list[OrderLine], *, reason_id: int) -> None:
    """Say that these lines cannot be supplied, with the marketplace's reason number."""
    _write(order, "UNSUPPLIED", f"unsupplied:{order.pk}", {"lines": _lines(lines), "reason_id": reason_id})


def _lines(lines: list[OrderLine]) -> list[dict[str, int]]:
    return [{"line_id": line.line_id, "quantity": line.quantity} for line in lines]


def _write(order: Order, kind: str, key: str, body: dict[str, object]) -> None:
    if order.channel == Channel.MANUAL:
        return
    writer: OutboxWriter = import_string(settings.OUTBOX_WRITER)
    writer(order=order, kind=kind, key=key, body=body)
