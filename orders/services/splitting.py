"""Breaking a package up: what can leave now goes on alone, the rest becomes a package of its own.

A marketplace does it asynchronously: the order waits, out of the picking queue, until its children arrive with new
package numbers (contract section 5.6). An order no marketplace knows is split here and now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from inventory.enums import StockState
from inventory.services import require_quantity
from orders.enums import OPEN_STATES, Channel, EventKind, OrderState
from orders.errors import (
    AlreadySplitting,
    NothingToSplit,
    NotSplittable,
    NotSplitting,
    SplitBeyondLine,
    UnknownPickLine,
)
from orders.locks import lock_lines, lock_order, lock_reservations
from orders.models import Order, OrderLine
from orders.outbound import tell_split
from orders.services import timeline

Group = Mapping[int, int]
"""Pairs of one parcel by order line (primary key)."""


@dataclass(frozen=True, slots=True)
class SplitAsked:
    """`parcels` is how many there will be. `waiting`: the marketplace makes them and they arrive with a later pull.

    `children` are the orders made here and now; the order itself keeps the first group.
    """

    order_id: int
    order_number: str
    parcels: int
    waiting: bool
    children: tuple[int, ...] = ()


@transaction.atomic
def ask_split(*, order_id: int, groups: Sequence[Group], user: AbstractBaseUser | None = None) -> SplitAsked:
    """Split an open order into one parcel per group; pairs in no group form one more.

    Of a marketplace's order nothing changes here but `split_asked_at`, which keeps it from being prepared. An order
    of our own keeps the first group and gets sisters of the same number for the others; it must not be picked yet.
    Locks: reservations, order, lines.
    Raises `NotSplittable`, `AlreadySplitting`, `NothingToSplit`, `UnknownPickLine`, `SplitBeyondLine`,
    `InvalidQuantity`, `OrderNotFound`.
    """
    now = lock_reservations()
    order = lock_order(order_id)
    _require_splittable(order)
    lines = {line.pk: line for line in lock_lines([order.pk])}
    parts = _deal(order, lines, groups)
    data = {"parcels": [_words(lines, part) for part in parts]}
    if order.channel == Channel.MANUAL:
        children = _split_here(order, lines, parts[1:])
        timeline.note(order.pk, EventKind.SPLIT, user=user, data=data)
        return SplitAsked(order.pk, order.order_number, len(parts), waiting=False, children=children)
    order.split_asked_at = now
    order.save(update_fields=["split_asked_at", "updated_at"])
    named = [[(lines[pk].line_id, quantity) for pk, quantity in part.items()] for part in parts[:-1]]
    tell_split(order, named, user=user)
    timeline.note(order.pk, EventKind.SPLIT_ASKED, user=user, data=data)
    return SplitAsked(order.pk, order.order_number, len(parts), waiting=True)


@transaction.atomic
def end_split(*, order_id: int, reason: str, user: AbstractBaseUser | None = None) -> None:
    """Stop waiting for a split: the order goes back to the queue as it was. Repeating it is harmless.

    For a split the marketplace refused, or one that never came.
    """
    order = lock_order(order_id)
    if order.split_asked_at is None:
        return
    order.split_asked_at = None
    order.save(update_fields=["split_asked_at", "updated_at"])
    timeline.note(order.pk, EventKind.SPLIT_ENDED, user=user, data={"reason": reason[:500]})


@transaction.atomic
def give_up_split(*, order_id: int, user: AbstractBaseUser | None = None) -> None:
    """`end_split` as a decision of a person. Raises `NotSplitting`, `OrderNotFound`."""
    order = lock_order(order_id)
    if order.split_asked_at is None:
        raise NotSplitting(order=order.order_number)
    end_split(order_id=order.pk, reason="", user=user)


def _require_splittable(order: Order) -> None:
    ours = order.channel == Channel.MANUAL
    if order.status not in ({OrderState.CREATED} if ours else OPEN_STATES):
        raise NotSplittable(order=order.order_number, status=OrderState(order.status).label)
    if order.split_asked_at is not None:
        raise AlreadySplitting(order=order.order_number)


def _deal(order: Order, lines: Mapping[int, OrderLine], groups: Sequence[Group]) -> list[dict[int, int]]:
    """The parcels as pairs by line, the rest last. Raises unless there are at least two."""
    left = {pk: line.quantity for pk, line in lines.items() if line.stock_state != StockState.RELEASED}
    parts: list[dict[int, int]] = []
    for group in groups:
        for pk, quantity in group.items():
            if pk not in left:
                raise UnknownPickLine(order=order.order_number, line=pk)
            if require_quantity(quantity, lowest=1) > left[pk]:
                raise SplitBeyondLine(
                    order=order.order_number, barcode=lines[pk].barcode, wanted=quantity, there=left[pk]
                )
            left[pk] -= quantity
        if group:
            parts.append(dict(group))
    if rest := {pk: quantity for pk, quantity in left.items() if quantity}:
        parts.append(rest)
    if len(parts) < 2:
        raise NothingToSplit(order=order.order_number)
    return parts


def _words(lines: Mapping[int, OrderLine], part: Group) -> str:
    return " + ".join(f"{lines[pk].barcode} × {quantity}" for pk, quantity in part.items())


# --- orders of our own ----------------------------------------------------------------------------------------------


def _split_here(order: Order, lines: Mapping[int, OrderLine], parts: Sequence[Group]) -> tuple[int, ...]:
    """Move pairs into new orders of the same number. What is reserved stays the same to the pair."""
    children = [_child(order) for _part in parts]
    Order.objects.bulk_create(children)
    new_lines: list[OrderLine] = []
    for child, part in zip(children, parts, strict=True):
        new_lines += [_moved(lines[pk], child, quantity) for pk, quantity in part.items()]
    OrderLine.objects.bulk_create(new_lines)
    touched = {pk for part in parts for pk in part}
    OrderLine.objects.filter(pk__in=[pk for pk in touched if not lines[pk].quantity]).delete()
    kept = [lines[pk] for pk in touched if lines[pk].quantity]
    OrderLine.objects.bulk_update(kept, ["quantity", "total"])
    own = [line for line in lines.values() if line.quantity]
    for sister in (order, *children):
        _add_up(sister, own if sister is order else [line for line in new_lines if line.order == sister])
    Order.objects.bulk_update([order, *children], ["gross_amount", "seller_discount", "total_amount"])
    return tuple(child.pk for child in children)


def _child(order: Order) -> Order:
    """A sister of the order. Cash on delivery stays with the first parcel: it is collected once."""
    names = (
        "channel source order_number status ordered_at ship_by_at customer_id customer_first_name"
        " customer_last_name city district shipment_address invoice_address currency cargo_provider commercial note"
    )
    return Order(**{name: getattr(order, name) for name in names.split()})


def _moved(line: OrderLine, child: Order, quantity: int) -> OrderLine:
    share = (line.total * quantity / line.quantity).quantize(Decimal("0.01"))
    line.quantity -= quantity
    line.total -= share
    names = (
        "line_id variant_id barcode stock_code product_name colour size unit_gross unit_seller_discount"
        " unit_marketplace_discount unit_price vat_rate commission_rate stock_state created_at"
    )
    copied = {name: getattr(line, name) for name in names.split()}
    return OrderLine(**copied, order=child, quantity=quantity, total=share)


def _add_up(order: Order, lines: Sequence[OrderLine]) -> None:
    order.gross_amount = sum((line.unit_gross * line.quantity for line in lines), Decimal())
    order.total_amount = sum((line.total for line in lines), Decimal())
    order.seller_discount = order.gross_amount - order.total_amount
