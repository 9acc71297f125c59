"""Pairs that wait for a shelf: put-backs of cancelled or undelivered orders, and accepted customer returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from catalog.models import Variant
from orders import return_selectors
from orders.enums import PutBackState
from orders.models import PutBack, ReturnUnit

_LARGE = ("payload", "shipment_address", "invoice_address", "search_key")


class TaskKind(StrEnum):
    """Values stand in the log of scans: add, never rename."""

    PUT_BACK = "putback"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfTask:
    """`pk` is that of the put-back or returned unit. `reason` says why it is here, in words, where that is known."""

    kind: TaskKind
    pk: int
    variant: Variant
    quantity: int
    order_number: str
    reason: str
    since: datetime

    @property
    def reference(self) -> str:
        """How the log of scans names it; `find` reads it back."""
        return f"{self.kind}:{self.pk}"

    @property
    def is_return(self) -> bool:
        return self.kind is TaskKind.RETURN


def waiting(*, most: int) -> list[ShelfTask]:
    """What waits longest, at most `most` of both kinds together; two statements."""
    tasks = [
        *(_of_put_back(row) for row in _put_backs()[:most]),
        *(_of_unit(unit) for unit in return_selectors.waiting_for_shelf(most)),
    ]
    return sorted(tasks, key=lambda task: (task.since, task.reference))[:most]


def count_waiting() -> int:
    """Tasks of both kinds; two statements."""
    return PutBack.objects.filter(state=PutBackState.WAITING).count() + return_selectors.count_waiting(
        "shelve"
    )


def oldest_for(variant: Variant) -> ShelfTask | None:
    """The task a scanned box is for: put-backs come before returns."""
    return _first(
        _put_backs().filter(variant=variant), _units().filter(variant=variant).order_by("inspected_at", "pk")
    )


def oldest_of_model(product_id: int) -> ShelfTask | None:
    """A task for any size or colour of the model."""
    return _first(
        _put_backs().filter(variant__product_id=product_id),
        _units().filter(variant__product_id=product_id).order_by("inspected_at", "pk"),
    )


def alike(task: ShelfTask) -> list[ShelfTask]:
    """Waiting tasks that the same box could settle; the task itself comes first if it still waits."""
    found: Iterable[ShelfTask]
    if task.is_return:
        found = map(_of_unit, _units().filter(variant=task.variant).order_by("inspected_at", "pk"))
    else:
        rows = _put_backs().filter(variant=task.variant, quantity=task.quantity)
        found = map(_of_put_back, rows)
    return sorted(found, key=lambda other: other.pk != task.pk)


def find(reference: str) -> ShelfTask | None:
    """The task of a reference, also when it no longer waits."""
    kind, _colon, key = reference.partition(":")
    if not key.isdecimal():
        return None
    if kind == TaskKind.RETURN:
        unit = ReturnUnit.objects.select_related("variant__product").filter(pk=int(key)).first()
        return _of_unit(unit) if unit is not None and unit.variant is not None else None
    row = _with_article(PutBack.objects.filter(pk=int(key))).first() if kind == TaskKind.PUT_BACK else None
    return _of_put_back(row) if row is not None else None


def _put_backs() -> QuerySet[PutBack]:
    return _with_article(PutBack.objects.filter(state=PutBackState.WAITING)).order_by("created_at", "pk")


def _with_article(rows: QuerySet[PutBack]) -> QuerySet[PutBack]:
    joined = rows.select_related("variant__product", "line__order")
    return joined.defer(*(f"line__order__{name}" for name in _LARGE))


def _units() -> QuerySet[ReturnUnit]:
    return return_selectors.waiting("shelve").select_related("variant__product")


def _first(put_backs: QuerySet[PutBack], units: QuerySet[ReturnUnit]) -> ShelfTask | None:
    row = put_backs.first()
    if row is not None:
        return _of_put_back(row)
    unit = units.first()
    return _of_unit(unit) if unit is not None else None


def _of_put_back(row: PutBack) -> ShelfTask:
    return ShelfTask(
        kind=TaskKind.PUT_BACK,
        pk=row.pk,
        variant=row.variant,
        quantity=row.quantity,
        order_number=row.line.order.order_number,
        reason=row.get_reason_display(),
        since=row.created_at,
    )


def _of_unit(unit: ReturnUnit) -> ShelfTask:
    """Each unit is one pair."""
    if unit.variant is None:
        raise LookupError(f"returned unit {unit.pk} waits for a shelf without an article")
    return ShelfTask(
        kind=TaskKind.RETURN,
        pk=unit.pk,
        variant=unit.variant,
        quantity=1,
        order_number=unit.order_number,
        reason=unit.reason,
        since=unit.inspected_at or unit.created_at,
    )
