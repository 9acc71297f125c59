"""Price and stock updates (contract 8.9, 8.10): queued, judged item by item, effective on completion."""

import hashlib
import json
import math
import random
import uuid
from typing import Any

from .catalogue import MAX_QUANTITY
from .clock import HOUR_MS, MINUTE_MS, iso_utc
from .entities import Batch, BatchItem, Json, Listing, SeenBody, kurus
from .errors import product_refused
from .state import State

MAX_ITEMS = 1000
REPEAT_WINDOW_MS = 15 * MINUTE_MS
BATCH_LIFE_MS = 4 * HOUR_MS
PRICE_UPDATES_PER_MINUTE = 30
_BATCH_GONE = "İşlem sonucu bulunamadı"


class Inventory:
    """Accepts requests, completes them later, answers for their results."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rng = random.Random()
        state.on_due("batch", self._complete)
        state.on_due("batch_half", self._complete_half)
        state.on_due("batch_expiry", lambda key, _: state.drop_batch(key))

    def submit(self, body: Any) -> str:
        """Queue one request. Returns the batchRequestId; raises Refusal (400) for what is refused at once."""
        items = _parse(body)
        with self._state.transaction() as now:
            self._refuse_repetition(body, now)
            self._count_prices(items, now)
            batch = self._batch(items, now)
            self._state.mark_batch(batch)
            if "staggered_batches" in self._state.config.quirks and len(items) > 1:
                self._state.schedule("batch_half", batch.batch_id, (now + batch.done_ms) // 2)
            self._state.schedule("batch", batch.batch_id, batch.done_ms)
            self._state.schedule("batch_expiry", batch.batch_id, batch.expires_ms)
            return batch.batch_id

    def result(self, batch_id: str) -> Json:
        """The result as the batch service writes it: no top-level status for this type."""
        with self._state.transaction() as now:
            batch = self._state.batches.get(batch_id)
            if batch is None and self._expired(batch_id, now):
                return _empty_result(batch_id)
            if batch is None:
                raise product_refused(_BATCH_GONE, key="batch.request.not.found", status=404)
            return _result(batch)

    def _expired(self, batch_id: str, now: int) -> bool:
        """Whether to answer an old id with an empty result; what Trendyol does is not documented."""
        second = batch_id.rpartition("-")[2]
        past = second.isdecimal() and int(second) * 1000 <= now
        return past and "expired_batch_empty" in self._state.config.quirks

    def _refuse_repetition(self, body: Any, now: int) -> None:
        for digest in [d for d, seen in self._state.seen.items() if now - seen.at_ms >= REPEAT_WINDOW_MS]:
            self._state.drop_seen(digest)
        digest = hashlib.sha256(_canonical(body).encode()).hexdigest()
        if digest in self._state.seen:
            raise product_refused(
                "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!",
                key="recurring.request.not.allowed",
            )
        self._state.mark_seen(SeenBody(digest=digest, at_ms=now))

    def _count_prices(self, items: list[BatchItem], now: int) -> None:
        """More than 30 price updates a minute for one barcode fail inside the batch (section 1.1)."""
        for item in items:
            listing = self._state.listings.get(item.barcode)
            if listing is None or item.sale_price is None:
                continue
            listing.price_updates = [at for at in listing.price_updates if now - at < MINUTE_MS]
            if len(listing.price_updates) >= PRICE_UPDATES_PER_MINUTE:
                item.reasons.append("Aynı barkod için dakikada en fazla 30 fiyat güncellemesi yapılabilir.")
            else:
                listing.price_updates.append(now)
            self._state.mark_listing(listing)

    def _batch(self, items: list[BatchItem], now: int) -> Batch:
        expires_ms = now + BATCH_LIFE_MS
        return Batch(
            batch_id=new_batch_id(self._rng, expires_ms),
            created_ms=now,
            done_ms=now + round(self._state.config.batch_delay_seconds * 1000),
            expires_ms=expires_ms,
            modified_ms=now,
            items=items,
        )

    def _complete(self, key: str, due_ms: int) -> None:
        self._finish(key, due_ms, share=1.0)

    def _complete_half(self, key: str, due_ms: int) -> None:
        self._finish(key, due_ms, share=0.5)

    def _finish(self, key: str, due_ms: int, *, share: float) -> None:
        batch = self._state.batches.get(key)
        if batch is None:
            return
        for item in batch.items[: round(len(batch.items) * share)]:
            if not item.finished:
                self._apply(item, batch, due_ms)
        batch.modified_ms = due_ms
        self._state.mark_batch(batch)

    def _apply(self, item: BatchItem, batch: Batch, at_ms: int) -> None:
        """Judge the item by the listing as it is now, and let it take effect now."""
        listing = self._state.listings.get(item.barcode)
        item.reasons += _failures(item, listing)
        item.finished = True
        if item.reasons or listing is None:
            return
        if item.sale_price is not None and item.list_price is not None:
            listing.sale_price, listing.list_price = kurus(item.sale_price), kurus(item.list_price)
            listing.price_modified_ms = at_ms
        if item.quantity is not None:
            change = item.quantity - listing.quantity
            self._state.change_stock(listing, change, cause=f"push {batch.batch_id}", at_ms=at_ms)
        listing.modified_ms = at_ms
        self._state.mark_listing(listing)


def new_batch_id(rng: random.Random, expires_ms: int) -> str:
    """A UUID and the second at which the result can no longer be read (contract section 4)."""
    return f"{uuid.UUID(int=rng.getrandbits(128), version=4)}-{expires_ms // 1000}"


def _parse(body: Any) -> list[BatchItem]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        raise product_refused("items alanı boş olamaz", key="items.required")
    if len(items) > MAX_ITEMS:
        raise product_refused("Tek istekte en fazla 1000 ürün gönderilebilir", key="items.limit.exceeded")
    return [_parse_item(item) for item in items]


def _parse_item(item: Any) -> BatchItem:
    if not isinstance(item, dict) or not isinstance(item.get("barcode"), str) or not item["barcode"]:
        raise product_refused("barcode alanı zorunludur", key="invalid.barcode")
    quantity = item.get("quantity")
    if quantity is not None and (not isinstance(quantity, int) or isinstance(quantity, bool)):
        raise product_refused("quantity alanı tam sayı olmalıdır", key="invalid.quantity")
    return BatchItem(
        barcode=item["barcode"],
        quantity=quantity,
        sale_price=_price(item, "salePrice"),
        list_price=_price(item, "listPrice"),
    )


def _price(item: Json, name: str) -> float | None:
    value = item.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise product_refused(f"{name} alanı sayı olmalıdır", key="invalid.price")
    return float(value)


def _failures(item: BatchItem, listing: Listing | None) -> list[str]:
    """Why the item cannot be done. The texts are free Turkish; no list of them is published."""
    if listing is None:
        return ["Barkod bulunamadı."]
    if not listing.approved:
        return ["Ürün onaylı değil, stok ve fiyat güncellenemez."]
    if listing.archived:
        return ["Arşivlenmiş ürün güncellenemez."]
    if item.quantity is None and item.sale_price is None and item.list_price is None:
        return ["Güncellenecek alan bulunamadı."]
    return _quantity_failures(item) + _price_failures(item)


def _quantity_failures(item: BatchItem) -> list[str]:
    if item.quantity is None:
        return []
    if item.quantity > MAX_QUANTITY:
        return ["Stok adedi 20000 değerinden büyük olamaz."]
    return ["Stok adedi 0 değerinden küçük olamaz."] if item.quantity < 0 else []


def _price_failures(item: BatchItem) -> list[str]:
    if item.sale_price is None and item.list_price is None:
        return []
    if item.sale_price is None or item.list_price is None:
        return ["Satış fiyatı ve liste fiyatı birlikte gönderilmelidir."]
    if item.sale_price <= 0 or item.list_price <= 0:
        return ["Fiyat 0 değerinden büyük olmalıdır."]
    if item.list_price < item.sale_price:
        return ["Liste fiyatı satış fiyatından küçük olamaz."]
    return []


def _canonical(value: Any) -> str:
    """The same request in the same words: key order, spaces and 10 against 10.0 do not make a new one."""
    return json.dumps(_plain_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _empty_result(batch_id: str) -> Json:
    return {
        "batchRequestId": batch_id,
        "items": [],
        "creationDate": None,
        "lastModification": None,
        "sourceType": "API",
        "itemCount": 0,
        "failedItemCount": 0,
        "batchRequestType": None,
    }


def _result(batch: Batch) -> Json:
    requested = iso_utc(batch.created_ms)
    return {
        "batchRequestId": batch.batch_id,
        "items": [_result_item(item, requested) for item in batch.items],
        "creationDate": batch.created_ms,
        "lastModification": batch.modified_ms,
        "sourceType": "API",
        "itemCount": len(batch.items),
        "failedItemCount": sum(1 for item in batch.items if item.finished and item.reasons),
        "batchRequestType": "ProductInventoryUpdate",
    }


def _result_item(item: BatchItem, requested: str) -> Json:
    status = "IN_PROGRESS"
    if item.finished:
        status = "FAILED" if item.reasons else "SUCCESS"
    return {
        "requestItem": {
            "updateRequestDate": requested,
            "quantity": item.quantity,
            "salePrice": item.sale_price,
            "barcode": item.barcode,
            "listPrice": item.list_price,
        },
        "status": status,
        "failureReasons": list(item.reasons) if item.finished else [],
    }
