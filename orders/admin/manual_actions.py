"""What the office may do with manual orders and exchanges, as entries of the desk's table of actions."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gullu.models import User
from gullu.roles import KEEP_EXCHANGES, MAKE_ORDERS
from orders.admin.asking import AskForm, AskView
from orders.admin.desk_action import HERE, DeskAction, Opener, print_labels
from orders.admin.manual_forms import text_field
from orders.enums import Channel, OrderState
from orders.models import Order
from orders.services.handing_over import Moved, hand_to_carrier, mark_delivered, mark_returned


class HandOverForm(AskForm):
    """The cargo number is asked for one order only: every parcel has its own."""

    carrier = text_field(_("Carrier"), most=100, help_text=_("Empty: as the order says."))
    cargo_number = text_field(_("Cargo number"), most=40)

    def __init__(self, *args: Any, orders: list[Order], **kwargs: Any) -> None:
        super().__init__(*args, orders=orders, **kwargs)
        if len(orders) == 1:
            self.fields["carrier"].initial = orders[0].cargo_provider
            self.fields["cargo_number"].initial = orders[0].cargo_tracking_number
        else:
            del self.fields["cargo_number"]


class ReturnedForm(AskForm):
    reason = text_field(_("Reason"), most=300)


class _ManualView(AskView):
    permission_required: ClassVar[tuple[str, ...]] = (MAKE_ORDERS, "orders.view_order")


class HandOverView(_ManualView):
    title = _("Hand to the carrier")
    form_class = HandOverForm
    button = _("Handed to the carrier")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        number = data.get("cargo_number", "")
        return _said(
            hand_to_carrier(order_id=order.pk, carrier=data["carrier"], cargo_number=number, user=user)
        )


class DeliveredView(_ManualView):
    title = _("Delivered to the customer")
    button = _("Delivered")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        return _said(mark_delivered(order_id=order.pk, user=user))


class ReturnedView(_ManualView):
    title = _("The parcel came back")
    form_class = ReturnedForm
    button = _("Came back")
    lead = _("Its pairs wait for a shelf among the put-backs.")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        return _said(mark_returned(order_id=order.pk, reason=form.cleaned_data["reason"], user=user))


def _said(moved: Moved) -> str:
    if moved.repeated:
        return gettext("It was so already.")
    if moved.to_put_back:
        words = ngettext("%(count)s pair to put back.", "%(count)s pairs to put back.", moved.to_put_back)
        return words % {"count": moved.to_put_back}
    return ""


def _open(name: str) -> Opener:
    def go(_request: HttpRequest, orders: list[Order]) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"admin:{name}", args=[orders[0].pk]))

    return go


def _exchange(_request: HttpRequest, orders: list[Order]) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:orders_exchange_add')}?order={orders[0].pk}")


def _manual(order: Order) -> bool:
    return order.channel == Channel.MANUAL


MANUAL_ACTIONS: Final = (
    DeskAction(
        name="edit_manual",
        label=_("Change the order"),
        icon="edit",
        right=MAKE_ORDERS,
        states={OrderState.CREATED},
        run=_open("orders_manual_edit"),
        many=False,
        fits=_manual,
    ),
    DeskAction(
        name="manual_labels",
        label=_("Print labels of manual orders"),
        icon="print",
        right="gullu.view_labeltemplate",
        states=HERE,
        run=print_labels("cargo-manual"),
        fits=_manual,
    ),
    DeskAction(
        name="hand_over",
        label=_("Hand to the carrier"),
        icon="local_shipping",
        right=MAKE_ORDERS,
        states={OrderState.PICKING},
        view=HandOverView,
        fits=_manual,
    ),
    DeskAction(
        name="delivered",
        label=_("Delivered to the customer"),
        icon="task_alt",
        right=MAKE_ORDERS,
        states={OrderState.SHIPPED},
        view=DeliveredView,
        fits=_manual,
    ),
    DeskAction(
        name="came_back",
        label=_("The parcel came back"),
        icon="undo",
        right=MAKE_ORDERS,
        states={OrderState.SHIPPED, OrderState.DELIVERED},
        view=ReturnedView,
        fits=_manual,
    ),
    DeskAction(
        name="exchange",
        label=_("Exchange an article"),
        icon="swap_horiz",
        right=KEEP_EXCHANGES,
        states={OrderState.SHIPPED, OrderState.DELIVERED},
        run=_exchange,
        many=False,
    ),
)
