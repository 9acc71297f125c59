"""What a channel adapter hands to `orders`: packages and lines in our own words, already checked and cleaned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from orders.enums import OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLine:
    """One article of a package. Money per unit except `total` (sum over units); rates in percent."""

    line_id: int
    barcode: str
    quantity: int
    stock_code: str = ""
    product_name: str = ""
    colour: str = ""
    size: str = ""
    unit_gross: Decimal = Decimal(0)
    unit_seller_discount: Decimal = Decimal(0)
    unit_marketplace_discount: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    units: list[dict[str, Any]] = field(default_factory=list)
    vat_rate: Decimal | None = None
    commission_rate: Decimal | None = None
    remote_status: str = ""
    cancel_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPackage:
    """One shipment package as the channel has it now. All times are true UTC.

    `state` is None when the channel's status is unknown to us: the order is kept and parked, not guessed.
    `details` holds plain columns of `Order` (customer, money, cargo …) by name.
    """

    package_id: int
    order_number: str
    state: OrderState | None
    remote_status: str
    modified_at: datetime
    ordered_at: datetime
    lines: tuple[IncomingLine, ...]
    payment_pending: bool = False
    superseded: bool = False
    origin_package_ids: tuple[int, ...] = ()
    ship_by_at: datetime | None = None
    left_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)


class NoticeKind:
    UNKNOWN_BARCODE = "UNKNOWN_BARCODE"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    ODD_MOVE = "ODD_MOVE"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a package that a person should know; the package itself was stored."""

    kind: str
    reference: str
    message: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """What writing a page of packages did."""

    created: int
    updated: int
    unchanged: int
    notices: tuple[Notice, ...]
