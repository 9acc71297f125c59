"""Pages of manual orders (`Yeni Sipariş`): make one, and change it until it is picked."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.models import User
from gullu.roles import MAKE_ORDERS, UNMASK_CUSTOMERS
from orders.admin.manual_forms import EditOrderForm, ManualOrderForm
from orders.customer_data import record_unmasking
from orders.enums import CarrierCode, Channel, OrderState
from orders.manual_errors import AlreadyPicked, MoreThanAvailable
from orders.models import Order
from orders.pasted import MOST_TEXT, read_articles
from orders.services.manual import edit_order, make_order


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of orders."""
    views: tuple[tuple[str, str, type[Any]], ...] = (
        ("manual/add/", "orders_manual_add", NewOrderView),
        ("manual/preview/", "orders_manual_preview", PreviewView),
        ("manual/<int:pk>/edit/", "orders_manual_edit", EditOrderView),
    )
    return tuple((path, name, view.as_view(model_admin=model_admin)) for path, name, view in views)


def order_url(pk: int) -> str:
    """The page of an order."""
    return reverse("admin:orders_order_change", args=[pk])


class _ArticlesView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """A form with pasted articles: "check" shows what they mean, "save" does it."""

    template_name = "admin/orders/manual_form.html"
    permission_required: ClassVar[tuple[str, ...]] = (MAKE_ORDERS, "orders.view_order")
    raise_exception = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        with_articles = "articles" in form.fields
        return {
            **context,
            "carriers": [carrier.label for carrier in CarrierCode],
            "pasted": form.pasted if with_articles else None,
            "reserve_anyway": with_articles and bool(form["reserve_anyway"].value()),
            "preview_url": reverse("admin:orders_manual_preview"),
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if "check" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        try:
            return HttpResponseRedirect(order_url(self.save(form, user=who(self.request))))
        except MoreThanAvailable as error:
            form.add_error("reserve_anyway", error.message)
        except DomainError as error:
            form.add_error(None, error.message)
        return self.form_invalid(form)

    def save(self, form: Any, *, user: User) -> int:
        """Do it; returns the order. Raises DomainError."""
        raise NotImplementedError


class NewOrderView(_ArticlesView):
    title = gettext_lazy("New order")
    form_class = ManualOrderForm

    def save(self, form: Any, *, user: User) -> int:
        made = make_order(
            request=form.cleaned_data["request"],
            source=form.cleaned_data["source"],
            recipient=form.recipient(),
            lines=form.lines(),
            terms=form.terms(),
            reserve_anyway=form.cleaned_data["reserve_anyway"],
            user=user,
        )
        words = ngettext(
            "Order %(order)s is made: %(pairs)s pair is reserved.",
            "Order %(order)s is made: %(pairs)s pairs are reserved.",
            made.pairs,
        )
        messages.success(self.request, words % {"order": made.order_number, "pairs": made.pairs})
        return made.order_id


class EditOrderView(_ArticlesView):
    """The form holds the customer's data in full: opening it counts as asking for them."""

    title = gettext_lazy("Change the order")
    form_class = EditOrderForm
    permission_required: ClassVar[tuple[str, ...]] = (MAKE_ORDERS, "orders.view_order", UNMASK_CUSTOMERS)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        order = self.get_order()
        if order.status == OrderState.CREATED:
            record_unmasking(order=order, user=who(request), by="orders_manual_edit")
            return super().get(request, *args, **kwargs)
        refusal = AlreadyPicked(order=order.order_number, status=order.get_status_display())
        messages.error(request, refusal.message)
        return HttpResponseRedirect(order_url(order.pk))

    def get_order(self) -> Order:
        return get_object_or_404(Order, pk=self.kwargs["pk"], channel=Channel.MANUAL)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.get_order()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "order": context["form"].order}

    def save(self, form: Any, *, user: User) -> int:
        edited = edit_order(
            order_id=form.order.pk,
            recipient=form.recipient(),
            terms=form.terms(),
            lines=form.lines(),
            reserve_anyway=form.cleaned_data.get("reserve_anyway", False),
            user=user,
        )
        if edited.changed or edited.lines_changed:
            messages.success(self.request, _("The order is changed."))
        else:
            messages.info(self.request, _("Nothing was changed."))
        return edited.order_id


class PreviewView(UnfoldModelAdminViewMixin, View):
    """What pasted articles mean, as a piece of the page: asked for while somebody types."""

    permission_required: ClassVar[tuple[str, ...]] = (MAKE_ORDERS, "orders.view_order")
    raise_exception = True

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        own = self._own(request.POST.get("order", ""))
        context = {
            "pasted": read_articles(request.POST.get("articles", "")[:MOST_TEXT], own=own),
            "reserve_anyway": bool(request.POST.get("reserve_anyway")),
        }
        return render(request, "admin/orders/manual_preview.html", context)

    @staticmethod
    def _own(text: str) -> dict[int, int]:
        """Pairs by variant that the order being changed has reserved."""
        if not text.isdecimal() or len(text) > 18:
            return {}
        order = Order.objects.filter(pk=int(text), channel=Channel.MANUAL, status=OrderState.CREATED).first()
        lines = order.lines.exclude(variant=None) if order else ()
        return {line.variant_id: line.quantity for line in lines if line.variant_id is not None}
