"""Claims: who prepares which order. Their locks and writes.

The row lock of the order guards its claim and its scans: take it first. Order everywhere:
reservations → orders → order lines → CentralStock → RafUrun, each by key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Exists, F, OuterRef

from inventory.enums import StockState
from inventory.models import Shelf
from orders.claim_errors import ClaimLost
from orders.compiled import NOW, ORDER, USER, Compiled
from orders.models import Order, OrderLine, PickBatchOrder, PickClaim, PickScan
from orders.querysets import OrderQuerySet

CLAIM_TIME = timedelta(minutes=10)
_ATTEMPTS = 8
_LARGE = ("payload", "shipment_address", "invoice_address", "search_key")

_CLAIM_SQL = """
WITH candidate (id) AS MATERIALIZED ({candidate}),
claimed AS (
    INSERT INTO orders_pickclaim AS claim (order_id, user_id, shelf_id, claimed_at, expires_at)
    SELECT id, %s, NULL, %s, %s FROM candidate
    ON CONFLICT (order_id) DO UPDATE
       SET user_id = EXCLUDED.user_id, shelf_id = NULL, claimed_at = EXCLUDED.claimed_at,
           expires_at = EXCLUDED.expires_at
     WHERE claim.expires_at <= EXCLUDED.claimed_at OR claim.user_id = EXCLUDED.user_id
    RETURNING order_id
),
-- Boxes the person before had scanned are in their hands, not in ours.
dropped AS (
    DELETE FROM orders_pickscan AS scan USING orders_orderline AS line, claimed
     WHERE line.order_id = claimed.order_id AND scan.line_id = line.id AND scan.user_id <> %s
)
SELECT (SELECT id FROM candidate), (SELECT order_id FROM claimed)
"""

_END_SQL = """
WITH ended AS (
    DELETE FROM orders_pickclaim WHERE order_id = %(order)s AND user_id = %(user)s RETURNING order_id
),
dropped AS (
    DELETE FROM orders_pickscan AS scan USING orders_orderline AS line, ended
     WHERE line.order_id = ended.order_id AND scan.line_id = line.id RETURNING scan.quantity
)
SELECT (SELECT count(*) FROM ended), (SELECT COALESCE(sum(quantity), 0) FROM dropped)
"""


def free_orders(*, user_id: int, now: datetime) -> OrderQuerySet:
    """What may be prepared and has something to take, is in nobody else's hands and in no open batch."""
    claims = PickClaim.objects.filter(order=OuterRef("pk"), expires_at__gt=now).exclude(user_id=user_id)
    batches = PickBatchOrder.objects.filter(order=OuterRef("pk"), active=True)
    # Not "is reserved": the planner would then look through all reserved lines of the shop for each order.
    settled = [state for state in StockState if state != StockState.RESERVED]
    wanted = OrderLine.objects.filter(order=OuterRef("pk")).exclude(stock_state__in=settled)
    return Order.objects.to_prepare().filter(Exists(wanted), ~Exists(claims), ~Exists(batches))


def lock_claim(user_id: int) -> PickClaim | None:
    """The person's claim with its order (locked) and shelf; also one that expired and nobody took over."""
    rows = PickClaim.objects.select_for_update(no_key=True, of=("order",)).select_related("order", "shelf")
    deferred = rows.defer(*(f"order__{name}" for name in _LARGE))
    return deferred.filter(user_id=user_id).order_by("claimed_at", "order_id").first()


def current_order_id(user_id: int) -> int | None:
    """The order a person has in hand, without a lock."""
    rows = PickClaim.objects.filter(user_id=user_id).order_by("claimed_at", "order_id")
    return rows.values_list("order_id", flat=True).first()


def claim_next(*, user_id: int, now: datetime) -> int | None:
    """Claim the most urgent order that is in nobody's hands; its id, or None when there is none. One statement.

    Orders locked by somebody are skipped, so nobody waits. An order whose claim appeared after this statement began is
    still a candidate, but the claim's primary key refuses it: then the next one is tried.
    """
    for _attempt in range(_ATTEMPTS):
        candidate, claimed = _claim(_next_candidate(), user_id=user_id, order_id=0, now=now)
        if claimed is not None or candidate is None:
            return claimed
    return None


def claim_order(order_id: int, *, user_id: int, now: datetime) -> bool:
    """Claim this very order; False when somebody else has it, works on it this moment, or it may not be prepared."""
    return _claim(_this_candidate(), user_id=user_id, order_id=order_id, now=now)[1] is not None


@cache
def _next_candidate() -> Compiled:
    return _candidate(free_orders(user_id=USER, now=NOW).most_urgent_first())


@cache
def _this_candidate() -> Compiled:
    return _candidate(free_orders(user_id=USER, now=NOW).filter(pk=ORDER))


def _candidate(orders: OrderQuerySet) -> Compiled:
    locked = orders.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = Compiled.of(locked.values("pk")[:1])
    return Compiled(_CLAIM_SQL.format(candidate=found.sql), found.parameters)


def _claim(
    statement: Compiled, *, user_id: int, order_id: int, now: datetime
) -> tuple[int | None, int | None]:
    parameters = statement.bind(user_id=user_id, order_id=order_id, now=now)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, [*parameters, user_id, now, now + CLAIM_TIME, user_id])
        candidate, claimed = cursor.fetchone()
    return candidate, claimed


def prolong(claim: PickClaim, *, now: datetime, shelf: Shelf | None = None) -> None:
    """Give the claim its full time again, and remember the shelf. Raises `ClaimLost` if it is not theirs any more."""
    values: dict[str, object] = {"expires_at": now + CLAIM_TIME}
    if shelf is not None:
        values["shelf_id"] = shelf.pk
    if not PickClaim.objects.filter(pk=claim.pk, user_id=claim.user_id).update(**values):
        raise ClaimLost(order=claim.order.order_number)
    claim.shelf = shelf or claim.shelf


def end_claim(*, order_id: int, user_id: int, order_number: str) -> int:
    """End the claim and forget what was scanned for it; returns those pairs. One statement.

    Raises `ClaimLost` if the claim is not theirs any more; call inside a transaction, which must then be taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END_SQL, {"order": order_id, "user": user_id})
        ended, pairs = cursor.fetchone()
    if not ended:
        raise ClaimLost(order=order_number)
    return int(pairs)


def drop_scans(order_id: int) -> int:
    """Forget what was scanned for an order; returns the pairs."""
    rows = PickScan.objects.filter(line__order_id=order_id)
    pairs = sum(rows.values_list("quantity", flat=True))
    if pairs:
        rows.delete()
    return pairs


def lock_single_pair_order(*, variant_id: int, user_id: int, now: datetime) -> tuple[Order, int] | None:
    """The most urgent free order that is one pair of this variant, locked, with the id of its line.

    Locked orders are skipped. Claims and batches are read again under the lock, because one may have appeared after
    the statement began.
    """
    for _attempt in range(_ATTEMPTS):
        found = _lock_single(variant_id, user_id=user_id, now=now)
        if found is None or not _in_other_hands(found[0], user_id=user_id, now=now):
            return found
    return None


def _lock_single(variant_id: int, *, user_id: int, now: datetime) -> tuple[Order, int] | None:
    others = OrderLine.objects.filter(order=OuterRef("pk"), stock_state=StockState.RESERVED).exclude(
        pk=OuterRef("line_pk")
    )
    rows = (
        free_orders(user_id=user_id, now=now)
        .filter(lines__variant_id=variant_id, lines__quantity=1, lines__stock_state=StockState.RESERVED)
        .annotate(line_pk=F("lines__pk"))
        .filter(~Exists(others))
        .defer(*_LARGE)
    )
    locked = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    order = locked.most_urgent_first().first()
    return None if order is None else (order, vars(order)["line_pk"])


def _in_other_hands(order: Order, *, user_id: int, now: datetime) -> bool:
    return not free_orders(user_id=user_id, now=now).filter(pk=order.pk).exists()
