"""Returned units: the list with its clock, the page of a return, writing off.

Deciding needs what only the layer of the marketplaces knows: `integrations.admin_returns` adds it and registers this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import EndlessAdmin
from gullu.admin.decorators import bulk_action, column
from gullu.money import format_money
from gullu.roles import DECIDE_RETURNS, UNMASK_CUSTOMERS
from orders.admin.return_actions import WriteOffView, ask
from orders.admin.return_filters import ReasonFilter, StatusFilter, WaitingFilter
from orders.admin.return_page import LARGE, clock_of, return_page
from orders.admin.return_statistics import ReturnStatisticsView
from orders.admin.returns import order_link
from orders.enums import GoodsCondition
from orders.models import ReturnUnit
from orders.return_selectors import most_urgent_first
from orders.return_words import status_words

CONDITION_COLOURS = {
    GoodsCondition.SOUND: "success",
    GoodsCondition.WORN: "warning",
    GoodsCondition.DAMAGED: "warning",
    GoodsCondition.WRONG_ITEM: "danger",
    GoodsCondition.MISSING: "danger",
}
SEE_ORDERS = "orders.view_order"


class ReturnUnitAdmin(EndlessAdmin):
    """One row per unit; first those to decide, by what is left of their time."""

    list_display = (
        "clock",
        "number",
        "article",
        "customer",
        "status_label",
        "reason",
        "condition_label",
        "goods",
        "claimed_at",
        "amount",
    )
    list_display_links = ("clock",)
    list_select_related = ("order", "variant__product", "shelf")
    list_filter = (
        WaitingFilter,
        StatusFilter,
        ReasonFilter,
        "condition",
        "decision",
        "disposition",
        "claimed_at",
        "act_by_at",
    )
    list_fullwidth = True
    folded_search = ("variant__search_key", "order__search_key")
    plain_search = ("order_number", "claim_id", "barcode", "cargo_tracking_number")
    search_help_text = _("Order, claim or cargo number, barcode, model, customer")
    money_names = frozenset({"amount"})
    actions: ClassVar[tuple[str, ...]] = ("write_off",)
    change_form_template = "admin/orders/returns_page.html"
    change_list_template = "admin/orders/returns_list.html"

    def not_taken(self, _request: HttpRequest) -> Mapping[str, str]:
        """Why the marketplace refused what we decided, by its number of the unit."""
        return {}

    def claim_messages(self, _claim_id: str) -> tuple[Any, ...]:
        """What the marketplace was told about a claim, newest first."""
        return ()

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(DECIDE_RETURNS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnUnit]:
        rows: QuerySet[ReturnUnit] = super().get_queryset(request)
        return rows.defer(*(f"order__{name}" for name in LARGE))

    def get_ordering(self, request: HttpRequest) -> Any:
        return most_urgent_first()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        if request.user.has_perm(UNMASK_CUSTOMERS):
            return columns
        shown = {"customer": ["customer_in_short"] if request.user.has_perm(SEE_ORDERS) else []}
        return [part for name in columns for part in shown.get(name, [name])]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The statistics lead to the units of a model or a size."""
        if lookup in {"variant__product__id__exact", "variant__size"}:
            return True
        return bool(super().lookup_allowed(lookup, value, request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The page is made by `return_page`, not of form fields."""
        return []

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        refused = self.not_taken(request)
        for row in changelist.result_list:
            row.not_taken = (
                refused.get(row.claim_item_id) if row.status == ReturnUnit.Status.WAITING else None
            )
        return changelist

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        unit = kwargs.get("obj")
        if unit is not None:
            context["page"] = return_page(
                unit,
                messages=self.claim_messages(unit.claim_id)
                if request.user.has_perm("integrations.view_outboxmessage")
                else (),
                not_taken=self.not_taken(request),
            )
        context["may_decide"] = self.has_decide_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (
            ("statistics/", "orders_returnunit_statistics", ReturnStatisticsView.as_view(model_admin=self)),
            ("write-off/", "orders_returnunit_write_off", WriteOffView.as_view(model_admin=self)),
        )

    @bulk_action(description=_("Write off"), permissions=["decide"])
    def write_off(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> HttpResponse:
        return ask("write_off", queryset)

    @column(description=_("time to decide"), ordering="act_by_at")
    def clock(self, unit: ReturnUnit) -> str:
        clock = clock_of(unit, timezone.now())
        if clock is None:
            return "—"
        return format_html('<span class="g-label g-label-{}">{}</span>', clock.tone, clock.words)

    @column(description=_("order"), ordering="order_number")
    def number(self, unit: ReturnUnit) -> str:
        return order_link(unit.order) if unit.order else unit.order_number

    @column(description=_("article"), ordering="barcode")
    def article(self, unit: ReturnUnit) -> str:
        if unit.variant is None:
            return format_html(
                '<span class="g-stack">{}<span class="g-label g-label-late">{}</span></span>',
                unit.barcode,
                gettext("Unknown barcode"),
            )
        words = f"{unit.variant.product.code} {unit.variant.colour} {unit.variant.size}"
        return format_html(
            '<span class="g-stack">{}<span class="g-note">{}</span></span>', words, unit.barcode
        )

    @column(description=_("customer"))
    def customer(self, unit: ReturnUnit) -> str:
        return (unit.order.customer_name if unit.order else "") or "—"

    @column(description=_("customer"))
    def customer_in_short(self, unit: ReturnUnit) -> str:
        return (unit.order.customer_short if unit.order else "") or "—"

    @column(description=_("status"), ordering="status")
    def status_label(self, unit: ReturnUnit) -> SafeString:
        """The marketplace's status, below it what we decided and what became of that."""
        words: list[tuple[str, str]] = [("", status_words(unit.status))]
        if unit.auto_accepted:
            words.append(("", gettext("Accepted by itself")))
        if unit.decision:
            words.append(("", gettext("We: %(decision)s") % {"decision": unit.get_decision_display()}))
        if getattr(unit, "not_taken", None) is not None:
            words.append(("g-label-late", gettext("Not taken by the marketplace")))
        labels = format_html_join("", '<span class="g-label {}">{}</span>', words)
        return format_html('<span class="g-stack">{}</span>', labels)

    @column(description=_("condition"), ordering="condition", label=CONDITION_COLOURS)
    def condition_label(self, unit: ReturnUnit) -> tuple[str, str] | None:
        return (unit.condition, unit.get_condition_display()) if unit.condition else None

    @column(description=_("goods"), ordering="disposition")
    def goods(self, unit: ReturnUnit) -> str:
        return unit.shelf.code if unit.shelf else unit.get_disposition_display() or "—"

    @column(description=_("price"), ordering="price")
    def amount(self, unit: ReturnUnit) -> str:
        return format_money(unit.price)
