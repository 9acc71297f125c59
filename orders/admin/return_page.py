"""Everything the page of one return shows: all units of the claim, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.models import StockMovement
from orders.models import Order, ReturnUnit
from orders.return_words import status_words, time_words

URGENT_WITHIN: Final = timedelta(hours=12)
LARGE: Final = ("payload", "shipment_address", "invoice_address", "search_key")


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of the time to decide; `tone`: calm, urgent, late."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the claim. `not_taken` is why the marketplace refused our decision."""

    unit: ReturnUnit
    status: str
    clock: Clock | None
    not_taken: str
    photos: tuple[Any, ...]
    movements: tuple[StockMovement, ...]
    decidable: bool
    writable_off: bool


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A claim. The packages are the marketplace's numbers with our order, where we know it."""

    unit: ReturnUnit
    rows: tuple[UnitRow, ...]
    order: Order | None
    replacement: Order | None
    rejected: Order | None
    messages: tuple[Any, ...]

    @property
    def decidable(self) -> tuple[int, ...]:
        return tuple(row.unit.pk for row in self.rows if row.decidable)

    @property
    def writable_off(self) -> tuple[int, ...]:
        return tuple(row.unit.pk for row in self.rows if row.writable_off)


def clock_of(unit: ReturnUnit, now: datetime) -> Clock | None:
    """The clock of a unit that waits for our decision; None for any other."""
    if unit.status != ReturnUnit.Status.WAITING or unit.act_by_at is None:
        return None
    left = unit.act_by_at - now
    tone = "late" if left <= timedelta(0) else "urgent" if left <= URGENT_WITHIN else "calm"
    return Clock(time_words(unit.act_by_at, now), tone)


def return_page(
    unit: ReturnUnit,
    *,
    messages: tuple[Any, ...] = (),
    not_taken: Mapping[str, str],
    now: datetime | None = None,
) -> ReturnPage:
    """Read the page of the claim this unit belongs to. `messages` and `not_taken` come from the layer above."""
    moment = now or timezone.now()
    units = list(_units(unit.claim_id))
    packages = _packages(units)
    movements = _movements(units)
    newest = max(units, key=lambda other: other.remote_modified_at)
    return ReturnPage(
        unit=unit,
        rows=tuple(_row(other, movements, not_taken, moment) for other in units),
        order=next((other.order for other in units if other.order), None),
        replacement=packages.get(newest.replacement_package_id or 0),
        rejected=packages.get(newest.rejected_package_id or 0),
        messages=messages,
    )


def _units(claim_id: str) -> QuerySet[ReturnUnit]:
    rows = ReturnUnit.objects.filter(claim_id=claim_id).select_related(
        "variant__product", "shelf", "inspected_by", "decided_by", "settled_by", "order"
    )
    return rows.defer(*(f"order__{name}" for name in LARGE)).prefetch_related("photos").order_by("pk")


def _row(
    unit: ReturnUnit,
    movements: Mapping[str, list[StockMovement]],
    not_taken: Mapping[str, str],
    now: datetime,
) -> UnitRow:
    waits = unit.status == ReturnUnit.Status.WAITING
    refused = not_taken.get(unit.claim_item_id, "") if waits and unit.decision else ""
    return UnitRow(
        unit=unit,
        status=status_words(unit.status),
        clock=clock_of(unit, now),
        not_taken=refused,
        photos=tuple(unit.photos.all()),
        movements=tuple(movements.get(unit.ledger_reference, ())),
        decidable=waits and (not unit.decision or bool(refused)),
        writable_off=unit.status == ReturnUnit.Status.ACCEPTED and not unit.disposition,
    )


def _packages(units: list[ReturnUnit]) -> dict[int, Order]:
    numbers = {number for unit in units for number in (unit.replacement_package_id, unit.rejected_package_id)}
    rows = Order.objects.filter(Q(package_id__in=numbers - {None})).only("package_id", "order_number")
    return {order.package_id: order for order in rows if order.package_id is not None}


def _movements(units: list[ReturnUnit]) -> dict[str, list[StockMovement]]:
    rows = StockMovement.objects.filter(reference__in=[unit.ledger_reference for unit in units])
    found: dict[str, list[StockMovement]] = {}
    for row in rows.select_related("shelf", "actor").order_by("pk"):
        found.setdefault(row.reference, []).append(row)
    return found
