"""What the sandbox remembers. Money is whole kuruş, times are true epoch milliseconds."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from .product_entities import Sheet

Json = dict[str, Any]

AWAITING, VERIFIED, CREATED, PICKING, INVOICED = "Awaiting", "Verified", "Created", "Picking", "Invoiced"
SHIPPED, AT_COLLECTION_POINT, DELIVERED = "Shipped", "AtCollectionPoint", "Delivered"
UNDELIVERED, RETURNED, CANCELLED = "UnDelivered", "Returned", "Cancelled"
UNSUPPLIED, UNPACKED = "UnSupplied", "UnPacked"

LEGAL_MOVES: dict[str, frozenset[str]] = {
    AWAITING: frozenset({CREATED, CANCELLED}),
    VERIFIED: frozenset({CREATED, CANCELLED}),
    CREATED: frozenset({PICKING, CANCELLED, UNSUPPLIED, UNPACKED, SHIPPED}),
    PICKING: frozenset({INVOICED, CANCELLED, UNSUPPLIED, UNPACKED, SHIPPED}),
    INVOICED: frozenset({SHIPPED, CANCELLED, UNSUPPLIED, UNPACKED}),
    SHIPPED: frozenset({AT_COLLECTION_POINT, DELIVERED, UNDELIVERED}),
    AT_COLLECTION_POINT: frozenset({DELIVERED, UNDELIVERED}),
    UNDELIVERED: frozenset({DELIVERED, RETURNED}),
    DELIVERED: frozenset(),
    RETURNED: frozenset(),
    CANCELLED: frozenset(),
    UNSUPPLIED: frozenset(),
    UNPACKED: frozenset(),
}
NOT_INVOICED, INVOICE_RECEIVED, INVOICE_REJECTED, INVOICE_ACCEPTED = (
    "NotInvoiced",
    "Received",
    "Rejected",
    "Invoiced",
)
STATUSES = frozenset(LEGAL_MOVES)
OPEN_STATUSES = frozenset({CREATED, PICKING, INVOICED})


@dataclass(slots=True)
class Listing:
    """One barcode in the shop window. Quality control decides about a new one at `review_ms`.

    Without `sheet` it was loaded, not created through the API; until its first approval a created one has no
    content.
    """

    barcode: str
    product_main_id: str
    title: str
    colour: str
    size: str
    stock_code: str
    quantity: int
    sale_price: int
    list_price: int
    vat_rate: int
    commission: float
    approved: bool
    archived: bool
    image_url: str
    category: str
    brand: str
    content_id: int
    variant_id: int
    created_ms: int
    modified_ms: int
    stock_modified_ms: int
    price_modified_ms: int
    locked: bool = False
    reject_reason: str = ""
    price_updates: list[int] = field(default_factory=list)
    reject_detail: str = ""
    blacklisted: bool = False
    approved_ms: int | None = None
    archived_ms: int | None = None
    locked_ms: int | None = None
    review_ms: int | None = None
    reviews: int = 0
    sheet: Sheet | None = None

    @property
    def on_sale(self) -> bool:
        stopped = self.archived or self.locked or self.blacklisted
        return self.approved and not stopped and self.quantity > 0

    @classmethod
    def from_json(cls, data: Json) -> Self:
        sheet = data.get("sheet")
        return cls(**{**data, "sheet": Sheet.from_json(sheet)}) if sheet else cls(**data)


@dataclass(slots=True)
class Unit:
    """One pair of a line, with its own price (discountDetails has one entry per unit)."""

    item_id: int
    gross: int
    seller_discount: int
    ty_discount: int

    @property
    def net(self) -> int:
        return self.gross - self.seller_discount - self.ty_discount


@dataclass(slots=True)
class Line:
    """One order line; `lineId` survives splits and partial cancellations."""

    line_id: int
    barcode: str
    units: list[Unit]
    stock_code: str
    content_id: int
    name: str
    colour: str
    size: str
    vat_rate: int
    commission: float
    status: str = ""
    cancelled_by: str = ""
    cancel_reason: str = ""
    cancel_code: int = 0

    @property
    def quantity(self) -> int:
        return len(self.units)


@dataclass(slots=True)
class Package:
    """A shipment package. `due_ms`/`due_status`: the next step it takes by itself.

    `invoice_status` belongs to the uploaded invoice, checked at `invoice_due_ms`. `label_number` is the cargo
    number its label was made for, readable from `label_due_ms`. `archived` ones are only found by number.
    """

    package_id: int
    order_number: str
    shipment_number: int
    status: str
    lines: list[Line]
    histories: list[tuple[int, str]]
    order_ms: int
    last_modified_ms: int
    origin_shipment_ms: int
    agreed_ms: int
    customer: Json
    cargo_provider: str
    cargo_number: int
    created_by: str = "order-creation"
    origin_package_ids: list[int] = field(default_factory=list)
    visible_ms: int = 0
    archived: bool = False
    cargo_changed_ms: int = 0
    cargo_deci: float = 2
    box_quantity: int = 1
    invoice_number: str | None = None
    invoice_link: str = ""
    invoice_status: str = NOT_INVOICED
    invoice_due_ms: int | None = None
    label_number: int = 0
    label_boxes: int = 1
    label_due_ms: int = 0
    commercial: bool = False
    payment_method: str = "Kredi Kartı"
    discount_name: str = ""
    channel_id: int = 1
    internal_status: str = ""
    overrides: Json = field(default_factory=dict)
    due_ms: int | None = None
    due_status: str = ""

    @classmethod
    def from_json(cls, data: Json) -> Self:
        lines = [
            Line(**{**line, "units": [Unit(**unit) for unit in line["units"]]}) for line in data["lines"]
        ]
        histories = [(at_ms, status) for at_ms, status in data["histories"]]
        return cls(**{**data, "lines": lines, "histories": histories})


@dataclass(slots=True)
class BatchItem:
    """One item of a price and stock request, prices in lira as sent. With `reasons` it has failed."""

    barcode: str
    quantity: int | None
    sale_price: float | None
    list_price: float | None
    finished: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """A queued price and stock request; it takes effect at `done_ms`, is unreadable after `expires_ms`."""

    batch_id: str
    created_ms: int
    done_ms: int
    expires_ms: int
    modified_ms: int
    items: list[BatchItem]

    @property
    def finished(self) -> bool:
        return all(item.finished for item in self.items)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**{**data, "items": [BatchItem(**item) for item in data["items"]]})


@dataclass(frozen=True, slots=True)
class ClaimEvent:
    """One status change of a returned unit; `app` is the executorApp that made it."""

    at_ms: int
    previous: str
    status: str
    app: str


@dataclass(slots=True)
class ClaimUnit:
    """One returned unit; a claim has no status of its own. At `due_ms` it moves on by itself."""

    claim_item_id: str
    line_id: int
    item_id: int
    reason_id: int
    customer_note: str
    status: str = "Created"
    note: str = ""
    auto_accepted: bool = False
    accepted_by_seller: bool = False
    accept_detail: str | None = None
    auto_approve_ms: int | None = None
    issue_reason_id: int | None = None
    due_ms: int | None = None
    events: list[ClaimEvent] = field(default_factory=list)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**{**data, "events": [ClaimEvent(**event) for event in data.get("events", ())]})


@dataclass(slots=True)
class ClaimParcel:
    """A parcel to the customer that belongs to a claim: the exchange, or a refused return going back."""

    package_id: int
    cargo_number: int
    sender_number: str
    item_ids: list[str]


@dataclass(slots=True)
class Claim:
    """A customer's return. `package_id` is the package that was sent, `return_package_id` the way back.

    `replacement` is the parcel of an exchange, `rejected` the refused units on their way back to the customer.
    """

    claim_id: str
    package_id: int
    return_package_id: int
    claim_ms: int
    last_modified_ms: int
    cargo_number: int
    units: list[ClaimUnit]
    due_ms: int | None = None
    replacement: ClaimParcel | None = None
    rejected: ClaimParcel | None = None

    @classmethod
    def from_json(cls, data: Json) -> Self:
        parcels = {name: ClaimParcel(**data[name]) for name in ("replacement", "rejected") if data.get(name)}
        units = [ClaimUnit.from_json(unit) for unit in data["units"]]
        return cls(**{**data, **parcels, "units": units})


@dataclass(frozen=True, slots=True)
class StockEntry:
    """One change of what is for sale: signed `change`, `quantity` afterwards, and why."""

    at_ms: int
    change: int
    quantity: int
    cause: str


@dataclass(slots=True)
class SeenBody:
    """An accepted price and stock body, kept for the 15-minute rule."""

    digest: str
    at_ms: int


def to_json(entity: Any) -> Json:
    """Plain JSON data of any of the dataclasses above."""
    return asdict(entity)


def kurus(value: float) -> int:
    """Lira to whole kuruş."""
    return round(value * 100)


def lira(value: int) -> float:
    """Kuruş to the number Trendyol writes."""
    return value / 100
