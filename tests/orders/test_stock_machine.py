"""Receive, move, count, order, confirm, cancel, ship, come back, put back, in any order.

After every step the database is held against a plain Python model of the same shop, and I1 to I5 are checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalog.models import Variant
from gullu.errors import DomainError
from inventory.errors import InsufficientStock
from inventory.models import RafUrun, Shelf
from inventory.selectors import availability, check_stock
from inventory.services import adjust_stock, move_stock, receive_stock
from orders.enums import OrderState, PutBackState
from orders.models import Order, PutBack
from orders.services import Pick, cancel_order, confirm_picking, put_back, settle_missed_pick
from tests.factories import make_shelf, make_variant
from tests.orders.incoming import apply, line, package

quantities = st.integers(min_value=1, max_value=3)
pick_one = st.integers(min_value=0, max_value=10_000)


@dataclass(slots=True)
class ModelOrder:
    """What the model knows of an order: where it stands, and per variant what is promised or taken."""

    package_id: int
    wanted: dict[int, int]
    state: str = "CREATED"
    promised: bool = True
    taken: bool = False
    here_cancelled: bool = False


class Shop(RuleBasedStateMachine):
    """The model: pairs per (variant, shelf), orders, and goods that wait for a shelf."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.variants: list[Variant] = [make_variant() for _number in range(2)]
        self.shelves: list[Shelf] = [make_shelf() for _number in range(2)]
        self.pairs: Counter[tuple[int, int]] = Counter()
        self.orders: list[ModelOrder] = []
        self.minute = 0
        for variant in self.variants:
            receive_stock(barcode=variant.barcode, shelf_code=self.shelves[0].code, quantity=3)
            self.pairs[variant.pk, self.shelves[0].pk] = 3

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- goods --------------------------------------------------------------------------------------------------

    @rule(v=pick_one, s=pick_one, quantity=quantities)
    def receive(self, v: int, s: int, quantity: int) -> None:
        variant, shelf = self.variants[v % 2], self.shelves[s % 2]
        receive_stock(barcode=variant.barcode, shelf_code=shelf.code, quantity=quantity)
        self.pairs[variant.pk, shelf.pk] += quantity

    @rule(v=pick_one, a=pick_one, b=pick_one, quantity=quantities)
    def move(self, v: int, a: int, b: int, quantity: int) -> None:
        variant, source, target = self.variants[v % 2], self.shelves[a % 2], self.shelves[b % 2]
        possible = source != target and self.pairs[variant.pk, source.pk] >= quantity
        try:
            move_stock(
                barcode=variant.barcode, from_shelf=source.code, to_shelf=target.code, quantity=quantity
            )
        except DomainError:
            assert not possible
        else:
            assert possible
            self.pairs[variant.pk, source.pk] -= quantity
            self.pairs[variant.pk, target.pk] += quantity

    @rule(v=pick_one, s=pick_one, counted=st.integers(min_value=0, max_value=6))
    def count(self, v: int, s: int, counted: int) -> None:
        variant, shelf = self.variants[v % 2], self.shelves[s % 2]
        adjust_stock(barcode=variant.barcode, shelf_code=shelf.code, counted=counted, reason="sayım")
        self.pairs[variant.pk, shelf.pk] = counted

    # --- orders -------------------------------------------------------------------------------------------------

    @rule(
        v=pick_one,
        quantity=quantities,
        two=st.booleans(),
        state=st.sampled_from(["CREATED", "PICKING", "SHIPPED"]),
    )
    def order(self, v: int, quantity: int, two: bool, state: str) -> None:
        wanted = {self.variants[v % 2].pk: quantity}
        if two:
            wanted[self.variants[(v + 1) % 2].pk] = 1
        order = ModelOrder(package_id=len(self.orders) + 1, wanted=wanted, state=state)
        self.orders.append(order)
        self.tell(order, OrderState(state))

    def tell(self, order: ModelOrder, state: OrderState) -> None:
        """The marketplace's message about the order, newer than all before."""
        self.minute += 1
        barcodes = {variant.pk: variant.barcode for variant in self.variants}
        lines = [line(barcodes[pk], n, line_id=i) for i, (pk, n) in enumerate(order.wanted.items(), start=1)]
        apply(package(order.package_id, *lines, state=state, minute=self.minute))

    def pk(self, order: ModelOrder) -> int:
        return Order.objects.get(package_id=order.package_id).pk

    @precondition(lambda self: self.orders)
    @rule(o=pick_one, s=pick_one, scanned=st.booleans())
    def confirm(self, o: int, s: int, scanned: bool) -> None:
        order = self.orders[o % len(self.orders)]
        self.take(
            order,
            confirm_picking,
            allowed=order.state == "CREATED",
            shelf=self.shelves[s % 2],
            scanned=scanned,
        )
        if order.taken and order.state == "CREATED":
            order.state = "PICKING"

    @precondition(lambda self: self.orders)
    @rule(o=pick_one, s=pick_one, scanned=st.booleans())
    def settle(self, o: int, s: int, scanned: bool) -> None:
        order = self.orders[o % len(self.orders)]
        allowed = order.state in {"PICKING", "SHIPPED", "RETURNED"} and order.promised
        self.take(order, settle_missed_pick, allowed=allowed, shelf=self.shelves[s % 2], scanned=scanned)
        if order.taken and order.state == "RETURNED":
            # Settled after it came back: the pairs are ours to put back, which the next message asks for.
            self.tell(order, OrderState.RETURNED)

    def take(self, order: ModelOrder, service: Any, *, allowed: bool, shelf: Shelf, scanned: bool) -> None:
        """Call a service that takes goods, and do the same in the model if it may."""
        was_taken, pk = order.taken, self.pk(order)
        stored = list(Order.objects.get(pk=pk).lines.order_by("pk"))
        picks = (
            [Pick(line_id=row.pk, shelf_code=shelf.code, quantity=row.quantity) for row in stored]
            if scanned
            else None
        )
        enough = all(
            (self.pairs[variant, shelf.pk] if scanned else self.on_hand(variant)) >= n
            for variant, n in order.wanted.items()
        )
        before = dict(RafUrun.objects.values_list("id", "adet"))
        try:
            result = service(order_id=pk, picks=picks)
        except InsufficientStock:
            assert allowed
            assert not enough
            assert dict(RafUrun.objects.values_list("id", "adet")) == before
        except DomainError:
            assert not allowed or was_taken
        else:
            if was_taken:
                assert result.pairs == 0
                return
            assert allowed
            assert enough
            order.promised, order.taken = False, True
            if scanned:
                for variant, n in order.wanted.items():
                    self.pairs[variant, shelf.pk] -= n
            else:
                self.read_shelves()

    def read_shelves(self) -> None:
        """Shelves chosen by the system are taken over from the database; the totals are checked by the model."""
        totals = Counter({pk: self.on_hand(pk) for pk in (variant.pk for variant in self.variants)})
        self.pairs = Counter({(row.variant_id, row.shelf_id): row.adet for row in RafUrun.objects.all()})
        for variant in self.variants:
            assert self.on_hand(variant.pk) <= totals[variant.pk]

    @precondition(lambda self: self.orders)
    @rule(o=pick_one)
    def cancel_here(self, o: int) -> None:
        order = self.orders[o % len(self.orders)]
        try:
            cancel_order(order_id=self.pk(order), reason="vazgeçildi")
        except DomainError:
            assert order.state in {"SHIPPED", "RETURNED"}
        else:
            if order.state != "CANCELLED":
                order.state, order.promised, order.here_cancelled = "CANCELLED", False, True

    @precondition(lambda self: self.orders)
    @rule(o=pick_one)
    def cancel_there(self, o: int) -> None:
        order = self.orders[o % len(self.orders)]
        self.tell(order, OrderState.CANCELLED)
        order.state, order.promised = "CANCELLED", False

    @precondition(lambda self: self.orders)
    @rule(o=pick_one)
    def ship(self, o: int) -> None:
        order = self.orders[o % len(self.orders)]
        if order.state in {"CREATED", "PICKING"}:
            self.tell(order, OrderState.SHIPPED)
            order.state = "SHIPPED"

    @precondition(lambda self: self.orders)
    @rule(o=pick_one)
    def come_back(self, o: int) -> None:
        order = self.orders[o % len(self.orders)]
        if order.state == "SHIPPED":
            self.tell(order, OrderState.RETURNED)
            order.state = "RETURNED"

    @precondition(lambda self: PutBack.objects.filter(state=PutBackState.WAITING).exists())
    @rule(p=pick_one, s=pick_one, twice=st.booleans())
    def bring_back(self, p: int, s: int, twice: bool) -> None:
        tasks = list(PutBack.objects.filter(state=PutBackState.WAITING).order_by("pk"))
        task, shelf = tasks[p % len(tasks)], self.shelves[s % 2]
        for _time in range(1 + twice):
            put_back(put_back_id=task.pk, shelf_code=shelf.code)
        self.pairs[task.variant_id, shelf.pk] += task.quantity

    @precondition(lambda self: self.orders)
    @rule(o=pick_one)
    def hear_an_old_message_again(self, o: int) -> None:
        order = self.orders[o % len(self.orders)]
        stored = Order.objects.get(package_id=order.package_id)
        apply(package(order.package_id, line(self.variants[0].barcode), minute=-1))
        assert Order.objects.get(package_id=order.package_id).status == stored.status

    # --- what must hold -----------------------------------------------------------------------------------------

    def on_hand(self, variant_id: int) -> int:
        return sum(n for (variant, _shelf), n in self.pairs.items() if variant == variant_id)

    def reserved(self, variant_id: int) -> int:
        return sum(order.wanted.get(variant_id, 0) for order in self.orders if order.promised)

    @invariant()
    def database_and_model_agree(self) -> None:
        shelves = {(row.variant_id, row.shelf_id): row.adet for row in RafUrun.objects.filter(adet__gt=0)}
        assert shelves == {pair: n for pair, n in self.pairs.items() if n}
        rows = {row.barcode: row for row in availability([variant.barcode for variant in self.variants])}
        for variant in self.variants:
            row = rows[variant.barcode]
            assert (row.on_hand, row.reserved) == (self.on_hand(variant.pk), self.reserved(variant.pk))
            assert row.available == row.on_hand - row.reserved - row.buffer
            assert row.offered == max(row.available, 0)

    @invariant()
    def orders_stand_where_the_model_says(self) -> None:
        stored = dict(Order.objects.filter(package_id__lt=10**6).values_list("package_id", "status"))
        assert stored == {order.package_id: order.state for order in self.orders}

    @invariant()
    def the_five_invariants_hold(self) -> None:
        assert check_stock().violations == ()

    @invariant()
    def goods_of_ended_orders_wait_for_a_shelf_once(self) -> None:
        for order in self.orders:
            live = PutBack.objects.filter(line__order__package_id=order.package_id).exclude(
                state=PutBackState.VOID
            )
            expected = (
                sum(order.wanted.values()) if order.taken and order.state in {"CANCELLED", "RETURNED"} else 0
            )
            assert sum(live.values_list("quantity", flat=True)) == expected


@pytest.mark.django_db
@pytest.mark.timeout(180)
def test_any_order_of_work_keeps_stock_and_model_in_step() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
