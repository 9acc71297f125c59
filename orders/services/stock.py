"""The stock outcome of order lines: taking from shelves, put-backs, handing goods to split packages.

Callers hold the order (and the reservation lock where lines are freed); this module takes the balances.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from inventory import ledger
from inventory.enums import MovementKind, StockState
from inventory.ledger import Entry
from inventory.models import StockMovement
from orders.enums import PutBackState
from orders.models import Order, OrderLine, PutBack


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Pairs of one line to be taken from one shelf."""

    line: OrderLine
    shelf_id: int
    quantity: int
    scanned: bool


def take_from_shelves(takings: Sequence[Taking], *, actor_id: int | None) -> None:
    """Deduct the lines: one movement per shelf, both balances, `stock_state` DEDUCTED.

    The first movement of a line has the key `pick:<line>`, so a second deduction cannot be booked (I5).
    Raises `InsufficientStock`.
    """
    entries: list[Entry] = []
    parts: dict[int, int] = defaultdict(int)
    for taking in takings:
        parts[taking.line.pk] += 1
        entries.append(_pick_entry(taking, part=parts[taking.line.pk], actor_id=actor_id))
    ledger.post(entries)
    lines = {taking.line.pk: taking.line for taking in takings}
    for line in lines.values():
        line.stock_state = StockState.DEDUCTED
        line.deducted_quantity = sum(t.quantity for t in takings if t.line.pk == line.pk)
        line.scanned = all(t.scanned for t in takings if t.line.pk == line.pk)
    _save_outcomes(lines.values())


def _save_outcomes(lines: Collection[OrderLine]) -> None:
    """One statement; `bulk_update` writes a CASE per field and line, which takes longer to plan than to run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_orderline AS line"
            " SET stock_state = new.stock_state, deducted_quantity = new.deducted_quantity, scanned = new.scanned"
            " FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::boolean[])"
            " AS new (id, stock_state, deducted_quantity, scanned) WHERE line.id = new.id",
            [
                [line.pk for line in lines],
                [line.stock_state for line in lines],
                [line.deducted_quantity for line in lines],
                [line.scanned for line in lines],
            ],
        )


def _pick_entry(taking: Taking, *, part: int, actor_id: int | None) -> Entry:
    if taking.line.variant_id is None:
        raise ValueError("a line without a variant cannot be taken from a shelf")
    return Entry(
        variant_id=taking.line.variant_id,
        shelf_id=taking.shelf_id,
        delta=-taking.quantity,
        kind=MovementKind.PICK,
        reference=taking.line.ledger_reference,
        reason="" if taking.scanned else "not scanned",
        key=f"pick:{taking.line.pk}" if part == 1 else f"pick:{taking.line.pk}:{part}",
        actor_id=actor_id,
    )


def plan_put_backs(
    line: OrderLine, *, wanted: int, existing: Iterable[PutBack], reason: PutBack.Reason
) -> tuple[list[PutBack], list[PutBack]]:
    """What must change so that the put-backs of a deducted line match what the line still wants.

    Returns (new tasks to write, waiting tasks to void). Derived from quantities, so repeating it changes nothing.
    """
    live = [task for task in existing if task.state != PutBackState.VOID]
    surplus = line.deducted_quantity - wanted - sum(task.quantity for task in live)
    if surplus > 0 and line.variant_id is not None:
        return [PutBack(line=line, variant_id=line.variant_id, quantity=surplus, reason=reason)], []
    void: list[PutBack] = []
    for task in reversed([task for task in live if task.state == PutBackState.WAITING]):
        if surplus + task.quantity > 0:
            break
        surplus += task.quantity
        void.append(task)
    return [], void


def void_put_backs(tasks: Sequence[PutBack]) -> None:
    """Close waiting put-backs that are no longer needed."""
    PutBack.objects.filter(pk__in=[task.pk for task in tasks]).update(state=PutBackState.VOID)
    for task in tasks:
        task.state = PutBackState.VOID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A parent's picked goods that now belong to a line of the package that replaced it."""

    parent: OrderLine
    child: OrderLine
    quantity: int


def plan_hand_overs(
    children: Sequence[OrderLine],
    *,
    parents: Sequence[OrderLine],
    put_backs: Sequence[PutBack],
    dead: set[int],
) -> list[HandOver]:
    """Match reserved lines of new packages with goods already picked for the packages they came from.

    Matched by line number first, then by barcode; whole lines only. `dead` holds ids of parent orders that want
    nothing any more. Goods already back on a shelf are not handed over.
    """
    spare: dict[int, int] = {}
    for parent in parents:
        wanted = 0 if parent.order_id in dead else parent.quantity
        returned = sum(
            t.quantity for t in put_backs if t.line_id == parent.pk and t.state == PutBackState.DONE
        )
        spare[parent.pk] = parent.deducted_quantity - wanted - returned
    plan: list[HandOver] = []
    for child in children:
        by_closeness = sorted(parents, key=lambda parent: (parent.line_id != child.line_id, parent.pk))
        for parent in by_closeness:
            if parent.variant_id == child.variant_id and spare[parent.pk] >= child.quantity:
                spare[parent.pk] -= child.quantity
                plan.append(HandOver(parent=parent, child=child, quantity=child.quantity))
                break
    return plan


def hand_over(plan: Sequence[HandOver]) -> None:
    """Book the hand-overs: +q for the parent's line and −q for the child's on the same shelf, net nothing.

    The pairs stay where they are (in a parcel); the ledger now says whose they are.
    """
    shelves = _shelves_taken_from([item.parent for item in plan])
    entries: list[Entry] = []
    for item in plan:
        shelf_id = shelves[item.parent.pk]
        entries += [
            _split_entry(item.parent, shelf_id, item.quantity, key=f"split:{item.parent.pk}>{item.child.pk}"),
            _split_entry(item.child, shelf_id, -item.quantity, key=f"pick:{item.child.pk}"),
        ]
        item.parent.deducted_quantity -= item.quantity
        if item.parent.deducted_quantity == 0:
            item.parent.stock_state = StockState.RELEASED
        item.child.deducted_quantity = item.quantity
        item.child.stock_state = StockState.DEDUCTED
        item.child.scanned = item.parent.scanned
    ledger.post(entries)
    touched = {line.pk: line for item in plan for line in (item.parent, item.child)}
    _save_outcomes(touched.values())


def _split_entry(line: OrderLine, shelf_id: int, delta: int, *, key: str) -> Entry:
    if line.variant_id is None:
        raise ValueError("a line without a variant has no goods to hand over")
    return Entry(
        variant_id=line.variant_id,
        shelf_id=shelf_id,
        delta=delta,
        kind=MovementKind.SPLIT,
        reference=line.ledger_reference,
        key=key,
    )


def _shelves_taken_from(lines: Sequence[OrderLine]) -> dict[int, int]:
    """Shelf of the newest taking of each line, by line."""
    references = {line.ledger_reference: line.pk for line in lines}
    rows = StockMovement.objects.filter(
        reference__in=references, kind__in=[MovementKind.PICK, MovementKind.SPLIT], delta__lt=0
    )
    return {references[row.reference]: row.shelf_id for row in rows.order_by("pk")}


def is_fully_taken(order: Order, lines: Iterable[OrderLine]) -> bool:
    """Whether every line of the order has its goods (and there is at least one)."""
    own = [line for line in lines if line.order_id == order.pk]
    return bool(own) and all(line.stock_state == StockState.DEDUCTED for line in own)
