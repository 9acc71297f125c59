"""Claims: a customer's return, with one record per unit (contract section 9.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from integrations.trendyol.schemas.base import (
    AsList,
    AsObject,
    Flag,
    Id,
    LongNumber,
    OptInt,
    OptMoney,
    OptMs,
    Payload,
    RequiredMs,
    RequiredText,
    Spellings,
    Text,
    exact_moment,
    is_empty,
    moment,
)


def _none_if_empty(value: Any) -> Any:
    return None if is_empty(value) else value


def _status_name(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


class ClaimReason(Payload):
    """Why a unit comes back. The numbers mean something else in the list of refusal reasons."""

    id: OptInt = None
    name: Text = ""
    external_reason_id: OptInt = None
    code: Text = ""


class ClaimItem(Payload):
    """One unit of a claim, with its own status (an open set of names); there is no status of the claim."""

    id: RequiredText
    status: Annotated[RequiredText, BeforeValidator(_status_name)] = Field(alias="claimItemStatus")
    order_line_item_id: Text = ""
    customer_reason: Annotated[ClaimReason, AsObject] = Field(
        default_factory=ClaimReason, alias="customerClaimItemReason"
    )
    trendyol_reason: Annotated[ClaimReason, AsObject] = Field(
        default_factory=ClaimReason, alias="trendyolClaimItemReason"
    )
    note: Text = ""
    customer_note: Text = ""
    resolved: Flag = False
    auto_accepted: Flag = False
    accepted_by_seller: Flag = False
    accept_detail: Text = ""
    auto_approve_date_ms: OptMs = Field(default=None, alias="autoApproveDate")

    @property
    def auto_approve_at(self) -> datetime | None:
        """When Trendyol accepts it by itself (read as true epoch)."""
        return moment(self.auto_approve_date_ms)


class ClaimOrderLine(Payload):
    """The order line a claim is about. The old field names live on here."""

    spellings: ClassVar[Spellings] = {"id": ("lineId",), "merchantSku": ("stockCode",)}

    line_id: OptInt = Field(default=None, alias="id")
    barcode: Text = ""
    stock_code: Text = Field(default="", alias="merchantSku")
    product_name: Text = ""
    product_color: Text = ""
    product_size: Text = ""
    product_category: Text = ""
    price: OptMoney = None
    vat_rate: OptMoney = None
    sales_campaign_id: OptInt = None


class ClaimLine(Payload):
    """An order line with its returned units."""

    order_line: Annotated[ClaimOrderLine, AsObject] = Field(default_factory=ClaimOrderLine)
    claim_items: Annotated[list[ClaimItem], AsList] = Field(default_factory=list)


class ClaimPackage(Payload):
    """A parcel that belongs to a claim: the exchange on its way, or the refused return going back."""

    spellings: ClassVar[Spellings] = {"packageId": ("packageid",)}

    package_id: OptInt = None
    cargo_tracking_number: LongNumber = ""
    cargo_tracking_link: Text = ""
    cargo_sender_number: Text = ""
    cargo_provider_name: Text = ""
    dont_ship_back: Flag = False


OptionalPackage = Annotated[ClaimPackage | None, BeforeValidator(_none_if_empty)]


class ClaimPayload(Payload):
    """A claim. Raises ValidationError without claim id, order number, or a unit's id or status."""

    spellings: ClassVar[Spellings] = {
        "claimId": ("id",),
        "replacementOutboundPackageInfo": (),
        "rejectedPackageInfo": (),
    }

    claim_id: RequiredText
    order_number: RequiredText
    items: Annotated[list[ClaimLine], AsList] = Field(default_factory=list)
    order_date_ms: OptMs = Field(default=None, alias="orderDate")
    claim_date_ms: OptMs = Field(default=None, alias="claimDate")
    last_modified_date_ms: OptMs = Field(default=None, alias="lastModifiedDate")
    customer_first_name: Text = ""
    customer_last_name: Text = ""
    cargo_tracking_number: LongNumber = ""
    cargo_tracking_link: Text = ""
    cargo_sender_number: Text = ""
    cargo_provider_name: Text = ""
    return_package_id: OptInt = Field(default=None, alias="orderShipmentPackageId")
    outbound_package_id: OptInt = Field(default=None, alias="orderOutboundPackageId")
    replacement_package: OptionalPackage = Field(default=None, alias="replacementOutboundPackageInfo")
    rejected_package: OptionalPackage = Field(default=None, alias="rejectedPackageInfo")
    channel_id: OptInt = None

    @property
    def claimed_at(self) -> datetime | None:
        """When the customer asked for the return (true epoch)."""
        return moment(self.claim_date_ms)

    @property
    def last_modified_at(self) -> datetime | None:
        """When Trendyol last changed the claim (read as true epoch)."""
        return moment(self.last_modified_date_ms)


class IssueReason(Payload):
    """A reason for refusing a return (contract section 9.4)."""

    id: Id
    name: RequiredText


class ClaimActor(Payload):
    """Who changed a returned unit. `executor_app` names the door: the API, the seller's panel, the customer."""

    executor_id: Text = ""
    executor_app: Text = ""


class ClaimAuditEntry(Payload):
    """One status change of a returned unit (contract section 9.5)."""

    claim_id: Text = ""
    claim_item_id: Text = ""
    previous_status: Text = ""
    new_status: RequiredText
    actor: Annotated[ClaimActor, AsObject] = Field(default_factory=ClaimActor, alias="userInfoDocument")
    date_ms: RequiredMs = Field(alias="date")

    @property
    def changed_at(self) -> datetime:
        """When it changed (true epoch)."""
        return exact_moment(self.date_ms)
