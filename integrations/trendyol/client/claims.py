"""Claims, the customers' returns (contract section 9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from integrations.trendyol.client.reading import check_size, envelope, joined, page_fields, require
from integrations.trendyol.client.results import ClaimsPage
from integrations.trendyol.client.transport import Call, Transport

MAX_CLAIMS_SIZE: Final = 200
CLAIMS_REACH: Final = 500
"""Records of one claims query that can be read at all; with `total_elements` here, halve the window."""


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
        path = f"/integration/order/sellers/{self._transport.seller_id}/claims"
        data = envelope(self._transport.read(Call(endpoint, "GET", path, query)), endpoint=endpoint)
        return ClaimsPage(**page_fields(data, endpoint=endpoint))
