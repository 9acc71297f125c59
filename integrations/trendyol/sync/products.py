"""What Trendyol lists of ours: approval state, prices, and its own stock numbers (contract section 8.11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import Variant as OurVariant
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.listing.adopting import adopt
from integrations.listing.importing import import_listings
from integrations.listing.locks import Standing, lock_standings
from integrations.models import Listing, SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress, silent
from integrations.selectors import Belief, beliefs
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.sync.listing_pages import Seen, bad_product, read_listing
from integrations.trendyol.sync.orders import SyncOutcome, sync_orders
from orders.enums import Channel

LOCK: Final = "trendyol.sync_products"
PULL_WAIT_SECONDS: Final = 180
_OFF_SALE: Final = frozenset(
    {Listing.State.PENDING, Listing.State.REJECTED, Listing.State.ARCHIVED, Listing.State.MISSING}
)


@dataclass(slots=True)
class ProductsResult:
    """What reading the whole listing showed, in barcodes.

    `imported` of those unknown here were taken into the catalogue, `refused` could not be; `unknown_here` is what is
    still unknown at the end. `adopted` are models that got their brand, category and attributes from the listing.
    """

    outcome: SyncOutcome = SyncOutcome.DONE
    approved: int = 0
    unapproved: int = 0
    unknown_here: int = 0
    imported: int = 0
    imported_models: int = 0
    refused: int = 0
    adopted: int = 0
    gone: int = 0
    drifts: int = 0
    problems: int = 0
    duration_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "approved": self.approved,
            "unapproved": self.unapproved,
            "unknown_here": self.unknown_here,
            "imported": self.imported,
            "imported_models": self.imported_models,
            "refused": self.refused,
            "adopted": self.adopted,
            "gone": self.gone,
            "drifts": self.drifts,
            "problems": self.problems,
            "duration_seconds": round(self.duration_seconds, 3),
        }


def sync_products(
    *,
    import_new: bool = False,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: Any = None,
    progress: Progress = silent,
) -> ProductsResult:
    """Read the complete listing, then update ours; a failed page changes nothing.

    A barcode that a complete listing no longer has is marked as missing, never deleted. Where Trendyol's stock
    number contradicts what we believe it shows, the drift is listed and the belief dropped, so that the next push
    corrects it. With `import_new`, products that are unknown here are made from what was read. Raises TrendyolError.
    """
    started = timezone.now()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ProductsResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("sync_products", trigger=trigger, actor=actor, alone=True) as run:
            result = _sync(get_client(), started, progress)
            _take_in(result, import_new=import_new, actor=actor)
            result.duration_seconds = (timezone.now() - started).total_seconds()
            run.counts = result.as_dict()
            return result


def _sync(client: TrendyolClient, started: datetime, progress: Progress) -> ProductsResult:
    sync_orders(wait_seconds=PULL_WAIT_SECONDS)
    before = beliefs()
    listing = read_listing(client, progress)
    # Orders placed while we read explain a difference; only what no moment in between explains is a drift.
    sync_orders(wait_seconds=PULL_WAIT_SECONDS)
    result = ProductsResult(
        approved=listing.count(Listing.State.APPROVED, Listing.State.ARCHIVED),
        unapproved=listing.count(Listing.State.PENDING, Listing.State.REJECTED),
    )
    result.problems = problems.report(bad_product(record) for record in listing.bad)
    drifts = _drifts(listing.seen, before, beliefs())
    drifting = {row.barcode for row, _believed in drifts}
    problems.resolve(SyncProblem.Kind.QUANTITY_DRIFT, listing.seen.keys() - drifting)
    with transaction.atomic():
        store_seen(listing.seen, at=started)
        result.drifts = _forget_drifts(drifts)
    gone = Listing.objects.filter(channel=Channel.TRENDYOL).exclude(seen_at__gte=started)
    result.gone = mark_missing(gone.exclude(state=Listing.State.MISSING))
    return result


def _take_in(result: ProductsResult, *, import_new: bool, actor: Any) -> None:
    """What follows for our own catalogue from what was stored just now."""
    channel = Channel.TRENDYOL
    result.adopted = adopt(channel=channel).cards
    if import_new:
        done = import_listings(channel=channel, user=actor)
        result.imported, result.imported_models = done.variants, done.models
        result.refused = len(done.refused)
    listed = Listing.objects.filter(channel=channel).exclude(state=Listing.State.MISSING)
    result.unknown_here = listed.filter(variant=None).count()


# --- writing ----------------------------------------------------------------------------------------------------


def store_seen(seen: Mapping[str, Seen], *, at: datetime) -> None:
    """Keep what the marketplace shows of these barcodes, as of `at`, when the reading began. In a transaction.

    What is known of a later moment stays. What it is believed to have in stock stays, too, but for what has come on
    sale since: nobody told it the stock meanwhile.
    """
    known = lock_standings(channel=Channel.TRENDYOL, barcodes=seen)
    newer = {name for name, row in known.items() if row.seen_at is not None and row.seen_at > at}
    fresh = [row for name, row in sorted(seen.items()) if name not in newer]
    _forget_stock(row.barcode for row in fresh if _on_sale_again(row, known.get(row.barcode)))
    variants = dict(OurVariant.objects.filter(barcode__in=seen).values_list("barcode", "pk"))
    rows = [
        Listing(
            channel=Channel.TRENDYOL,
            barcode=row.barcode,
            variant_id=variants.get(row.barcode),
            state=row.state,
            content_id=row.content_id,
            title=row.title,
            on_sale=row.on_sale,
            locked_reason=row.locked_reason,
            reject_reason=row.reject_reason,
            sale_price=row.sale_price,
            list_price=row.list_price,
            remote=row.remote.as_json(),
            observed_quantity=row.quantity,
            observed_at=at if row.quantity is not None else None,
            seen_at=at,
        )
        for row in fresh
    ]
    Listing.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["channel", "barcode"],
        update_fields=[
            "variant",
            "state",
            "content_id",
            "title",
            "on_sale",
            "locked_reason",
            "reject_reason",
            "sale_price",
            "list_price",
            "remote",
            "observed_quantity",
            "observed_at",
            "seen_at",
        ],
    )


def _on_sale_again(row: Seen, known: Standing | None) -> bool:
    return row.state == Listing.State.APPROVED and known is not None and known.state in _OFF_SALE


def mark_missing(rows: QuerySet[Listing, Listing]) -> int:
    """Keep that the marketplace does not have these any more; returns how many they are."""
    with transaction.atomic():
        barcodes = list(rows.values_list("barcode", flat=True))
        lock_standings(channel=Channel.TRENDYOL, barcodes=barcodes)
        return rows.filter(barcode__in=barcodes).update(state=Listing.State.MISSING, on_sale=None)


def _drifts(
    seen: dict[str, Seen], before: dict[str, Belief], after: dict[str, Belief]
) -> list[tuple[Seen, int]]:
    found: list[tuple[Seen, int]] = []
    for barcode, row in seen.items():
        first, last = before.get(barcode), after.get(barcode)
        if (
            row.quantity is None
            or first is None
            or last is None
            or first.quantity is None
            or last.quantity is None
        ):
            continue
        low, high = sorted((first.quantity, last.quantity))
        if not low <= row.quantity <= high:
            found.append((row, last.quantity))
    return found


def _forget_drifts(drifts: list[tuple[Seen, int]]) -> int:
    problems.report(
        Problem(
            SyncProblem.Kind.QUANTITY_DRIFT,
            row.barcode,
            f"Trendyol shows {row.quantity} of {row.barcode}, {believed} was expected; the next push corrects it.",
            {"there": row.quantity, "expected": believed},
        )
        for row, believed in drifts
    )
    _forget_stock(row.barcode for row, _believed in drifts)
    return len(drifts)


def _forget_stock(barcodes: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing SET remote_quantity = NULL WHERE channel = %s AND barcode = ANY(%s)",
            [Channel.TRENDYOL.value, list(barcodes)],
        )
