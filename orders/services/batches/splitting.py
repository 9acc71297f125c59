"""Splitting an order in its slot: what lies there leaves now, what was not found becomes another package."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from orders.locks import lock_reservations
from orders.services.batches.errors import SlotNotOpen
from orders.services.batches.locks import lock_work
from orders.services.batches.releasing import being_split, close_if_empty, release_lost, release_slots
from orders.services.batches.sorting import SortResult, confirm_slot
from orders.services.splitting_at_hand import split_as_planned
from orders.split_plan import plan_of_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSplit:
    """`confirmation` of an order of our own, which is complete now.

    None: the marketplace makes the parcels, the order left its slot, and `in_slot` pairs are taken out of it.
    """

    slot: int
    order_number: str
    in_slot: int
    confirmation: SortResult | None


@transaction.atomic
def split_slot(*, batch_id: int, slot: int, token: str, user: AbstractBaseUser) -> SlotSplit:
    """Split the order of a slot into what lies in it and the rest. `token` is that of the plan the person was shown.

    Locks: reservations, the batch, its items, then as `confirm_picking`.
    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `SlotNotOpen`, `NothingToSplit`, `SplitChanged`, and
    what `ask_split` raises.
    """
    lock_reservations()
    work = lock_work(batch_id)
    release_lost(work)
    place = next((row for row in work.open_slots if row.number == slot), None)
    if place is None:
        raise SlotNotOpen(slot=slot)
    number, pairs = place.order.order_number, place.in_slot
    asked = split_as_planned(
        plan_of_slot(place), token=token, order_id=place.order.pk, order_number=number, user=user
    )
    if not asked.waiting:
        done = confirm_slot(batch_id=batch_id, slot=slot, user=user)
        return SlotSplit(slot=slot, order_number=number, in_slot=pairs, confirmation=done)
    release_slots(work, [place], note=being_split())
    close_if_empty(work)
    return SlotSplit(slot=slot, order_number=number, in_slot=pairs, confirmation=None)
