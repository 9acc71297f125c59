"""The lists of orders: one per state, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from gullu.admin.base import ReadOnlyAdmin
from gullu.admin.decorators import column
from gullu.money import format_money
from orders.admin import missed, parked, radar
from orders.admin.columns import flags, haste, summary, time_left
from orders.admin.desk import DeskActionsMixin, desk_urls, page_actions
from orders.admin.filters import AttentionFilter
from orders.admin.order_page import order_page
from orders.enums import OrderState
from orders.models import (
    Order,
    OrderCancelled,
    OrderCreated,
    OrderDelivered,
    OrderLine,
    OrderPicking,
    OrderReturned,
    OrderShipped,
)
from orders.querysets import OrderQuerySet


class OrderAdminBase(DeskActionsMixin, ReadOnlyAdmin):
    """Columns, search and the page, common to all lists. One right opens them all: `orders.view_order`."""

    list_display: ClassVar[Sequence[str]] = (
        "number",
        "customer",
        "pairs",
        "articles",
        "ship_by",
        "cargo_provider",
        "total",
        "flag_words",
    )
    list_filter: ClassVar[Sequence[Any]] = (AttentionFilter, "ordered_at", "micro_export")
    list_display_links = ("number",)
    # Only switches the search box on: the search itself is the order query set's own.
    folded_search = ("search_key",)
    list_fullwidth = True
    search_help_text = _("Order, package or cargo number, customer, barcode or model")
    money_names = frozenset({"total"})
    ordering: ClassVar[tuple[str, ...]] = ("-ordered_at", "-id")
    change_form_template = "admin/orders/order_page.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("orders.view_order")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> OrderQuerySet:
        lines = OrderLine.objects.select_related("variant__product").order_by("pk")
        orders: OrderQuerySet = (
            super().get_queryset(request).defer("payload", "invoice_address", "shipment_address")
        )
        return orders.prefetch_related(Prefetch("lines", queryset=lines))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """For the page: an order that has moved on since its list was opened is still found."""
        known = object_id.isdecimal() and len(object_id) < 19
        return Order.objects.select_related("picked_by").filter(pk=object_id).first() if known else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The page is made by `order_page`, not of form fields."""
        return []

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return queryset.search(search_term), False  # type: ignore[attr-defined]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        order = kwargs.get("obj")
        context["page"] = order_page(order) if order else None
        context["desk_actions"] = page_actions(request, order) if order else []
        return super().render_change_form(request, context, *args, **kwargs)

    @column(description=_("order"), ordering="order_number")
    def number(self, order: Order) -> str:
        return order.order_number

    @column(description=_("customer"), header=True)
    def customer(self, order: Order) -> tuple[str, str]:
        return order.customer_name or "—", order.city

    @column(description=_("pairs"))
    def pairs(self, order: Order) -> int:
        return sum(line.quantity for line in order.lines.all())

    @column(description=_("articles"))
    def articles(self, order: Order) -> str:
        return format_html('<span class="g-wrap">{}</span>', summary(list(order.lines.all())) or "—")

    @column(description=_("ship by"), ordering="ship_by_at")
    def ship_by(self, order: Order) -> str:
        """The agreed date, and below it what is left of it, coloured."""
        now = timezone.now()
        date = localize(timezone.localtime(order.ship_by_at)) if order.ship_by_at else "—"
        words = time_left(order, now)
        if not words:
            return format_html('<span class="g-nowrap">{}</span>', date)
        markup = '<span class="g-stack"><span>{}</span><span class="g-label g-label-{}">{}</span></span>'
        return format_html(markup, date, haste(order, now).value, words)

    @column(description=_("total"), ordering="total_amount")
    def total(self, order: Order) -> str:
        return format_html(
            '<span class="g-nowrap">{}</span>', format_money(order.total_amount, order.currency)
        )

    @column(description=_("note"))
    def flag_words(self, order: Order) -> str:
        words = flags(order, list(order.lines.all()))
        labels = format_html_join("", '<span class="g-label">{}</span>', [(word,) for word in words])
        return format_html('<span class="g-stack">{}</span>', labels) if words else "—"


@admin.register(Order)
class OrderAdmin(OrderAdminBase):
    """All orders, in whatever state."""

    list_display = ("number", "status_label", *OrderAdminBase.list_display[1:])
    list_filter = (AttentionFilter, "status", "ordered_at", "channel", "micro_export")
    paginator = InfinitePaginator

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (
            *desk_urls(self),
            *radar.urls(self),
            *parked.urls(self),
            *missed.urls(self),
        )

    @column(description=_("state"), ordering="status")
    def status_label(self, order: Order) -> str:
        return order.get_status_display()


class QueueAdminBase(OrderAdminBase):
    """Open orders: the most urgent first."""

    ordering = ("ship_by_at", "ordered_at", "pk")


class ClosedAdminBase(OrderAdminBase):
    """Orders that left or ended: a long list, newest first; dates of what happened instead of time left."""

    list_display = (
        "number",
        "customer",
        "pairs",
        "articles",
        "ordered_at",
        "cargo_provider",
        "total",
        "flag_words",
    )
    list_filter: ClassVar[Sequence[Any]] = ("ordered_at", "micro_export")
    paginator = InfinitePaginator


@admin.register(OrderCreated)
class OrderCreatedAdmin(QueueAdminBase):
    desk_states = (OrderState.CREATED,)


@admin.register(OrderPicking)
class OrderPickingAdmin(QueueAdminBase):
    desk_states = (OrderState.PICKING,)


@admin.register(OrderShipped)
class OrderShippedAdmin(ClosedAdminBase):
    desk_states = (OrderState.SHIPPED,)
    list_filter = (AttentionFilter, "ordered_at", "micro_export")


@admin.register(OrderDelivered)
class OrderDeliveredAdmin(ClosedAdminBase):
    desk_states = (OrderState.DELIVERED,)


@admin.register(OrderCancelled)
class OrderCancelledAdmin(ClosedAdminBase):
    desk_states = (OrderState.CANCELLED,)
    list_filter = ("cancelled_by", "superseded", "ordered_at")


@admin.register(OrderReturned)
class OrderReturnedAdmin(ClosedAdminBase):
    desk_states = (OrderState.RETURNED,)
