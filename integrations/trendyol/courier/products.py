"""Messages about products, kind by kind (contract section 8).

Every kind may be said twice without harm but for what its class says, so an attempt that may have arrived is repeated,
after looking where looking tells what is done already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from integrations.listing.writing import exact
from integrations.models import Listing, OutboxMessage, ProductWrite
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import MAX_APPROVED_SIZE, MAX_BARCODES, InventoryItem, TrendyolClient
from integrations.trendyol.courier.handler import SOON
from integrations.trendyol.courier.product_handler import ProductHandler, Writes, delivered, open_writes
from integrations.trendyol.errors import RepeatedRequest, TrendyolError
from integrations.trendyol.push.requests import REPEAT_AFTER, REPEAT_MARGIN
from integrations.trendyol.schemas import ApprovedProduct, Variant, validate_each
from integrations.trendyol.sync.listing_pages import Seen, pages
from integrations.trendyol.sync.standing import (
    chunks,
    is_unknown_there,
    keep_seen,
    read_audits,
    read_standing,
)

State = ProductWrite.State


class CreateProducts(ProductHandler):
    """A barcode that is there already is refused, so an attempt that may have worked is looked for first."""

    looks_before_repeating: ClassVar[bool] = True

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.create_products(items)

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        seen = _seen(client, writes)
        return {row.pk for row in writes if row.barcode in seen}


class CorrectProducts(ProductHandler):
    absence_tells: ClassVar[bool] = False

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.update_unapproved_products(items)


class ChangeContents(ProductHandler):
    """What succeeded has only entered quality control; `sync.standing` reads the verdict."""

    absence_tells: ClassVar[bool] = False
    success: ClassVar[ProductWrite.State] = State.ENTERED

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.update_product_contents(items)

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        batch = str(message.answer.get("batch", ""))
        return {
            row.pk for row in writes if batch in read_audits(client, row.content_id or 0, batches={batch})
        }


class ChangeVariants(ProductHandler):
    """No partial update: what we keep no opinion on is sent as the listing shows it (contract section 8.7)."""

    absence_tells: ClassVar[bool] = False

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.update_product_variants(items)

    def complete(self, client: TrendyolClient, writes: Writes) -> None:
        shown = _variants(client, [row.barcode for row in writes])
        for row in writes:
            if row.barcode in shown:
                unsaid = {name for name, value in row.body.items() if value is None}
                row.body |= {
                    name: value for name, value in _kept(shown[row.barcode]).items() if name in unsaid
                }
        ProductWrite.objects.bulk_update(writes, ["body"], batch_size=200)


class ChangeDeliveries(ProductHandler):
    absence_tells: ClassVar[bool] = False

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.update_product_deliveries(items)


class ChangePrices(ProductHandler):
    """Prices go out by the stock service, which refuses an unchanged request for 15 minutes (section 8.9)."""

    looks_before_repeating: ClassVar[bool] = True

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.push_price_and_inventory(
            [
                InventoryItem(
                    barcode=item["barcode"], sale_price=item["salePrice"], list_price=item["listPrice"]
                )
                for item in items
            ]
        )

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        seen = _seen(client, writes)
        return {row.pk for row in writes if _same_prices(seen.get(row.barcode), exact(row.body))}

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        if not isinstance(refusal, RepeatedRequest):
            return super().refused(client, message, refusal)
        writes = open_writes(message)
        rest = self.settle_what_is_so(client, message, writes)
        if not rest:
            return delivered(message)
        # With fewer items it is another request.
        changed = len(rest) < len(writes)
        return Delivery(Verdict.LATER, str(refusal), wait=SOON if changed else REPEAT_AFTER + REPEAT_MARGIN)


class ArchiveProducts(ProductHandler):
    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.archive_products(items)

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        seen = _seen(client, writes)
        return {
            row.pk
            for row in writes
            if row.barcode in seen
            and (seen[row.barcode].state == Listing.State.ARCHIVED) == row.body["archived"]
        }


class UnlockProducts(ProductHandler):
    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.unlock_products([item["barcode"] for item in items])

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        seen = _seen(client, writes)
        return {row.pk for row in writes if row.barcode in seen and not seen[row.barcode].locked_reason}


class DeleteProducts(ProductHandler):
    """A barcode that is not there is deleted, whatever the item says."""

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        return client.delete_products([item["barcode"] for item in items])

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        return {row.pk for row in writes if is_unknown_there(client, row.barcode)}

    def excused(self, client: TrendyolClient, message: OutboxMessage, failed: Writes) -> set[int]:
        return self.already(client, message, failed)


# --- looking ------------------------------------------------------------------------------------------------------


def _seen(client: TrendyolClient, writes: Writes) -> Mapping[str, Seen]:
    """What stands there of these barcodes; kept, because it is news to us."""
    listing = read_standing(client, [row.barcode for row in writes])
    keep_seen(listing)
    return listing.seen


def _same_prices(seen: Seen | None, body: Mapping[str, Any]) -> bool:
    return seen is not None and (seen.sale_price, seen.list_price) == (body["salePrice"], body["listPrice"])


def _variants(client: TrendyolClient, barcodes: Collection[str]) -> Mapping[str, Variant]:
    found: dict[str, Variant] = {}
    for chunk in chunks(sorted(barcodes), MAX_BARCODES):
        for page in pages(partial(client.approved_products, barcodes=chunk), MAX_APPROVED_SIZE):
            contents, _bad = validate_each(ApprovedProduct, page.content)
            found |= {row.barcode: row for content in contents for row in content.variants}
    return found


def _kept(variant: Variant) -> dict[str, Any]:
    """What a variant update repeats, as far as it was told."""
    weight = variant.dimensional_weight
    told = {
        "locationBasedDelivery": variant.location_based_delivery,
        "cargoProviders": list(variant.cargo_providers),
        "channels": list(variant.channels),
        "origin": variant.origin,
        "dimensionalWeight": None if weight is None else float(weight),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}
