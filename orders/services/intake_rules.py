"""Pure rules of taking a package in: which state follows, and what becomes of each line's stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.enums import StockState
from orders.enums import GONE_STATES, OPEN_STATES, CancelledBy, OrderState, ParkReason, ParkState
from orders.incoming import IncomingLine, IncomingPackage
from orders.models import Order, OrderLine, PutBack
from orders.services.status import is_allowed

# Columns of `Order` an adapter may fill through `IncomingPackage.details`.
DETAIL_COLUMNS = (
    "shipment_number",
    "reached_us_at",
    "customer_id",
    "customer_first_name",
    "customer_last_name",
    "city",
    "district",
    "shipment_address",
    "invoice_address",
    "currency",
    "gross_amount",
    "seller_discount",
    "marketplace_discount",
    "total_amount",
    "cargo_tracking_number",
    "cargo_provider",
    "desi",
    "commercial",
    "micro_export",
    "invoice_status",
    "invoice_number",
)
# Never written again once an order's personal data was emptied, whatever the marketplace still says about it.
PERSONAL_COLUMNS = frozenset(
    {
        "customer_id",
        "customer_first_name",
        "customer_last_name",
        "district",
        "shipment_address",
        "invoice_address",
    }
)
# Everything the marketplace may change on a known order. `status` is not among them: it has one writer.
ORDER_COLUMNS = (
    *DETAIL_COLUMNS,
    "order_number",
    "remote_status",
    "payment_pending",
    "superseded",
    "cancelled_by",
    "origin_package_ids",
    "ordered_at",
    "ship_by_at",
    "remote_modified_at",
    "shipped_at",
    "delivered_at",
    "cancelled_at",
    "split_asked_at",
    "parked",
    "park_reason",
    "park_state",
    "park_note",
    "parked_at",
    "payload",
)

# Columns of `OrderLine` that come from the marketplace.
LINE_FIELDS = (
    "barcode",
    "quantity",
    "stock_code",
    "product_name",
    "colour",
    "size",
    "unit_gross",
    "unit_seller_discount",
    "unit_marketplace_discount",
    "unit_price",
    "total",
    "units",
    "vat_rate",
    "commission_rate",
    "remote_status",
    "cancel_reason",
)


@dataclass(frozen=True, slots=True)
class Step:
    """`to` is None when the state stays. `odd` asks for a person's eye."""

    to: OrderState | None
    odd: bool = False


_AHEAD = {
    OrderState.PICKING: {OrderState.CREATED},
    OrderState.SHIPPED: {OrderState.CREATED, OrderState.PICKING},
}


def next_state(order: Order, package: IncomingPackage) -> Step:
    """Where the marketplace's word moves a known order.

    Local work is never undone: we may be PICKING while it still says Created, and an order we cancelled stays
    cancelled until it is really shipped. Otherwise the marketplace is right about its own status; a move that its
    own rules do not know is made and reported.
    """
    current = OrderState(order.status)
    if package.state is None or package.state == current:
        return Step(None)
    if package.state in _AHEAD.get(current, set()):
        return Step(None, odd=current == OrderState.SHIPPED)
    if (
        current == OrderState.CANCELLED
        and order.cancelled_by == CancelledBy.HERE
        and package.state not in GONE_STATES
    ):
        return Step(None)
    return Step(package.state, odd=not is_allowed(current, package.state))


def first_stock_state(state: OrderState, package: IncomingPackage, *, live_since: datetime) -> StockState:
    """Stock outcome of a line never seen before.

    Gone before we went live: HISTORIC. Cancelled: RELEASED. Everything else is promised and not taken, also when
    the marketplace says it was picked or shipped (a missed pick, settled by a scan), and also when it was replaced
    by packages that may not be visible yet.
    """
    if state == OrderState.CANCELLED:
        promised = package.superseded and package.modified_at >= live_since
        return StockState.RESERVED if promised else StockState.RELEASED
    if state in GONE_STATES and (package.left_at or package.modified_at) < live_since:
        return StockState.HISTORIC
    return StockState.RESERVED


@dataclass(frozen=True, slots=True)
class Outcome:
    """New stock state of a known line; `wanted` is how many picked pairs it keeps."""

    stock_state: StockState
    wanted: int
    frees: bool
    put_back_reason: PutBack.Reason


def outcome_for(line: OrderLine, state: OrderState, *, wanted: int, superseded: bool = False) -> Outcome:
    """Stock outcome of a known line in an order of this state. `wanted` is 0 when the line left the package.

    A package that was replaced keeps its promise until the packages that replace it are here: the marketplace shows
    them later, and in between nobody may sell these pairs again.
    """
    current = StockState(line.stock_state)
    ended = state in {OrderState.CANCELLED, OrderState.RETURNED}
    reason = PutBack.Reason.CAME_BACK if state == OrderState.RETURNED else PutBack.Reason.CANCELLED
    if current == StockState.DEDUCTED:
        kept = 0 if ended else wanted
        return Outcome(current, kept, kept < line.deducted_quantity, reason)
    if current == StockState.RESERVED and superseded and wanted > 0:
        return Outcome(current, wanted, frees=False, put_back_reason=reason)
    if current == StockState.RESERVED and (state == OrderState.CANCELLED or wanted == 0):
        return Outcome(StockState.RELEASED, 0, frees=True, put_back_reason=reason)
    if current == StockState.RELEASED and state != OrderState.CANCELLED and wanted > 0:
        # Cancelled before, alive again: promised once more, so that the number sent stays right.
        return Outcome(StockState.RESERVED, wanted, frees=False, put_back_reason=reason)
    return Outcome(current, wanted, frees=False, put_back_reason=reason)


def fill_order(order: Order, package: IncomingPackage, *, now: datetime) -> None:
    """Copy what the marketplace owns onto the order. Local facts (picking, parking by staff) stay."""
    for column, value in package.details.items():
        if column not in DETAIL_COLUMNS:
            raise KeyError(column)
        if order.anonymized_at is None or column not in PERSONAL_COLUMNS:
            setattr(order, column, value)
    parked_for_its_status = (
        order.parked and order.park_reason == ParkReason.SYSTEM and order.park_note == order.remote_status
    )
    order.order_number = package.order_number
    order.remote_status = package.remote_status
    order.payment_pending = package.payment_pending
    order.superseded = package.superseded
    order.origin_package_ids = list(package.origin_package_ids)
    order.ordered_at = package.ordered_at
    order.ship_by_at = package.ship_by_at
    order.remote_modified_at = package.modified_at
    order.shipped_at = package.left_at or order.shipped_at
    order.delivered_at = package.delivered_at or order.delivered_at
    order.payload = package.payload if order.anonymized_at is None else {}
    if package.superseded or package.state not in OPEN_STATES:
        order.split_asked_at = None
    _fill_cancellation(order, package)
    if package.state is not None and parked_for_its_status:
        unpark(order)
    elif package.state is None and not order.parked:
        order.parked, order.park_reason, order.park_state = True, ParkReason.SYSTEM, ParkState.CHECKING
        order.park_note, order.parked_at = package.remote_status[:300], now


def unpark(order: Order) -> None:
    """Clear everything parking has set; the caller saves."""
    order.parked, order.park_reason, order.park_state, order.park_note = False, "", "", ""
    order.parked_at = None


def _fill_cancellation(order: Order, package: IncomingPackage) -> None:
    if package.state == OrderState.CANCELLED:
        order.cancelled_by = order.cancelled_by or CancelledBy.MARKETPLACE
        order.cancelled_at = order.cancelled_at or package.cancelled_at or package.modified_at
        unpark(order)
    elif order.cancelled_by == CancelledBy.MARKETPLACE or package.state in GONE_STATES:
        order.cancelled_by, order.cancelled_at = "", None


def replaced_lines(parent: Sequence[OrderLine], children: Sequence[OrderLine]) -> list[OrderLine]:
    """Promised lines of a replaced package whose pairs are all in the packages that replaced it, by barcode."""
    there: Counter[str] = Counter()
    for line in children:
        there[line.barcode] += line.quantity
    wanted: Counter[str] = Counter()
    for line in parent:
        wanted[line.barcode] += line.quantity
    promised = [line for line in parent if line.stock_state == StockState.RESERVED]
    return [line for line in promised if there[line.barcode] >= wanted[line.barcode]]


def fill_line(line: OrderLine, data: IncomingLine, *, variant_id: int | None) -> None:
    """Copy the article's data onto the line."""
    for name in LINE_FIELDS:
        setattr(line, name, getattr(data, name))
    line.variant_id = variant_id
