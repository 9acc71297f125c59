"""Pages of exchanges: open one, its steps, and the parcels that come back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.models import User
from gullu.roles import INSPECT_RETURNS, KEEP_EXCHANGES, OVERRIDE_EXCHANGES, UNMASK_CUSTOMERS
from orders.admin.exchange_forms import ExchangeForm, NumberForm, ReasonForm, StepForm, TakeInForm
from orders.customer_data import record_unmasking
from orders.enums import CarrierCode
from orders.exchange_selectors import exchangeable, expected
from orders.manual_errors import MoreThanAvailable
from orders.models import Exchange, Order
from orders.selectors import find_orders
from orders.services.exchanges import (
    cancel_exchange,
    note_return_number,
    open_exchange,
    send_without_number,
    take_in,
)


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of exchanges."""
    views: tuple[tuple[str, str, type[Any]], ...] = (
        ("add/", "orders_exchange_add", OpenView),
        ("came-back/", "orders_exchange_came_back", CameBackView),
        ("<int:pk>/number/", "orders_exchange_number", NumberView),
        ("<int:pk>/without-number/", "orders_exchange_override", OverrideView),
        ("<int:pk>/take-in/", "orders_exchange_take_in", TakeInView),
        ("<int:pk>/cancel/", "orders_exchange_cancel", CancelView),
    )
    return tuple((path, name, view.as_view(model_admin=model_admin)) for path, name, view in views)


def exchange_url(pk: int) -> str:
    """The page of an exchange."""
    return reverse("admin:orders_exchange_change", args=[pk])


class OpenView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """`?order=` (key) or `?number=` (what the customer says) leads to the order's lines; `?by_hand=1` asks for all."""

    title = gettext_lazy("New exchange")
    template_name = "admin/orders/exchange_form.html"
    permission_required: ClassVar[tuple[str, ...]] = (KEEP_EXCHANGES, "orders.view_order")
    raise_exception = True
    form_class = ExchangeForm

    @cached_property
    def found(self) -> list[Order]:
        """The orders meant by the address."""
        key, number = self.request.GET.get("order", ""), self.request.GET.get("number", "").strip()
        if key.isdecimal() and len(key) < 19:
            return list(Order.objects.filter(pk=key))
        return find_orders(number) if number else []

    @property
    def order(self) -> Order | None:
        return self.found[0] if len(self.found) == 1 else None

    @property
    def in_full(self) -> bool:
        """Whether the form may be filled with the customer's data."""
        return bool(self.request.user.has_perm(UNMASK_CUSTOMERS))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form filled with a customer's data counts as asking for them."""
        if self.order is not None and self.in_full:
            record_unmasking(order=self.order, user=who(request), by="orders_exchange_add")
        return super().get(request, *args, **kwargs)

    @property
    def by_hand(self) -> bool:
        return bool(self.request.GET.get("by_hand"))

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = self.order.lines.select_related("variant__product").order_by("pk") if self.order else ()
        rows = exchangeable(list(lines))
        return {**super().get_form_kwargs(), "order": self.order, "rows": rows, "in_full": self.in_full}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "order": self.order,
            "found": self.found if len(self.found) > 1 else [],
            "asked": self.request.GET.get("number", ""),
            "by_hand": self.by_hand,
            "carriers": [carrier.label for carrier in CarrierCode],
        }

    def form_valid(self, form: ExchangeForm) -> HttpResponse:
        if self.order is None and not self.by_hand:
            raise Http404
        try:
            return self._open(form)
        except MoreThanAvailable as error:
            form.add_error("reserve_anyway", error.message)
        except DomainError as error:
            form.add_error(None, error.message)
        return self.form_invalid(form)

    def _open(self, form: ExchangeForm) -> HttpResponse:
        data = form.cleaned_data
        opened = open_exchange(
            request=data["request"],
            wish=form.wish(),
            recipient=form.recipient(),
            terms=form.terms(),
            return_tracking_number=data["return_tracking_number"],
            return_carrier=data["return_carrier"],
            reserve_anyway=data["reserve_anyway"],
            user=who(self.request),
        )
        words = _("The exchange is open: order %(order)s reserves the new article.")
        messages.success(self.request, words % {"order": opened.order_number})
        return HttpResponseRedirect(exchange_url(opened.exchange_id))


class CameBackView(UnfoldModelAdminViewMixin, TemplateView):
    """`Değişim iadesi`: scan the parcel's number or the box, and be led to the exchange it belongs to."""

    title = gettext_lazy("Exchange parcels that come back")
    template_name = "admin/orders/exchange_came_back.html"
    permission_required: ClassVar[tuple[str, ...]] = (INSPECT_RETURNS, "orders.view_exchange")
    raise_exception = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.GET.get("code", "")[:200]
        found = expected(code)
        if len(found) == 1:
            url = reverse("admin:orders_exchange_take_in", args=[found[0].pk])
            scanned = f"?barcode={found[0].old_variant.barcode}" if _is_box(found[0], code) else ""
            return HttpResponseRedirect(f"{url}{scanned}")
        context = self.get_context_data(code=code, found=found)
        return self.render_to_response(context)


def _is_box(exchange: Exchange, code: str) -> bool:
    """Whether the scan was the box itself, and not a number of the parcel."""
    numbers = {exchange.return_tracking_number, exchange.order_number, exchange.new_order.order_number}
    return "".join(code.split()) not in numbers


class _StepView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """A question about one exchange; nothing changes before it is posted."""

    template_name = "admin/orders/exchange_step.html"
    raise_exception = True
    permission_required: ClassVar[tuple[str, ...]]
    title: Any = ""
    button: Any = ""
    lead: Any = ""

    @cached_property
    def exchange(self) -> Exchange:
        rows = Exchange.objects.select_related("new_order", "old_variant__product", "shelf")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "exchange": self.exchange}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "exchange": self.exchange, "button": self.button, "lead": self.lead}

    def form_valid(self, form: StepForm) -> HttpResponse:
        try:
            messages.success(self.request, self.act(form, user=who(self.request)))
        except DomainError as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        return HttpResponseRedirect(self.next_url())

    def next_url(self) -> str:
        return exchange_url(self.exchange.pk)

    def act(self, form: StepForm, *, user: User) -> str:
        """Do it; return what to say. Raises DomainError."""
        raise NotImplementedError


class NumberView(_StepView):
    title = gettext_lazy("Return tracking number")
    permission_required: ClassVar[tuple[str, ...]] = (KEEP_EXCHANGES, "orders.view_exchange")
    form_class = NumberForm
    button = gettext_lazy("Keep the number")

    def act(self, form: StepForm, *, user: User) -> str:
        data = form.cleaned_data
        note_return_number(
            exchange_id=self.exchange.pk, number=data["number"], carrier=data["carrier"], user=user
        )
        return _("The number is kept: the new article may leave.")


class OverrideView(_StepView):
    title = gettext_lazy("Send without return number")
    permission_required: ClassVar[tuple[str, ...]] = (OVERRIDE_EXCHANGES, "orders.view_exchange")
    form_class = ReasonForm
    button = gettext_lazy("Let it leave")
    lead = gettext_lazy(
        "The new article leaves although nothing shows that the old one is on its way. It is recorded."
    )

    def act(self, form: StepForm, *, user: User) -> str:
        send_without_number(exchange_id=self.exchange.pk, reason=form.cleaned_data["reason"], user=user)
        return _("The new article may leave.")


class CancelView(_StepView):
    title = gettext_lazy("Cancel the exchange")
    permission_required: ClassVar[tuple[str, ...]] = (KEEP_EXCHANGES, "orders.view_exchange")
    form_class = ReasonForm
    button = gettext_lazy("Cancel the exchange")
    lead = gettext_lazy(
        "The new article is free again; if it was picked, it waits to be put back on a shelf."
    )

    def act(self, form: StepForm, *, user: User) -> str:
        cancel_exchange(exchange_id=self.exchange.pk, reason=form.cleaned_data["reason"], user=user)
        return _("The exchange is cancelled.")


class TakeInView(_StepView):
    title = gettext_lazy("The old article came back")
    permission_required: ClassVar[tuple[str, ...]] = (INSPECT_RETURNS, "orders.view_exchange")
    form_class = TakeInForm
    button = gettext_lazy("Take it in")

    def get_initial(self) -> dict[str, Any]:
        return {"barcode": self.request.GET.get("barcode", "")[:200]}

    def act(self, form: StepForm, *, user: User) -> str:
        data = form.cleaned_data
        taken = take_in(
            exchange_id=self.exchange.pk,
            barcode=data["barcode"],
            shelf_code=form.shelf_code if isinstance(form, TakeInForm) else None,
            reason=data["reason"],
            user=user,
        )
        words = {"barcode": taken.barcode, "count": taken.quantity, "shelf": taken.shelf_code}
        if taken.shelf_code:
            return _("%(barcode)s × %(count)s lies on shelf %(shelf)s.") % words
        return _("%(barcode)s × %(count)s is written off.") % words

    def next_url(self) -> str:
        # The next parcel lies on the table already.
        return reverse("admin:orders_exchange_came_back")
