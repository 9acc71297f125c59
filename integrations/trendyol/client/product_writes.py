"""Telling about products: list, change, archive, delete, and what quality control says (contract section 8).

Prices go out with stock (`client.products`). Items are objects as the contract writes them; whoever builds them knows
the rules of a field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from integrations.trendyol.client.products import batch_request_id
from integrations.trendyol.client.reading import check_count, check_size, envelope, records, require
from integrations.trendyol.client.results import RawRecord
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.client.wire import NotJson, canonical_json, decode_json
from integrations.trendyol.errors import OutcomeUnknown, SchemaChanged
from integrations.trendyol.schemas import BuyboxRow, explain

MAX_PRODUCT_ITEMS: Final = 1000
MAX_BUYBOX_BARCODES: Final = 10
MAX_AUDITS_SIZE: Final = 1000

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditsPage:
    """One page of raw entries of quality control for one card, newest first."""

    content: list[RawRecord]
    total_pages: int
    page: int


class ProductWriteCalls:
    """Methods of the product service that change something. All are sent once, at most 1000 items a call.

    Each returns the batchRequestId: accepted only means queued, so store it before anything else, then read the batch
    result (section 8.10). Each raises Rejected when the request as a whole is refused, OutcomeUnknown when it may have
    been queued (also when the answer came without an id).
    """

    _transport: Transport

    def create_products(self, items: Sequence[Item]) -> str:
        """List new barcodes (contract section 8.4). Attributes in the singular pair."""
        root = f"/integration/product/sellers/{self._transport.seller_id}/v2/products"
        return self._queue("products.create", "POST", root, items, key="barcode")

    def update_unapproved_products(self, items: Sequence[Item]) -> str:
        """Correct barcodes that are not approved: no price and no stock (contract section 8.5)."""
        path = self._products("/unapproved-bulk-update")
        return self._queue("products.update_unapproved", "POST", path, items, key="barcode")

    def update_product_contents(self, items: Sequence[Item]) -> str:
        """Change approved cards by `contentId` (contract section 8.6). SUCCESS means "entered quality control"."""
        path = self._products("/content-bulk-update")
        return self._queue("products.update_content", "POST", path, items, key="contentId")

    def update_product_variants(self, items: Sequence[Item]) -> str:
        """Change the data of approved barcodes (contract section 8.7). Every field must be sent."""
        path = self._products("/variant-bulk-update")
        return self._queue("products.update_variant", "POST", path, items, key="barcode")

    def update_product_deliveries(self, items: Sequence[Item]) -> str:
        """Change how soon barcodes ship (contract section 8.8); the request says `deliveryOptions`."""
        path = self._products("/delivery-info-bulk-update")
        return self._queue("products.update_delivery", "POST", path, items, key="barcode")

    def archive_products(self, items: Sequence[Item]) -> str:
        """Archive barcodes or bring them back, by `archived` of each (contract section 8.13)."""
        path = self._products("/archive-state")
        return self._queue("products.archive", "PUT", path, items, key="barcode")

    def unlock_products(self, barcodes: Sequence[str]) -> str:
        """Unlock barcodes that were locked for their price or for failures to supply (contract section 8.13)."""
        items = [{"barcode": barcode} for barcode in barcodes]
        return self._queue("products.unlock", "PUT", self._products("/unlock"), items, key="barcode")

    def delete_products(self, barcodes: Sequence[str]) -> str:
        """Delete barcodes for ever: unapproved ones, or after more than a day in the archive (section 8.13)."""
        items = [{"barcode": barcode} for barcode in barcodes]
        return self._queue("products.delete", "DELETE", self._products(""), items, key="barcode")

    def update_audits(self, content_id: int, *, page: int = 0, size: int = MAX_AUDITS_SIZE) -> AuditsPage:
        """Read one page of what quality control says of changes of a card (contract section 8.12)."""
        endpoint = "products.audits"
        check_size(size, limit=MAX_AUDITS_SIZE, endpoint=endpoint)
        require(page >= 0, endpoint=endpoint, detail="the page is negative")
        path = self._products(f"/{int(content_id)}/update-audits")
        data = envelope(
            self._transport.read(Call(endpoint, "GET", path, {"page": page, "size": size})), endpoint=endpoint
        )
        # `totalPage` without s; a card nobody ever changed may have no list at all.
        total = data.get("totalPage", data.get("totalPages"))
        pages = total if isinstance(total, int) and not isinstance(total, bool) else 0
        content = records(data, endpoint=endpoint, may_be_null=pages == 0)
        return AuditsPage(content=content, total_pages=pages, page=page)

    def buybox(self, barcodes: Sequence[str]) -> list[BuyboxRow]:
        """Read who sells these cheapest (contract section 8.13); barcodes it does not know are left out.

        Changes nothing, but counts as a write and is sent once. Raises TrendyolError.
        """
        endpoint = "products.buybox"
        check_count(barcodes, limit=MAX_BUYBOX_BARCODES, endpoint=endpoint, what="barcodes")
        body = canonical_json({"barcodes": list(barcodes)})
        reply = self._transport.write(
            Call(endpoint, "POST", self._products("/buybox-information"), body=body)
        )
        try:
            data = envelope(decode_json(reply.body), endpoint=endpoint)
        except NotJson as error:
            raise SchemaChanged(endpoint=endpoint, detail=str(error)) from None
        rows = data.get("buyboxInfo")
        if not isinstance(rows, list):
            raise SchemaChanged(endpoint=endpoint, detail="buyboxInfo is missing or no list")
        return [_buybox_row(row, endpoint=endpoint) for row in rows]

    def _products(self, path: str) -> str:
        return f"/integration/product/sellers/{self._transport.seller_id}/products{path}"

    def _queue(self, endpoint: str, method: str, path: str, items: Sequence[Item], *, key: str) -> str:
        check_count(items, limit=MAX_PRODUCT_ITEMS, endpoint=endpoint, what="items")
        keys = [item.get(key) for item in items]
        require(all(keys), endpoint=endpoint, detail=f"an item has no {key}")
        require(len(set(keys)) == len(keys), endpoint=endpoint, detail=f"a {key} appears twice")
        body = canonical_json({"items": list(items)})
        reply = self._transport.write(Call(endpoint, method, path, body=body))
        batch_id = batch_request_id(reply.body)
        if not batch_id:
            raise OutcomeUnknown(endpoint=endpoint, status=reply.status, detail="an answer without batch id")
        return batch_id


def _buybox_row(row: Any, *, endpoint: str) -> BuyboxRow:
    try:
        return BuyboxRow.model_validate(row)
    except ValidationError as error:
        raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None
