"""Products: price and stock out, batch results and listings in (contract sections 8.9 to 8.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from integrations.trendyol.client.reading import (
    REACH,
    check_count,
    check_size,
    envelope,
    joined,
    page_fields,
    require,
    segment,
)
from integrations.trendyol.client.results import InventoryItem, ProductsPage, inventory_body
from integrations.trendyol.client.transport import Call, Query, Transport
from integrations.trendyol.client.wire import NotJson, decode_json
from integrations.trendyol.errors import OutcomeUnknown, SchemaChanged
from integrations.trendyol.schemas import BatchResult, ProductBase, explain

MAX_PUSH_ITEMS: Final = 1000
MAX_APPROVED_SIZE: Final = 100
MAX_UNAPPROVED_SIZE: Final = 1000
MAX_BARCODES: Final = 50
_LISTINGS: Final = {
    "products.approved": ("/products/approved", MAX_APPROVED_SIZE),
    "products.inventory_and_price": ("/products/approved/inventory-and-price", MAX_APPROVED_SIZE),
    "products.unapproved": ("/products/unapproved", MAX_UNAPPROVED_SIZE),
}


class ProductCalls:
    """Methods of the product and inventory services."""

    _transport: Transport

    def push_price_and_inventory(self, items: Sequence[InventoryItem]) -> str:
        """Send prices and stock of up to 1000 barcodes; return the batchRequestId (contract section 8.9).

        Accepted only means queued: store the id first, then read the batch result. Sent once. Raises
        RepeatedRequest for an identical body within 15 minutes, OutcomeUnknown when the request may have
        been queued (also when the answer came without an id).
        """
        endpoint = "inventory.push"
        check_count(items, limit=MAX_PUSH_ITEMS, endpoint=endpoint, what="items")
        distinct = len({item.barcode for item in items}) == len(items)
        require(distinct, endpoint=endpoint, detail="a barcode appears twice")
        path = f"/integration/inventory/sellers/{self._transport.seller_id}/products/price-and-inventory"
        reply = self._transport.write(Call(endpoint, "POST", path, body=inventory_body(items)))
        batch_id = batch_request_id(reply.body)
        if not batch_id:
            raise OutcomeUnknown(endpoint=endpoint, status=reply.status, detail="an answer without batch id")
        return batch_id

    def get_batch_result(self, batch_request_id: str) -> BatchResult:
        """Read what became of a queued write; Trendyol keeps it for four hours (contract section 8.10).

        Raises TrendyolError; SchemaChanged when the envelope does not fit.
        """
        endpoint = "products.batch_result"
        part = segment(batch_request_id, endpoint=endpoint)
        data = self._get(endpoint, f"/products/batch-requests/{part}")
        try:
            return BatchResult.model_validate(data)
        except ValidationError as error:
            raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None

    def product_base(self, barcode: str) -> ProductBase:
        """Read whether one barcode is known, approved and archived (contract section 8.11).

        Raises Rejected with key ``product.not.found`` for an unknown barcode.
        """
        endpoint = "products.base"
        data = self._get(endpoint, f"/product/{segment(barcode, endpoint=endpoint)}")
        try:
            return ProductBase.model_validate(data)
        except ValidationError as error:
            raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None

    def approved_products(
        self,
        *,
        page: int = 0,
        size: int = MAX_APPROVED_SIZE,
        next_page_token: str | None = None,
        barcodes: Sequence[str] | None = None,
        **filters: str | int | None,
    ) -> ProductsPage:
        """Read one page of approved contents with their variants (contract section 8.11).

        Past 10,000 contents pass `next_page_token` of the page before; `page` is then left out. `filters` are
        Trendyol's own query names: startDate, endDate, dateQueryType, status, stockCode, productMainId,
        contentId, orderByDirection. Raises TrendyolError.
        """
        return self._listing(
            "products.approved",
            {**filters, **_barcodes(barcodes, endpoint="products.approved")},
            page=page,
            size=size,
            token=next_page_token,
        )

    def approved_inventory_and_price(
        self,
        *,
        page: int = 0,
        size: int = MAX_APPROVED_SIZE,
        next_page_token: str | None = None,
        barcodes: Sequence[str] | None = None,
        **filters: str | int | None,
    ) -> ProductsPage:
        """Read one page of Trendyol's own stock and prices, for reconciliation; like `approved_products`."""
        return self._listing(
            "products.inventory_and_price",
            {**filters, **_barcodes(barcodes, endpoint="products.inventory_and_price")},
            page=page,
            size=size,
            token=next_page_token,
        )

    def unapproved_products(
        self,
        *,
        page: int = 0,
        size: int = MAX_UNAPPROVED_SIZE,
        next_page_token: str | None = None,
        **filters: str | int | None,
    ) -> ProductsPage:
        """Read one page of products in or refused by quality control, one record per barcode.

        `filters` are Trendyol's own query names: barcode, startDate, endDate, dateQueryType, status,
        stockCode, productMainId. Raises TrendyolError.
        """
        return self._listing("products.unapproved", filters, page=page, size=size, token=next_page_token)

    def _listing(
        self, endpoint: str, query: Query, *, page: int, size: int, token: str | None
    ) -> ProductsPage:
        path, limit = _LISTINGS[endpoint]
        check_size(size, limit=limit, endpoint=endpoint)
        data = self._get(endpoint, path, {**query, **_place(page, size, token, endpoint=endpoint)})
        next_token = data.get("nextPageToken")
        # A page reached by token has no number.
        numbered = {**data, "page": data["page"] if data.get("page") is not None else page}
        return ProductsPage(
            **page_fields(numbered, endpoint=endpoint),
            next_page_token=str(next_token) if next_token else None,
        )

    def _get(self, endpoint: str, path: str, query: Query | None = None) -> Mapping[str, Any]:
        root = f"/integration/product/sellers/{self._transport.seller_id}"
        data = self._transport.read(Call(endpoint, "GET", f"{root}{path}", query or {}))
        return envelope(data, endpoint=endpoint)


def _place(page: int, size: int, token: str | None, *, endpoint: str) -> dict[str, str | int | None]:
    if token:
        return {"size": size, "nextPageToken": token}
    reachable = page >= 0 and page * size <= REACH
    require(reachable, endpoint=endpoint, detail=f"past {REACH} records the page token is needed")
    return {"page": page, "size": size}


def _barcodes(barcodes: Sequence[str] | None, *, endpoint: str) -> dict[str, str | int | None]:
    check_count(barcodes, limit=MAX_BARCODES, endpoint=endpoint, what="barcodes")
    return {"barcodes": joined(barcodes)}


def batch_request_id(body: bytes) -> str:
    """The number of a queued write; empty when the answer does not tell one."""
    try:
        data = decode_json(body)
    except NotJson:
        return ""
    value = data.get("batchRequestId") if isinstance(data, dict) else None
    return value.strip() if isinstance(value, str) else ""
