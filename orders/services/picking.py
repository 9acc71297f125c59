"""Confirming a pick: the moment in which goods leave the shelf and the number to sell goes down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from inventory.enums import StockState
from inventory.errors import InsufficientStock
from inventory.locks import lock_central
from inventory.models import RafUrun
from inventory.services import require_quantity, require_shelf
from orders.enums import GONE_STATES, EventKind, OrderState, ParkReason
from orders.errors import (
    IncompletePick,
    NothingMissed,
    OrderBeingSplit,
    OrderClosed,
    OrderIsParked,
    OrderUnpaid,
    UnknownOrderBarcode,
    UnknownPickLine,
)
from orders.locks import lock_lines_to_pick, lock_order
from orders.models import Order, OrderEvent, OrderLine
from orders.outbound import tell_picking
from orders.services import timeline
from orders.services.status import Move, set_status
from orders.services.stock import Taking, take_from_shelves


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """`quantity` pairs of an order line (its primary key) taken from the shelf that was scanned.

    `shelf_id` is given by those who have read the shelf already.
    """

    line_id: int
    shelf_code: str
    quantity: int = 1
    shelf_id: int | None = None


class PickOutcome(Enum):
    CONFIRMED = "CONFIRMED"
    ALREADY_PICKED = "ALREADY_PICKED"


@dataclass(frozen=True, slots=True)
class PickResult:
    """`pairs` taken now (0 when it was picked before); `scanned` is False if shelves had to be guessed."""

    order_id: int
    order_number: str
    outcome: PickOutcome
    pairs: int
    scanned: bool


@transaction.atomic
def confirm_picking(
    *, order_id: int, user: AbstractBaseUser | None = None, picks: Sequence[Pick] | None = None
) -> PickResult:
    """Take every reserved line of a new order from its shelves, move the order to PICKING, tell the marketplace.

    Deducts from the shelves in `picks`; without picks from the fullest ones, recorded as not scanned. Repeating it
    is harmless. Locks: order, lines, balances.
    Raises `OrderClosed`, `OrderUnpaid`, `OrderIsParked`, `IncompletePick`, `UnknownPickLine`, `UnknownOrderBarcode`,
    `UnknownShelf`, `InvalidQuantity`, `InsufficientStock`. Nothing is written when it raises.
    """
    return _confirm(lock_order(order_id), user, picks)


@transaction.atomic
def confirm_locked(order: Order, *, user: AbstractBaseUser, picks: Sequence[Pick]) -> PickResult:
    """`confirm_picking` for a caller that has locked the order in its own transaction."""
    return _confirm(order, user, picks)


def _confirm(order: Order, user: AbstractBaseUser | None, picks: Sequence[Pick] | None) -> PickResult:
    lines = lock_lines_to_pick(order.pk)
    if order.status == OrderState.PICKING and not _reserved(lines):
        return PickResult(order.pk, order.order_number, PickOutcome.ALREADY_PICKED, 0, scanned=False)
    _require_pickable(order)
    taken = _take(order, _reserved(lines), picks, user)
    move = Move(
        order=order,
        to=OrderState.PICKING,
        at=timezone.now(),
        source=OrderEvent.Source.HERE,
        kind=EventKind.PICKED,
        actor_id=user.pk if user else None,
        data=_describe(taken),
    )
    set_status([move])
    tell_picking(order, [line for line in lines if line.stock_state == StockState.DEDUCTED])
    return _result(order, taken)


@transaction.atomic
def settle_missed_pick(
    *, order_id: int, user: AbstractBaseUser | None = None, picks: Sequence[Pick] | None = None
) -> PickResult:
    """Deduct what left without a pick here (order reported as picked or gone). The state does not change.

    Raises `NothingMissed`, and what `confirm_picking` raises for picks and stock.
    """
    order = lock_order(order_id)
    lines = _reserved(lock_lines_to_pick(order.pk))
    if not lines or order.status not in {OrderState.PICKING, *GONE_STATES}:
        raise NothingMissed(order=order.order_number)
    taken = _take(order, lines, picks, user)
    timeline.note(order.pk, EventKind.MISSED_SETTLED, user=user, data=_describe(taken))
    return _result(order, taken)


def _require_pickable(order: Order) -> None:
    if order.status != OrderState.CREATED:
        raise OrderClosed(order=order.order_number, status=OrderState(order.status).label)
    if order.payment_pending:
        raise OrderUnpaid(order=order.order_number)
    if order.split_asked_at is not None:
        raise OrderBeingSplit(order=order.order_number)
    if order.parked:
        raise OrderIsParked(order=order.order_number, reason=ParkReason(order.park_reason).label)


def _reserved(lines: Sequence[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if line.stock_state == StockState.RESERVED]


def _take(
    order: Order, lines: list[OrderLine], picks: Sequence[Pick] | None, user: AbstractBaseUser | None
) -> list[Taking]:
    for line in lines:
        if line.variant_id is None:
            raise UnknownOrderBarcode(order=order.order_number, barcode=line.barcode)
    takings = _guess(lines) if picks is None else _from_scans(order, lines, picks)
    if takings:
        take_from_shelves(takings, actor_id=user.pk if user else None)
    return takings


def _from_scans(order: Order, lines: list[OrderLine], picks: Sequence[Pick]) -> list[Taking]:
    by_id = {line.pk: line for line in lines}
    merged: dict[tuple[int, int], int] = defaultdict(int)
    for pick in picks:
        if pick.line_id not in by_id:
            raise UnknownPickLine(order=order.order_number, line=pick.line_id)
        shelf_id = pick.shelf_id or require_shelf(pick.shelf_code, closed_allowed=True).pk
        merged[pick.line_id, shelf_id] += require_quantity(pick.quantity, lowest=1)
    for line in lines:
        picked = sum(quantity for (line_id, _), quantity in merged.items() if line_id == line.pk)
        if picked != line.quantity:
            raise IncompletePick(
                order=order.order_number, barcode=line.barcode, picked=picked, wanted=line.quantity
            )
    return [
        Taking(line=by_id[line_id], shelf_id=shelf_id, quantity=quantity, scanned=True)
        for (line_id, shelf_id), quantity in sorted(merged.items())
    ]


def _guess(lines: list[OrderLine]) -> list[Taking]:
    """Shelves for lines nobody scanned: the fullest first, read under the lock so that no other pick interferes."""
    variant_ids = {line.variant_id for line in lines if line.variant_id is not None}
    lock_central(variant_ids)
    rows = RafUrun.objects.filter(variant_id__in=variant_ids, adet__gt=0).order_by(
        "-adet", "shelf__route_order", "pk"
    )
    left: dict[int, list[list[int]]] = defaultdict(list)
    for row in rows:
        left[row.variant_id].append([row.shelf_id, row.adet])
    takings: list[Taking] = []
    for line in lines:
        takings += _from_fullest(line, left[line.variant_id or 0])
    return takings


def _from_fullest(line: OrderLine, shelves: list[list[int]]) -> list[Taking]:
    wanted, there = line.quantity, sum(quantity for _, quantity in shelves)
    if there < wanted:
        raise InsufficientStock(barcode=line.barcode, shelf="—", wanted=wanted, there=there)
    takings: list[Taking] = []
    for shelf in shelves:
        quantity = min(wanted, shelf[1])
        if quantity:
            takings.append(Taking(line=line, shelf_id=shelf[0], quantity=quantity, scanned=False))
            shelf[1] -= quantity
            wanted -= quantity
    return takings


def _describe(takings: Sequence[Taking]) -> dict[str, object]:
    return {
        "scanned": all(taking.scanned for taking in takings),
        "lines": [
            {
                "line": taking.line.pk,
                "barcode": taking.line.barcode,
                "shelf": taking.shelf_id,
                "quantity": taking.quantity,
            }
            for taking in takings
        ],
    }


def _result(order: Order, takings: Sequence[Taking]) -> PickResult:
    return PickResult(
        order.pk,
        order.order_number,
        PickOutcome.CONFIRMED,
        sum(taking.quantity for taking in takings),
        scanned=bool(takings) and all(taking.scanned for taking in takings),
    )
