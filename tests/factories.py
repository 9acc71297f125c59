"""Rows for tests: every field that matters is named here, and stock comes from the services alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from catalog.models import Product, Variant
from gullu.models import User
from inventory.enums import StockState
from inventory.models import Shelf
from inventory.services import StockChange, receive_stock
from orders.enums import Channel, OrderState, ParkReason, ParkState
from orders.models import Order, OrderLine

_numbers = count(1)
PASSWORD = "a-long-test-password-1"

# What became of the goods of an order that is written in this state without any pick.
_STOCK_STATES = {
    OrderState.CREATED: StockState.RESERVED,
    OrderState.CANCELLED: StockState.RELEASED,
}


def make_product(code: str | None = None, **fields: Any) -> Product:
    """A model with brand, category and the women's age group."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": "Topuklu Ayakkabı",
        "brand": "Güllü",
        "category": "Topuklu Ayakkabı",
        **fields,
    }
    return Product.objects.create(code=code or f"M{number:05d}", **values)


def make_variant(barcode: str | None = None, **fields: Any) -> Variant:
    """One barcode in a model of its own, unless `product` is given. Sells at 500 ₺, costs 200 ₺."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "colour": "Siyah",
        "size": "37",
        "list_price": Decimal("600.00"),
        "sale_price": Decimal("500.00"),
        "cost": Decimal("200.00"),
        **fields,
    }
    if "product" not in values:
        values["product"] = make_product()
    values.setdefault("stock_code", f"{values['product'].code}-{values['size']} {values['colour']}")
    return Variant.objects.create(barcode=barcode or f"868{number:010d}", **values)


def make_shelf(code: str | None = None, **fields: Any) -> Shelf:
    """An open shelf."""
    number = next(_numbers)
    values: dict[str, Any] = {"route_order": number, **fields}
    return Shelf.objects.create(code=code or f"A-B-{number:02d}", **values)


def stock(variant: Variant, shelf: Shelf, quantity: int) -> StockChange:
    """Put pairs on a shelf, through the service."""
    return receive_stock(barcode=variant.barcode, shelf_code=shelf.code, quantity=quantity)


def make_order(
    lines: Sequence[tuple[Variant | str, int]] = (),
    *,
    status: OrderState = OrderState.CREATED,
    stock_state: StockState | None = None,
    unit_price: Decimal | None = None,
    **fields: Any,
) -> Order:
    """A package as the marketplace would have left it; a line is (variant or unknown barcode, quantity).

    Lines of a new order are RESERVED, of a cancelled one RELEASED, of any other HISTORIC, unless `stock_state`
    is given. For a picked order make a new one and call `orders.services.picking.confirm_picking`.
    """
    order = Order.objects.create(status=status, **_order_values(fields))
    state = stock_state or _STOCK_STATES.get(OrderState(status), StockState.HISTORIC)
    rows = [_line(order, item, quantity, state, unit_price) for item, quantity in lines]
    OrderLine.objects.bulk_create(rows)
    total = sum((row.total for row in rows), Decimal(0))
    if "total_amount" not in fields:
        Order.objects.filter(pk=order.pk).update(total_amount=total, gross_amount=total)
    order.refresh_from_db()
    return order


def _order_values(fields: dict[str, Any]) -> dict[str, Any]:
    number = next(_numbers)
    ordered_at: datetime = fields.get("ordered_at") or timezone.now() - timedelta(hours=1)
    values: dict[str, Any] = {
        "channel": Channel.TRENDYOL,
        "package_id": 3_000_000_000 + number,
        "order_number": f"{10_000_000_000 + number}",
        "remote_status": "Created",
        "ordered_at": ordered_at,
        "reached_us_at": ordered_at,
        "ship_by_at": ordered_at + timedelta(days=2),
        "remote_modified_at": ordered_at,
        "customer_first_name": "Ayşe",
        "customer_last_name": "Yılmaz",
        "city": "İzmir",
        "district": "Bornova",
        "cargo_tracking_number": f"{7_280_000_000_000 + number}",
        "cargo_provider": "Trendyol Express",
    }
    if fields.get("parked"):
        values |= {
            "park_reason": ParkReason.NO_STOCK,
            "park_state": ParkState.CHECKING,
            "parked_at": timezone.now(),
        }
    return {**values, **fields}


def _line(
    order: Order, item: Variant | str, quantity: int, state: StockState, unit_price: Decimal | None
) -> OrderLine:
    variant = None if isinstance(item, str) else item
    price = (
        unit_price
        if unit_price is not None
        else (variant.sale_price if variant else None) or Decimal("500.00")
    )
    return OrderLine(
        order=order,
        line_id=next(_numbers) + 5_000_000_000,
        variant=variant,
        barcode=item if isinstance(item, str) else item.barcode,
        stock_code=variant.stock_code if variant else "",
        product_name=variant.product.title if variant else "Bilinmeyen ürün",
        colour=variant.colour if variant else "",
        size=variant.size if variant else "",
        quantity=quantity,
        unit_gross=price,
        unit_price=price,
        total=price * quantity,
        vat_rate=Decimal("10.00"),
        remote_status=order.remote_status,
        stock_state=state,
        created_at=order.ordered_at,
    )


def make_user(role: str | None = None, *, username: str | None = None, **fields: Any) -> User:
    """A person. With a role (see `gullu.roles`) they may enter the back office; without one they may not."""
    name = username or f"kisi{next(_numbers)}"
    values: dict[str, Any] = {
        "is_staff": role is not None,
        "first_name": "Fatma",
        "last_name": "Demir",
        **fields,
    }
    user = User.objects.create_user(username=name, password=PASSWORD, **values)
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_superuser(username: str | None = None) -> User:
    """The owner: may do everything."""
    return make_user(username=username, is_staff=True, is_superuser=True)
