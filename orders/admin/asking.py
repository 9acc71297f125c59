"""A page that names the chosen orders, asks what must be known, and says what became of each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.models import User
from orders.models import Order

MOST_AT_ONCE = 200


def chosen_orders(request: HttpRequest) -> list[Order]:
    """The orders named in `?ids=1,2,3`, most urgent first, at most `MOST_AT_ONCE`; what is no number is ignored."""
    texts = request.GET.get("ids", "").split(",")
    ids = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    orders = Order.objects.filter(pk__in=ids[:MOST_AT_ONCE]).defer("payload", "invoice_address")
    return list(orders.most_urgent_first())


class AskForm(forms.Form):
    """`request` is the key of this very form: sending it twice asks once."""

    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, orders: list[Order], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orders = orders

    def clean_request(self) -> str:
        """The key as text; a form that came without one gets its own."""
        return str(self.cleaned_data["request"] or uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order; `said` is the refusal, or what there is to know."""

    order: Order
    done: bool
    said: str


class AskView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """A form about the orders named in `?ids=`. Nothing changes before it is posted.

    With one order the answer is a message on its page; with many it is a table, one row each.
    """

    template_name = "admin/orders/confirm.html"
    permission_required: ClassVar[tuple[str, ...]]
    raise_exception = True
    form_class: type[AskForm] = AskForm
    button: Any = ""
    lead: Any = ""

    def get_initial(self) -> dict[str, Any]:
        return {"request": str(uuid.uuid4())}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "orders": chosen_orders(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(button=self.button, lead=self.lead, **kwargs)
        return {**context, "orders": context["form"].orders}

    def form_valid(self, form: AskForm) -> HttpResponse:
        results = [self._carry_out(order, form) for order in form.orders]
        if len(results) == 1:
            return self._told(self.request, results[0])
        return self.render_to_response(self.get_context_data(form=form, results=results))

    def _carry_out(self, order: Order, form: AskForm) -> Result:
        try:
            said = self.act(order, form, user=who(self.request))
        except DomainError as error:
            return Result(order, done=False, said=error.message)
        return Result(order, done=True, said=said or _("Done."))

    @staticmethod
    def _told(request: HttpRequest, result: Result) -> HttpResponse:
        tell = messages.success if result.done else messages.error
        tell(request, f"{result.order}: {result.said}" if result.done else result.said)
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[result.order.pk]))

    def act(self, order: Order, form: AskForm, *, user: User) -> str:
        """Do it for one order; return what there is to know (may be empty). Raises DomainError."""
        raise NotImplementedError
