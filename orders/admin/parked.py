"""Parked orders (`Arşiv`): why each waits, how far it is, since when, and which ones somebody must look at now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import who
from gullu.roles import PARK_ORDERS
from orders.admin.columns import duration_words, haste, summary, time_left
from orders.enums import ParkState
from orders.models import Order
from orders.reminders import REMINDER_STEPS, ParkedOrder, parked_orders
from orders.services.parking import see_parked, set_park_state

SEEN: Final = "seen"


@dataclass(frozen=True, slots=True)
class Shown:
    """A parked order in words."""

    row: ParkedOrder
    waiting: str
    articles: str
    haste: str
    time_left: str


class ParkedForm(forms.Form):
    """Which orders, and what about them: seen, or a new state."""

    step = forms.ChoiceField(choices=[(SEEN, SEEN), *ParkState.choices])
    order = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Any number may be asked about: the service says what is not parked.
        given = [text for text in data.getlist("order") if text.isdecimal() and len(text) < 19]
        self.fields["order"].choices = [(text, text) for text in given]  # type: ignore[attr-defined]


class ParkedView(UnfoldModelAdminViewMixin, TemplateView):
    """The list; posting "seen" or a state changes the orders named, and says why where it could not."""

    title = gettext_lazy("Parked orders")
    template_name = "admin/orders/parked.html"
    permission_required = ("orders.view_order",)
    raise_exception = True

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = parked_orders(now=now)
        return super().get_context_data(
            rows=[
                Shown(
                    row,
                    duration_words(row.waiting),
                    summary(list(row.order.lines.all())),
                    haste(row.order, now).value,
                    time_left(row.order, now),
                )
                for row in rows
            ],
            due=[row.order.pk for row in rows if row.due],
            states=ParkState,
            may_change=self.request.user.has_perm(PARK_ORDERS),
            steps=_steps_in_words(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PARK_ORDERS):
            raise PermissionDenied
        form = ParkedForm(request.POST)
        if form.is_valid():
            ids = form.cleaned_data["order"]
            orders = Order.objects.filter(pk__in=ids).only("order_number").order_by("pk")
            self.model_admin.carry_out(request, orders, _act(form.cleaned_data["step"], who(request)))
        else:
            refusal = _("“%(step)s” is not known: load the page again and press one of its buttons.")
            messages.error(request, refusal % {"step": request.POST.get("step", "")[:20]})
        return HttpResponseRedirect(reverse("admin:orders_order_parked"))


def _act(step: str, user: Any) -> Callable[[Any], object]:
    if step == SEEN:
        return lambda order: see_parked(order_id=order.pk, user=user)
    state = ParkState(step)
    return lambda order: set_park_state(order_id=order.pk, state=state, user=user)


def _steps_in_words() -> str:
    """When somebody is reminded: `0 min: every 30 min; 1 h 0 min: every 20 min`."""
    parts = [
        _("from %(age)s every %(every)s")
        % {"age": duration_words(step.from_age), "every": duration_words(step.every)}
        for step in REMINDER_STEPS
        if step.from_age > timedelta(0)
    ]
    first = _("first after %(every)s") % {"every": duration_words(REMINDER_STEPS[0].every)}
    return "; ".join([first, *parts])


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Mounted by the admin of all orders."""
    return (("parked/", "orders_order_parked", ParkedView.as_view(model_admin=model_admin)),)
