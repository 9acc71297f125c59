"""Customer returns (claims): one row per unit, updated for as long as the claim lives (contract section 9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Variant
from gullu import clock
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import SyncCursor, SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress, silent
from integrations.trendyol.client import CLAIMS_REACH, MAX_CLAIMS_SIZE, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import (
    ClaimItem,
    ClaimLine,
    ClaimPackage,
    ClaimPayload,
    validate_each,
)
from integrations.trendyol.sync.orders import SyncOutcome, epoch_ms
from orders.locks import lock_sold
from orders.models import OrderLine, ReturnUnit

CURSOR: Final = "trendyol.returns"
LOCK: Final = "trendyol.sync_returns"
# Claims are filtered by creation or by change, the sources disagree: look back as long as a claim can live.
LOOK_BACK: Final = timedelta(days=45)
FIRST_LOOK_BACK: Final = timedelta(days=180)
OVERLAP: Final = timedelta(hours=4)
SMALLEST_WINDOW: Final = timedelta(minutes=10)
IDS_PER_CALL: Final = 50
FINAL: Final = (ReturnUnit.Status.ACCEPTED, ReturnUnit.Status.REJECTED, ReturnUnit.Status.CANCELLED)

_COLUMNS: Final = (
    "claim_id",
    "order_number",
    "order",
    "line",
    "barcode",
    "variant",
    "price",
    "status",
    "reason_id",
    "reason",
    "customer_note",
    "auto_accepted",
    "cargo_tracking_number",
    "cargo_provider",
    "claimed_at",
    "act_by_at",
    "remote_modified_at",
    "return_package_id",
    "replacement_package_id",
    "rejected_package_id",
    "updated_at",
)


@dataclass(slots=True)
class ReturnsResult:
    """What reading the claims did: `claims` read, `units` written, `to_decide` waiting for us now."""

    outcome: SyncOutcome = SyncOutcome.DONE
    claims: int = 0
    units: int = 0
    problems: int = 0
    to_decide: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "claims": self.claims,
            "units": self.units,
            "problems": self.problems,
            "to_decide": self.to_decide,
        }


def sync_returns(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> ReturnsResult:
    """Read claims of the look-back time, and every claim that is unfinished here by its number.

    Safe to repeat. A window with 500 records or more is halved, because Trendyol cuts there silently.
    Raises TrendyolError; the position stays where it was.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ReturnsResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("sync_returns", trigger=trigger, actor=actor, alone=True) as run:
            result = _pull(get_client(), clock.now(), progress)
            run.counts = result.as_dict()
            return result


def _pull(client: TrendyolClient, now: datetime, progress: Progress) -> ReturnsResult:
    cursor, _created = SyncCursor.objects.get_or_create(name=CURSOR, defaults={"live_since": now})
    start = now - (LOOK_BACK if cursor.position else FIRST_LOOK_BACK)
    if cursor.position:
        start = min(start, cursor.position - OVERLAP)
    result = ReturnsResult()
    seen: set[str] = set()
    for content in _window(client, start, now + OVERLAP):
        seen |= _store(content, result)
        progress(_("returns"), result.claims, None)
    rows = ReturnUnit.objects.exclude(status__in=FINAL).exclude(claim_id__in=seen)
    for content in _by_id(client, sorted(set(rows.values_list("claim_id", flat=True)))):
        _store(content, result)
    SyncCursor.objects.filter(pk=cursor.pk).update(position=now, updated_at=timezone.now())
    result.to_decide = ReturnUnit.objects.filter(status=ReturnUnit.Status.WAITING).count()
    return result


def reread_claims(claim_ids: Sequence[str], *, client: TrendyolClient | None = None) -> set[str]:
    """Read these claims again and store their units; returns the claims found. Raises TrendyolError."""
    speaking = client or get_client()
    found: set[str] = set()
    for content in _by_id(speaking, list(claim_ids)):
        found |= _store(content, ReturnsResult())
    return found


def _window(client: TrendyolClient, start: datetime, end: datetime) -> Iterator[list[dict[str, Any]]]:
    first = client.get_claims(start_ms=epoch_ms(start), end_ms=epoch_ms(end))
    if first.total_elements >= CLAIMS_REACH and end - start > SMALLEST_WINDOW:
        middle = start + (end - start) / 2
        yield from _window(client, start, middle + OVERLAP if end - start > 4 * OVERLAP else middle)
        yield from _window(client, middle, end)
        return
    yield first.content
    for page in range(1, -(-first.total_elements // MAX_CLAIMS_SIZE)):
        yield client.get_claims(start_ms=epoch_ms(start), end_ms=epoch_ms(end), page=page).content


def _by_id(client: TrendyolClient, ids: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    for place in range(0, len(ids), IDS_PER_CALL):
        yield client.get_claims(claim_ids=ids[place : place + IDS_PER_CALL]).content


@transaction.atomic
def _store(content: list[dict[str, Any]], result: ReturnsResult) -> set[str]:
    claims, bad = validate_each(ClaimPayload, content)
    result.problems += problems.report(
        Problem(
            SyncProblem.Kind.BAD_PAYLOAD,
            f"claim {record.raw.get('claimId') or record.index}",
            f"Claim {record.raw.get('claimId') or record.index} could not be read: {record.reason}",
        )
        for record in bad
    )
    rows = _rows(claims)
    ReturnUnit.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["claim_item_id"], update_fields=list(_COLUMNS)
    )
    result.claims += len(claims)
    result.units += len(rows)
    return {claim.claim_id for claim in claims}


def _rows(claims: list[ClaimPayload]) -> list[ReturnUnit]:
    packages = {claim.outbound_package_id for claim in claims if claim.outbound_package_id}
    # Locked: while a customer is being erased nobody may look before it and write after it.
    sold = lock_sold(packages, {clean(claim.order_number, 40) for claim in claims})
    orders: dict[int | None, int] = {
        order.package_id: order.pk for order in sold if order.package_id is not None
    }
    erased = {order.order_number for order in sold if order.anonymized_at is not None}
    lines = {
        (line.order_id, line.line_id): line.pk
        for line in OrderLine.objects.filter(order_id__in=orders.values()).only("order_id", "line_id")
    }
    barcodes = {line.order_line.barcode for claim in claims for line in claim.items}
    variants = dict(Variant.objects.filter(barcode__in=barcodes).values_list("barcode", "pk"))
    units: dict[str, ReturnUnit] = {}
    for claim in claims:
        order_id = orders.get(claim.outbound_package_id)
        for line in claim.items:
            line_pk = lines.get((order_id or 0, line.order_line.line_id or 0))
            for item in line.claim_items:
                unit = _unit(claim, line, item, order_id, line_pk, variants)
                if unit.order_number in erased:
                    unit.customer_note = ""
                units[item.id] = unit
    # In the order in which deciding and settling lock units.
    return sorted(units.values(), key=lambda unit: unit.claim_item_id)


def _unit(
    claim: ClaimPayload,
    line: ClaimLine,
    item: ClaimItem,
    order_id: int | None,
    line_pk: int | None,
    variants: dict[str, int],
) -> ReturnUnit:
    claimed_at = claim.claimed_at or claim.last_modified_at or timezone.now()
    return ReturnUnit(
        claim_item_id=clean(item.id, 60),
        claim_id=clean(claim.claim_id, 60),
        order_number=clean(claim.order_number, 40),
        order_id=order_id,
        line_id=line_pk,
        barcode=clean(line.order_line.barcode, 100),
        variant_id=variants.get(line.order_line.barcode),
        price=line.order_line.price,
        status=clean(item.status, 40),
        reason_id=item.customer_reason.id,
        reason=clean(item.customer_reason.name, 300),
        customer_note=clean(item.customer_note, 2000),
        auto_accepted=item.auto_accepted,
        cargo_tracking_number=clean(claim.cargo_tracking_number, 40),
        cargo_provider=clean(claim.cargo_provider_name, 100),
        claimed_at=claimed_at,
        act_by_at=item.auto_approve_at,
        remote_modified_at=claim.last_modified_at or claimed_at,
        return_package_id=_number(claim.return_package_id),
        replacement_package_id=_package_of(claim.replacement_package),
        rejected_package_id=_package_of(claim.rejected_package),
    )


def _package_of(parcel: ClaimPackage | None) -> int | None:
    return _number(parcel.package_id) if parcel is not None else None


def _number(value: int | None) -> int | None:
    """What fits the column; Trendyol's numbers grow without notice."""
    return value if value is not None and 0 < value < 2**63 else None
