"""Splitting an order while its boxes are in somebody's hands: what was scanned leaves now, the rest follows."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from inventory.enums import StockState
from orders.claim_errors import SplitChanged
from orders.claims import end_claim, prolong
from orders.errors import NothingToSplit
from orders.locks import lock_reservations
from orders.models import OrderLine
from orders.services.preparing import Held, Lost, hold
from orders.services.splitting import SplitAsked, ask_split
from orders.split_plan import SplitPlan, plan_of_card


@dataclass(frozen=True, slots=True)
class SplitInHand:
    """`waiting`: the marketplace makes the parcels, and `pairs` scanned go back to their shelf until they arrive.

    Otherwise the order in hand is the first parcel now, and complete.
    """

    order_number: str
    waiting: bool
    pairs: int


def split_in_hand(*, user: AbstractBaseUser, token: str) -> SplitInHand | Lost | None:
    """Split the order in this person's hand into what is scanned and the rest; None without an order.

    The order must not be locked yet: splitting takes the reservations first. `token` is that of the plan the person
    was shown. Raises `NothingToSplit`, `SplitChanged`, `ClaimLost` and what `ask_split` raises.
    """
    lock_reservations()
    held = hold(user=user)
    if not isinstance(held, Held):
        return held
    number = held.order.order_number
    asked = split_as_planned(
        plan_of_card(held.card), token=token, order_id=held.order.pk, order_number=number, user=user
    )
    if not asked.waiting:
        prolong(held.claim, now=held.now)
        return SplitInHand(number, waiting=False, pairs=0)
    pairs = end_claim(order_id=held.order.pk, user_id=user.pk, order_number=number)
    return SplitInHand(number, waiting=True, pairs=pairs)


def split_as_planned(
    plan: SplitPlan | None, *, token: str, order_id: int, order_number: str, user: AbstractBaseUser
) -> SplitAsked:
    """Split as the person was shown. Raises `NothingToSplit`, `SplitChanged` and what `ask_split` raises."""
    if plan is None:
        raise NothingToSplit(order=order_number)
    if plan.token != token:
        raise SplitChanged(order=order_number)
    # Pairs taken for the order earlier are not scanned again: they lie in the parcel that leaves now.
    taken = OrderLine.objects.filter(order_id=order_id, stock_state=StockState.DEDUCTED)
    group = dict(taken.values_list("pk", "quantity")) | plan.first
    return ask_split(order_id=order_id, groups=[group], user=user)
