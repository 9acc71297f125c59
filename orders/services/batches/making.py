"""Making a batch: orders proposed for a short walk, or chosen by their numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from gullu.locks import transaction_lock
from inventory.enums import StockState
from orders.batch_plan import Candidate, choose
from orders.batch_selectors import balances, promised
from orders.enums import OrderState
from orders.models import Order, OrderLine, PickBatch, PickBatchOrder, PickClaim, PickScan
from orders.querysets import OrderQuerySet
from orders.services.batches.errors import InvalidBatchSize, NothingToCollect, OrdersNotFree
from orders.services.batches.locks import MAKING, lock_orders
from orders.services.batches.words import person_name

MAX_ORDERS = 100
# Orders due within this time go first, whatever the walk (DOMAIN: due within 24 h or overdue).
DUE_SOON = timedelta(hours=24)
# As many of the most urgent orders are looked at for one proposal; a walk is planned in memory.
_LOOK_AT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBatch:
    """A new batch with its number of orders and pairs; in the hand of the person who made it."""

    batch_id: int
    orders: int
    pairs: int


@transaction.atomic
def propose_batch(*, size: int, user: AbstractBaseUser) -> MadeBatch:
    """Make a batch of up to `size` free orders that the shelves can serve: single pairs first, in a short walk.

    Pairs that open batches and other pickers are going to take count as gone. One proposal at a time (advisory lock),
    then orders locked by key. Raises `InvalidBatchSize`, `NothingToCollect`.
    """
    if not 1 <= size <= MAX_ORDERS:
        raise InvalidBatchSize(size=size, highest=MAX_ORDERS)
    now = transaction_lock(MAKING)
    candidates = _candidates(now)
    variant_ids = {variant_id for candidate in candidates for variant_id in candidate.wants}
    chosen = choose(candidates, size=size, balances=balances(variant_ids), promised=promised(now))
    taken = _still_free(chosen, now)
    if not taken:
        raise NothingToCollect
    return _make(taken, user)


@transaction.atomic
def make_batch(*, order_numbers: Sequence[str], user: AbstractBaseUser) -> MadeBatch:
    """Make a batch of these orders, in this order; all of them or none. Shelves are not asked: missing goods show.

    A number that was split stands for all of its free packages. Raises `InvalidBatchSize`, `OrdersNotFree`.
    """
    numbers = list(dict.fromkeys(number.strip() for number in order_numbers if number.strip()))
    if not 1 <= len(numbers) <= MAX_ORDERS:
        raise InvalidBatchSize(size=len(numbers), highest=MAX_ORDERS)
    now = transaction_lock(MAKING)
    known = Order.objects.filter(order_number__in=numbers).values_list("pk", "order_number")
    lock_orders([pk for pk, _number in known])
    free = {order.pk: order.order_number for order in _free(now).filter(order_number__in=numbers)}
    missing = [number for number in numbers if number not in free.values()]
    if missing:
        raise OrdersNotFree(
            orders=", ".join(f"{number} ({why})" for number, why in _why_not(missing, now).items())
        )
    in_order = sorted(free, key=lambda pk: (numbers.index(free[pk]), pk))
    if len(in_order) > MAX_ORDERS:
        raise InvalidBatchSize(size=len(in_order), highest=MAX_ORDERS)
    return _make(in_order, user)


def _free(now: datetime) -> OrderQuerySet:
    """Orders that may go into a batch: ready to prepare, in nobody's hands, in no open batch."""
    claimed = PickClaim.objects.filter(order=OuterRef("pk"), expires_at__gt=now)
    in_batch = PickBatchOrder.objects.filter(order=OuterRef("pk"), active=True)
    free: OrderQuerySet = Order.objects.to_prepare().filter(~Exists(claimed), ~Exists(in_batch))
    return free


def _candidates(now: datetime) -> list[Candidate]:
    orders = dict(_free(now).most_urgent_first().values_list("pk", "ship_by_at")[:_LOOK_AT])
    lines = OrderLine.objects.filter(
        order_id__in=orders, stock_state=StockState.RESERVED, variant__isnull=False
    )
    wants: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for order_id, variant_id, quantity in lines.values_list("order_id", "variant_id", "quantity"):
        if variant_id is not None:
            wants[order_id][variant_id] += quantity
    return [
        Candidate(
            order_id=pk, wants=wants[pk], due_soon=ship_by_at is not None and ship_by_at <= now + DUE_SOON
        )
        for pk, ship_by_at in orders.items()
        if wants[pk]
    ]


def _still_free(order_ids: list[int], now: datetime) -> list[int]:
    """Those that are still free now that they are locked: a picker may have claimed one while we chose."""
    lock_orders(order_ids)
    free = set(_free(now).filter(pk__in=order_ids).values_list("pk", flat=True))
    return [pk for pk in order_ids if pk in free]


def _make(order_ids: list[int], user: AbstractBaseUser) -> MadeBatch:
    batch = PickBatch.objects.create(user_id=user.pk, created_by_id=user.pk)
    PickBatchOrder.objects.bulk_create(
        [PickBatchOrder(batch=batch, order_id=pk, slot=slot) for slot, pk in enumerate(order_ids, start=1)]
    )
    # What somebody scanned for one of them and then left lying is scanned again: nobody knows where it is.
    PickScan.objects.filter(line__order_id__in=order_ids).delete()
    PickClaim.objects.filter(order_id__in=order_ids).delete()
    lines = OrderLine.objects.filter(order_id__in=order_ids, stock_state=StockState.RESERVED)
    return MadeBatch(
        batch_id=batch.pk, orders=len(order_ids), pairs=sum(lines.values_list("quantity", flat=True))
    )


def _why_not(numbers: list[str], now: datetime) -> dict[str, str]:
    """Why these orders are not free, in a word or two each."""
    rows = Order.objects.filter(order_number__in=numbers).select_related("claim__user").order_by("pk")
    batches = PickBatchOrder.objects.filter(order__in=rows, active=True).values_list("order_id", "batch_id")
    in_batch = dict(batches)
    reasons = dict.fromkeys(numbers, _("not known"))
    reasons |= {order.order_number: _why(order, in_batch.get(order.pk), now) for order in rows}
    return reasons


def _why(order: Order, batch_id: int | None, now: datetime) -> str:
    claim: PickClaim | None = getattr(order, "claim", None)
    if order.status != OrderState.CREATED:
        return str(OrderState(order.status).label)
    if batch_id is not None:
        return _("in batch %(batch)s") % {"batch": batch_id}
    if claim is not None and claim.expires_at > now:
        return _("in the hands of %(person)s") % {"person": person_name(claim.user)}
    reasons = (
        (order.payment_pending, _("not paid yet")),
        (order.split_asked_at is not None, _("being split")),
        (order.parked, _("parked")),
    )
    return next((reason for holds, reason in reasons if holds), _("unknown barcode"))
