"""Orders in: the stream from the stored position, overlapping, page by page (contract section 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext as _

from gullu import clock
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import SyncCursor, SyncProblem
from integrations.progress import Progress, silent
from integrations.trendyol.client import MAX_ORDERS_SIZE, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.sync.pages import StoredPage, store_page
from inventory.models import StockMovement
from orders.services import heal_unknown_lines

CURSOR: Final = "trendyol.orders"
LOCK: Final = "trendyol.sync_orders"
# The filter's time convention is not published: overlap by more than the three hours it may be off (section 4).
OVERLAP: Final = timedelta(hours=4)
WINDOW: Final = timedelta(days=14) - timedelta(minutes=1)
FIRST_LOOK_BACK: Final = timedelta(days=14) - 2 * OVERLAP - timedelta(minutes=5)
HISTORY: Final = timedelta(days=89)
MAX_PAGES: Final = 2000


class SyncOutcome(Enum):
    DONE = "DONE"
    ALREADY_RUNNING = "ALREADY_RUNNING"


@dataclass(slots=True)
class OrdersResult:
    """What a pull did, in packages."""

    outcome: SyncOutcome = SyncOutcome.DONE
    pages: int = 0
    packages: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: int = 0
    healed: int = 0
    duration_seconds: float = 0.0

    def add(self, page: StoredPage) -> None:
        self.pages += 1
        self.packages += page.packages
        self.created += page.created
        self.updated += page.updated
        self.unchanged += page.unchanged
        self.problems += page.problems

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "pages": self.pages,
            "packages": self.packages,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "problems": self.problems,
            "healed": self.healed,
            "duration_seconds": round(self.duration_seconds, 3),
        }


def sync_orders(
    *,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: Any = None,
    wait_seconds: float = 0,
    progress: Progress = silent,
) -> OrdersResult:
    """Pull what changed since the stored position. Safe to repeat; a failed page is a failed pull.

    Waits `wait_seconds` for a pull that is under way. Raises TrendyolError (the position stays where it was),
    `NotConfigured`.
    """
    started = clock.now()
    with advisory_lock(LOCK, wait_seconds=wait_seconds) as lock:
        if not lock.acquired:
            return OrdersResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("sync_orders", trigger=trigger, actor=actor, alone=True) as run:
            result = _pull(get_client(), started=started, progress=progress)
            result.duration_seconds = (clock.now() - started).total_seconds()
            run.counts = result.as_dict()
            return result


def _pull(client: TrendyolClient, *, started: datetime, progress: Progress) -> OrdersResult:
    cursor = open_cursor(now=started)
    result = OrdersResult(healed=heal())
    for start, end in windows(cursor.position, now=started):
        newest = cursor.position
        for page in read_stream(client, start=start, end=end):
            stored = store_page(page, live_since=cursor.live_since)
            result.add(stored)
            newest = max(filter(None, (newest, stored.newest)), default=None)
            progress(_("orders"), result.packages, None)
        # Only now: the stream runs from new to old, so an unfinished window has a hole at its old end.
        SyncCursor.objects.filter(pk=cursor.pk).update(position=newest, updated_at=clock.now())
        cursor.position = newest
    return result


def reread_changes(client: TrendyolClient, *, since: datetime, progress: Progress = silent) -> OrdersResult:
    """Read everything changed since a moment again and store it; the position stays where it is.

    Safe beside a pull: what is known is left alone. Raises TrendyolError; what was read until then is stored.
    """
    now = clock.now()
    live_since = open_cursor(now=now).live_since
    result = OrdersResult()
    for start, end in windows(since, now=now):
        for page in read_stream(client, start=start, end=end):
            result.add(store_page(page, live_since=live_since))
            progress(_("orders"), result.packages, None)
    result.duration_seconds = (clock.now() - now).total_seconds()
    return result


def open_cursor(*, now: datetime) -> SyncCursor:
    """The position of this shop; on the very first pull it notes since when stock is kept here.

    Goods that left before the first movement of the ledger were never counted in it.
    """
    known = SyncCursor.objects.filter(name=CURSOR).first()
    if known is not None:
        return known
    first = StockMovement.objects.order_by("pk").values_list("created_at", flat=True).first()
    cursor, _created = SyncCursor.objects.get_or_create(name=CURSOR, defaults={"live_since": first or now})
    return cursor


def heal() -> int:
    """Connect lines of unknown barcodes whose product has arrived; returns how many barcodes."""
    healed = heal_unknown_lines()
    problems.resolve(SyncProblem.Kind.UNKNOWN_BARCODE, healed)
    return len(healed)


def windows(position: datetime | None, *, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Overlapping windows of at most 14 days, oldest first, from the position to now; the API keeps 3 months."""
    start = (now - FIRST_LOOK_BACK if position is None else max(position, now - HISTORY)) - OVERLAP
    end = now + OVERLAP
    while start + WINDOW < end:
        yield start, start + WINDOW
        start += WINDOW - OVERLAP
    yield start, end


def read_stream(client: TrendyolClient, *, start: datetime, end: datetime) -> Iterator[list[dict[str, Any]]]:
    """The pages of one window of at most 14 days, newest change first. Raises TrendyolError."""
    cursor: str | None = None
    for _page in range(MAX_PAGES):
        page = client.stream_orders(
            start_ms=epoch_ms(start), end_ms=epoch_ms(end), size=MAX_ORDERS_SIZE, cursor=cursor
        )
        yield page.content
        if not page.has_more:
            return
        if not page.next_cursor or page.next_cursor == cursor:
            raise SchemaChanged(endpoint="orders.stream", detail="hasMore without a new nextCursor")
        cursor = page.next_cursor
    raise SchemaChanged(endpoint="orders.stream", detail=f"more than {MAX_PAGES} pages")


def epoch_ms(at: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(at.timestamp() * 1000)
