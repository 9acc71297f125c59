"""The desk's actions on orders: one table of them makes the list actions, their pages and the links on one order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.jobs import enqueue
from gullu.models import JobRun, User
from gullu.roles import CANCEL_ORDERS, EDIT_ORDERS, PARK_ORDERS, PICK_ORDERS, PULL_ORDERS
from orders.admin.asking import MOST_AT_ONCE, AskForm, AskView, chosen_orders
from orders.admin.desk_action import ANY, DeskAction, print_labels
from orders.admin.desk_forms import (
    BoxesForm,
    CancelForm,
    CarrierForm,
    ExtraTimeForm,
    InvoiceForm,
    SplitForm,
)
from orders.admin.manual_actions import MANUAL_ACTIONS
from orders.admin.parking import ParkOrdersView, UnparkOrdersView
from orders.enums import Channel, OrderState
from orders.models import Order
from orders.services import ask_split, cancel_order, give_up_split
from orders.services.batches import make_batch
from orders.services.desk import ask_extra_time, change_carrier, keep_invoice, report_boxes

PRINT: Final = "gullu.view_labeltemplate"
_WITH_INVOICE: Final = frozenset({OrderState.PICKING, OrderState.SHIPPED, OrderState.DELIVERED})


class DeskView(AskView):
    permission_required: ClassVar[tuple[str, ...]] = (EDIT_ORDERS, "orders.view_order")


class CancelView(AskView):
    permission_required: ClassVar[tuple[str, ...]] = (CANCEL_ORDERS, "orders.view_order")
    title = _("Cancel orders")
    form_class = CancelForm
    button = _("Cancel the orders")
    lead = _(
        "The marketplace is told that these orders cannot be supplied. Reserved pairs are free at once; "
        "pairs that were picked wait to be put back on a shelf."
    )

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        ended = cancel_order(order_id=order.pk, reason=data["reason"], reason_id=data["reason_id"], user=user)
        if ended.repeated:
            return gettext("It was cancelled before.")
        words = {"released": ended.released, "back": ended.to_put_back}
        return gettext("Cancelled: %(released)s pairs are free, %(back)s wait to be put back.") % words


class CarrierView(DeskView):
    title = _("Change the carrier")
    form_class = CarrierForm
    button = _("Change the carrier")
    lead = _("The cargo number changes: labels that are printed already become void.")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        change_carrier(order_id=order.pk, carrier=data["carrier"], request=data["request"], user=user)
        return _sent(order)


class BoxesView(DeskView):
    title = _("Boxes and desi")
    form_class = BoxesForm
    button = _("Report boxes and desi")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        report_boxes(
            order_id=order.pk, boxes=data["boxes"], desi=data["desi"], request=data["request"], user=user
        )
        return _sent(order)


class ExtraTimeView(DeskView):
    title = _("Extra supply time")
    form_class = ExtraTimeForm
    button = _("Ask for extra time")
    lead = _("It is given once per order, and only before the agreed date has passed.")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        ask_extra_time(order_id=order.pk, days=data["days"], request=data["request"], user=user)
        return _sent(order)


class InvoiceView(DeskView):
    title = _("Invoice")
    form_class = InvoiceForm
    button = _("Keep and report the invoice")
    lead = _("Give the number, the address or the file; what is given is reported to the marketplace.")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        kept = keep_invoice(
            order_id=order.pk,
            number=data["number"],
            link=data["link"],
            file=data["file"],
            issued_at=data["issued_at"],
            user=user,
        )
        return gettext("This invoice was kept before.") if kept.repeated else _sent(order)


class SplitView(DeskView):
    title = _("Split the package")
    template_name = "admin/orders/split.html"
    form_class = SplitForm
    button = _("Split")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        split = ask_split(order_id=order.pk, groups=cast("SplitForm", form).groups(), user=user)
        words = {"parcels": split.parcels}
        if split.waiting:
            return (
                gettext("Split into %(parcels)s parcels asked for; they arrive as orders of their own.")
                % words
            )
        return gettext("Split into %(parcels)s orders of the same number.") % words


class GiveUpSplitView(DeskView):
    title = _("Stop waiting for the split")
    button = _("Back to the queue")
    lead = _("Only when the marketplace has not split the package: the order can be prepared again.")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        give_up_split(order_id=order.pk, user=user)
        return ""


def _sent(order: Order) -> str:
    if order.channel == Channel.MANUAL:
        return gettext("Written down.")
    return gettext("Written down; the marketplace is told within a minute.")


# --- actions without questions -----------------------------------------------------------------------------------


def _collect(request: HttpRequest, orders: list[Order]) -> HttpResponse:
    """Make a batch of the orders and open it on the scan pages; all of them or none."""
    try:
        made = make_batch(order_numbers=[order.order_number for order in orders], user=who(request))
    except DomainError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("admin:orders_ordercreated_changelist"))
    text = gettext("Batch %(batch)s has %(orders)s orders with %(pairs)s pairs; it is in your hand.")
    words = {"batch": f"#{made.batch_id}", "orders": made.orders, "pairs": made.pairs}
    messages.success(request, text % words)
    return HttpResponseRedirect(reverse("scan:batches"))


def _reread(request: HttpRequest, orders: list[Order]) -> HttpResponse:
    """Queue the reading: the network has no place in a page."""
    ids = [order.pk for order in orders if order.channel != Channel.MANUAL]
    with transaction.atomic():
        enqueue(
            "integrations.tasks.reread_orders_job",
            order_ids=ids,
            trigger=JobRun.Trigger.STAFF.value,
            actor_id=who(request).pk,
        )
    text = gettext("%(count)s orders are read again; the result appears under “last runs”.")
    messages.success(request, text % {"count": len(ids)})
    if len(orders) == 1:
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[orders[0].pk]))
    return HttpResponseRedirect(reverse("admin:orders_order_changelist"))


# --- the table ----------------------------------------------------------------------------------------------------


def _whole(order: Order) -> bool:
    return not order.superseded and order.split_asked_at is None


def _of_marketplace(order: Order) -> bool:
    return order.channel != Channel.MANUAL


DESK_ACTIONS: Final = (
    DeskAction(
        name="labels",
        label=_("Print cargo labels"),
        icon="print",
        right=PRINT,
        run=print_labels("cargo"),
        fits=_of_marketplace,
    ),
    DeskAction(
        name="slips", label=_("Print packing slips"), icon="receipt", right=PRINT, run=print_labels("slip")
    ),
    DeskAction(
        name="collect",
        label=_("Collect in a batch"),
        icon="shopping_basket",
        right=PICK_ORDERS,
        states={OrderState.CREATED},
        run=_collect,
        writes=True,
        fits=_whole,
    ),
    DeskAction(
        name="invoice",
        label=_("Invoice"),
        icon="request_quote",
        right=EDIT_ORDERS,
        states=_WITH_INVOICE,
        view=InvoiceView,
        many=False,
        fits=_whole,
    ),
    DeskAction(
        name="split",
        label=_("Split the package"),
        icon="call_split",
        right=EDIT_ORDERS,
        view=SplitView,
        many=False,
        pairs=2,
        fits=_whole,
    ),
    DeskAction(
        name="give_up_split",
        label=_("Stop waiting for the split"),
        icon="undo",
        right=EDIT_ORDERS,
        view=GiveUpSplitView,
        many=False,
        fits=lambda order: order.split_asked_at is not None,
    ),
    DeskAction(
        name="carrier",
        label=_("Change the carrier"),
        icon="local_shipping",
        right=EDIT_ORDERS,
        view=CarrierView,
        fits=_whole,
    ),
    DeskAction(
        name="boxes",
        label=_("Boxes and desi"),
        icon="deployed_code",
        right=EDIT_ORDERS,
        view=BoxesView,
        fits=_whole,
    ),
    DeskAction(
        name="extra_time",
        label=_("Extra supply time"),
        icon="more_time",
        right=EDIT_ORDERS,
        view=ExtraTimeView,
        fits=_whole,
    ),
    DeskAction(
        name="reread",
        label=_("Read again from the marketplace"),
        icon="sync",
        right=PULL_ORDERS,
        states=ANY,
        run=_reread,
        writes=True,
        fits=_of_marketplace,
    ),
    DeskAction(
        name="park",
        label=_("Park"),
        icon="archive",
        right=PARK_ORDERS,
        states={OrderState.CREATED},
        view=ParkOrdersView,
        fits=lambda order: not order.parked,
    ),
    DeskAction(
        name="unpark",
        label=_("Take out of parking"),
        icon="unarchive",
        right=PARK_ORDERS,
        states={OrderState.CREATED},
        view=UnparkOrdersView,
        fits=lambda order: order.parked,
    ),
    DeskAction(
        name="cancel", label=_("Cancel"), icon="cancel", right=CANCEL_ORDERS, view=CancelView, fits=_whole
    ),
    *MANUAL_ACTIONS,
)


def ids_url(name: str, orders: Collection[Order] | QuerySet[Order]) -> str:
    """The page of an action for these orders."""
    ids = ",".join(str(order.pk) for order in orders)
    return f"{reverse(f'admin:orders_order_{name}')}?ids={ids}"


def _run_view(action: DeskAction) -> Callable[..., HttpResponse]:
    """Carries out an action that asks nothing, for the orders named in `?ids=`."""

    def view(request: HttpRequest, **_options: object) -> HttpResponse:
        return run_action(action, request, chosen_orders(request))

    allowed = permission_required((action.right, "orders.view_order"), raise_exception=True)(view)
    return require_POST(allowed) if action.writes else allowed


def desk_urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Path, name and view of every action, for the admin of all orders."""
    return tuple(
        (
            f"{action.name.replace('_', '-')}/",
            f"orders_order_{action.name}",
            action.view.as_view(model_admin=model_admin) if action.view else _run_view(action),
        )
        for action in DESK_ACTIONS
    )


class DeskActionsMixin:
    """Gives an order list the desk's actions for ticked rows, for those whose right it is and whose state it shows."""

    desk_states: ClassVar[Collection[OrderState]] = ANY

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        for action in DESK_ACTIONS:
            shown = action.many and any(state in action.states for state in self.desk_states)
            if shown and request.user.has_perm(action.right):
                actions[action.name] = (_opener(action), action.name, action.label)
        return actions


def _opener(action: DeskAction) -> Callable[[Any, HttpRequest, QuerySet[Order]], HttpResponse]:
    def open_action(_admin: Any, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        orders = list(queryset.order_by("ship_by_at", "ordered_at", "pk")[: MOST_AT_ONCE + 1])
        if len(orders) > MOST_AT_ONCE:
            text = gettext("%(most)s orders at once at most: choose fewer.") % {"most": MOST_AT_ONCE}
            messages.error(request, text)
            return HttpResponseRedirect(request.get_full_path())
        if action.run is None:
            return HttpResponseRedirect(ids_url(action.name, orders))
        return run_action(action, request, orders)

    return open_action


def run_action(action: DeskAction, request: HttpRequest, orders: list[Order]) -> HttpResponse:
    """Carry out an action that asks nothing for those orders it fits; say so when it fits none."""
    fitting = [order for order in orders if action.offered(request, order)]
    if fitting and action.run is not None:
        return action.run(request, fitting)
    text = gettext("“%(action)s” fits none of the chosen orders.") % {"action": action.label}
    messages.error(request, text)
    return HttpResponseRedirect(reverse("admin:orders_order_changelist"))


@dataclass(frozen=True, slots=True)
class PageAction:
    """A link or button on the page of one order. `posts`: it acts at once and must be a button."""

    label: Any
    icon: str
    url: str
    posts: bool


def page_actions(request: HttpRequest, order: Order, *, pairs: int) -> list[PageAction]:
    """What this person may do now with this order of so many pairs. No statement but the person's rights."""
    return [
        PageAction(action.label, action.icon, ids_url(action.name, [order]), posts=action.writes)
        for action in DESK_ACTIONS
        if pairs >= action.pairs and action.offered(request, order)
    ]
