"""Queued product writes (contract sections 8.4 to 8.8, 8.10 and 8.13): accepted now, judged a little later."""

import random
import uuid
from collections import Counter

from .clock import HOUR_MS
from .entities import Json
from .errors import product_refused
from .inventory import BATCH_LIFE_MS, MAX_ITEMS, new_batch_id
from .product_changes import ProductChanges
from .product_echoes import echo
from .product_entities import ARCHIVE, CREATE, UPDATE_CONTENT, WriteBatch, WriteItem
from .product_rules import joined_barcode
from .state import State

# As the sample of an archive batch counts down.
_ARCHIVE_LIFE_MS = 72 * HOUR_MS


class ProductWrites:
    """Takes requests, completes them later, answers for their results."""

    def __init__(self, state: State, changes: ProductChanges) -> None:
        self._state = state
        self._changes = changes
        self._rng = random.Random()
        state.on_due("write", lambda key, due_ms: self._finish(key, due_ms, share=1.0))
        state.on_due("write_half", lambda key, due_ms: self._finish(key, due_ms, share=0.5))
        state.on_due("write_expiry", lambda key, _: state.drop_write(key))

    def submit(self, kind: str, body: Json) -> str:
        """Queue `{"items": […]}`. Returns the batchRequestId; raises Refusal 400 for what is no request."""
        items = [WriteItem(request=item, log_id=self._uuid()) for item in _items(body)]
        if kind == CREATE:
            _fail_repeated(items)
        with self._state.transaction() as now:
            expires_ms = now + (_ARCHIVE_LIFE_MS if kind == ARCHIVE else BATCH_LIFE_MS)
            write = WriteBatch(
                batch_id=new_batch_id(self._rng, expires_ms),
                kind=kind,
                created_ms=now,
                done_ms=now + round(self._state.config.batch_delay_seconds * 1000),
                expires_ms=expires_ms,
                modified_ms=now,
                items=items,
            )
            self._state.mark_write(write)
            if self._staggered and len(items) > 1:
                self._state.schedule("write_half", write.batch_id, (now + write.done_ms) // 2)
            self._state.schedule("write", write.batch_id, write.done_ms)
            self._state.schedule("write_expiry", write.batch_id, expires_ms)
            return write.batch_id

    def result(self, batch_id: str) -> Json | None:
        """The result as the batch service writes it; None for a batch that is none of these."""
        with self._state.transaction():
            write = self._state.writes.get(batch_id)
            return None if write is None else self._result(write)

    @property
    def _staggered(self) -> bool:
        return "staggered_batches" in self._state.config.quirks

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def _finish(self, key: str, due_ms: int, *, share: float) -> None:
        write = self._state.writes.get(key)
        if write is None:
            return
        change = self._changes.by_kind[write.kind]
        for item in write.items[: round(len(write.items) * share)]:
            if not item.finished:
                item.reasons = item.reasons or change(item.request, write.batch_id, due_ms)
                item.finished = True
        write.modified_ms = due_ms
        self._state.mark_write(write)

    def _result(self, write: WriteBatch) -> Json:
        # Until everything is judged a result is usually empty (batch_result_in_progress.json).
        shown = write.items if write.finished or self._staggered else []
        result: Json = {
            "batchRequestId": write.batch_id,
            "items": [self._result_item(write, item) for item in shown],
            "status": "COMPLETED" if write.finished else "IN_PROGRESS",
            "creationDate": write.created_ms,
            "lastModification": write.modified_ms,
            "sourceType": "WEB" if write.kind == ARCHIVE else "API",
            "itemCount": len(shown),
            "failedItemCount": sum(1 for item in shown if item.finished and item.reasons),
            "batchRequestType": write.kind,
        }
        return {**result, "notes": None} if write.kind == ARCHIVE else result

    def _result_item(self, write: WriteBatch, item: WriteItem) -> Json:
        status = "IN_PROGRESS"
        if item.finished:
            status = "FAILED" if item.reasons else "SUCCESS"
        shown: Json = {
            "requestItem": self._echo(write.kind, item.request),
            "status": status,
            "failureReasons": list(item.reasons) if item.finished else [],
        }
        return {**shown, "batchRequestLogId": item.log_id} if write.kind == ARCHIVE else shown

    def _echo(self, kind: str, request: Json) -> Json:
        first = None
        if kind == UPDATE_CONTENT:
            known = self._state.listings.values()
            first = next(
                (x for x in known if x.content_id and x.content_id == request.get("contentId")), None
            )
        return echo(kind, request, seller_id=self._state.config.seller_id, content=first)


def _items(body: Json) -> list[Json]:
    items = body.get("items")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise product_refused("items alanı boş olamaz", key="items.required")
    if len(items) > MAX_ITEMS:
        raise product_refused("Tek istekte en fazla 1000 ürün gönderilebilir", key="items.limit.exceeded")
    return items


def _fail_repeated(items: list[WriteItem]) -> None:
    """The same barcode twice in one batch fails everywhere: nobody can say which was meant."""
    counts = Counter(joined_barcode(item.request.get("barcode")) for item in items)
    for item in items:
        barcode = joined_barcode(item.request.get("barcode"))
        if barcode and counts[barcode] > 1:
            item.reasons.append(f"{barcode} barkodu istekte birden fazla gönderilmiş.")
