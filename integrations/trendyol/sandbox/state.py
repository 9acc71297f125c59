"""The one shared state of a sandbox: memory, its lock, what is due, and the write-through."""

import bisect
import heapq
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .clock import SandboxClock
from .config import SandboxConfig
from .entities import Batch, Claim, Json, Listing, Package, SeenBody, StockEntry, to_json
from .product_entities import Audit, BrandName, WriteBatch
from .store import Store
from .webhook_entities import Hook

DueHandler = Callable[[str, int], None]
ChangeHandler = Callable[[Iterable[int]], None]
_FIRST_IDS = {
    "package": 3_340_000_014,
    "order": 11_910_000_001,
    "shipment": 606_500_001,
    "line": 4_770_000_004,
    "item": 92_000_001,
    "customer": 889_000_001,
    "return_package": 3_390_000_001,
    "content": 1_240_000_001,
    "variant": 70_300_001,
    "audit": 1,
}


class State:
    """Everything the sandbox knows. Touch it only inside `transaction()`."""

    def __init__(self, *, config: SandboxConfig, clock: SandboxClock, store: Store | None) -> None:
        self.config = config
        self.clock = clock
        self.lock = threading.RLock()
        self._store = store
        self._handlers: dict[str, DueHandler] = {}
        self._listeners: list[ChangeHandler] = []
        self.changes = 0
        """Rises with every change of a package or claim; what is worked out from them may be kept until then."""
        self._empty()
        if store is not None:
            self._load(store)

    def _empty(self) -> None:
        self.changes += 1
        self.listings: dict[str, Listing] = {}
        self.packages: dict[int, Package] = {}
        self.batches: dict[str, Batch] = {}
        self.claims: dict[str, Claim] = {}
        self.seen: dict[str, SeenBody] = {}
        self.writes: dict[str, WriteBatch] = {}
        self.audits: dict[int, Audit] = {}
        self.hooks: dict[str, Hook] = {}
        self._changed_packages: dict[int, None] = {}
        self.brands: tuple[str, ...] = ()
        self.journal: defaultdict[str, list[StockEntry]] = defaultdict(list)
        self.warnings: Counter[str] = Counter()
        self.violations: Counter[str] = Counter()
        self.fragments: dict[int, str] = {}
        self.next_ids = dict(_FIRST_IDS)
        self._ordered: list[tuple[int, int]] | None = None
        self._due: list[tuple[int, int, str, str]] = []
        self._due_serial = 0
        self._dirty: dict[tuple[str, str], Any] = {}
        self._new_entries: list[tuple[str, StockEntry]] = []
        self._saved_meta = ""
        self._depth = 0
        self._last_ms = 0

    # -- time ---------------------------------------------------------------------------------------

    def now(self) -> int:
        """Epoch milliseconds that never step back, even if the machine's clock does."""
        self._last_ms = max(self._last_ms, self.clock.now_ms())
        return self._last_ms

    def on_due(self, kind: str, handler: DueHandler) -> None:
        """Register what happens when something of `kind` falls due; it is called with (id, due_ms)."""
        self._handlers[kind] = handler

    def on_packages_changed(self, handler: ChangeHandler) -> None:
        """Register what happens at the end of a transaction that changed packages; it is called with their ids."""
        self._listeners.append(handler)

    def schedule(self, kind: str, key: str, due_ms: int) -> None:
        self._due_serial += 1
        heapq.heappush(self._due, (due_ms, self._due_serial, kind, key))

    def _run_due(self) -> None:
        """Let everything happen that should have happened by now, in order and at its own time."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            due_ms, _, kind, key = heapq.heappop(self._due)
            self._handlers[kind](key, due_ms)

    # -- access -------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Lock, bring the state up to date, yield now, write what changed. May be nested."""
        with self.lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._run_due()
                yield self.now()
            finally:
                if self._depth == 1:
                    self._tell_changes()
                self._depth -= 1
                if self._depth == 0:
                    self._flush()

    def _tell_changes(self) -> None:
        changed, self._changed_packages = self._changed_packages, {}
        for listener in self._listeners if changed else ():
            listener(changed)

    def next_id(self, name: str) -> int:
        value = self.next_ids[name]
        self.next_ids[name] = value + 1
        return value

    def keep_ids_above(self, name: str, used: int) -> None:
        """An id given from outside must never be handed out again."""
        self.next_ids[name] = max(self.next_ids[name], used + 1)

    def mark_listing(self, listing: Listing) -> None:
        self.listings[listing.barcode] = listing
        self._dirty["listing", listing.barcode] = listing
        if listing.review_ms is not None:
            self.schedule("review", listing.barcode, listing.review_ms)

    def drop_listing(self, listing: Listing) -> None:
        """Its journal stays: what was sold stays sold."""
        del self.listings[listing.barcode]
        self._dirty["listing", listing.barcode] = None

    def mark_package(self, package: Package) -> None:
        self.packages[package.package_id] = package
        self.fragments.pop(package.package_id, None)
        self._changed_packages[package.package_id] = None
        self.changes += 1
        self._ordered = None
        self._dirty["package", str(package.package_id)] = package
        if package.due_ms is not None:
            self.schedule("package", str(package.package_id), package.due_ms)
        if package.invoice_due_ms is not None:
            self.schedule("invoice", str(package.package_id), package.invoice_due_ms)

    def mark_batch(self, batch: Batch) -> None:
        self.batches[batch.batch_id] = batch
        self._dirty["batch", batch.batch_id] = batch

    def drop_batch(self, batch_id: str) -> None:
        self.batches.pop(batch_id, None)
        self._dirty["batch", batch_id] = None

    def mark_write(self, write: WriteBatch) -> None:
        self.writes[write.batch_id] = write
        self._dirty["write", write.batch_id] = write

    def drop_write(self, batch_id: str) -> None:
        self.writes.pop(batch_id, None)
        self._dirty["write", batch_id] = None

    def mark_audit(self, audit: Audit) -> None:
        self.audits[audit.audit_id] = audit
        self._dirty["audit", str(audit.audit_id)] = audit
        if audit.due_ms is not None:
            self.schedule("audit", str(audit.audit_id), audit.due_ms)

    def add_brand(self, name: str) -> None:
        """A brand that is not among Trendyol's own."""
        self.brands = (*self.brands, name)
        self._dirty["brand", name] = BrandName(name)

    def mark_claim(self, claim: Claim) -> None:
        self.claims[claim.claim_id] = claim
        self.changes += 1
        self._dirty["claim", claim.claim_id] = claim
        if claim.due_ms is not None:
            self.schedule("claim", claim.claim_id, claim.due_ms)

    def mark_hook(self, hook: Hook) -> None:
        self.hooks[hook.hook_id] = hook
        self._dirty["hook", hook.hook_id] = hook

    def drop_hook(self, hook_id: str) -> None:
        del self.hooks[hook_id]
        self._dirty["hook", hook_id] = None

    def mark_seen(self, seen: SeenBody) -> None:
        self.seen[seen.digest] = seen
        self._dirty["seen", seen.digest] = seen

    def drop_seen(self, digest: str) -> None:
        self.seen.pop(digest, None)
        self._dirty["seen", digest] = None

    def change_stock(self, listing: Listing, change: int, *, cause: str, at_ms: int) -> None:
        """Add `change` to what is for sale and journal it. Raises ValueError below zero."""
        if listing.quantity + change < 0:
            raise ValueError(f"{listing.barcode}: {listing.quantity} adet var, {-change} adet satılamaz.")
        listing.quantity += change
        listing.stock_modified_ms = at_ms
        entry = StockEntry(at_ms=at_ms, change=change, quantity=listing.quantity, cause=cause)
        self.journal[listing.barcode].append(entry)
        self._new_entries.append((listing.barcode, entry))
        self.mark_listing(listing)

    def packages_between(self, start_ms: int, end_ms: int) -> list[Package]:
        """Visible packages modified in [start, end], oldest modification first; none that are archived."""
        if self._ordered is None:
            self._ordered = sorted(
                (p.last_modified_ms, p.package_id) for p in self.packages.values() if not p.archived
            )
        low = bisect.bisect_left(self._ordered, (start_ms, 0))
        high = bisect.bisect_left(self._ordered, (end_ms + 1, 0))
        now = self.now()
        found = (self.packages[package_id] for _, package_id in self._ordered[low:high])
        return [package for package in found if package.visible_ms <= now]

    # -- persistence --------------------------------------------------------------------------------

    def _flush(self) -> None:
        if self._store is None:
            self._dirty.clear()
            self._new_entries.clear()
            return
        meta = self._meta_text()
        if not self._dirty and not self._new_entries and meta == self._saved_meta:
            return
        saved = [
            (*key, json.dumps(to_json(entity))) for key, entity in self._dirty.items() if entity is not None
        ]
        gone = [key for key, entity in self._dirty.items() if entity is None]
        entries = [(b, e.at_ms, e.change, e.quantity, e.cause) for b, e in self._new_entries]
        self._store.save([*saved, ("meta", "main", meta)], gone, entries)
        self._saved_meta = meta
        self._dirty.clear()
        self._new_entries.clear()

    def _meta_text(self) -> str:
        return json.dumps(
            {
                "next_ids": self.next_ids,
                "offset_seconds": self.clock.offset_seconds,
                "warnings": self.warnings,
                "violations": self.violations,
            }
        )

    def _load(self, store: Store) -> None:
        loaders = self._loaders()
        for kind, key, body in store.entities():
            if kind in loaders:
                loaders[kind](body)
            elif kind == "hook":
                self.hooks[key] = Hook(**body)
            elif kind == "seen":
                self.seen[key] = SeenBody(**body)
            elif kind == "brand":
                self.brands = (*self.brands, key)
        for barcode, entry in store.journal():
            self.journal[barcode].append(entry)

    def _loaders(self) -> dict[str, Callable[[Json], None]]:
        return {
            "listing": lambda x: self._load_listing(Listing.from_json(x)),
            "package": lambda x: self._load_package(Package.from_json(x)),
            "batch": lambda x: self._load_batch(Batch.from_json(x)),
            "claim": lambda x: self._load_claim(Claim.from_json(x)),
            "write": lambda x: self._load_write(WriteBatch.from_json(x)),
            "audit": lambda x: self._load_audit(Audit.from_json(x)),
            "meta": self._load_meta,
        }

    def _load_batch(self, batch: Batch) -> None:
        self.batches[batch.batch_id] = batch
        if not batch.finished:
            self.schedule("batch", batch.batch_id, batch.done_ms)
        self.schedule("batch_expiry", batch.batch_id, batch.expires_ms)

    def _load_package(self, package: Package) -> None:
        key = str(package.package_id)
        self.packages[package.package_id] = package
        if package.due_ms is not None:
            self.schedule("package", key, package.due_ms)
        if package.invoice_due_ms is not None:
            self.schedule("invoice", key, package.invoice_due_ms)

    def _load_claim(self, claim: Claim) -> None:
        self.claims[claim.claim_id] = claim
        if claim.due_ms is not None:
            self.schedule("claim", claim.claim_id, claim.due_ms)

    def _load_listing(self, listing: Listing) -> None:
        self.listings[listing.barcode] = listing
        if listing.review_ms is not None:
            self.schedule("review", listing.barcode, listing.review_ms)

    def _load_write(self, write: WriteBatch) -> None:
        self.writes[write.batch_id] = write
        if not write.finished:
            self.schedule("write", write.batch_id, write.done_ms)
        self.schedule("write_expiry", write.batch_id, write.expires_ms)

    def _load_audit(self, audit: Audit) -> None:
        self.audits[audit.audit_id] = audit
        if audit.due_ms is not None:
            self.schedule("audit", str(audit.audit_id), audit.due_ms)

    def _load_meta(self, body: Json) -> None:
        self.next_ids.update(body["next_ids"])
        self.clock.offset_seconds = max(self.clock.offset_seconds, body["offset_seconds"])
        self.warnings.update(body["warnings"])
        self.violations.update(body["violations"])

    def reset(self) -> None:
        """Forget everything but the settings."""
        depth = self._depth
        self._empty()
        self._depth = depth
        if self._store is not None:
            self._store.clear()

    def close(self) -> None:
        with self.lock:
            if self._store is not None:
                self._store.close()
                self._store = None
