"""Writing packages from a marketplace: a page of any size in a constant number of statements.

The plan is made in memory from locked rows, then written set-wise. Nothing here talks to the network.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.models import Variant
from inventory.enums import StockState
from orders.enums import EventKind, OrderState, PutBackState
from orders.incoming import Applied, IncomingLine, IncomingPackage, Notice, NoticeKind
from orders.locks import lock_lines, lock_packages, lock_put_backs, lock_reservations
from orders.models import Order, OrderEvent, OrderLine, PutBack
from orders.outbound import tell_picking
from orders.services import timeline
from orders.services.intake_rules import (
    LINE_FIELDS,
    ORDER_COLUMNS,
    fill_line,
    fill_order,
    first_stock_state,
    next_state,
    outcome_for,
    replaced_lines,
)
from orders.services.status import Move, set_status
from orders.services.stock import hand_over, is_fully_taken, plan_hand_overs, plan_put_backs, void_put_backs

LINE_COLUMNS = [*LINE_FIELDS, "variant", "stock_state", "freed_at", "updated_at"]


@dataclass(slots=True)
class _Page:
    """Working set of one page: locked rows, and what is to be written."""

    now: datetime
    live_since: datetime
    orders: dict[int, Order]
    variants: dict[str, int]
    lines: dict[int, dict[int, OrderLine]] = field(default_factory=lambda: defaultdict(dict))
    put_backs: dict[int, list[PutBack]] = field(default_factory=lambda: defaultdict(list))
    fresh: dict[int, IncomingPackage] = field(default_factory=dict)
    new_packages: set[int] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    events: list[OrderEvent] = field(default_factory=list)
    changed_lines: list[OrderLine] = field(default_factory=list)
    new_put_backs: list[PutBack] = field(default_factory=list)
    void_put_backs: list[PutBack] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@transaction.atomic
def apply_packages(packages: Sequence[IncomingPackage], *, live_since: datetime) -> Applied:
    """Store packages; a package is applied only if it changed after what is stored.

    `live_since`: what had left the warehouse before this moment is HISTORIC, never counted.
    Locks: reservations, the known orders, their lines and put-backs, and balances where goods change parcels.
    """
    now = lock_reservations()
    page = _load(packages, now=now, live_since=live_since)
    if not page.fresh:
        return Applied(created=0, updated=0, unchanged=len(packages), notices=())
    _write_orders(page)
    _plan_lines(page)
    _release_replaced(page)
    _write_lines(page)
    set_status(page.moves)
    OrderEvent.objects.bulk_create(page.events)
    _write_put_backs(page)
    _hand_over_to_children(page)
    created = len(page.new_packages)
    return Applied(
        created=created,
        updated=len(page.fresh) - created,
        unchanged=len(packages) - len(page.fresh),
        notices=tuple(page.notices),
    )


# --- reading ----------------------------------------------------------------------------------------------------


def _load(packages: Sequence[IncomingPackage], *, now: datetime, live_since: datetime) -> _Page:
    newest: dict[int, IncomingPackage] = {}
    for package in packages:
        known = newest.get(package.package_id)
        if known is None or package.modified_at > known.modified_at:
            newest[package.package_id] = package
    parents = {origin for package in newest.values() for origin in package.origin_package_ids}
    orders = lock_packages({*newest, *parents})
    page = _Page(now=now, live_since=live_since, orders=orders, variants={})
    for package_id, package in newest.items():
        order = orders.get(package_id)
        if order is None:
            page.new_packages.add(package_id)
        elif order.remote_modified_at is not None and order.remote_modified_at >= package.modified_at:
            continue
        page.fresh[package_id] = package
    if page.fresh:
        page.variants = _variants(page.fresh.values())
        _load_lines(page)
    return page


def _variants(packages: Any) -> dict[str, int]:
    barcodes = {line.barcode for package in packages for line in package.lines}
    return dict(Variant.objects.filter(barcode__in=barcodes).values_list("barcode", "pk"))


def _load_lines(page: _Page) -> None:
    by_pk = {order.pk: order for order in page.orders.values()}
    rows = lock_lines(list(by_pk)) if by_pk else []
    for line in rows:
        line.order = by_pk[line.order_id]
        page.lines[line.order_id][line.line_id] = line
    for task in lock_put_backs([line.pk for line in rows]) if rows else []:
        page.put_backs[task.line_id].append(task)


# --- orders -----------------------------------------------------------------------------------------------------


def _write_orders(page: _Page) -> None:
    rows: list[Order] = []
    for package_id, package in page.fresh.items():
        order = page.orders.get(package_id)
        if order is None:
            order = Order(package_id=package_id, status=package.state or OrderState.CREATED)
            page.events.append(_received(order, package))
        else:
            _plan_move(page, order, package)
        fill_order(order, package, now=page.now)
        if package.state is None:
            page.notices.append(_unknown_status(package))
        page.orders[package_id] = order
        rows.append(order)
    Order.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["package_id"],
        update_fields=[*ORDER_COLUMNS, "updated_at"],
    )


def _received(order: Order, package: IncomingPackage) -> OrderEvent:
    return OrderEvent(
        order=order,
        kind=EventKind.RECEIVED,
        source=OrderEvent.Source.MARKETPLACE,
        at=package.modified_at,
        to_status=order.status,
        data={"status": package.remote_status},
    )


def _plan_move(page: _Page, order: Order, package: IncomingPackage) -> None:
    step = next_state(order, package)
    if step.odd:
        page.notices.append(_odd_move(order, package))
    if step.to is not None:
        page.moves.append(
            Move(
                order=order,
                to=step.to,
                at=package.modified_at,
                source=OrderEvent.Source.MARKETPLACE,
                data={"status": package.remote_status},
                forced=True,
            )
        )


def _unknown_status(package: IncomingPackage) -> Notice:
    return Notice(
        NoticeKind.UNKNOWN_STATUS,
        f"package {package.package_id}",
        f"Order {package.order_number} has the unknown status {package.remote_status}; it was parked.",
        {"order_number": package.order_number, "status": package.remote_status},
    )


def _odd_move(order: Order, package: IncomingPackage) -> Notice:
    return Notice(
        NoticeKind.ODD_MOVE,
        f"package {package.package_id}",
        f"Order {package.order_number} was {order.status} here when the marketplace reported {package.remote_status}.",
        {"order_number": package.order_number, "from": order.status, "status": package.remote_status},
    )


# --- lines ------------------------------------------------------------------------------------------------------


def _plan_lines(page: _Page) -> None:
    targets = {move.order.pk: move.to for move in page.moves}
    for package_id, package in page.fresh.items():
        order = page.orders[package_id]
        state = targets.get(order.pk, OrderState(order.status))
        known = page.lines[order.pk]
        incoming = {line.line_id: line for line in package.lines}
        for line_id, data in incoming.items():
            if line_id in known:
                _plan_known_line(page, known[line_id], data, state)
            else:
                known[line_id] = _new_line(page, order, data, package, state)
            _notice_unknown_barcode(page, known[line_id], package)
        for line_id in known.keys() - incoming.keys():
            _settle(page, known[line_id], wanted=0, state=state)
        if package_id in page.new_packages and _missed(order, known.values()):
            page.events.append(_missed_event(order, package))


def _new_line(
    page: _Page, order: Order, data: IncomingLine, package: IncomingPackage, state: OrderState
) -> OrderLine:
    line = OrderLine(order=order, line_id=data.line_id, created_at=page.now)
    fill_line(line, data, variant_id=page.variants.get(data.barcode))
    line.stock_state = first_stock_state(state, package, live_since=page.live_since)
    if line.stock_state == StockState.RELEASED:
        line.freed_at = page.now
    page.changed_lines.append(line)
    return line


def _plan_known_line(page: _Page, line: OrderLine, data: IncomingLine, state: OrderState) -> None:
    shrunk = data.quantity < line.quantity
    fill_line(line, data, variant_id=page.variants.get(data.barcode, line.variant_id))
    if shrunk:
        line.freed_at = page.now
    _settle(page, line, wanted=line.quantity, state=state)


def _settle(page: _Page, line: OrderLine, *, wanted: int, state: OrderState) -> None:
    """Give the line the stock outcome its order's state asks for; picked goods nobody wants become put-backs."""
    outcome = outcome_for(line, state, wanted=wanted, superseded=line.order.superseded)
    if outcome.frees:
        line.freed_at = page.now
    line.stock_state = outcome.stock_state
    page.changed_lines.append(line)
    if line.stock_state == StockState.DEDUCTED:
        new, void = plan_put_backs(
            line, wanted=outcome.wanted, existing=page.put_backs[line.pk], reason=outcome.put_back_reason
        )
        page.new_put_backs += new
        page.void_put_backs += void


def _release_replaced(page: _Page) -> None:
    """Free what a replaced package had promised as soon as the packages that replace it are here."""
    planned = {id(line) for line in page.changed_lines}
    for parent in page.orders.values():
        if not parent.superseded:
            continue
        children = [
            line
            for child in page.orders.values()
            if parent.package_id in child.origin_package_ids
            for line in page.lines[child.pk].values()
        ]
        for line in replaced_lines(list(page.lines[parent.pk].values()), children):
            line.stock_state, line.freed_at = StockState.RELEASED, page.now
            if id(line) not in planned:
                page.changed_lines.append(line)


def _notice_unknown_barcode(page: _Page, line: OrderLine, package: IncomingPackage) -> None:
    if line.variant_id is None and line.stock_state == StockState.RESERVED:
        page.notices.append(
            Notice(
                NoticeKind.UNKNOWN_BARCODE,
                line.barcode,
                f"Barcode {line.barcode} of order {package.order_number} is not in the catalogue.",
                {"order_number": package.order_number, "line_id": line.line_id},
            )
        )


def _missed(order: Order, lines: Any) -> bool:
    return order.status != OrderState.CREATED and any(
        line.stock_state == StockState.RESERVED for line in lines
    )


def _missed_event(order: Order, package: IncomingPackage) -> OrderEvent:
    data = {"status": package.remote_status}
    return timeline.entry(order.pk, EventKind.MISSED_PICK, user=None, data=data, at=package.modified_at)


def _write_lines(page: _Page) -> None:
    OrderLine.objects.bulk_create(
        page.changed_lines,
        update_conflicts=True,
        unique_fields=["order", "line_id"],
        update_fields=LINE_COLUMNS,
    )


def _write_put_backs(page: _Page) -> None:
    if page.new_put_backs:
        PutBack.objects.bulk_create(page.new_put_backs)
        for task in page.new_put_backs:
            page.put_backs[task.line_id].append(task)
    if page.void_put_backs:
        void_put_backs(page.void_put_backs)


# --- goods that change parcels ------------------------------------------------------------------------------------


def _hand_over_to_children(page: _Page) -> None:
    """A package that replaces a picked one takes over its goods; both orders of arrival end the same."""
    families = [
        (child, parents)
        for child in page.orders.values()
        if (parents := [page.orders[origin] for origin in child.origin_package_ids if origin in page.orders])
    ]
    children: list[OrderLine] = []
    parent_lines: dict[int, OrderLine] = {}
    for child, parents in families:
        taken = [
            line
            for parent in parents
            for line in page.lines[parent.pk].values()
            if line.stock_state == StockState.DEDUCTED
        ]
        if taken and child.status in {OrderState.CREATED, OrderState.PICKING}:
            children += [
                line for line in page.lines[child.pk].values() if line.stock_state == StockState.RESERVED
            ]
            parent_lines |= {line.pk: line for line in taken}
    if children and parent_lines:
        _hand_over(page, children, list(parent_lines.values()))


def _hand_over(page: _Page, children: list[OrderLine], parents: list[OrderLine]) -> None:
    put_backs = [task for line in parents for task in page.put_backs[line.pk]]
    dead = {
        line.order_id for line in parents if line.order.status in {OrderState.CANCELLED, OrderState.RETURNED}
    }
    plan = plan_hand_overs(children, parents=parents, put_backs=put_backs, dead=dead)
    if not plan:
        return
    hand_over(plan)
    void: list[PutBack] = []
    for line in {item.parent.pk: item.parent for item in plan}.values():
        wanted = 0 if line.order_id in dead else line.quantity
        void += plan_put_backs(
            line, wanted=wanted, existing=page.put_backs[line.pk], reason=PutBack.Reason.CANCELLED
        )[1]
    void_put_backs([task for task in void if task.state == PutBackState.WAITING])
    _continue_children(page, {item.child.order_id for item in plan})


def _continue_children(page: _Page, order_ids: set[int]) -> None:
    """A child whose goods are all picked goes on as "being prepared": its new label is printed, nothing is fetched."""
    orders = {order.pk: order for order in page.orders.values()}
    moves: list[Move] = []
    for order_id in sorted(order_ids):
        order, lines = orders[order_id], list(page.lines[order_id].values())
        if order.status == OrderState.CREATED and not order.payment_pending and is_fully_taken(order, lines):
            moves.append(
                Move(
                    order=order,
                    to=OrderState.PICKING,
                    at=page.now,
                    source=OrderEvent.Source.HERE,
                    kind=EventKind.SPLIT,
                    data={"from_packages": order.origin_package_ids},
                )
            )
            tell_picking(order, lines)
    set_status(moves)
