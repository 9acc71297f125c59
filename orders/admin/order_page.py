"""Everything one order's page shows, read in a constant number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.enums import StockState
from orders.admin.columns import Haste, haste, time_left
from orders.admin.order_rows import LineRow, OrderMoney, line_rows, money_of
from orders.admin.order_timeline import EventRow, timeline
from orders.customer_data import CustomerCard, customer_card
from orders.enums import OrderState
from orders.models import Exchange, Order, OrderDocument, PutBack, ReturnUnit
from orders.querysets import PACKAGE_REFERENCE

# What the marketplace says of an invoice (contract section 4).
_INVOICE_WORDS: Final[dict[str, Any]] = {
    "NotInvoiced": _("No invoice yet"),
    "Received": _("Being checked"),
    "Rejected": _("Refused"),
    "Invoiced": _("Invoiced"),
}


@dataclass(frozen=True, slots=True)
class Related:
    """Another package of the same order number. `parent`: this order was made from it; `child`: the other way."""

    order: Order
    parent: bool
    child: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """What the page of one order shows; what a person may not see was not read and is empty."""

    order: Order
    haste: Haste
    time_left: str
    lines: tuple[LineRow, ...]
    pairs: int
    money: OrderMoney | None
    events: tuple[EventRow, ...]
    put_backs: tuple[PutBack, ...]
    customer: CustomerCard
    messages: tuple[Any, ...]
    problems: tuple[Any, ...]
    related: tuple[Related, ...]
    documents: tuple[OrderDocument, ...]
    returns: tuple[ReturnUnit, ...]
    exchanges: tuple[Exchange, ...]
    settlements: tuple[Any, ...]
    missed: bool

    @property
    def invoice_words(self) -> str:
        """The marketplace's invoice status in words; an unknown one as it is."""
        return str(_INVOICE_WORDS.get(self.order.invoice_status, self.order.invoice_status))


def order_page(order: Order, user: Any, *, now: datetime | None = None) -> OrderPage:
    """Read the page of an order for this person. Outbox messages come newest first, accounts in their order."""
    moment = now or timezone.now()
    rows = line_rows(order)
    reserved = any(row.line.stock_state == StockState.RESERVED for row in rows)

    def allowed(right: str, read: Callable[[], Iterable[Any]]) -> tuple[Any, ...]:
        return tuple(read()) if user.has_perm(right) else ()

    may_see_money = user.has_perm("gullu.view_money")
    return OrderPage(
        order=order,
        haste=haste(order, moment),
        time_left=time_left(order, moment),
        lines=rows,
        pairs=sum(row.line.quantity for row in rows),
        money=money_of(order, rows) if may_see_money else None,
        events=timeline(order),
        put_backs=allowed("orders.view_putback", lambda: _put_backs(rows)),
        customer=customer_card(order, user=user),
        messages=allowed("integrations.view_outboxmessage", lambda: _messages(order)),
        problems=allowed("integrations.view_syncproblem", lambda: _problems(order)),
        related=_related(order),
        documents=allowed("orders.view_orderdocument", lambda: _documents(order)),
        returns=allowed("orders.view_returnunit", lambda: _returns(order)),
        exchanges=allowed("orders.view_exchange", lambda: _exchanges(order)),
        settlements=allowed("integrations.view_settlement", lambda: _settlements(order))
        if may_see_money
        else (),
        missed=reserved and order.status not in {OrderState.CREATED, OrderState.CANCELLED},
    )


def _put_backs(rows: Iterable[LineRow]) -> Any:
    tasks = PutBack.objects.filter(line__in=[row.line.pk for row in rows])
    return tasks.select_related("variant", "shelf", "done_by").order_by("pk")


# What belongs to the layer above is reached through reverse relations and names.


def _messages(order: Order) -> Any:
    return order.outbox_messages.order_by("-created_at", "-pk")


def _settlements(order: Order) -> Any:
    return order.settlements.order_by("transaction_at", "pk")


def _problems(order: Order) -> Any:
    """Open problems the sync has with this package."""
    problems: Any = apps.get_model("integrations", "SyncProblem")
    return problems.objects.filter(resolved_at=None, reference=f"{PACKAGE_REFERENCE}{order.package_id}")


def _documents(order: Order) -> Any:
    return order.documents.select_related("created_by").order_by("issued_at", "pk")


def _returns(order: Order) -> Any:
    return order.return_units.select_related("variant__product", "shelf").order_by("-claimed_at", "-pk")


def _exchanges(order: Order) -> Any:
    """Exchanges this order is the new one of, or whose old article was on one of its lines."""
    rows = Exchange.objects.filter(Q(new_order=order) | Q(line__order=order))
    return rows.select_related("new_order", "old_variant__product", "line__order").order_by("pk")


def _related(order: Order) -> tuple[Related, ...]:
    """Other packages of the same order number: splits, and what they replaced."""
    others = Order.objects.filter(order_number=order.order_number).exclude(pk=order.pk)
    return tuple(
        Related(
            other,
            parent=other.package_id is not None and other.package_id in order.origin_package_ids,
            child=order.package_id is not None and order.package_id in other.origin_package_ids,
        )
        for other in others.defer("payload").order_by("ordered_at", "pk")
    )
