"""Trendyol's package in our words. Pure functions; contract sections 4 to 5.6."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from integrations.trendyol.schemas import Address, PackageLine, PackagePayload
from orders.enums import GONE_STATES, OrderState
from orders.incoming import IncomingLine, IncomingPackage

# Awaiting and Verified are paid later or never: reserved, but not to be prepared.
PAYMENT_PENDING: Final = frozenset({"awaiting", "verified"})
SUPERSEDED: Final = "unpacked"
STATES: Final[Mapping[str, OrderState]] = {
    "awaiting": OrderState.CREATED,
    "verified": OrderState.CREATED,
    "created": OrderState.CREATED,
    "picking": OrderState.PICKING,
    "invoiced": OrderState.PICKING,
    "shipped": OrderState.SHIPPED,
    "atcollectionpoint": OrderState.SHIPPED,
    "undelivered": OrderState.SHIPPED,
    "delivered": OrderState.DELIVERED,
    "cancelled": OrderState.CANCELLED,
    "unsupplied": OrderState.CANCELLED,
    SUPERSEDED: OrderState.CANCELLED,
    "returned": OrderState.RETURNED,
}
_MASK: Final = "***"
_PERSONAL_LINES: Final = (
    "full_address",
    "address1",
    "address2",
    "postal_code",
    "country_code",
    "phone",
    "company",
)


def to_incoming(raw: Mapping[str, Any], package: PackagePayload) -> IncomingPackage:
    """Translate a validated package; `raw` is kept beside it as the last message."""
    status = _status_key(package.status)
    state = state_of(package.status)
    return IncomingPackage(
        package_id=package.shipment_package_id,
        order_number=clean(package.order_number, 40),
        state=state,
        remote_status=clean(package.status, 40),
        modified_at=package.last_modified_at,
        ordered_at=package.ordered_at or package.origin_shipment_at or package.last_modified_at,
        lines=tuple(_line(line) for line in package.lines),
        payment_pending=status in PAYMENT_PENDING,
        superseded=status == SUPERSEDED,
        origin_package_ids=tuple(package.origin_package_ids),
        ship_by_at=package.agreed_delivery_at,
        left_at=_left_at(package, state),
        delivered_at=_first(package, "delivered"),
        cancelled_at=_first(package, "cancelled", "unsupplied", SUPERSEDED),
        details=_details(package),
        payload=storable(raw),
    )


def state_of(status: str) -> OrderState | None:
    """Our state for a package status; None for one we do not know."""
    return STATES.get(_status_key(status))


def _status_key(status: str) -> str:
    """Package statuses are written `AtCollectionPoint` here and `AT_COLLECTION_POINT` in webhook settings."""
    return status.replace("_", "").casefold()


def _first(package: PackagePayload, *statuses: str) -> datetime | None:
    times = [step.created_at for step in package.history if _status_key(step.status) in statuses]
    return next((at for at in times if at is not None), None)


def _left_at(package: PackagePayload, state: OrderState | None) -> datetime | None:
    if state not in GONE_STATES:
        return None
    return _first(package, "shipped", "atcollectionpoint", "delivered") or package.last_modified_at


def _line(line: PackageLine) -> IncomingLine:
    return IncomingLine(
        line_id=line.line_id,
        barcode=clean(line.barcode.strip(), 100),
        quantity=line.quantity,
        stock_code=clean(line.stock_code, 200),
        product_name=clean(line.product_name, 500),
        colour=clean(line.product_color, 100),
        size=clean(line.product_size, 50),
        unit_gross=_amount(line.line_gross_amount),
        unit_seller_discount=_amount(line.line_seller_discount),
        unit_marketplace_discount=_amount(line.line_ty_discount),
        unit_price=_amount(line.line_unit_price),
        total=_amount(line.total),
        units=[
            {
                "id": clean(unit.line_item_id, 60),
                "price": str(_amount(unit.line_item_price)),
                "seller_discount": str(_amount(unit.line_item_seller_discount)),
                "marketplace_discount": str(_amount(unit.line_item_ty_discount)),
            }
            for unit in line.discount_details
        ],
        vat_rate=_rate(line.vat_rate),
        commission_rate=_rate(line.commission),
        remote_status=clean(line.order_line_item_status_name, 40),
        cancel_reason=clean(line.cancel_reason, 300),
    )


def _details(package: PackagePayload) -> dict[str, Any]:
    return {
        "shipment_number": "" if package.shipment_number is None else clean(str(package.shipment_number), 40),
        "reached_us_at": package.origin_shipment_at,
        "customer_id": _small(package.customer_id),
        "customer_first_name": clean(package.customer_first_name, 200),
        "customer_last_name": clean(package.customer_last_name, 200),
        "city": clean(package.shipment_address.city, 100),
        "district": clean(package.shipment_address.district, 100),
        "shipment_address": _address(package.shipment_address),
        "invoice_address": _address(package.invoice_address),
        "currency": clean(package.currency_code, 3) or "TRY",
        "gross_amount": _amount(package.package_gross_amount),
        "seller_discount": _amount(package.package_seller_discount),
        "marketplace_discount": _amount(package.package_ty_discount),
        "total_amount": _amount(package.total),
        "cargo_tracking_number": clean(package.cargo_tracking_number, 40),
        "cargo_provider": clean(package.cargo_provider_name, 100),
        "desi": package.cargo_deci
        if package.cargo_deci is not None and 0 < package.cargo_deci < 10**5
        else None,
        "commercial": package.commercial,
        "micro_export": package.micro,
        "invoice_status": clean(package.invoice_status, 30),
        "invoice_number": clean(package.invoice_number, 40),
    }


def _address(address: Address) -> dict[str, str]:
    named = {"name": address.full_name or f"{address.first_name} {address.last_name}".strip()}
    parts = {name: getattr(address, name) for name in _PERSONAL_LINES}
    parts |= {"district": address.district, "city": address.city, "neighborhood": address.neighborhood}
    cleaned = {name: clean(value, 500) for name, value in (named | parts).items()}
    return {name: value for name, value in cleaned.items() if value}


def clean(text: str, limit: int) -> str:
    """Text as PostgreSQL can store it: no NUL, within the column; Trendyol's mask means nothing known."""
    cleaned = text.replace("\x00", "").strip()
    parts = cleaned.split()
    return "" if parts and all(part == _MASK for part in parts) else cleaned[:limit]


def storable(value: Any) -> Any:
    """The raw message as JSONB takes it: no NUL, no half surrogate pairs, exact decimals as text."""
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Decimal):
        return str(value)
    return value


def _amount(value: Decimal | None) -> Decimal:
    return Decimal(0) if value is None else value


def _rate(value: Decimal | None) -> Decimal | None:
    return value if value is not None and abs(value) < 1000 else None


def _small(value: int | None) -> int | None:
    return value if value is not None and abs(value) < 2**63 else None
