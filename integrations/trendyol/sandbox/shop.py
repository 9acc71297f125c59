"""The shop at Trendyol: the sandbox's domain object, safe to call from any thread."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .ageing import Ageing
from .audits import Audits
from .catalogue import Catalogue, ProductSpec
from .claim_search import ClaimSearch
from .claims import Claims
from .entities import (
    AT_COLLECTION_POINT,
    AWAITING,
    CREATED,
    DELIVERED,
    RETURNED,
    SHIPPED,
    UNDELIVERED,
    Batch,
    Claim,
    Json,
    Listing,
    Package,
    StockEntry,
)
from .finance_search import FinanceSearch
from .inventory import Inventory
from .invoices import Invoices
from .labels import Labels
from .lookups import Lookups
from .operations import Operations, resolve_lines
from .order_search import OrderSearch
from .ordering import LineSpec, Ordering, OrderSpec
from .product_changes import ProductChanges
from .product_entities import CREATE as CREATE_PRODUCT
from .product_entities import Audit, WriteBatch
from .product_rules import create_violations
from .product_search import ProductSearch
from .product_writes import ProductWrites
from .quality import QualityControl
from .seller_claims import SellerClaims
from .splitting import Splitting
from .state import State
from .violation import Violation
from .webhooks import Webhooks

Lines = Sequence[tuple[str, int] | LineSpec]
SomeLines = Sequence[tuple[int | str, int]]


class Shop:
    """Front of everything that happens at Trendyol without the seller asking for it.

    Methods raise `Refusal` or `OrderRefused` with a sentence when something is not possible.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.ageing = Ageing(state)
        self.catalogue = Catalogue(state)
        self.inventory = Inventory(state)
        self.quality = QualityControl(state)
        self.audits = Audits(state)
        self.product_changes = ProductChanges(state, quality=self.quality, audits=self.audits)
        self.product_writes = ProductWrites(state, self.product_changes)
        self.lookups = Lookups(state)
        self.ordering = Ordering(state, self.ageing)
        self.splitting = Splitting(state=state, ageing=self.ageing)
        self.operations = Operations(state=state, ageing=self.ageing, splitting=self.splitting)
        self.claim_desk = Claims(state, self.ageing)
        self.seller_claims = SellerClaims(state, self.claim_desk)
        self.invoices = Invoices(state, self.ageing)
        self.labels = Labels(state)
        self.finance = FinanceSearch(state)
        self.order_search = OrderSearch(state)
        self.product_search = ProductSearch(state)
        self.claim_search = ClaimSearch(state)
        self.webhooks = Webhooks(state)

    # -- reading ------------------------------------------------------------------------------------

    def stock(self) -> dict[str, int]:
        """Barcode -> quantity for sale right now."""
        return self.catalogue.stock()

    def journal(self, barcode: str) -> list[StockEntry]:
        """Every change of what was for sale, oldest first."""
        return self.catalogue.journal(barcode)

    @property
    def packages(self) -> dict[int, Package]:
        """Package id -> package, the invisible new ones included. For reading only."""
        with self.state.transaction():
            return dict(self.state.packages)

    @property
    def claims(self) -> dict[str, Claim]:
        """Claim id -> claim. For reading only."""
        with self.state.transaction():
            return dict(self.state.claims)

    def counts(self) -> dict[str, int]:
        """How many of what there is."""
        with self.state.transaction():
            statuses = Counter(package.status for package in self.state.packages.values())
            return {
                "products": len(self.state.listings),
                "for_sale": sum(1 for listing in self.state.listings.values() if listing.on_sale),
                "pairs": sum(listing.quantity for listing in self.state.listings.values()),
                "packages": len(self.state.packages),
                "claims": len(self.state.claims),
                "open_batches": sum(1 for batch in self._batches() if not batch.finished),
                "oversold": self._oversold(),
                **{f"packages_{status}": count for status, count in sorted(statuses.items())},
            }

    def _batches(self) -> list[Batch | WriteBatch]:
        return [*self.state.batches.values(), *self.state.writes.values()]

    def batch_result(self, batch_id: str) -> Json:
        """Of a price and stock request or a product write. Raises Refusal 404 when there is none."""
        return self.product_writes.result(batch_id) or self.inventory.result(batch_id)

    def _oversold(self) -> int:
        """Barcodes that ever went below zero in the shop window; by construction none."""
        return sum(
            1 for entries in self.state.journal.values() if any(entry.quantity < 0 for entry in entries)
        )

    # -- loading and ordering -----------------------------------------------------------------------

    def load_products(self, products: Iterable[ProductSpec | Mapping[str, Any]]) -> int:
        """Put listings into the shop window; known barcodes are replaced. Returns how many."""
        return self.catalogue.load(x if isinstance(x, ProductSpec) else ProductSpec(**x) for x in products)

    def place_order(self, lines: Lines, status: str = CREATED, **details: Any) -> int:
        """A customer buys `lines` of (barcode, quantity). Returns the package id.

        `details` are the other fields of `OrderSpec`. Raises OrderRefused when it is not for sale.
        """
        specs = [x if isinstance(x, LineSpec) else LineSpec(barcode=x[0], quantity=x[1]) for x in lines]
        return self.ordering.place(OrderSpec(lines=specs, status=status, **details)).package_id

    def load_orders(self, orders: Iterable[OrderSpec]) -> list[int]:
        """Load packages as a shop knows them. Raises OrderRefused at the first that cannot be."""
        with self.state.transaction():
            return [self.ordering.place(spec).package_id for spec in orders]

    # -- what happens to packages -------------------------------------------------------------------

    def pay(self, package_id: int) -> None:
        """Awaiting -> Created."""
        self.operations.move(package_id, CREATED)

    def cancel(self, package_id: int, lines: SomeLines | None = None, *, reason: str = "") -> None:
        """The customer cancels everything, or `lines` of (lineId or barcode, quantity)."""
        with self.state.transaction():
            wanted = None if lines is None else resolve_lines(self.operations.get(package_id), lines)
            self.operations.cancel(package_id, lines=wanted, reason=reason)

    def split(self, package_id: int, lines: SomeLines) -> list[int]:
        """Split (lineId or barcode, quantity) off. Returns the new package ids, the rest's last."""
        with self.state.transaction():
            package = self.operations.open_package(package_id)
            return self.splitting.split(package, [dict(resolve_lines(package, lines))])

    def ship(self, package_id: int) -> None:
        """The carrier scans the parcel."""
        self.operations.move(package_id, SHIPPED)

    def deliver(self, package_id: int) -> None:
        self.operations.move(package_id, DELIVERED)

    def collect(self, package_id: int) -> None:
        """The parcel waits at a pick-up point."""
        self.operations.move(package_id, AT_COLLECTION_POINT)

    def undeliver(self, package_id: int) -> None:
        self.operations.move(package_id, UNDELIVERED)

    def return_package(self, package_id: int) -> None:
        """An undelivered parcel is back at the seller."""
        self.operations.move(package_id, RETURNED)

    def touch(self, package_id: int) -> None:
        """Only lastModifiedDate changes."""
        self.operations.touch(package_id)

    # -- returns ------------------------------------------------------------------------------------

    def claim(self, package_id: int, lines: SomeLines | None = None, **details: Any) -> str:
        """The customer sends units of a delivered package back. Returns the claim id.

        `details`: reason_id, note, status, claimed_ms, arrived_ms, decided_ms, replacement, claim_id, item_ids of
        `Claims.open`.
        """
        with self.state.transaction():
            package = self.operations.get(package_id)
            wanted = None if lines is None else resolve_lines(package, lines)
            return self.claim_desk.open(package, lines=wanted, **details).claim_id

    def set_claim_status(
        self, claim_id: str, status: str, claim_item_ids: Sequence[str] | None = None
    ) -> None:
        """Move the units of a claim (default: all that legally can)."""
        self.claim_desk.set_status(claim_id, status, claim_item_ids=claim_item_ids)

    def claim_arrives(self, claim_id: str) -> None:
        """The parcel of a return is at the seller: the 48 hours begin."""
        self.claim_desk.set_status(claim_id, "WaitingInAction")

    def decide_invoice(self, package_id: int, *, accepted: bool) -> None:
        """End the check of an uploaded invoice now."""
        self.invoices.decide(package_id, accepted=accepted)

    # -- what happens to products -------------------------------------------------------------------

    def listing(self, barcode: str) -> Listing:
        """For reading only. Raises KeyError for an unknown barcode."""
        with self.state.transaction():
            return self.state.listings[barcode]

    def all_audits(self) -> list[Audit]:
        """Content updates, decided or not, the oldest first. For reading only."""
        with self.state.transaction():
            return list(self.state.audits.values())

    def approve_product(self, barcode: str) -> Listing:
        """Quality control approves it now."""
        return self.quality.approve(barcode)

    def reject_product(self, barcode: str, *, reason: str = "", detail: str = "") -> Listing:
        """Quality control rejects it now, for the usual reason unless another is given."""
        return self.quality.reject(barcode, reason=reason, detail=detail)

    def decide_audit(self, audit_id: int, *, accepted: bool, kind: str = "") -> Audit:
        """End the check of a content update now, or only of its part `kind` (such as TITLE)."""
        return self.audits.decide(audit_id, accepted=accepted, kind=kind)

    def product_violations(self, item: Mapping[str, Any]) -> list[Violation]:
        """What createProducts would say about the item by itself, with the switches as they are."""
        with self.state.transaction():
            return create_violations(item, self.product_changes.rules(CREATE_PRODUCT))

    def awaiting(self) -> list[int]:
        """Packages whose payment is not confirmed."""
        return [key for key, package in self.packages.items() if package.status == AWAITING]

    def reset(self) -> None:
        """Forget everything; the clock and the settings stay."""
        with self.state.transaction():
            self.state.reset()
