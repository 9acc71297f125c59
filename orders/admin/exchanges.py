"""The list of exchanges, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import ReadOnlyAdmin
from gullu.admin.decorators import column
from gullu.roles import INSPECT_RETURNS, KEEP_EXCHANGES, OVERRIDE_EXCHANGES
from orders.admin.columns import duration_words, summary
from orders.admin.exchange_pages import urls
from orders.admin.order_rows import LineRow, line_rows
from orders.admin.order_timeline import EventRow, timeline
from orders.admin.returns import order_link
from orders.enums import ExchangeState
from orders.models import Exchange, Order, OrderLine
from orders.services.exchange_states import may_leave

STATE_COLOURS = {
    ExchangeState.WAITING: "warning",
    ExchangeState.PROCESSING: "info",
    ExchangeState.SHIPPED: "info",
    ExchangeState.DELIVERED: "success",
    ExchangeState.CANCELLED: "danger",
}
# In which states the new article can still be stopped or let go.
_HERE = frozenset({ExchangeState.CREATED, ExchangeState.WAITING, ExchangeState.PROCESSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePage:
    """What the page of an exchange shows of its new order."""

    order: Order
    lines: tuple[LineRow, ...]
    events: tuple[EventRow, ...]


def exchange_page(exchange: Exchange) -> ExchangePage:
    """Read the page of an exchange; a constant number of statements."""
    order = exchange.new_order
    return ExchangePage(order=order, lines=line_rows(order), events=timeline(order))


class WaitingFilter(admin.SimpleListFilter):
    """What an exchange waits for. Cancelled ones wait for nothing."""

    title = _("waits for")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("number", _("The return tracking number")),
            ("parcel", _("The old article")),
            ("customer", _("The delivery of the new article")),
            ("nothing", _("Nothing: it is closed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exchange]) -> QuerySet[Exchange]:
        chosen = self.value()
        if chosen == "number":
            return queryset.filter(state__in=_HERE, return_tracking_number="", override_reason="")
        if chosen == "parcel":
            return queryset.filter(disposition="", closed_at=None)
        if chosen == "customer":
            return queryset.filter(closed_at=None).exclude(state=ExchangeState.DELIVERED)
        return queryset.exclude(closed_at=None) if chosen == "nothing" else queryset


class AgeFilter(admin.SimpleListFilter):
    """Open exchanges older than so many days."""

    title = _("open for")
    parameter_name = "older"
    DAYS: ClassVar[tuple[int, ...]] = (3, 7, 14, 30)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(days), gettext("more than %(days)s days") % {"days": days}) for days in self.DAYS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exchange]) -> QuerySet[Exchange]:
        known = {str(days): days for days in self.DAYS}
        days = known.get(self.value() or "")
        if days is None:
            return queryset
        return queryset.filter(closed_at=None, created_at__lt=timezone.now() - timedelta(days=days))


@admin.register(Exchange)
class ExchangeAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "state_label",
        "order_numbers",
        "articles",
        "return_number",
        "old_outcome",
        "age",
    )
    list_display_links = ("number",)
    list_filter = (WaitingFilter, AgeFilter, "state", "reason", "created_at")
    list_select_related = ("new_order", "old_variant__product")
    folded_search = ("new_order__search_key", "old_variant__search_key")
    plain_search = ("order_number", "return_tracking_number")
    search_help_text = _("Order number, customer, return tracking number or barcode")
    ordering = ("-id",)
    list_before_template = "admin/orders/exchange_list_links.html"
    change_form_template = "admin/orders/exchange_page.html"

    class Media:
        css: ClassVar[dict[str, Sequence[str]]] = {"all": ("orders/orders.css",)}

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return urls(self)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exchange]:
        lines = OrderLine.objects.select_related("variant__product").order_by("pk")
        rows: QuerySet[Exchange] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("new_order__lines", queryset=lines))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        known = object_id.isdecimal() and len(object_id) < 19
        rows = Exchange.objects.select_related(
            "new_order",
            "old_variant__product",
            "line__order",
            "shelf",
            "returned_by",
            "override_by",
            "created_by",
        )
        return rows.filter(pk=object_id).first() if known else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The page is made by `exchange_page` and its template, not of form fields."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        exchange: Exchange | None = kwargs.get("obj")
        if exchange is not None:
            context["exchange"] = exchange
            context["page"] = exchange_page(exchange)
            context["steps"] = _steps(request, exchange)
            context["may_leave"] = may_leave(exchange)
        return super().render_change_form(request, context, *args, **kwargs)

    @column(description=_("exchange"), ordering="id")
    def number(self, exchange: Exchange) -> str:
        return str(exchange)

    @column(description=_("state"), label=STATE_COLOURS)
    def state_label(self, exchange: Exchange) -> tuple[str, str]:
        return exchange.state, exchange.get_state_display()

    @column(description=_("new and first order"))
    def order_numbers(self, exchange: Exchange) -> str:
        markup = '<span class="g-stack">{}<span class="g-note">{}</span></span>'
        return format_html(markup, order_link(exchange.new_order), exchange.order_number or "—")

    @column(description=_("what for what"))
    def articles(self, exchange: Exchange) -> str:
        old = exchange.old_variant
        words = f"{old.product.code} {old.colour} {old.size}"
        if exchange.quantity > 1:
            words = f"{words} × {exchange.quantity}"
        new = summary(list(exchange.new_order.lines.all()))
        return format_html(
            '<span class="g-stack"><span>{} → {}</span><span class="g-note">{}</span></span>',
            words,
            new,
            exchange.get_reason_display(),
        )

    @column(description=_("return tracking number"))
    def return_number(self, exchange: Exchange) -> str:
        if exchange.return_tracking_number:
            return exchange.return_tracking_number
        if exchange.override_reason:
            return gettext("sent without")
        if exchange.state not in _HERE:
            return "—"
        return format_html('<span class="g-label g-label-urgent">{}</span>', gettext("not known"))

    @column(description=_("old article"))
    def old_outcome(self, exchange: Exchange) -> str:
        return exchange.get_disposition_display() or "—"

    @column(description=_("open for"), ordering="created_at")
    def age(self, exchange: Exchange) -> str:
        end = exchange.closed_at or timezone.now()
        return duration_words(end - exchange.created_at)


def _steps(request: HttpRequest, exchange: Exchange) -> list[tuple[str, Any]]:
    """Names of pages and words for what this person may do with this exchange now."""
    here = exchange.state in _HERE
    unsettled = not exchange.disposition
    stuck = here and not may_leave(exchange)
    steps = (
        (
            "orders_exchange_number",
            _("Enter the return number"),
            KEEP_EXCHANGES,
            unsettled and exchange.state != ExchangeState.CANCELLED,
        ),
        ("orders_exchange_override", _("Send without return number"), OVERRIDE_EXCHANGES, stuck),
        ("orders_exchange_take_in", _("The old article came back"), INSPECT_RETURNS, unsettled),
        ("orders_exchange_cancel", _("Cancel the exchange"), KEEP_EXCHANGES, here),
    )
    return [
        (name, words) for name, words, right, offered in steps if offered and request.user.has_perm(right)
    ]
