"""A batch with little typing, and what stands in the tables of one."""

from __future__ import annotations

from catalog.models import Variant
from gullu.models import User
from inventory.models import Shelf
from orders.batch_selectors import read_work
from orders.models import Order, PickBatch, PickBatchItem, PickBatchOrder
from orders.services.batches import (
    BoxOutcome,
    collect_box,
    make_batch,
    scan_shelf,
)
from tests.factories import make_variant, stock


def stocked(shelf: Shelf, pairs: int = 5, **fields: object) -> Variant:
    variant = make_variant(**fields)
    stock(variant, shelf, pairs)
    return variant


def batch_of(user: User, *orders: Order) -> int:
    return make_batch(order_numbers=[order.order_number for order in orders], user=user).batch_id


def collect(batch_id: int, user: User, shelf: Shelf, *variants: Variant) -> None:
    scan_shelf(batch_id=batch_id, shelf=shelf, user=user)
    for variant in variants:
        assert collect_box(batch_id=batch_id, variant=variant, user=user).outcome in {
            BoxOutcome.COUNTED,
            BoxOutcome.COMPLETE,
        }


def items(batch_id: int) -> list[tuple[int, int, int]]:
    rows = PickBatchItem.objects.filter(batch_id=batch_id).order_by("pk")
    return [(row.shelf_id, row.collected, row.sorted) for row in rows]


def slots(batch_id: int) -> list[tuple[int, bool, str]]:
    return list(
        PickBatchOrder.objects.filter(batch_id=batch_id)
        .order_by("slot")
        .values_list("slot", "active", "note")
    )


def work(batch_id: int):
    return read_work(PickBatch.objects.get(pk=batch_id))
