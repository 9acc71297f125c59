"""The marketplace's accounts: settlements and other financials, per kind and window (contract section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu import clock
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import Settlement, SyncCursor, SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress, silent
from integrations.settlement_kinds import KINDS, Kind, Service
from integrations.trendyol.client import FinancePage, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import Rejected
from integrations.trendyol.schemas import SettlementRow, validate_each
from integrations.trendyol.sync.orders import SyncOutcome, epoch_ms
from integrations.trendyol.sync.settlement_rows import find_matches, to_settlement

CURSOR: Final = "trendyol.settlements"
LOCK: Final = "trendyol.sync_settlements"
WINDOW: Final = timedelta(days=15) - timedelta(minutes=1)
# Whether the dates asked for are shifted is not published (section 4), nor how late a row may be booked for a day past.
# Ten days still fit into the one window that is asked for anyway.
OVERLAP: Final = timedelta(days=10)
FIRST_LOOK_BACK: Final = timedelta(days=90)
# A row gets its payment weeks after it was booked: it is read again until it has one, or is this old.
UNPAID_LOOK_BACK: Final = timedelta(days=90)
PAGE_SIZE: Final = 1000
MAX_PAGES: Final = 1000

_COLUMNS: Final = (
    "label",
    "order",
    "line",
    "order_number",
    "package_id",
    "barcode",
    "description",
    "debt",
    "credit",
    "commission_rate",
    "commission_amount",
    "expected_commission",
    "seller_revenue",
    "currency",
    "transaction_at",
    "payment_date",
    "payment_order_id",
    "payload",
    "read_at",
)


@dataclass(slots=True)
class SettlementsResult:
    """What reading the accounts did: `rows` read, `new` among them, `matched` to an order."""

    outcome: SyncOutcome = SyncOutcome.DONE
    rows: int = 0
    new: int = 0
    matched: int = 0
    problems: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "rows": self.rows,
            "new": self.new,
            "matched": self.matched,
            "problems": self.problems,
        }


def sync_settlements(
    *,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: Any = None,
    progress: Progress = silent,
    since: date | None = None,
) -> SettlementsResult:
    """Read the accounts since the last complete reading (or `since`, a day in Istanbul), and unpaid rows again.

    Safe to repeat: a row is known by its kind and number. Raises TrendyolError; the position stays where it was.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return SettlementsResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("sync_settlements", trigger=trigger, actor=actor, alone=True) as run:
            result = _pull(get_client(), clock.now(), since, progress)
            run.counts = result.as_dict()
            return result


def _pull(client: TrendyolClient, now: datetime, since: date | None, progress: Progress) -> SettlementsResult:
    cursor, _created = SyncCursor.objects.get_or_create(name=CURSOR, defaults={"live_since": now})
    result = SettlementsResult()
    unpaid = _oldest_unpaid(now)
    for number, kind in enumerate(KINDS, start=1):
        start = _start(cursor.position, unpaid.get(kind.name), since=since, now=now)
        for content in _rows(client, kind, start, now + timedelta(hours=4)):
            _store(content, kind, result)
        progress(_("settlements"), number, len(KINDS))
    # A reading from a chosen day says nothing about what lies between the position and that day.
    if since is None or _midnight(since) <= (cursor.position or now - FIRST_LOOK_BACK):
        SyncCursor.objects.filter(pk=cursor.pk).update(position=now, updated_at=timezone.now())
    return result


def _start(
    position: datetime | None, unpaid: datetime | None, *, since: date | None, now: datetime
) -> datetime:
    if since is not None:
        return min(_midnight(since), now)
    if position is None:
        return now - FIRST_LOOK_BACK
    start = position - OVERLAP
    return min(start, unpaid - OVERLAP) if unpaid else start


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _oldest_unpaid(now: datetime) -> dict[str, datetime]:
    """The oldest row of each kind that has no payment yet, by kind. One statement."""
    rows = Settlement.objects.filter(payment_order_id="", transaction_at__gte=now - UNPAID_LOOK_BACK)
    return dict(rows.values("kind").annotate(oldest=Min("transaction_at")).values_list("kind", "oldest"))


def _windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Windows of at most 15 days that overlap by four hours: an edge must not lose rows."""
    while start < end:
        stop = min(start + WINDOW, end)
        yield start, stop
        if stop == end:
            return
        start = stop - timedelta(hours=4)


def _rows(
    client: TrendyolClient, kind: Kind, start: datetime, end: datetime
) -> Iterator[list[dict[str, Any]]]:
    for window in _windows(start, end):
        for number in range(MAX_PAGES):
            page = _page(client, kind, window, number)
            yield page.content
            if len(page.content) < page.size or (number + 1) * page.size >= page.total_elements:
                break


def _page(client: TrendyolClient, kind: Kind, window: tuple[datetime, datetime], number: int) -> FinancePage:
    """One page. A spelling that is refused gives way to the next; the last refusal stands."""
    ask = client.settlements if kind.service is Service.SETTLEMENTS else client.other_financials
    times = {"start_ms": epoch_ms(window[0]), "end_ms": epoch_ms(window[1])}
    *others, last = kind.names
    for name in others:
        try:
            return ask([name], **times, page=number, size=PAGE_SIZE)
        except Rejected:
            continue
    return ask([last], **times, page=number, size=PAGE_SIZE)


@transaction.atomic
def _store(content: list[dict[str, Any]], kind: Kind, result: SettlementsResult) -> None:
    """Upsert a page: a handful of statements, however many rows."""
    good, bad = validate_each(SettlementRow, content)
    result.problems += problems.report(
        Problem(
            SyncProblem.Kind.BAD_PAYLOAD,
            f"settlement {kind.name} {record.raw.get('id') or f'#{record.index}'}",
            f"A settlement row ({kind.name}) could not be read: {record.reason}",
        )
        for record in bad
    )
    if not good:
        return
    matches, now = find_matches(good), timezone.now()
    raw_of = {str(raw.get("id")): raw for raw in content}
    rows = {
        row.id: to_settlement(row, kind, matches, raw=raw_of.get(row.id, {}), read_at=now) for row in good
    }
    known = Settlement.objects.filter(kind=kind.name, record_id__in=[row.record_id for row in rows.values()])
    result.new += len(rows) - known.count()
    Settlement.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["channel", "kind", "record_id"],
        update_fields=list(_COLUMNS),
    )
    result.rows += len(rows)
    result.matched += sum(row.order_id is not None for row in rows.values())
