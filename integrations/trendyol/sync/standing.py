"""Where barcodes stand that wait: for approval, or for the judgement of a changed card (sections 8.11 and 8.12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import Listing, OutboxMessage, ProductWrite, SyncProblem
from integrations.problems import Problem
from integrations.trendyol.client import MAX_APPROVED_SIZE, MAX_BARCODES, MAX_UNAPPROVED_SIZE, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import Rejected
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import UpdateAudit, validate_each
from integrations.trendyol.sync.listing_pages import ReadListing, bad_product, known_roles, pages
from integrations.trendyol.sync.orders import SyncOutcome
from integrations.trendyol.sync.products import mark_missing, store_seen
from orders.enums import Channel

LOCK: Final = "trendyol.check_listings"
# Up to so many are asked for one by one; beyond that one page of the whole list costs less.
FEW: Final = 5
# What was listed a moment ago may not be in the lists yet.
SETTLES_IN: Final = timedelta(minutes=15)
# Quality control takes a day; what has no verdict after this will not get one.
JUDGED_WITHIN: Final = timedelta(days=14)
FIELDS_OF_PARTS: Final = {
    "TITLE": "title",
    "DESCRIPTION": "description",
    "MEDIA": "image_urls",
    "ATTRIBUTE": "attributes",
}
_WAITING: Final = (Listing.State.PENDING, Listing.State.REJECTED)
State = ProductWrite.State


@dataclass(slots=True)
class StandingResult:
    """`asked` barcodes by where they stand now; `judged` and `refused` cards, `running` ones are not decided."""

    outcome: SyncOutcome = SyncOutcome.DONE
    asked: int = 0
    approved: int = 0
    pending: int = 0
    rejected: int = 0
    missing: int = 0
    judged: int = 0
    refused: int = 0
    running: int = 0
    problems: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "asked": self.asked,
            "approved": self.approved,
            "pending": self.pending,
            "rejected": self.rejected,
            "missing": self.missing,
            "judged": self.judged,
            "refused": self.refused,
            "running": self.running,
            "problems": self.problems,
        }


def check_listings(
    *, product_id: int | None = None, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None
) -> StandingResult:
    """Ask where everything stands that is not decided, or all of one model. One statement when nothing is open.

    Barcodes waiting for approval or rejected: approved ones get their card and prices, rejected ones their reasons.
    Changes of cards in quality control: their verdicts. Raises TrendyolError; what was read before stays.
    """
    if not _anything_open(product_id):
        return StandingResult()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return StandingResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("check_listings", trigger=trigger, actor=actor, alone=True) as run:
            result = StandingResult()
            _check_barcodes(get_client(), product_id, result)
            _check_cards(get_client(), product_id, result)
            run.counts = result.as_dict()
            return result


def _anything_open(product_id: int | None) -> bool:
    both = _to_ask(product_id).values("pk").union(_entered(product_id).values("pk"), all=True)
    return bool(list(both[:1]))


def _to_ask(product_id: int | None) -> QuerySet[Listing, Listing]:
    """What waits; of one model all of it: who asks wants to know, and what is approved can be locked or archived."""
    rows = Listing.objects.filter(channel=Channel.TRENDYOL)
    return (
        rows.filter(state__in=_WAITING) if product_id is None else rows.filter(variant__product_id=product_id)
    )


def _entered(product_id: int | None) -> QuerySet[ProductWrite, ProductWrite]:
    rows = ProductWrite.objects.filter(message__channel=Channel.TRENDYOL, state=State.ENTERED)
    return rows if product_id is None else rows.filter(product_id=product_id)


# --- barcodes -----------------------------------------------------------------------------------------------------


def read_standing(client: TrendyolClient, barcodes: Collection[str]) -> ReadListing:
    """What Trendyol shows of these barcodes, before approval or after it; what is on neither list is left out.

    Raises TrendyolError.
    """
    wanted = set(barcodes)
    listing = ReadListing()
    if not wanted:
        return listing
    roles = known_roles()
    # In this order: what is approved between the two readings is seen by the second one.
    reads = [partial(client.unapproved_products, barcode=name) for name in sorted(wanted)]
    for read in reads if len(wanted) <= FEW else [client.unapproved_products]:
        for page in pages(read, MAX_UNAPPROVED_SIZE):
            listing.add_unapproved(page, roles)
    for chunk in chunks(sorted(wanted - listing.seen.keys()), MAX_BARCODES):
        for page in pages(partial(client.approved_products, barcodes=chunk), MAX_APPROVED_SIZE):
            listing.add_approved(page, roles)
    listing.seen = {name: row for name, row in listing.seen.items() if name in wanted}
    return listing


def keep_seen(listing: ReadListing) -> None:
    """Store what was read of single barcodes."""
    with transaction.atomic():
        store_seen(listing.seen, at=listing.began_at)


def chunks(rows: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """At most `size` at once."""
    return (rows[place : place + size] for place in range(0, len(rows), size))


def is_unknown_there(client: TrendyolClient, barcode: str) -> bool:
    """Whether Trendyol says that it does not know a barcode (section 8.11). Raises TrendyolError."""
    try:
        client.product_base(barcode)
    except Rejected as refusal:
        if refusal.status != 404:
            raise
        return True
    return False


def _check_barcodes(client: TrendyolClient, product_id: int | None, result: StandingResult) -> None:
    started = timezone.now()
    rows = {row.barcode: row for row in _to_ask(product_id)}
    listing = read_standing(client, rows)
    result.problems += problems.report(bad_product(record) for record in listing.bad)
    keep_seen(listing)
    lost = [
        name
        for name, row in rows.items()
        if name not in listing.seen
        and row.state in _WAITING
        and (row.seen_at is None or row.seen_at < started - SETTLES_IN)
    ]
    gone = [name for name in lost if is_unknown_there(client, name)]
    missing = Listing.objects.filter(channel=Channel.TRENDYOL, barcode__in=gone, state__in=_WAITING)
    result.missing = mark_missing(missing)
    result.asked = len(rows)
    result.approved = listing.count(Listing.State.APPROVED, Listing.State.ARCHIVED)
    result.pending = listing.count(Listing.State.PENDING)
    result.rejected = listing.count(Listing.State.REJECTED)


# --- cards --------------------------------------------------------------------------------------------------------


def _check_cards(client: TrendyolClient, product_id: int | None, result: StandingResult) -> None:
    """Verdicts on changed cards; what became true is read again, so that we know what is shown."""
    open_rows = list(_entered(product_id).select_related("message").order_by("content_id", "pk"))
    changed: set[int] = set()
    for content_id in sorted({row.content_id for row in open_rows if row.content_id is not None}):
        rows = [row for row in open_rows if row.content_id == content_id]
        audits = read_audits(client, content_id, batches={_batch(row) for row in rows})
        for row in rows:
            if _judge(row, audits.get(_batch(row)), result):
                changed.add(content_id)
    barcodes = Listing.objects.filter(channel=Channel.TRENDYOL, content_id__in=changed)
    keep_seen(read_standing(client, list(barcodes.values_list("barcode", flat=True))))


def _batch(row: ProductWrite) -> str:
    return str(row.message.answer.get("batch", ""))


def read_audits(
    client: TrendyolClient, content_id: int, *, batches: Collection[str]
) -> Mapping[str, UpdateAudit]:
    """Quality control of one card by the batch that asked for it, page by page until all `batches` are found.

    Nothing is found of a card that Trendyol does not know any more. Raises other TrendyolErrors.
    """
    found: dict[str, UpdateAudit] = {}
    number = 0
    while True:
        try:
            page = client.update_audits(content_id, page=number)
        except Rejected:
            # One card must not keep the others from their verdicts.
            return found
        audits, bad = validate_each(UpdateAudit, page.content)
        problems.report(
            Problem(
                SyncProblem.Kind.BAD_PAYLOAD,
                f"card {content_id}",
                f"A verdict on card {content_id} could not be read: {record.reason}",
            )
            for record in bad
        )
        found |= {audit.batch_request_id: audit for audit in audits if audit.batch_request_id in batches}
        number += 1
        if not page.content or number >= page.total_pages or set(batches) <= found.keys():
            return found


def _judge(row: ProductWrite, audit: UpdateAudit | None, result: StandingResult) -> bool:
    """Keep the verdict on one change; returns whether some of it became true."""
    if audit is None or audit.running:
        result.running += 1
        if timezone.now() - row.message.created_at > JUDGED_WITHIN:
            _decide(row, State.UNKNOWN, [_("Quality control never said what became of this.")])
        return False
    if not audit.refused:
        _decide(row, State.SUCCESS, [])
        result.judged += 1
        return True
    _decide(row, State.FAILED, _reasons(audit))
    _note_refused(row, _refused_fields(audit))
    result.refused += 1
    return len(audit.refused) < len(audit.updates)


def _note_refused(row: ProductWrite, fields: list[str]) -> None:
    """Keep beside the message which fields have to be said again (`integrations.listing.writes.failed_fields`)."""
    # Read anew: several cards of one message are judged one after the other.
    message = OutboxMessage.objects.get(pk=row.message_id)
    refused = {**message.answer.get("refused_fields", {}), str(row.content_id): fields}
    message.answer = {**message.answer, "refused_fields": refused}
    message.save(update_fields=["answer"])


def _decide(row: ProductWrite, state: State, reasons: list[str]) -> None:
    row.state, row.reasons, row.decided_at = state, reasons, timezone.now()
    row.save(update_fields=["state", "reasons", "decided_at"])


def _reasons(audit: UpdateAudit) -> list[str]:
    """Trendyol's own words, each behind the part it is about."""
    return [
        clean(f"{_part(part.type)}: {': '.join(filter(None, (reason.reason, reason.detail)))}", 1000)
        for part in audit.refused
        for reason in part.reject_reasons
    ] or [_part(part.type) for part in audit.refused]


def _part(kind: str) -> str:
    names = {
        "TITLE": _("Title"),
        "DESCRIPTION": _("Description"),
        "MEDIA": _("Pictures"),
        "ATTRIBUTE": _("Attributes"),
    }
    return names.get(kind, kind)


def _refused_fields(audit: UpdateAudit) -> list[str]:
    return sorted({FIELDS_OF_PARTS[part.type] for part in audit.refused if part.type in FIELDS_OF_PARTS})


__all__ = [
    "StandingResult",
    "check_listings",
    "is_unknown_there",
    "keep_seen",
    "read_audits",
    "read_standing",
]
