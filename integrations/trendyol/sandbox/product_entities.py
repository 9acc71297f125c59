"""What the sandbox remembers of products besides price and stock: sheets, queued writes, audits of updates."""

from dataclasses import dataclass, field
from typing import Any, Self

CREATE, UPDATE_UNAPPROVED, UPDATE_CONTENT, UPDATE_VARIANT, UPDATE_DELIVERY = (
    "ProductV2OnBoarding",
    "ProductV2Update",
    "ApprovedProductContentUpdate",
    "ApprovedProductVariantUpdate",
    "ProductDeliveryOptionUpdate",
)
ARCHIVE, DELETE, UNLOCK = "ProductArchiveUpdate", "ProductDeletion", "ProductUnlockUpdate"
RUNNING, AUDIT_SUCCESS, AUDIT_FAIL = "RUNNING", "SUCCESS", "FAIL"


@dataclass(slots=True)
class ListedAttribute:
    """One attribute value of a listing; without `value_id` it is free text."""

    attribute_id: int
    name: str
    value_id: int | None
    text: str
    slicer: bool = False
    varianter: bool = False


@dataclass(slots=True)
class Sheet:
    """What the seller told about a listing besides its names, price and stock. Weights in desi."""

    description: str
    images: list[str]
    attributes: list[ListedAttribute]
    origin: str | None = "TR"
    dimensional_weight: float | None = 2
    cargo_providers: list[str] = field(default_factory=lambda: ["TEXMP"])
    channels: list[str] = field(default_factory=lambda: ["CORE"])
    delivery_duration: int | None = 1
    lot_number: str | None = None
    shipment_address_id: int | None = None
    returning_address_id: int | None = None
    location_based_delivery: str | None = "DISABLED"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        attributes = [ListedAttribute(**part) for part in data["attributes"]]
        return cls(**{**data, "attributes": attributes})


@dataclass(slots=True)
class WriteItem:
    """One item of a queued write, as sent. With `reasons` it has failed."""

    request: dict[str, Any]
    finished: bool = False
    reasons: list[str] = field(default_factory=list)
    log_id: str = ""


@dataclass(slots=True)
class WriteBatch:
    """A queued product write of one kind (contract section 8.10)."""

    batch_id: str
    kind: str
    created_ms: int
    done_ms: int
    expires_ms: int
    modified_ms: int
    items: list[WriteItem]

    @property
    def finished(self) -> bool:
        return all(item.finished for item in self.items)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "items": [WriteItem(**item) for item in data["items"]]})


@dataclass(slots=True)
class AuditUpdate:
    """One part of a content update before quality control; `changed` becomes true only on SUCCESS."""

    kind: str
    changed: Any
    existing: Any
    status: str = RUNNING
    completed_ms: int | None = None
    reason: str = ""
    detail: str = ""


@dataclass(slots=True)
class Audit:
    """A content update before quality control (contract section 8.12). Decided by itself at `due_ms`."""

    audit_id: int
    content_id: int
    barcode: str
    batch_id: str
    requested_ms: int
    updates: list[AuditUpdate]
    due_ms: int | None = None

    @property
    def running(self) -> bool:
        return any(update.status == RUNNING for update in self.updates)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "updates": [AuditUpdate(**part) for part in data["updates"]]})


@dataclass(frozen=True, slots=True)
class BrandName:
    """A brand that a seed or the seller brought."""

    name: str
