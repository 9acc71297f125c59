"""Parking and its end: a page that names the orders, asks for the reason, and says what became of each."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from gullu.models import User
from gullu.roles import PARK_ORDERS
from orders.admin.asking import AskForm, AskView
from orders.enums import ParkReason
from orders.models import Order
from orders.services.parking import park_order, unpark_order


class ParkForm(AskForm):
    """Why the orders cannot be prepared now. The note is required by the service where the reason is "other"."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ParkReason.choices, widget=UnfoldAdminSelectWidget)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class ParkOrdersView(AskView):
    permission_required: ClassVar[tuple[str, ...]] = (PARK_ORDERS, "orders.view_order")
    title = _("Park orders")
    form_class = ParkForm
    button = _("Park")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        data = form.cleaned_data
        park_order(order_id=order.pk, reason=data["reason"], note=data["note"], user=user)
        return ""


class UnparkOrdersView(AskView):
    permission_required: ClassVar[tuple[str, ...]] = (PARK_ORDERS, "orders.view_order")
    title = _("Take orders out of parking")
    button = _("Take out of parking")

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        unpark_order(order_id=order.pk, user=user)
        return ""
