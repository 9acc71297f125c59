"""What Trendyol lists of ours: approval state, prices, and its own stock numbers (contract section 8.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Variant as OurVariant
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import Listing, SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress, silent
from integrations.selectors import Belief, beliefs
from integrations.trendyol.client import MAX_APPROVED_SIZE, MAX_UNAPPROVED_SIZE, ProductsPage, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import (
    ApprovedProduct,
    BadRecord,
    UnapprovedProduct,
    Variant,
    validate_each,
)
from integrations.trendyol.sync.orders import SyncOutcome, sync_orders
from orders.enums import Channel

LOCK: Final = "trendyol.sync_products"
PULL_WAIT_SECONDS: Final = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One barcode as Trendyol lists it. `quantity` None means that it did not say, never zero."""

    barcode: str
    state: Listing.State
    content_id: int | None = None
    title: str = ""
    on_sale: bool | None = None
    locked_reason: str = ""
    reject_reason: str = ""
    sale_price: Decimal | None = None
    list_price: Decimal | None = None
    quantity: int | None = None


@dataclass(slots=True)
class ProductsResult:
    """What reading the whole listing showed, in barcodes."""

    outcome: SyncOutcome = SyncOutcome.DONE
    approved: int = 0
    unapproved: int = 0
    unknown_here: int = 0
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
            "gone": self.gone,
            "drifts": self.drifts,
            "problems": self.problems,
            "duration_seconds": round(self.duration_seconds, 3),
        }


@dataclass(slots=True)
class _Listing:
    """Everything read so far; nothing is concluded from a part of it."""

    seen: dict[str, Seen] = field(default_factory=dict)
    bad: list[BadRecord] = field(default_factory=list)


def sync_products(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> ProductsResult:
    """Read the complete listing, then update ours; a failed page changes nothing.

    A barcode that a complete listing no longer has is marked as missing, never deleted. Where Trendyol's stock
    number contradicts what we believe it shows, the drift is listed and the belief dropped, so that the next push
    corrects it. Raises TrendyolError.
    """
    started = timezone.now()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ProductsResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("sync_products", trigger=trigger, actor=actor) as run:
            result = _sync(get_client(), started, progress)
            result.duration_seconds = (timezone.now() - started).total_seconds()
            run.counts = result.as_dict()
            return result


def _sync(client: TrendyolClient, started: datetime, progress: Progress) -> ProductsResult:
    sync_orders(wait_seconds=PULL_WAIT_SECONDS)
    before = beliefs()
    listing = _read_all(client, progress)
    # Orders placed while we read explain a difference; only what no moment in between explains is a drift.
    sync_orders(wait_seconds=PULL_WAIT_SECONDS)
    result = ProductsResult(
        approved=sum(
            seen.state in {Listing.State.APPROVED, Listing.State.ARCHIVED} for seen in listing.seen.values()
        ),
        unapproved=sum(
            seen.state in {Listing.State.PENDING, Listing.State.REJECTED} for seen in listing.seen.values()
        ),
    )
    result.problems = problems.report(_bad(record) for record in listing.bad)
    drifts = _drifts(listing.seen, before, beliefs())
    drifting = {row.barcode for row, _believed in drifts}
    problems.resolve(SyncProblem.Kind.QUANTITY_DRIFT, listing.seen.keys() - drifting)
    with transaction.atomic():
        _store(listing.seen, at=started)
        result.gone = _mark_missing(started)
        result.drifts = _forget_drifts(drifts)
    ours = set(OurVariant.objects.filter(barcode__in=listing.seen).values_list("barcode", flat=True))
    result.unknown_here = len(listing.seen) - len(ours)
    return result


# --- reading ----------------------------------------------------------------------------------------------------


def _read_all(client: TrendyolClient, progress: Progress) -> _Listing:
    listing = _Listing()
    for page in _pages(client.unapproved_products, MAX_UNAPPROVED_SIZE):
        products, bad = validate_each(UnapprovedProduct, page.content)
        listing.bad += bad
        listing.seen |= {product.barcode: _unapproved(product) for product in products}
        progress(_("products"), len(listing.seen), None)
    for page in _pages(client.approved_products, MAX_APPROVED_SIZE):
        contents, bad = validate_each(ApprovedProduct, page.content)
        listing.bad += bad
        listing.seen |= {
            variant.barcode: _approved(content, variant)
            for content in contents
            for variant in content.variants
        }
        progress(_("products"), len(listing.seen), None)
    return listing


def _pages(read: Any, size: int) -> Iterator[ProductsPage]:
    """All pages: by number, and past 10,000 records by token."""
    number, token, reached = 0, None, 0
    while True:
        page: ProductsPage = read(page=number, size=size, next_page_token=token)
        yield page
        reached += len(page.content)
        if not page.content or reached >= page.total_elements:
            if reached < page.total_elements and not page.content:
                raise SchemaChanged(endpoint="products", detail="the listing ended before its announced end")
            return
        number += 1
        if number * size > 10_000:
            if not page.next_page_token:
                raise SchemaChanged(endpoint="products", detail="no nextPageToken past 10,000 records")
            token = page.next_page_token


def _approved(content: ApprovedProduct, variant: Variant) -> Seen:
    return Seen(
        barcode=clean(variant.barcode, 100),
        state=Listing.State.ARCHIVED if variant.archived else Listing.State.APPROVED,
        content_id=content.content_id,
        title=clean(content.title, 300),
        on_sale=variant.on_sale,
        locked_reason=clean(variant.lock_reason, 300) if variant.locked else "",
        sale_price=variant.price.sale_price,
        list_price=variant.price.list_price,
        quantity=variant.stock.quantity,
    )


def _unapproved(product: UnapprovedProduct) -> Seen:
    rejected = product.status == "rejected"
    reasons = "\n".join(
        clean(f"{reason.reject_reason}: {reason.reject_reason_detail}", 1000)
        for reason in product.reject_reasons
    )
    return Seen(
        barcode=clean(product.barcode, 100),
        state=Listing.State.REJECTED if rejected else Listing.State.PENDING,
        title=clean(product.title, 300),
        reject_reason=reasons,
        sale_price=product.sale_price,
        list_price=product.list_price,
        quantity=product.quantity,
    )


def _bad(record: BadRecord) -> Problem:
    name = str(record.raw.get("barcode") or record.raw.get("contentId") or record.index)
    return Problem(
        SyncProblem.Kind.BAD_PAYLOAD, f"product {name}", f"Product {name} could not be read: {record.reason}"
    )


# --- writing ----------------------------------------------------------------------------------------------------


def _store(seen: dict[str, Seen], *, at: datetime) -> None:
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
            observed_quantity=row.quantity,
            observed_at=at if row.quantity is not None else None,
            seen_at=at,
        )
        for row in seen.values()
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
            "observed_quantity",
            "observed_at",
            "seen_at",
        ],
    )


def _mark_missing(started: datetime) -> int:
    rows = Listing.objects.filter(channel=Channel.TRENDYOL).exclude(seen_at__gte=started)
    return rows.exclude(state=Listing.State.MISSING).update(state=Listing.State.MISSING, on_sale=None)


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
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing SET remote_quantity = NULL WHERE channel = %s AND barcode = ANY(%s)",
            [Channel.TRENDYOL.value, [row.barcode for row, _believed in drifts]],
        )
    return len(drifts)
