"""The order package (contract sections 5.3 to 5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from integrations.trendyol.schemas.base import (
    ISTANBUL_SHIFT,
    AsList,
    AsObject,
    Count,
    Flag,
    Id,
    IdList,
    LongNumber,
    OptFlag,
    OptInt,
    OptMoney,
    OptMs,
    Payload,
    RequiredMs,
    RequiredText,
    Spellings,
    Text,
    TextList,
    exact_moment,
    is_empty,
    moment,
)

MAX_QUANTITY: Final = 2_147_483_647

# Old name to new name; the old ones were removed on 6 Apr 2026.
OLD_PACKAGE_NAMES: Final = {
    "id": "shipmentPackageId",
    "grossAmount": "packageGrossAmount",
    "totalDiscount": "packageSellerDiscount",
    "totalTyDiscount": "packageTyDiscount",
    "totalPrice": "packageTotalPrice",
}
OLD_LINE_NAMES: Final = {
    "id": "lineId",
    "merchantSku": "stockCode",
    "merchantId": "sellerId",
    "amount": "lineGrossAmount",
    "discount": "lineSellerDiscount",
    "tyDiscount": "lineTyDiscount",
    "price": "lineUnitPrice",
    "productCode": "contentId",
    "vatBaseAmount": "vatRate",
}
# Broken-up and cancelled packages may have lost all their lines.
_STATUSES_WITHOUT_LINES: Final = frozenset({"UnPacked", "Cancelled", "UnSupplied"})


def _old_names(data: Any, names: Mapping[str, str]) -> list[str]:
    """Return the old names that stand in `data` without their successor."""
    if not isinstance(data, dict):
        return []
    return [old for old, new in names.items() if old in data and data.get(new) is None]


def _refuse_old_names(found: list[str]) -> None:
    """Silently read, they would give prices of nothing and ids of null (contract section 13, trap 2)."""
    if found:
        raise PydanticCustomError(
            "old_field_names",
            "old field names ({names}) removed on 6 Apr 2026; this is not the v2 order service",
            {"names": ", ".join(found)},
        )


def _split_keys(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class AddressLines(Payload):
    """The address as two lines (GULF)."""

    address_line1: Text = ""
    address_line2: Text = ""


class Address(Payload):
    """An address; any part can be missing: micro export, is4P and Awaiting leave it out or mask it."""

    spellings: ClassVar[Spellings] = {"eInvoiceAvailable": ("isEInvoiceAvailable",)}

    id: OptInt = None
    first_name: Text = ""
    last_name: Text = ""
    full_name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    address_lines: Annotated[AddressLines, AsObject] = Field(default_factory=AddressLines)
    full_address: Text = ""
    short_address: Text = ""
    neighborhood: Text = ""
    neighborhood_id: OptInt = None
    district: Text = ""
    district_id: OptInt = None
    county_id: OptInt = None
    county_name: Text = ""
    city: Text = ""
    city_code: OptInt = None
    state_name: Text = ""
    postal_code: Text = ""
    country_code: Text = ""
    phone: Text = ""
    latitude: Text = ""
    longitude: Text = ""
    sector: Text = ""
    tax_office: Text = ""
    tax_number: Text = ""
    e_invoice_available: OptFlag = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to print yet; ask again later."""
        parts = (self.full_address, self.address1, self.address_lines.address_line1, self.short_address)
        return all(is_empty(part) for part in parts)


class PackageHistory(Payload):
    """One step of a package. `created_at` is None while the package is Awaiting."""

    status: Text = ""
    created_date_ms: OptMs = Field(default=None, alias="createdDate")

    @property
    def created_at(self) -> datetime | None:
        """When the step happened (true epoch)."""
        return moment(self.created_date_ms)


class DiscountDetail(Payload):
    """One unit of a line: its net price and both discounts, in TRY."""

    spellings: ClassVar[Spellings] = {"lineItemSellerDiscount": ("lineItemDiscount",)}

    line_item_id: Text = ""
    line_item_price: OptMoney = None
    line_item_seller_discount: OptMoney = None
    line_item_ty_discount: OptMoney = None


class DiscountDisplay(Payload):
    """A campaign text with its amount."""

    display_name: Text = ""
    discount_amount: OptMoney = None


class FastDeliveryOption(Payload):
    """A promised delivery speed."""

    type: Text = ""


class PackageLine(Payload):
    """A line of a package. Prices and discounts are rounded, per unit; `total` is the exact line amount."""

    line_id: Id
    quantity: Annotated[Count, Field(ge=1, le=MAX_QUANTITY)]
    barcode: RequiredText
    stock_code: Text = ""
    content_id: OptInt = None
    product_name: Text = ""
    product_color: Text = ""
    product_size: Text = ""
    line_gross_amount: OptMoney = None
    line_seller_discount: OptMoney = None
    line_ty_discount: OptMoney = None
    line_total_discount: OptMoney = None
    line_unit_price: OptMoney = None
    discount_details: Annotated[list[DiscountDetail], AsList] = Field(default_factory=list)
    vat_rate: OptMoney = None
    commission: OptMoney = None
    currency_code: Text = ""
    product_category_id: OptInt = None
    product_origin: Text = ""
    seller_id: OptInt = None
    sales_campaign_id: OptInt = None
    business_unit: Text = ""
    order_line_item_status_name: Text = ""
    fast_delivery_options: Annotated[list[FastDeliveryOption], AsList] = Field(default_factory=list)
    cancelled_by: Text = ""
    cancel_reason: Text = ""
    cancel_reason_code: Text = ""
    defective_claim_listing_insight: Text = ""
    labor_cost: OptMoney = None

    @model_validator(mode="before")
    @classmethod
    def _only_new_names(cls, data: Any) -> Any:
        _refuse_old_names(_old_names(data, OLD_LINE_NAMES))
        return data

    @property
    def total(self) -> Decimal | None:
        """Net amount of the line: the sum over its units; None when the payload has no price.

        quantity times unit price serves only where the units are missing: it can be off by a kuruş or two.
        """
        prices = [d.line_item_price for d in self.discount_details if d.line_item_price is not None]
        if len(prices) == self.quantity:
            return sum(prices, Decimal(0))
        return None if self.line_unit_price is None else self.quantity * self.line_unit_price


class PackagePayload(Payload):
    """A shipment package; `shipment_package_id` is its identity, `order_number` repeats after splits.

    Raises ValidationError without id, order number, status, modification time or lines, and for payloads
    with the field names removed in April 2026.
    """

    shipment_package_id: Id
    order_number: RequiredText
    status: RequiredText
    last_modified_date_ms: RequiredMs = Field(alias="lastModifiedDate")
    lines: list[PackageLine]

    shipment_number: OptInt = None
    shipment_package_status: Text = ""
    package_histories: Annotated[list[PackageHistory], AsList] = Field(default_factory=list)
    order_date_ms: OptMs = Field(default=None, alias="orderDate")
    origin_shipment_date_ms: OptMs = Field(default=None, alias="originShipmentDate")
    agreed_delivery_date_ms: OptMs = Field(default=None, alias="agreedDeliveryDate")
    estimated_delivery_start_date_ms: OptMs = Field(default=None, alias="estimatedDeliveryStartDate")
    estimated_delivery_end_date_ms: OptMs = Field(default=None, alias="estimatedDeliveryEndDate")
    package_gross_amount: OptMoney = None
    package_seller_discount: OptMoney = None
    package_ty_discount: OptMoney = None
    package_total_discount: OptMoney = None
    package_total_price: OptMoney = None
    discount_displays: Annotated[list[DiscountDisplay], AsList] = Field(default_factory=list)
    currency_code: Text = ""
    payment_method: Text = ""
    customer_id: OptInt = None
    customer_first_name: Text = ""
    customer_last_name: Text = ""
    customer_email: Text = ""
    identity_number: Text = ""
    tax_number: Text = ""
    shipment_address: Annotated[Address, AsObject] = Field(default_factory=Address)
    invoice_address: Annotated[Address, AsObject] = Field(default_factory=Address)
    commercial: Flag = False
    supplier_id: OptInt = None
    channel_id: OptInt = None
    order_country_code: Text = ""
    cargo_tracking_number: LongNumber = ""
    cargo_tracking_link: Text = ""
    cargo_sender_number: Text = ""
    cargo_provider_name: Text = ""
    cargo_deci: OptMoney = None
    seller_delivery_method: Text = ""
    seller_otp_code: Text = ""
    who_pays: OptInt = None
    delivery_type: Text = ""
    delivery_address_type: Text = ""
    fast_delivery: Flag = False
    fast_delivery_type: Text = ""
    delivered_by_service: Flag = False
    time_slot_id: OptInt = None
    warehouse_id: OptInt = None
    is_cod: Flag = False
    gift_box_requested: Flag = False
    contains_dangerous_product: Flag = False
    invoice_link: Text = ""
    invoice_number: Text = ""
    invoice_status: Text = ""
    invoice_rejected_reason_keys: Annotated[TextList, BeforeValidator(_split_keys)] = Field(
        default_factory=list
    )
    created_by: Text = ""
    origin_package_ids: IdList = Field(default_factory=list)
    micro: Flag = False
    hs_code: Text = ""
    etgb_no: Text = ""
    etgb_date_ms: OptMs = Field(default=None, alias="etgbDate")
    is_export_partnership: Flag = Field(default=False, alias="3pByTrendyol")
    is_4p: Flag = Field(default=False, alias="is4P")

    @model_validator(mode="before")
    @classmethod
    def _only_new_names(cls, data: Any) -> Any:
        found = _old_names(data, OLD_PACKAGE_NAMES)
        lines = data.get("lines") if isinstance(data, dict) else None
        for line in lines if isinstance(lines, list) else []:
            found += [f"lines.{name}" for name in _old_names(line, OLD_LINE_NAMES)]
        _refuse_old_names(list(dict.fromkeys(found)))
        return data

    @model_validator(mode="after")
    def _lines_must_make_sense(self) -> PackagePayload:
        if not self.lines and self.status not in _STATUSES_WITHOUT_LINES:
            raise PydanticCustomError("no_lines", "the package has no lines")
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise PydanticCustomError("line_twice", "a line id appears twice")
        return self

    @property
    def last_modified_at(self) -> datetime:
        """When Trendyol last changed the package (true epoch); the version of this payload."""
        return exact_moment(self.last_modified_date_ms)

    @property
    def ordered_at(self) -> datetime | None:
        """When the customer ordered. Trendyol's number is three hours ahead (section 4)."""
        return moment(self.order_date_ms, shifted=True)

    @property
    def estimated_delivery_start_at(self) -> datetime | None:
        """Start of the promised delivery window; shifted like `ordered_at`."""
        return moment(self.estimated_delivery_start_date_ms, shifted=True)

    @property
    def estimated_delivery_end_at(self) -> datetime | None:
        """End of the promised delivery window; shifted like `ordered_at`."""
        return moment(self.estimated_delivery_end_date_ms, shifted=True)

    @property
    def origin_shipment_at(self) -> datetime | None:
        """When the order reached this seller (true epoch); differs from `ordered_at` for transfers."""
        return moment(self.origin_shipment_date_ms)

    @property
    def agreed_delivery_at(self) -> datetime | None:
        """The last moment to ship on time (true epoch)."""
        return moment(self.agreed_delivery_date_ms)

    @property
    def etgb_date(self) -> date | None:
        """Day of the customs declaration, in Istanbul; the hour of Trendyol's number means nothing."""
        at = moment(self.etgb_date_ms)
        return None if at is None else (at + ISTANBUL_SHIFT).date()

    @property
    def history(self) -> list[PackageHistory]:
        """The steps, oldest first; Trendyol does not sort them. Steps without a time come first."""
        return sorted(self.package_histories, key=lambda step: step.created_date_ms or 0)

    @property
    def total(self) -> Decimal | None:
        """Net amount of the package; the sum of the lines if the payload leaves it out."""
        if self.package_total_price is not None:
            return self.package_total_price
        totals = [line.total for line in self.lines]
        known = [total for total in totals if total is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(totals) else None
