"""What all lists of orders have in common: one right, search, paging by place, kept filters, lines, Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import ReadOnlyAdmin
from gullu.roles import EXPORT_ORDERS
from orders.admin.chips import chips_of
from orders.admin.desk import DeskActionsMixin, page_actions
from orders.admin.keyset import KeysetChangeList
from orders.admin.list_views import export_orders
from orders.admin.order_page import order_page
from orders.admin.remembered import RemembersFilters
from orders.models import Order, OrderLine
from orders.querysets import OrderQuerySet
from orders.search import MOST_IDS, look_up


class OrderChangeList(KeysetChangeList):
    """Words for one order behind a number, for many behind a number that is not told, and the set filters."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.chips = chips_of(self)
        self.may_export = request.user.has_perm(EXPORT_ORDERS)
        self.export_address = self.get_query_string()
        archives = [spec for spec in self.filter_specs if hasattr(spec, "asked")]
        self.hides_archive = any(not spec.asked() for spec in archives)
        self.with_archive = self.get_query_string({"archive": "1"})


class OrderListBase(RemembersFilters, DeskActionsMixin, ReadOnlyAdmin):
    """One right opens all lists and the page of an order: `orders.view_order`.

    `short_by_nature`: so few orders can be in the list that they may be counted and sorted by any column.
    """

    short_by_nature: ClassVar[bool] = False
    # Only switches the search box on: the search itself is the order query set's own.
    folded_search = ("search_key",)
    search_help_text = _("Order, package or cargo number, customer, barcode or model")
    list_fullwidth = True
    # "Show counts" would count the whole table once per choice.
    show_facets = ShowFacets.NEVER
    list_display_links = ("number",)
    money_names = frozenset({"total"})
    change_list_template = "admin/orders/order_list.html"
    change_form_template = "admin/orders/order_page.html"

    class Media:
        css: ClassVar[dict[str, Sequence[str]]] = {"all": ("orders/orders.css",)}
        js: ClassVar[Sequence[str]] = ("orders/lines.js", "orders/customer.js")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("orders.view_order")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OrderChangeList]:
        return OrderChangeList

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
        """Search, and say so where only the newest of very many orders were looked at."""
        found = look_up(search_term)
        for word in found:
            if word.cut and request.method == "GET":
                text = gettext(
                    "“%(word)s” is in more than %(most)s orders; only the newest of them were searched."
                )
                messages.warning(request, text % {"word": word.word, "most": MOST_IDS})
                request.search_was_cut = True  # type: ignore[attr-defined]
        return queryset.having(found), False  # type: ignore[attr-defined]

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        name = self.opts.model_name
        return (("export/", f"orders_{name}_export", export_orders),)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        order = kwargs.get("obj")
        if order:
            page = order_page(order, request.user)
            context |= {"page": page, "desk_actions": page_actions(request, order, pairs=page.pairs)}
        return super().render_change_form(request, context, *args, **kwargs)
