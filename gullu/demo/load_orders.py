"""Past orders as rows: orders, lines and their timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalog.models import VatRate
from gullu.demo.catalogue import DemoCatalogue
from gullu.demo.copying import copy_rows, take_ids
from gullu.demo.days import from_ms, moment
from gullu.demo.history import DemoShop
from gullu.demo.orders import CARRIERS, DemoLine, DemoOrder
from inventory.enums import StockState
from orders.enums import CancelledBy, Channel, EventKind, OrderState
from orders.models import Order, OrderEvent, OrderLine

REMOTE: Final = {
    OrderState.SHIPPED: "Shipped",
    OrderState.DELIVERED: "Delivered",
    OrderState.RETURNED: "Returned",
    OrderState.CANCELLED: "Cancelled",
}
_CANCEL_REASONS: Final = (
    "Vazgeçtim",
    "Yanlış beden seçtim",
    "Daha uygun fiyat buldum",
    "Adresimi yanlış girdim",
)
_ORDER_COLUMNS: Final = (
    "id", "channel", "package_id", "order_number", "shipment_number", "status", "remote_status", "payment_pending",
    "superseded", "cancelled_by", "origin_package_ids", "ordered_at", "reached_us_at", "ship_by_at",
    "remote_modified_at", "picked_at", "picked_by_id", "shipped_at", "delivered_at", "cancelled_at", "customer_id",
    "customer_first_name", "customer_last_name", "city", "district", "shipment_address", "invoice_address",
    "currency", "gross_amount", "seller_discount", "marketplace_discount", "total_amount", "cargo_tracking_number",
    "cargo_provider", "desi", "commercial", "micro_export", "invoice_status", "invoice_number", "parked",
    "park_reason", "park_state", "park_note", "source", "note", "payload", "created_at", "updated_at",
)  # fmt: skip
_LINE_COLUMNS: Final = (
    "id", "order_id", "line_id", "variant_id", "barcode", "stock_code", "product_name", "colour", "size", "quantity",
    "unit_gross", "unit_seller_discount", "unit_marketplace_discount", "unit_price", "total", "units", "vat_rate",
    "commission_rate", "remote_status", "cancel_reason", "stock_state", "deducted_quantity", "scanned", "freed_at",
    "created_at", "updated_at",
)  # fmt: skip
_EVENT_COLUMNS: Final = (
    "order_id", "kind", "source", "at", "from_status", "to_status", "data", "actor_id", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """Ids of what the orders point to: variants by index, and the people who picked."""

    variants: Sequence[int]
    pickers: Sequence[int]

    def picker(self, order: int) -> int | None:
        """The people take turns."""
        return self.pickers[order % len(self.pickers)] if self.pickers else None


@dataclass(frozen=True, slots=True)
class LoadedOrders:
    """Ids of the orders, and of their lines by order and line, in the demo's own order."""

    orders: list[int]
    lines: list[list[int]]


def load_orders(shop: DemoShop, keys: Keys) -> LoadedOrders:
    """Write the orders, their lines and their timeline."""
    ids = take_ids(Order, len(shop.orders))
    free = iter(take_ids(OrderLine, sum(len(order.lines) for order in shop.orders)))
    lines = [[next(free) for _ in order.lines] for order in shop.orders]
    copy_rows(
        Order, _ORDER_COLUMNS, (_order_row(shop, number, ids[number], keys) for number in range(len(ids)))
    )
    copy_rows(OrderLine, _LINE_COLUMNS, _line_rows(shop, ids, lines, keys))
    copy_rows(OrderEvent, _EVENT_COLUMNS, _event_rows(shop, ids, keys))
    return LoadedOrders(ids, lines)


def money(amount: int) -> str:
    """Kuruş or cents as the database reads them."""
    return f"{amount // 100}.{amount % 100:02d}"


def product_name(catalogue: DemoCatalogue, variant: int) -> str:
    """The article's name as the marketplace writes it in an order."""
    row, model = catalogue.variants[variant], catalogue.model_of(variant)
    return f"{model.title} - {row.colour} - {row.size}, {model.code}, {row.size}"


def remote_status(order: DemoOrder) -> str:
    return "UnSupplied" if order.cancelled_by == CancelledBy.HERE else REMOTE[order.state]


def _order_row(shop: DemoShop, number: int, key: int, keys: Keys) -> tuple[Any, ...]:
    order = shop.orders[number]
    times, customer = order.times, order.customer
    gross = sum(line.gross * line.quantity for line in order.lines)
    seller = sum(line.seller_discount * line.quantity for line in order.lines)
    marketplace = sum(line.marketplace_discount * line.quantity for line in order.lines)
    address = json.dumps(customer.address, ensure_ascii=False)
    desi = sum(float(shop.catalogue.model_of(line.variant).kind.desi) * line.quantity for line in order.lines)
    last = from_ms(times.last)
    return (
        key, Channel.TRENDYOL.value, order.package_id, order.order_number, str(order.shipment_number),
        order.state.value, remote_status(order), False, False, str(order.cancelled_by), "{}",
        from_ms(times.ordered), from_ms(times.ordered), from_ms(times.ship_by), last, moment(times.picked),
        keys.picker(number) if times.picked else None, moment(times.shipped), moment(times.delivered),
        moment(times.cancelled), customer.customer_id, customer.first_name, customer.last_name, customer.city,
        customer.district, address, address, "TRY", money(gross), money(seller), money(marketplace),
        money(gross - seller - marketplace), order.cargo_number, CARRIERS[order.carrier][2], f"{desi:.2f}",
        order.commercial, False, "NotInvoiced", "", False, "", "", "", "", "", "{}", from_ms(times.seen), last,
    )  # fmt: skip


def _line_rows(
    shop: DemoShop, ids: Sequence[int], lines: Sequence[Sequence[int]], keys: Keys
) -> Iterator[tuple[Any, ...]]:
    for number, order in enumerate(shop.orders):
        for index, line in enumerate(order.lines):
            yield _line_row(
                shop, order, line, (lines[number][index], ids[number], keys.variants[line.variant])
            )


def _line_row(
    shop: DemoShop, order: DemoOrder, line: DemoLine, keys: tuple[int, int, int]
) -> tuple[Any, ...]:
    variant, model = shop.catalogue.variants[line.variant], shop.catalogue.model_of(line.variant)
    key, order_id, variant_id = keys
    state = StockState.DEDUCTED if order.taken else StockState.RELEASED
    by_customer = order.cancelled_by == CancelledBy.MARKETPLACE
    return (
        key, order_id, line.line_id, variant_id, variant.barcode, variant.stock_code,
        product_name(shop.catalogue, line.variant), variant.colour, variant.size, line.quantity, money(line.gross),
        money(line.seller_discount), money(line.marketplace_discount), money(line.net),
        money(line.net * line.quantity), _units(line), VatRate.TEN.value, model.kind.commission, remote_status(order),
        _CANCEL_REASONS[line.line_id % len(_CANCEL_REASONS)] if by_customer else "", state.value,
        line.quantity if order.taken else 0, order.taken, moment(order.times.cancelled or order.times.back),
        from_ms(order.times.seen), from_ms(order.times.last),
    )  # fmt: skip


def _units(line: DemoLine) -> str:
    """One entry per pair, as the order mapping stores them."""
    unit = {
        "price": money(line.net),
        "seller_discount": money(line.seller_discount),
        "marketplace_discount": money(line.marketplace_discount),
    }
    return json.dumps([{"id": str(line.line_id * 10 + number), **unit} for number in range(line.quantity)])


def _event_rows(shop: DemoShop, ids: Sequence[int], keys: Keys) -> Iterator[tuple[Any, ...]]:
    """RECEIVED and PICKED; what happened afterwards stands in the order's own columns."""
    marketplace, here = OrderEvent.Source.MARKETPLACE.value, OrderEvent.Source.HERE.value
    received, picked = EventKind.RECEIVED.value, EventKind.PICKED.value
    created, picking = OrderState.CREATED.value, OrderState.PICKING.value
    for number, order in enumerate(shop.orders):
        seen = from_ms(order.times.seen)
        yield ids[number], received, marketplace, seen, "", created, '{"status": "Created"}', None, seen
        if order.times.picked is not None:
            at = from_ms(order.times.picked)
            yield ids[number], picked, here, at, created, picking, "{}", keys.picker(number), at
