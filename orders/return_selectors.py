"""Reads about returned units: what waits for whom. One place for each question, so that all pages count alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Case, F, Q, QuerySet, Value, When

from catalog.models import Variant
from orders.enums import GoodsCondition, ReturnDecision
from orders.models import ReturnUnit

Status = ReturnUnit.Status
# The parcel is here, or may be, and the marketplace has not closed the unit.
BEING_HANDLED: Final = (Status.WAITING, Status.FRAUD_CHECK, Status.UNRESOLVED, Status.ANALYSIS)
DISPUTED: Final = (Status.UNRESOLVED, Status.ANALYSIS)
# Nothing comes back here, or it goes to the customer again.
NOT_OURS: Final = (Status.CANCELLED, Status.REJECTED)

_TO_DECIDE: Final = Q(status=Status.WAITING, decision="")
# Accepted already when it was first seen here: it was dealt with before this system.
_ACCEPTED_HERE: Final = Q(status=Status.ACCEPTED, remote_modified_at__gt=F("created_at"))
_TO_INSPECT: Final = Q(condition="", disposition="") & (Q(status__in=BEING_HANDLED) | _ACCEPTED_HERE)
_TO_SHELVE: Final = Q(
    status=Status.ACCEPTED, condition=GoodsCondition.SOUND, disposition="", variant__isnull=False
)

WAITING_FOR: Final[Mapping[str, Q]] = {
    "decide": _TO_DECIDE,
    "inspect": _TO_INSPECT,
    "shelve": _TO_SHELVE,
    "disputed": Q(status__in=DISPUTED) | Q(status=Status.WAITING, decision=ReturnDecision.REFUSED),
    "auto": Q(auto_accepted=True),
    "counted": ~Q(status__in=NOT_OURS),
}


def waiting(question: str) -> QuerySet[ReturnUnit]:
    """Units by one of the questions of `WAITING_FOR`."""
    return ReturnUnit.objects.filter(WAITING_FOR[question])


def waiting_for_shelf(limit: int | None = None) -> list[ReturnUnit]:
    """Accepted and sound units that lie on the returns pile, longest there first, with variant and product loaded.

    Each is one pair: `orders.services.returns.restock_return(unit_id=…, shelf_code=…)` puts it away.
    """
    rows = waiting("shelve").select_related("variant__product").order_by("inspected_at", "pk")
    return list(rows[:limit])


def most_urgent_first() -> tuple[object, ...]:
    """Ordering of the list: what is to be decided by what is left of its time, then the rest, newest first."""
    first = Case(When(_TO_DECIDE, then=Value(0)), default=Value(1))
    deadline = Case(When(_TO_DECIDE, then=F("act_by_at")))
    return (first.asc(), deadline.asc(nulls_last=True), F("claimed_at").desc(), F("pk").desc())


def is_for_shelf(unit: ReturnUnit) -> bool:
    """The same question as `waiting("shelve")`, of a unit in hand."""
    return (
        unit.status == Status.ACCEPTED
        and unit.condition == GoodsCondition.SOUND
        and not unit.disposition
        and unit.variant_id is not None
    )


def is_overdue(unit: ReturnUnit, now: datetime) -> bool:
    """The time to decide has passed: the marketplace accepts, or has accepted, by itself."""
    return unit.act_by_at is not None and unit.act_by_at <= now


def in_parcel(code: str) -> QuerySet[ReturnUnit]:
    """Units of the return with this cargo number, order number or claim number, exactly as written."""
    return ReturnUnit.objects.filter(Q(cargo_tracking_number=code) | Q(order_number=code) | Q(claim_id=code))


def in_reused_box(code: str) -> QuerySet[ReturnUnit]:
    """Units whose order went out under this cargo number: customers send the parcel back in its own box."""
    return ReturnUnit.objects.filter(order__cargo_tracking_number=code)


def expecting(variant: Variant | None, barcode: str) -> QuerySet[ReturnUnit]:
    """Units that wait for this article: to be inspected, else (accepted and sound) to be shelved; urgent ones first.

    `barcode` names an article that is not in the catalogue; a unit may have been read before its article came into it.
    """
    unlinked = Q(variant__isnull=True, barcode=variant.barcode if variant else barcode)
    article = Q(variant=variant) | unlinked if variant else unlinked
    on_its_way = Q(condition="", disposition="", status=Status.CREATED)
    urgency = Case(When(_TO_INSPECT, then=Value(0)), When(on_its_way, then=Value(1)), default=Value(2))
    expected = ReturnUnit.objects.filter(article, _TO_INSPECT | on_its_way | _TO_SHELVE)
    return expected.order_by(urgency, F("act_by_at").asc(nulls_last=True), "claimed_at", "pk")


def parcels_here(limit: int = 30) -> list[ReturnUnit]:
    """Units that wait for an inspection, the shortest time first, with variant and product loaded."""
    rows = waiting("inspect").select_related("variant__product")
    return list(rows.order_by(F("act_by_at").asc(nulls_last=True), "claimed_at", "pk")[:limit])


def count_waiting(question: str) -> int:
    """How many units a question of `WAITING_FOR` has."""
    return waiting(question).count()
