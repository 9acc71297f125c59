"""What the courier tests share: orders and returns that stand here and on the sandbox, ready for a message."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.sandbox.entities import Package
from integrations.trendyol.sync import sync_orders, sync_returns
from orders.models import Order, OrderDocument, OrderLine, ReturnPhoto, ReturnUnit
from orders.services import confirm_picking
from tests.integrations.conftest import Shop

NUMBER = "ABC2026000000001"
LINK = "https://fatura.example/ABC2026000000001.pdf"
OWN_LABELS = "YKMP"
"""A carrier that gives its labels itself."""


def place(shop: Shop, *, pairs: int = 2, **details: Any) -> Order:
    """An order of one article, on both sides."""
    variant = shop.sell(9)
    given = {"cargo_provider": OWN_LABELS, **details}
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, pairs)], **given)
    sync_orders()
    return Order.objects.get(package_id=package_id)


def pick(shop: Shop, **details: Any) -> Order:
    """An order that is being prepared, and Trendyol knows it."""
    order = place(shop, **details)
    confirm_picking(order_id=order.pk)
    send_outbox()
    order.refresh_from_db()
    return order


def lines_of(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by("pk"))


def there(shop: Shop, order: Order) -> Package:
    """The package as the sandbox has it."""
    return shop.sandbox.shop.packages[order.marketplace_package]


def asked(shop: Shop, endpoint: str) -> int:
    """How many requests an endpoint has seen."""
    return sum(request.endpoint == endpoint for request in shop.sandbox.requests)


def invoice(order: Order, **fields: Any) -> OrderDocument:
    values = {"number": NUMBER, "link": LINK, "issued_at": timezone.now(), **fields}
    return OrderDocument.objects.create(order=order, **values)


def invoice_file(order: Order, content: bytes = b"%PDF-1.7 fatura") -> OrderDocument:
    return invoice(order, link="", file=ContentFile(content, name="invoice.pdf"))


def claim(shop: Shop, *, units: int = 2, status: str = "WaitingInAction", **details: Any) -> list[ReturnUnit]:
    """A return whose parcel is here, on both sides."""
    order = place(shop, pairs=units, status="Delivered")
    claim_id = shop.sandbox.shop.claim(order.marketplace_package, status=status, **details)
    sync_returns()
    return list(ReturnUnit.objects.filter(claim_id=claim_id).order_by("claim_item_id"))


def photo(unit: ReturnUnit) -> int:
    return ReturnPhoto.objects.create(unit=unit, image=ContentFile(b"\xff\xd8\xff", name="kanit.jpg")).pk


def statuses(shop: Shop, units: list[ReturnUnit]) -> list[str]:
    """The statuses of the units on the sandbox."""
    known = {unit.claim_item_id: unit.status for unit in shop.sandbox.shop.claims[units[0].claim_id].units}
    return [known[unit.claim_item_id] for unit in units]


def latest(kind: str) -> OutboxMessage:
    message = OutboxMessage.objects.filter(kind=kind).order_by("pk").last()
    assert message is not None
    return message


def again(kind: str) -> OutboxMessage:
    """Make every message due and deliver; the latest of that kind."""
    OutboxMessage.objects.update(due_at=timezone.now())
    send_outbox()
    return latest(kind)
