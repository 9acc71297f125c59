"""Claims: who prepares which order. Their locks and writes.

Two locks, in this order: that of the person (`gullu.people.lock_person`), so that two devices of one person never take
two orders, and the row of the order, which guards its claim and its scans. Order everywhere:
people → reservations → orders → order lines → CentralStock → RafUrun, each by key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from gullu.prepared import Prepared, columns, instance
from inventory.enums import StockState
from inventory.models import Shelf
from orders.claim_errors import ClaimLost
from orders.compiled import NOW, ORDER, USER, Compiled, as_sql
from orders.models import Order, OrderLine, PickBatchOrder, PickClaim, PickScan
from orders.querysets import OrderQuerySet

CLAIM_TIME = timedelta(minutes=10)
_ATTEMPTS = 8
_LARGE = ("payload", "shipment_address", "invoice_address", "search_key")

# What preparing reads of an order; the rest (payload, addresses) stays where it is.
_ORDER_COLUMNS = (
    "id",
    "channel",
    "source",
    "order_number",
    "status",
    "payment_pending",
    "parked",
    "park_reason",
    "split_asked_at",
)
_LOCK_SQL = """
SELECT {claim}, {order}
  FROM orders_pickclaim AS claim JOIN orders_order AS o ON o.id = claim.order_id
 WHERE claim.user_id = $1
 ORDER BY claim.claimed_at, claim.order_id
 LIMIT 1
   FOR NO KEY UPDATE OF o, claim
"""
_LOCK = Prepared(
    _LOCK_SQL.format(claim=columns(PickClaim, "claim"), order=columns(Order, "o", _ORDER_COLUMNS)),
    ("bigint",),
)

_CLAIM_SQL = """
WITH candidate (id) AS MATERIALIZED ({candidate}),
claimed AS (
    INSERT INTO orders_pickclaim AS claim (order_id, user_id, shelf_id, claimed_at, expires_at)
    SELECT id, $1, NULL, $3, $3 + interval '{seconds:.0f} s' FROM candidate
    ON CONFLICT (order_id) DO UPDATE
       SET user_id = EXCLUDED.user_id, shelf_id = NULL, claimed_at = EXCLUDED.claimed_at,
           expires_at = EXCLUDED.expires_at
     WHERE claim.expires_at <= EXCLUDED.claimed_at OR claim.user_id = EXCLUDED.user_id
    RETURNING order_id
),
-- Boxes the person before had scanned are in their hands, not in ours.
dropped AS (
    DELETE FROM orders_pickscan AS scan USING orders_orderline AS line, claimed
     WHERE line.order_id = claimed.order_id AND scan.line_id = line.id AND scan.user_id <> $1
)
SELECT (SELECT id FROM candidate), (SELECT order_id FROM claimed)
"""

_IN_BATCH = Prepared("SELECT 1 FROM orders_pickbatchorder WHERE order_id = $1 AND active", ("bigint",))

_PROLONG = Prepared(
    """
UPDATE orders_pickclaim SET expires_at = $3, shelf_id = COALESCE($4, shelf_id)
 WHERE order_id = $2 AND user_id = $1
RETURNING order_id
""",
    ("bigint", "bigint", "timestamptz", "bigint"),
)

_END = Prepared(
    """
WITH ended AS (
    DELETE FROM orders_pickclaim WHERE order_id = $2 AND user_id = $1 RETURNING order_id
),
dropped AS (
    DELETE FROM orders_pickscan AS scan USING orders_orderline AS line, ended
     WHERE line.order_id = ended.order_id AND scan.line_id = line.id RETURNING scan.quantity
)
SELECT (SELECT count(*) FROM ended), (SELECT COALESCE(sum(quantity), 0) FROM dropped)
""",
    ("bigint", "bigint"),
)


def free_orders(*, user_id: int, now: datetime | Now) -> OrderQuerySet:
    """What may be prepared and has something to take, is in nobody else's hands and in no open batch."""
    claims = PickClaim.objects.filter(order=OuterRef("pk"), expires_at__gt=now).exclude(user_id=user_id)
    batches = PickBatchOrder.objects.filter(order=OuterRef("pk"), active=True)
    # Not "is reserved": the planner would then look through all reserved lines of the shop for each order.
    settled = [state for state in StockState if state != StockState.RESERVED]
    wanted = OrderLine.objects.filter(order=OuterRef("pk")).exclude(stock_state__in=settled)
    return Order.objects.to_prepare().filter(Exists(wanted), ~Exists(claims), ~Exists(batches))


def lock_claim(user_id: int) -> PickClaim | None:
    """The person's claim with its order, both locked; also one that expired and nobody took over. One statement.

    The shelf is not joined: after waiting for a lock PostgreSQL reads the locked rows anew, but joins them with what it
    had found before. `claim.shelf` is read when it is asked for.
    """
    row = _LOCK.one(user_id)
    if row is None:
        return None
    values = iter(row)
    claim = instance(PickClaim, values)
    claim.order = instance(Order, values, _ORDER_COLUMNS)
    return claim


def current_order_id(user_id: int) -> int | None:
    """The order a person has in hand, without a lock."""
    rows = PickClaim.objects.filter(user_id=user_id).order_by("claimed_at", "order_id")
    return rows.values_list("order_id", flat=True).first()


def claim_next(*, user_id: int, now: datetime) -> int | None:
    """Claim the most urgent order that is in nobody's hands; its id, or None when there is none. The person is locked.

    Orders locked by somebody are skipped, so nobody waits. An order whose claim appeared after the statement began is
    still a candidate, but the claim's primary key refuses it: then the next one is tried.
    """
    for _attempt in range(_ATTEMPTS):
        candidate, claimed = _claim(_next_candidate(), user_id=user_id, now=now)
        if claimed or candidate is None:
            return candidate
    return None


def claim_order(order_id: int, *, user_id: int, now: datetime) -> bool:
    """Claim this very order; False when somebody else has it, works on it this moment, or it may not be prepared."""
    return _claim(_this_candidate(), user_id=user_id, order_id=order_id, now=now)[1]


@cache
def _next_candidate() -> Compiled:
    return claiming(free_orders(user_id=USER, now=NOW).most_urgent_first())


@cache
def _this_candidate() -> Compiled:
    return claiming(free_orders(user_id=USER, now=NOW).filter(pk=ORDER))


def claiming(orders: OrderQuerySet) -> Compiled:
    """The statement that claims the first of these orders that nobody has locked; compile it inside a transaction."""
    locked = orders.select_for_update(skip_locked=True, no_key=True, of=("self",))
    seconds = CLAIM_TIME.total_seconds()
    return Compiled.sql(_CLAIM_SQL.format(candidate=as_sql(locked.values("pk")[:1]), seconds=seconds))


def _claim(statement: Compiled, *, user_id: int, now: datetime, order_id: int = 0) -> tuple[int | None, bool]:
    """The order that was chosen, and whether it is theirs now."""
    ((candidate, claimed),) = statement.run(user_id=user_id, order_id=order_id, now=now)
    if claimed is not None and _IN_BATCH.one(claimed):
        # It went into a batch after the statement began and before it locked the order. Nobody else saw the claim.
        _END.run(user_id, claimed)
        claimed = None
    return candidate, claimed is not None


def prolong(claim: PickClaim, *, now: datetime, shelf: Shelf | None = None) -> None:
    """Give the claim its full time again, and remember the shelf. Raises `ClaimLost` if it is not theirs any more."""
    if not _PROLONG.run(claim.user_id, claim.pk, now + CLAIM_TIME, shelf.pk if shelf else None):
        raise ClaimLost(order=claim.order.order_number)
    if shelf is not None:
        claim.shelf = shelf


def end_claim(*, order_id: int, user_id: int, order_number: str) -> int:
    """End the claim and forget what was scanned for it; returns those pairs. One statement.

    Raises `ClaimLost` if the claim is not theirs any more; call inside a transaction, which must then be taken back.
    """
    ((ended, pairs),) = _END.run(user_id, order_id)
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


def lock_single_pair_order(*, variant_id: int, user_id: int, now: datetime | Now) -> tuple[Order, int] | None:
    """The most urgent free order that is one pair of this variant, locked, with the id of its line.

    Locked orders are skipped. Claims and batches are read again under the lock, because one may have appeared after
    the statement began.
    """
    for _attempt in range(_ATTEMPTS):
        found = _lock_single(variant_id, user_id=user_id, now=now)
        if found is None or not _in_other_hands(found[0], user_id=user_id, now=now):
            return found
    return None


def _lock_single(variant_id: int, *, user_id: int, now: datetime | Now) -> tuple[Order, int] | None:
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


def _in_other_hands(order: Order, *, user_id: int, now: datetime | Now) -> bool:
    return not free_orders(user_id=user_id, now=now).filter(pk=order.pk).exists()
