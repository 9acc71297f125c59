"""The lists of orders: one per state, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from gullu.admin.decorators import column
from gullu.money import format_money
from gullu.roles import UNMASK_CUSTOMERS
from orders.admin import manual, missed, parked, radar
from orders.admin.columns import flags, haste, summary, time_left
from orders.admin.customers import unmask
from orders.admin.desk import desk_urls
from orders.admin.filters import (
    ArchiveFilter,
    AttentionFilter,
    CancelledByFilter,
    CarrierFilter,
    CityFilter,
    ClosedAttentionFilter,
    MicroExportFilter,
    SourceFilter,
    StateFilter,
    SupersededFilter,
)
from orders.admin.filters_dates import OrderedFilter, ShipByFilter, ShippedFilter
from orders.admin.list_base import OrderListBase
from orders.admin.list_views import lines_of_order, open_document, retry_message
from orders.enums import OrderState
from orders.models import (
    Order,
    OrderCancelled,
    OrderCreated,
    OrderDelivered,
    OrderPicking,
    OrderReturned,
    OrderShipped,
)

_WHERE = (CarrierFilter, CityFilter, SourceFilter, MicroExportFilter)


class OrderAdminBase(OrderListBase):
    """The columns of all lists."""

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
    ordering: ClassVar[tuple[str, ...]] = ("-ordered_at", "-id")

    @column(description=_("order"), ordering="order_number")
    def number(self, order: Order) -> str:
        return order.order_number

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Names in short for who has no need of them in full."""
        columns = super().get_list_display(request)
        if request.user.has_perm(UNMASK_CUSTOMERS):
            return columns
        return ["customer_in_short" if name == "customer" else name for name in columns]

    @column(description=_("customer"), header=True)
    def customer(self, order: Order) -> tuple[str, str]:
        return order.customer_name or "—", order.city

    @column(description=_("customer"), header=True)
    def customer_in_short(self, order: Order) -> tuple[str, str]:
        return order.customer_short or "—", order.city

    @column(description=_("pairs"))
    def pairs(self, order: Order) -> int:
        return sum(line.quantity for line in order.lines.all())

    @column(description=_("articles"))
    def articles(self, order: Order) -> str:
        """The first lines in words; the button opens all of them, with pictures, below the row."""
        lines = list(order.lines.all())
        if not lines:
            return "—"
        url = reverse("admin:orders_order_lines", args=[order.pk])
        markup = (
            '<button type="button" class="g-expand" aria-expanded="false" data-lines="{}">'
            '<span class="g-wrap">{}</span></button>'
        )
        return format_html(markup, url, summary(lines))

    @column(description=_("ship by"), ordering="ship_by_at")
    def ship_by(self, order: Order) -> str:
        """The agreed date, and below it what is left of it; the row has its colour."""
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
    """All orders, in whatever state. Sorted only by what an index has in order."""

    list_display = ("number", "status_label", *OrderAdminBase.list_display[1:])
    list_filter: ClassVar[Sequence[Any]] = (
        AttentionFilter,
        StateFilter,
        OrderedFilter,
        ShipByFilter,
        ShippedFilter,
        *_WHERE,
        ArchiveFilter,
    )
    sortable_by = ()

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (
            *super().get_custom_urls(),
            ("<int:order_id>/lines/", "orders_order_lines", lines_of_order),
            ("<int:order_id>/unmask/", "orders_order_unmask", unmask),
            ("<int:order_id>/retry/", "orders_order_retry", retry_message),
            ("document/<int:document_id>/", "orders_order_document", open_document),
            *desk_urls(self),
            *radar.urls(self),
            *parked.urls(self),
            *missed.urls(self),
            *manual.urls(self),
        )

    @column(description=_("state"))
    def status_label(self, order: Order) -> str:
        return order.get_status_display()


class QueueAdminBase(OrderAdminBase):
    """Open orders: the most urgent first."""

    short_by_nature = True
    ordering = ("ship_by_at", "ordered_at", "pk")
    list_filter: ClassVar[Sequence[Any]] = (AttentionFilter, ShipByFilter, OrderedFilter, *_WHERE)


class ClosedAdminBase(OrderAdminBase):
    """Orders that left or ended: a long list, newest first; dates of what happened instead of time left."""

    list_display = (
        "number",
        "customer",
        "pairs",
        "articles",
        "ordered_at",
        "shipped_at",
        "cargo_provider",
        "total",
        "flag_words",
    )
    list_filter: ClassVar[Sequence[Any]] = (
        ClosedAttentionFilter,
        OrderedFilter,
        ShippedFilter,
        *_WHERE,
        ArchiveFilter,
    )
    sortable_by = ("ordered_at",)


@admin.register(OrderCreated)
class OrderCreatedAdmin(QueueAdminBase):
    desk_states = (OrderState.CREATED,)


@admin.register(OrderPicking)
class OrderPickingAdmin(QueueAdminBase):
    desk_states = (OrderState.PICKING,)


@admin.register(OrderShipped)
class OrderShippedAdmin(ClosedAdminBase):
    desk_states = (OrderState.SHIPPED,)


@admin.register(OrderDelivered)
class OrderDeliveredAdmin(ClosedAdminBase):
    desk_states = (OrderState.DELIVERED,)


@admin.register(OrderCancelled)
class OrderCancelledAdmin(ClosedAdminBase):
    desk_states = (OrderState.CANCELLED,)
    list_display = (
        "number",
        "customer",
        "pairs",
        "articles",
        "ordered_at",
        "cancelled_at",
        "cancelled_by",
        "total",
        "flag_words",
    )
    list_filter = (CancelledByFilter, SupersededFilter, OrderedFilter, *_WHERE, ArchiveFilter)


@admin.register(OrderReturned)
class OrderReturnedAdmin(ClosedAdminBase):
    desk_states = (OrderState.RETURNED,)
