"""Parking and its end: a page that names the orders, asks for the reason, and says what became of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from gullu.admin.base import who
from gullu.roles import PARK_ORDERS
from orders.enums import ParkReason
from orders.models import Order
from orders.querysets import OrderQuerySet
from orders.services.parking import park_order, unpark_order

MOST_AT_ONCE = 200


class ParkForm(forms.Form):
    """Why the orders cannot be prepared now. The note is required by the service where the reason is "other"."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ParkReason.choices, widget=UnfoldAdminSelectWidget)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class _OrdersFormView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """A form about the orders named in `?ids=`. Nothing changes before it is posted."""

    template_name = "admin/orders/confirm.html"
    permission_required = (PARK_ORDERS, "orders.view_order")
    raise_exception = True
    form_class: type[forms.Form] = forms.Form
    button: Any = ""

    def get_orders(self) -> OrderQuerySet:
        ids = [
            int(text)
            for text in self.request.GET.get("ids", "").split(",")
            if text.isdecimal() and len(text) < 19
        ]
        return Order.objects.filter(pk__in=ids[:MOST_AT_ONCE]).order_by("ship_by_at", "ordered_at", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(orders=list(self.get_orders()), button=self.button, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        orders = list(self.get_orders())
        self.model_admin.carry_out(self.request, orders, lambda order: self.act(order, form))
        if len(orders) == 1:
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[orders[0].pk]))
        return HttpResponseRedirect(reverse("admin:orders_ordercreated_changelist"))

    def act(self, order: Any, form: forms.Form) -> object:
        raise NotImplementedError


class ParkOrdersView(_OrdersFormView):
    title = _("Park orders")
    form_class = ParkForm
    button = _("Park")

    def act(self, order: Any, form: forms.Form) -> object:
        data = form.cleaned_data
        return park_order(order_id=order.pk, reason=data["reason"], note=data["note"], user=who(self.request))


class UnparkOrdersView(_OrdersFormView):
    title = _("Take orders out of parking")
    button = _("Take out of parking")

    def act(self, order: Any, form: forms.Form) -> object:
        return unpark_order(order_id=order.pk, user=who(self.request))
