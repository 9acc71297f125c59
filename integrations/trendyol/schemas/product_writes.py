"""What Trendyol says of changes it was asked for: quality control of cards, and the buybox (sections 8.12 and 8.13)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from integrations.trendyol.schemas.base import AsList, Flag, OptInt, OptMoney, Payload, RequiredText, Text

RUNNING: Final = "RUNNING"
FAIL: Final = "FAIL"


class AuditReason(Payload):
    """Why a part of a change was refused; free Turkish texts."""

    type: Text = ""
    reason: Text = ""
    detail: Text = ""


class AuditUpdate(Payload):
    """One part of a change: TITLE, DESCRIPTION, MEDIA or ATTRIBUTE; SUCCESS, FAIL or RUNNING."""

    type: RequiredText
    status: RequiredText
    reject_reasons: Annotated[list[AuditReason], AsList] = Field(default_factory=list)


class UpdateAudit(Payload):
    """A change of a card before quality control, with the batch that asked for it."""

    barcode: Text = ""
    content_id: OptInt = None
    batch_request_id: Text = ""
    updates: Annotated[list[AuditUpdate], AsList] = Field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether some part is not judged; so is a change without parts."""
        return not self.updates or any(part.status == RUNNING for part in self.updates)

    @property
    def refused(self) -> list[AuditUpdate]:
        """The parts that were judged and did not become true."""
        return [part for part in self.updates if part.status == FAIL]


class BuyboxRow(Payload):
    """Who sells a barcode cheapest. `buybox_order` 1 is us; prices in TRY."""

    barcode: RequiredText
    buybox_order: OptInt = None
    buybox_price: OptMoney = None
    has_multiple_seller: Flag = False
    second_buybox_price: OptMoney = None
    third_buybox_price: OptMoney = None
