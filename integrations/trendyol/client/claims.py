"""Claims, the customers' returns: reading, accepting, refusing (contract section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from gullu.http import FilePart, multipart
from integrations.trendyol.client.reading import (
    check_size,
    envelope,
    joined,
    page_fields,
    require,
    segment,
)
from integrations.trendyol.client.results import ClaimsPage
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.client.wire import canonical_json
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.schemas import ClaimAuditEntry, IssueReason, Payload, explain

MAX_CLAIMS_SIZE: Final = 200
CLAIMS_REACH: Final = 500
"""Records of one claims query that can be read at all; with `total_elements` here, halve the window."""
MAX_ISSUE_DESCRIPTION: Final = 500

M = TypeVar("M", bound=Payload)


class ClaimCalls:
    """Methods of the claim service."""

    _transport: Transport

    def get_claims(
        self,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        page: int = 0,
        size: int = MAX_CLAIMS_SIZE,
        claim_ids: Sequence[str] | None = None,
        status: str | None = None,
        order_number: str | None = None,
    ) -> ClaimsPage:
        """Read one page of claims; `claim_ids` overrides every other filter (contract section 9.1).

        Times are epoch milliseconds. `content: null` means none. Raises TrendyolError.
        """
        endpoint = "claims.list"
        check_size(size, limit=MAX_CLAIMS_SIZE, endpoint=endpoint)
        in_order = start_ms is None or end_ms is None or start_ms <= end_ms
        require(in_order, endpoint=endpoint, detail="the window ends before it starts")
        require(page >= 0, endpoint=endpoint, detail="the page is negative")
        query = {
            "startDate": start_ms,
            "endDate": end_ms,
            "page": page,
            "size": size,
            "claimIds": joined(claim_ids) or None,
            "claimItemStatus": status,
            "orderNumber": order_number,
        }
        path = self._claims_path()
        data = envelope(self._transport.read(Call(endpoint, "GET", path, query)), endpoint=endpoint)
        return ClaimsPage(**page_fields(data, endpoint=endpoint))

    def approve_claim_items(self, *, claim_id: str, unit_ids: Sequence[str]) -> None:
        """Accept returned units of one claim (contract section 9.2). Only while they are WaitingInAction.

        Five calls a minute: send all units of a claim in one call. Sent once. Raises Rejected, OutcomeUnknown,
        and RateLimited without waiting when the five are used up.
        """
        endpoint = "claims.approve"
        require(bool(unit_ids), endpoint=endpoint, detail="at least one unit is needed")
        path = f"{self._claims_path()}/{segment(claim_id, endpoint=endpoint)}/items/approve"
        body = canonical_json({"claimLineItemIdList": list(unit_ids), "params": {}})
        self._transport.tell(Call(endpoint, "PUT", path, body=body))

    def create_claim_issue(
        self,
        *,
        claim_id: str,
        reason_id: int,
        unit_ids: Sequence[str],
        description: str,
        files: Sequence[FilePart] = (),
    ) -> None:
        """Refuse returned units of one claim (contract section 9.3). Only while they are WaitingInAction.

        `reason_id` is one of `claim_issue_reasons`, `description` at most 500 characters; nearly every reason
        wants a file. Five calls a minute; sent once; raises like `approve_claim_items`.
        """
        endpoint = "claims.issue"
        require(bool(unit_ids), endpoint=endpoint, detail="at least one unit is needed")
        short = len(description) <= MAX_ISSUE_DESCRIPTION
        require(short, endpoint=endpoint, detail="the description is longer than 500 characters")
        query = {
            "claimIssueReasonId": reason_id,
            "claimItemIdList": joined(unit_ids),
            "description": description,
        }
        path = f"{self._claims_path()}/{segment(claim_id, endpoint=endpoint)}/issue"
        self._transport.tell(Call(endpoint, "POST", path, query, body=multipart({}, files)))

    def claim_issue_reasons(self) -> list[IssueReason]:
        """Read the reasons a return can be refused with, as they are now (contract section 9.4)."""
        endpoint = "claims.reasons"
        return self._list(IssueReason, endpoint, "/integration/order/claim-issue-reasons")

    def claim_audit(self, unit_id: str) -> list[ClaimAuditEntry]:
        """Read what happened to one returned unit, oldest first (contract section 9.5)."""
        endpoint = "claims.audit"
        path = f"{self._claims_path()}/items/{segment(unit_id, endpoint=endpoint)}/audit"
        return sorted(self._list(ClaimAuditEntry, endpoint, path), key=lambda entry: entry.date_ms)

    def _claims_path(self) -> str:
        return f"/integration/order/sellers/{self._transport.seller_id}/claims"

    def _list(self, model: type[M], endpoint: str, path: str) -> list[M]:
        data: Any = self._transport.read(Call(endpoint, "GET", path))
        if not isinstance(data, list):
            raise SchemaChanged(endpoint=endpoint, detail="the answer is no list")
        try:
            return [model.model_validate(row) for row in data]
        except ValidationError as error:
            raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None
