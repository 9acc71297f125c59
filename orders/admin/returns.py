"""Put-backs, lines and the timeline: all to be looked at. Returned units: `return_units`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import EndlessAdmin, ReadOnlyAdmin
from gullu.admin.decorators import column
from gullu.money import format_money
from inventory.enums import StockState
from orders.enums import PutBackState
from orders.models import OrderEvent, OrderLine, PutBack

STOCK_COLOURS = {StockState.RESERVED: "info", StockState.DEDUCTED: "success", StockState.RELEASED: "warning"}


def order_link(order: Any) -> str:
    url = reverse("admin:orders_order_change", args=[order.pk])
    return format_html('<a class="g-link" href="{}">{}</a>', url, order.order_number)


@admin.register(PutBack)
class PutBackAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "barcode",
        "quantity",
        "reason",
        "state_label",
        "shelf",
        "order_number",
        "done_by",
        "done_at",
    )
    list_display_links = ("created_at",)
    list_select_related = ("variant", "shelf", "done_by", "line__order")
    list_filter = ("state", "reason")
    folded_search = ("variant__search_key", "line__order__search_key")
    ordering = ("-id",)
    fields = (
        ("variant", "quantity"),
        ("reason", "state"),
        "line",
        ("shelf", "done_by", "done_at"),
        "created_at",
    )

    @column(description=_("barcode"))
    def barcode(self, task: PutBack) -> str:
        return task.variant.barcode

    @column(description=_("state"), label={PutBackState.WAITING: "warning", PutBackState.DONE: "success"})
    def state_label(self, task: PutBack) -> tuple[str, str]:
        return task.state, task.get_state_display()

    @column(description=_("order"))
    def order_number(self, task: PutBack) -> str:
        return order_link(task.line.order)


@admin.register(OrderLine)
class OrderLineAdmin(EndlessAdmin):
    list_display = (
        "number",
        "barcode",
        "colour",
        "size",
        "quantity",
        "stock_label",
        "deducted_quantity",
        "sum_total",
        "created_at",
    )
    list_select_related = ("order",)
    list_filter = ("stock_state", "created_at")
    folded_search = ("search_key",)
    plain_search = ("order__order_number",)
    money_names = frozenset(
        {
            "sum_total",
            "total",
            "unit_gross",
            "unit_price",
            "unit_seller_discount",
            "unit_marketplace_discount",
            "commission_rate",
            "units",
        }
    )
    ordering = ("-id",)
    sortable_by = ()

    @column(description=_("order"))
    def number(self, line: OrderLine) -> str:
        return line.order.order_number

    @column(description=_("stock"), label=STOCK_COLOURS)
    def stock_label(self, line: OrderLine) -> tuple[str, str]:
        return line.stock_state, line.get_stock_state_display()

    @column(description=_("total"))
    def sum_total(self, line: OrderLine) -> str:
        return format_money(line.total)


@admin.register(OrderEvent)
class OrderEventAdmin(EndlessAdmin):
    list_display = ("at", "number", "kind", "source", "from_status", "to_status", "actor")
    list_select_related = ("order", "actor")
    list_filter = ("kind", "source", "at")
    plain_search = ("order__order_number",)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("order", "kind", "source"),
        ("from_status", "to_status"),
        ("at", "created_at", "actor"),
        "data",
    )

    @column(description=_("order"))
    def number(self, event: OrderEvent) -> str:
        return order_link(event.order)
