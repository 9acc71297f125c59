"""What is handed out to a customer: every personal column in words, for the workbook and for the JSON file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gullu.workbooks import Column


def _address(value: dict[str, Any]) -> str:
    """An address as it came, in one line."""
    return ", ".join(f"{name}: {part}" for name, part in value.items() if part not in (None, "", {}, []))


ORDERS: Final = (
    Column(_("order number"), lambda order: order.order_number, 16),
    Column(_("customer no"), lambda order: str(order.customer_id or ""), 14),
    Column(_("first name"), lambda order: order.customer_first_name, 18),
    Column(_("last name"), lambda order: order.customer_last_name, 18),
    Column(_("city"), lambda order: order.city, 16),
    Column(_("district"), lambda order: order.district, 16),
    Column(_("delivery address"), lambda order: _address(order.shipment_address), 48),
    Column(_("invoice address"), lambda order: _address(order.invoice_address), 48),
    Column(_("ordered"), lambda order: order.ordered_at, 16),
    Column(_("state"), lambda order: order.get_status_display(), 16),
    Column(_("carrier"), lambda order: order.cargo_provider, 24),
    Column(_("cargo number"), lambda order: order.cargo_tracking_number, 18),
    Column(_("invoice number"), lambda order: order.invoice_number, 20),
    Column(_("total"), lambda order: order.total_amount, 12),
    Column(_("currency"), lambda order: order.currency, 10),
    Column(_("note"), lambda order: order.note, 30),
    Column(_("parking note"), lambda order: order.park_note, 30),
)
LINES: Final = (
    Column(_("order number"), lambda line: line.order.order_number, 16),
    Column(_("product"), lambda line: line.product_name, 36),
    Column(_("barcode"), lambda line: line.barcode, 18),
    Column(_("colour"), lambda line: line.colour, 12),
    Column(_("size"), lambda line: line.size, 8),
    Column(_("quantity"), lambda line: line.quantity, 8),
    Column(_("total"), lambda line: line.total, 12),
)
RETURNS: Final = (
    Column(_("order number"), lambda unit: unit.order_number, 16),
    Column(_("barcode"), lambda unit: unit.barcode, 18),
    Column(_("asked"), lambda unit: unit.claimed_at, 16),
    Column(_("reason"), lambda unit: unit.reason, 30),
    Column(_("customer's note"), lambda unit: unit.customer_note, 48),
    Column(_("inspection note"), lambda unit: unit.inspection_note, 48),
    Column(_("refusal text"), lambda unit: unit.issue_description, 48),
    Column(_("cargo number"), lambda unit: unit.cargo_tracking_number, 18),
)
EXCHANGES: Final = (
    Column(_("order number"), lambda exchange: exchange.order_number, 16),
    Column(_("order of the new article"), lambda exchange: exchange.new_order.order_number, 16),
    Column(_("opened"), lambda exchange: exchange.created_at, 16),
    Column(_("reason"), lambda exchange: exchange.get_reason_display(), 20),
    Column(_("note"), lambda exchange: exchange.note, 48),
    Column(_("sent without return number because"), lambda exchange: exchange.override_reason, 48),
    Column(_("return tracking number"), lambda exchange: exchange.return_tracking_number, 18),
)


def as_data(columns: Sequence[Column], row: Any) -> dict[str, Any]:
    """A row by its headings."""
    return {str(column.heading): column.value(row) for column in columns}


__all__ = ["EXCHANGES", "LINES", "ORDERS", "RETURNS", "as_data"]
