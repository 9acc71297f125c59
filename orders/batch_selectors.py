"""Reads of batches: what a batch wants, has in hand and has sorted, and what shelves hold for it.

Every read is a constant number of statements, whatever the size of the batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject

from catalog.models import Variant
from inventory.enums import StockState
from inventory.models import Shelf
from orders.batch_plan import Balance, Place
from orders.enums import BatchState, OrderState
from orders.models import Order, OrderLine, PickBatch, PickBatchItem, PickBatchOrder, PickClaim, PickScan


@dataclass(slots=True, kw_only=True)
class Want:
    """One order line in a batch. `placed`: pairs lying in its slot, by the shelf they were collected from."""

    line_id: int
    variant: Variant
    quantity: int
    open: bool
    placed: dict[int, int]

    @property
    def in_slot(self) -> int:
        return sum(self.placed.values())

    @property
    def still(self) -> int:
        """Pairs its slot still waits for."""
        return max(self.quantity - self.in_slot, 0) if self.open else 0

    @property
    def excess(self) -> int:
        """Pairs in its slot that the line no longer wants (cancelled in part since)."""
        return max(self.in_slot - (self.quantity if self.open else 0), 0)


@dataclass(slots=True, kw_only=True)
class Slot:
    """An order's place in a batch, with its lines. Inactive without a note: its order was confirmed."""

    pk: int
    number: int
    active: bool
    note: str
    order: Order
    wants: list[Want]

    @property
    def pickable(self) -> bool:
        """Whether the order still waits for its goods; a cancelled, parked, split or prepared one does not."""
        order = self.order
        waits = order.status == OrderState.CREATED and not order.payment_pending and not order.parked
        whole = order.split_asked_at is None
        return self.active and waits and whole and any(want.open for want in self.wants)

    @property
    def lost(self) -> bool:
        return self.active and not self.pickable

    @property
    def done(self) -> bool:
        return not self.active and not self.note

    @property
    def pairs(self) -> int:
        """Pairs its slot has to receive."""
        return sum(want.quantity for want in self.wants if want.open)

    @property
    def ordered(self) -> int:
        """Pairs of the whole order, whatever became of them."""
        return sum(want.quantity for want in self.wants)

    @property
    def in_slot(self) -> int:
        return sum(want.in_slot for want in self.wants)

    @property
    def full(self) -> bool:
        return self.pickable and not any(want.still for want in self.wants)

    @property
    def urgency(self) -> tuple[bool, datetime, datetime, int]:
        """Sorts the slot that must leave first to the front, as `OrderQuerySet.most_urgent_first` does."""
        order = self.order
        return order.ship_by_at is None, order.ship_by_at or order.ordered_at, order.ordered_at, order.pk


@dataclass(slots=True, kw_only=True)
class Work:
    """A batch with its slots and what was collected for it. Of one moment; of a fixed state if the batch is locked."""

    batch: PickBatch
    slots: list[Slot]
    items: list[PickBatchItem]

    @property
    def active(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.active]

    @property
    def open_slots(self) -> list[Slot]:
        """Slots whose orders still wait, most urgent first."""
        return sorted((slot for slot in self.slots if slot.pickable), key=lambda slot: slot.urgency)

    def needed(self) -> Counter[int]:
        """Pairs per variant that the open slots want in all, those in the slots included."""
        return Counter[int]() + _sum(
            (want.variant.pk, want.quantity) for slot in self.open_slots for want in slot.wants if want.open
        )

    def loose(self) -> Counter[Place]:
        """Collected pairs that lie in no open slot: still to be sorted, or to go back."""
        loose = _sum(((item.variant_id, item.shelf_id), item.collected - item.sorted) for item in self.items)
        loose.update(_placed(slot for slot in self.slots if slot.lost))
        return +loose

    def in_hand(self) -> Counter[Place]:
        """Collected pairs that no confirmed order took: loose ones and those in slots. Still booked on the shelves."""
        return self.loose() + _placed(self.open_slots)

    def missing(self) -> Counter[int]:
        """Pairs per variant still to be collected."""
        return self.needed() - _by_variant(self.in_hand())

    def surplus(self) -> Counter[Place]:
        """Loose pairs that no open slot wants: they go back to the shelf they came from."""
        spare = _by_variant(self.in_hand()) - self.needed()
        back: Counter[Place] = Counter()
        for place, pairs in sorted(self.loose().items(), reverse=True):
            back[place] = min(pairs, spare[place[0]])
            spare[place[0]] -= back[place]
        return +back

    def shelves(self) -> dict[int, Shelf]:
        return {item.shelf_id: item.shelf for item in self.items}

    def item(self, place: Place) -> PickBatchItem | None:
        return next((item for item in self.items if (item.variant_id, item.shelf_id) == place), None)

    def variants(self) -> dict[int, Variant]:
        """Everything the batch wants or has, by key."""
        wanted = {want.variant.pk: want.variant for slot in self.slots for want in slot.wants}
        return wanted | {item.variant_id: item.variant for item in self.items}


def _sum(pairs: Iterable[tuple[object, int]]) -> Counter:  # type: ignore[type-arg]
    total: Counter[object] = Counter()
    for key, quantity in pairs:
        total[key] += quantity
    return total


def _by_variant(places: Counter[Place]) -> Counter[int]:
    return _sum((variant_id, pairs) for (variant_id, _), pairs in places.items())


def _placed(slots: Iterable[Slot]) -> Counter[Place]:
    return _sum(
        ((want.variant.pk, shelf_id), pairs)
        for slot in slots
        for want in slot.wants
        for shelf_id, pairs in want.placed.items()
    )


def read_work(batch: PickBatch, *, items: list[PickBatchItem] | None = None) -> Work:
    """Slots, lines and collected pairs of a batch: two statements, one if the caller has read the items (locked)."""
    if items is None:
        rows = PickBatchItem.objects.filter(batch=batch).select_related("shelf", "variant__product")
        items = list(rows.order_by("pk"))
    return Work(batch=batch, slots=_slots(batch), items=items)


def _slots(batch: PickBatch) -> list[Slot]:
    slots: dict[int, Slot] = {}
    for line in _lines(batch):
        slot = slots.get(line.slot_pk) or Slot(
            pk=line.slot_pk,
            number=line.slot_number,
            active=line.slot_active,
            note=line.slot_note,
            order=line.order,
            wants=[],
        )
        slots[slot.pk] = slot
        if line.variant is not None:
            slot.wants.append(_want(line, line.variant))
    return list(slots.values())


def _lines(batch: PickBatch) -> QuerySet[Any]:
    """Lines of the batch's orders with their slot, and the pairs in it per shelf, in one statement."""
    scans = PickScan.objects.filter(line=OuterRef("pk")).order_by("pk")
    pair = JSONObject(shelf=F("shelf_id"), quantity=F("quantity"))
    slot = "order__batch_slots"
    return (
        OrderLine.objects.filter(**{f"{slot}__batch": batch})
        .annotate(
            slot_pk=F(f"{slot}__pk"),
            slot_number=F(f"{slot}__slot"),
            slot_active=F(f"{slot}__active"),
            slot_note=F(f"{slot}__note"),
            placed=ArraySubquery(scans.values(pair=pair)),
        )
        .select_related("order", "variant__product")
        .defer("units", "order__payload", "order__shipment_address", "order__invoice_address")
        .order_by("slot_number", "pk")
    )


def _want(line: Any, variant: Variant) -> Want:
    # What was scanned for an order that has left the batch is another page's business.
    placed = {pair["shelf"]: pair["quantity"] for pair in line.placed} if line.slot_active else {}
    return Want(
        line_id=line.pk,
        variant=variant,
        quantity=line.quantity,
        open=line.stock_state == StockState.RESERVED,
        placed=placed,
    )


# Pairs off the shelf that no confirmed order took yet: in other people's batches, or scanned for an order in hand.
_BALANCES_SQL = """
WITH off_shelf AS (
    SELECT item.variant_id, item.shelf_id, sum(item.collected - item.sorted) AS pairs
      FROM orders_pickbatchitem AS item
      JOIN orders_pickbatch AS batch ON batch.id = item.batch_id AND batch.state <> 'CLOSED'
     WHERE item.batch_id <> %(batch)s AND item.variant_id = ANY(%(variants)s)
     GROUP BY 1, 2
     UNION ALL
    SELECT line.variant_id, scan.shelf_id, sum(scan.quantity)
      FROM orders_pickscan AS scan
      JOIN orders_orderline AS line ON line.id = scan.line_id AND line.variant_id = ANY(%(variants)s)
     WHERE EXISTS (SELECT FROM orders_pickbatchorder AS slot
                    WHERE slot.order_id = line.order_id AND slot.active AND slot.batch_id <> %(batch)s)
        OR EXISTS (SELECT FROM orders_pickclaim AS claim
                    WHERE claim.order_id = line.order_id AND claim.expires_at > now())
     GROUP BY 1, 2
)
SELECT stock.variant_id, stock.shelf_id, shelf.code, shelf.route_order, stock.adet,
       COALESCE((SELECT sum(pairs) FROM off_shelf
                  WHERE off_shelf.variant_id = stock.variant_id AND off_shelf.shelf_id = stock.shelf_id), 0)::int
  FROM inventory_rafurun AS stock
  JOIN inventory_shelf AS shelf ON shelf.id = stock.shelf_id
 WHERE stock.variant_id = ANY(%(variants)s) AND stock.adet > 0
 ORDER BY shelf.route_order, shelf.code, stock.variant_id
"""


def balances(variant_ids: Collection[int], *, batch_id: int = 0) -> list[Balance]:
    """What lies where of these variants, in walking order; pairs in hand of this batch are not `elsewhere`."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES_SQL, {"variants": list(variant_ids), "batch": batch_id})
        return [
            Balance(
                variant_id=variant_id,
                shelf_id=shelf_id,
                shelf_code=code,
                route_order=route,
                booked=booked,
                elsewhere=away,
            )
            for variant_id, shelf_id, code, route, booked, away in cursor.fetchall()
        ]


def promised(now: datetime) -> Counter[int]:
    """Pairs per variant that open batches and orders in hand are going to take."""
    in_batch = Exists(PickBatchOrder.objects.filter(order=OuterRef("order"), active=True))
    claimed = Exists(PickClaim.objects.filter(order=OuterRef("order"), expires_at__gt=now))
    lines = OrderLine.objects.filter(
        in_batch | claimed, stock_state=StockState.RESERVED, variant__isnull=False
    )
    return _sum(lines.values_list("variant_id", "quantity"))


class BatchRow(NamedTuple):
    """A batch in the list: orders and pairs, how many of them are ready."""

    batch: PickBatch
    orders: int
    orders_done: int
    pairs: int
    pairs_collected: int


def batch_rows(*, closed: int = 10) -> list[BatchRow]:
    """Open batches, oldest first, then the last closed ones; two statements."""
    rows = _with_totals(PickBatch.objects.select_related("user", "created_by"))
    still_open = rows.exclude(state=BatchState.CLOSED).order_by("pk")
    ended = rows.filter(state=BatchState.CLOSED).order_by("-closed_at", "-pk")[:closed]
    return [_row(batch) for batch in (*still_open, *ended)]


def _with_totals(batches: QuerySet[PickBatch]) -> QuerySet[PickBatch]:
    slots = PickBatchOrder.objects.filter(Q(active=True) | Q(note=""), batch=OuterRef("pk"))
    slot = "order__batch_slots"
    counted = Q(**{f"{slot}__active": True}) | Q(**{f"{slot}__note": ""})
    pairs = OrderLine.objects.filter(counted, **{f"{slot}__batch": OuterRef("pk")})
    pairs = pairs.exclude(stock_state=StockState.RELEASED)
    collected = PickBatchItem.objects.filter(batch=OuterRef("pk"))
    return batches.annotate(
        orders_total=_total(slots, Count("pk")),
        orders_done=_total(slots.filter(active=False), Count("pk")),
        pairs_total=_total(pairs, Sum("quantity")),
        pairs_collected=_total(collected, Sum("collected")),
    )


def _total(rows: QuerySet, total: Count | Sum) -> Coalesce:  # type: ignore[type-arg]
    # One group of all rows: a constant to group by, or there would be a group for each row.
    grouped = rows.annotate(everything=Value(1)).values("everything").annotate(total=total).values("total")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def _row(batch: PickBatch) -> BatchRow:
    totals = (batch.orders_total, batch.orders_done, batch.pairs_total, batch.pairs_collected)  # type: ignore[attr-defined]
    return BatchRow(batch, *totals)
