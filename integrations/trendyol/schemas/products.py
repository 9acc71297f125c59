"""Products as Trendyol lists them, and the results of queued writes (contract sections 8.10 and 8.11)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from integrations.trendyol.schemas.base import (
    AsList,
    AsObject,
    Count,
    Flag,
    Id,
    OptFlag,
    OptInt,
    OptMoney,
    OptMs,
    Payload,
    RequiredText,
    Spellings,
    Text,
    TextList,
    moment,
)

SUCCESS: Final = "SUCCESS"
FAILED: Final = "FAILED"
_IN_PROGRESS: Final = "IN_PROGRESS"
_EXPIRY = re.compile(r"-([1-9][0-9]{9})$")


class NamedRef(Payload):
    """A brand or a category."""

    id: OptInt = None
    name: Text = ""


class Image(Payload):
    """The address of a picture."""

    url: Text = ""


def _as_images(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [{"url": item} if isinstance(item, str) else item for item in value]


Images = Annotated[list[Image], AsList, BeforeValidator(_as_images)]


class Attribute(Payload):
    """A product attribute. Without `attribute_value_id` the value is free text."""

    spellings: ClassVar[Spellings] = {"attributeValue": ("attributeValueName",)}

    attribute_id: OptInt = None
    attribute_name: Text = ""
    attribute_value_id: OptInt = None
    attribute_value: Text = ""


Attributes = Annotated[list[Attribute], AsList]


class Stock(Payload):
    """Saleable stock. A missing quantity is unknown, never zero."""

    quantity: OptInt = None
    last_modified_date_ms: OptMs = Field(default=None, alias="lastModifiedDate")


class Price(Payload):
    """Prices in TRY."""

    sale_price: OptMoney = None
    list_price: OptMoney = None
    price_seen_by_customer: OptMoney = None


class DeliveryOption(Payload):
    """Days until the product ships: 0 today, 1 tomorrow at the latest."""

    delivery_duration: OptInt = None


class InventoryVariant(Payload):
    """One barcode of the short listing."""

    barcode: RequiredText
    variant_id: OptInt = None
    stock_code: Text = ""
    stock: Annotated[Stock, AsObject] = Field(default_factory=Stock)
    price: Annotated[Price, AsObject] = Field(default_factory=Price)

    @property
    def quantity(self) -> int | None:
        """What Trendyol sells now; None when it does not say."""
        return self.stock.quantity

    @property
    def sale_price(self) -> Decimal | None:
        """The price without campaigns."""
        return self.price.sale_price

    @property
    def list_price(self) -> Decimal | None:
        """The struck-through price."""
        return self.price.list_price


class InventoryContent(Payload):
    """A content of the short listing (inventory-and-price)."""

    content_id: Id
    variants: Annotated[list[InventoryVariant], AsList] = Field(default_factory=list)


class Variant(InventoryVariant):
    """One barcode of an approved product. `commission` is a rate in percent."""

    spellings: ClassVar[Spellings] = {"deliveryOption": ("deliveryOptions",)}

    supplier_id: OptInt = None
    commission: OptMoney = None
    attributes: Attributes = Field(default_factory=list)
    product_url: Text = ""
    on_sale: OptFlag = None
    channels: TextList = Field(default_factory=list)
    delivery_option: Annotated[DeliveryOption, AsObject] = Field(default_factory=DeliveryOption)
    origin: Text = ""
    vat_rate: OptMoney = None
    dimensional_weight: OptMoney = None
    location_based_delivery: Text = ""
    seller_created_date_ms: OptMs = Field(default=None, alias="sellerCreatedDate")
    seller_modified_date_ms: OptMs = Field(default=None, alias="sellerModifiedDate")
    locked: Flag = False
    lock_reason: Text = ""
    lock_date_ms: OptMs = Field(default=None, alias="lockDate")
    archived: Flag = False
    archived_date_ms: OptMs = Field(default=None, alias="archivedDate")
    doc_needed: Flag = False
    has_violation: Flag = False
    blacklisted: Flag = False
    cargo_providers: TextList = Field(default_factory=list)


class ApprovedProduct(Payload):
    """A content card (one colour of a model) with its variants (sizes)."""

    spellings: ClassVar[Spellings] = {"images": ("media",)}

    content_id: Id
    product_main_id: Text = ""
    brand: Annotated[NamedRef, AsObject] = Field(default_factory=NamedRef)
    category: Annotated[NamedRef, AsObject] = Field(default_factory=NamedRef)
    title: Text = ""
    description: Text = ""
    images: Images = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=list)
    variants: Annotated[list[Variant], AsList] = Field(default_factory=list)
    creation_date_ms: OptMs = Field(default=None, alias="creationDate")
    last_modified_date_ms: OptMs = Field(default=None, alias="lastModifiedDate")

    @property
    def last_modified_at(self) -> datetime | None:
        """When the content last changed."""
        return moment(self.last_modified_date_ms)


class RejectReason(Payload):
    """Why quality control refused a product."""

    reject_reason: Text = ""
    reject_reason_detail: Text = ""


class UnapprovedProduct(Payload):
    """A product before approval; its price and stock cannot be changed through the API."""

    spellings: ClassVar[Spellings] = {"images": ("media",), "deliveryOption": ("deliveryOptions",)}

    barcode: RequiredText
    status: Text = ""
    supplier_id: OptInt = None
    product_main_id: Text = ""
    brand: Annotated[NamedRef, AsObject] = Field(default_factory=NamedRef)
    category: Annotated[NamedRef, AsObject] = Field(default_factory=NamedRef)
    title: Text = ""
    description: Text = ""
    quantity: OptInt = None
    list_price: OptMoney = None
    sale_price: OptMoney = None
    vat_rate: OptMoney = None
    dimensional_weight: OptMoney = None
    stock_code: Text = ""
    origin: Text = ""
    images: Images = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=list)
    reject_reasons: Annotated[list[RejectReason], AsList] = Field(
        default_factory=list, alias="rejectReasonDetails"
    )
    cargo_providers: TextList = Field(default_factory=list)
    doc_needed: Flag = False
    location_based_delivery: Text = ""
    lot_number: Text = ""
    create_date_ms: OptMs = Field(default=None, alias="createDateTime")
    last_update_date_ms: OptMs = Field(default=None, alias="lastUpdateDate")


class ProductBase(Payload):
    """Where one barcode stands."""

    barcode: RequiredText
    approved: Flag = False
    archived: Flag = False
    content_id: OptInt = None
    listing_id: Text = ""
    approved_date_ms: OptMs = Field(default=None, alias="approvedDate")

    @property
    def approved_at(self) -> datetime | None:
        """When quality control approved it."""
        return moment(self.approved_date_ms)


class BatchItem(Payload):
    """The result of one item. `failure_reasons` are free Turkish texts; there is no list of codes."""

    status: RequiredText
    failure_reasons: TextList = Field(default_factory=list)
    request_item: Annotated[dict[str, Any], AsObject] = Field(default_factory=dict)

    @property
    def barcode(self) -> str:
        """The barcode, which sits at a different depth for each type; empty for content updates."""
        item = self.request_item
        for holder in (item, item.get("product"), item.get("updateRequest"), item.get("request")):
            if isinstance(holder, dict) and holder.get("barcode"):
                return str(holder["barcode"])
        return ""

    @property
    def quantity(self) -> int | None:
        """The quantity of a price and stock item; None if it was not part of the request."""
        value = self.request_item.get("quantity")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def succeeded(self) -> bool:
        """Whether Trendyol carried the item out."""
        return self.status == SUCCESS


class BatchResult(Payload):
    """What became of a queued write. Price and stock results have no `status` of their own."""

    batch_request_id: Text = ""
    status: Text = ""
    item_count: Count
    items: Annotated[list[BatchItem], AsList] = Field(default_factory=list)
    failed_item_count: OptInt = None
    creation_at_ms: OptMs = Field(default=None, alias="creationDate")
    last_modification_ms: OptMs = Field(default=None, alias="lastModification")
    batch_request_type: Text = ""
    source_type: Text = ""

    @property
    def running(self) -> bool:
        """Whether it says of itself that it is not done."""
        return self.status == _IN_PROGRESS

    @property
    def finished(self) -> bool:
        """Whether every announced item has its verdict; COMPLETED alone does not say so, nor success.

        Not finished also covers a result whose items are gone, after Trendyol's four hours.
        """
        if self.running:
            return False
        decided = all(item.status in (SUCCESS, FAILED) for item in self.items)
        if self.item_count == 0:
            return bool(self.status) and decided
        return decided and len(self.items) >= self.item_count

    @property
    def created_at(self) -> datetime | None:
        """When Trendyol queued the write (true epoch)."""
        return moment(self.creation_at_ms)

    @property
    def expires_at(self) -> datetime | None:
        """Until when the result can be read, if the id tells (section 4); else None."""
        found = _EXPIRY.search(self.batch_request_id)
        return datetime.fromtimestamp(int(found[1]), tz=UTC) if found else None
