"""The conversation with marketplaces: what they show, what they were told, and what needs a person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

import integrations.admin_products
import integrations.admin_reference
import integrations.admin_returns
import integrations.admin_settlements
import integrations.admin_webhooks  # noqa: F401  (registers it)
from gullu.admin.base import ReadOnlyAdmin, who, wide_text
from gullu.admin.decorators import bulk_action, column
from gullu.money import format_money
from gullu.roles import RETRY_MESSAGES, SETTLE_PROBLEMS
from integrations import admin_differences, admin_importing, outbox, problems
from integrations.models import Listing, OutboxMessage, SyncCursor, SyncProblem
from integrations.selectors import beliefs
from inventory.enums import PushItemState

LISTING_COLOURS = {
    Listing.State.APPROVED: "success",
    Listing.State.PENDING: "info",
    Listing.State.REJECTED: "danger",
    Listing.State.MISSING: "danger",
    Listing.State.ARCHIVED: "warning",
}
MESSAGE_COLOURS = {
    OutboxMessage.State.WAITING: "info",
    OutboxMessage.State.DELIVERED: "success",
    OutboxMessage.State.PARKED: "danger",
}


class PushedFilter(admin.SimpleListFilter):
    """By what became of the quantity sent last."""

    title = _("last sent")
    parameter_name = "pushed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Refused")), ("unknown", _("Outcome unknown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Listing]) -> QuerySet[Listing]:
        states = {"failed": PushItemState.FAILED, "unknown": PushItemState.UNKNOWN}
        state = states.get(self.value() or "")
        return queryset.filter(last_push_item__state=state) if state else queryset


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = (
        "barcode",
        "title",
        "state_label",
        "on_sale",
        "believed",
        "remote_quantity",
        "observed_quantity",
        "price",
        "observed_at",
    )
    list_select_related = ("variant",)
    list_filter = ("state", "on_sale", PushedFilter)
    folded_search = ("variant__search_key", "variant__product__search_key")
    plain_search = ("barcode", "title")
    money_names = frozenset({"price", "sale_price", "list_price"})
    ordering = ("barcode", "pk")
    fields = (
        ("channel", "barcode", "variant"),
        ("state", "on_sale", "content_id"),
        "title",
        ("locked_reason", "reject_reason"),
        ("sale_price", "list_price"),
        ("remote_quantity", "quantity_read_at", "quantity_effective_at"),
        ("observed_quantity", "observed_at", "seen_at"),
        "last_push_item",
    )

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (*admin_importing.urls(self), *admin_differences.urls(self))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        known = beliefs([row.barcode for row in changelist.result_list])
        for row in changelist.result_list:
            row.belief = known.get(row.barcode)
        return changelist

    @column(description=_("state"), ordering="state", label=LISTING_COLOURS)
    def state_label(self, listing: Listing) -> tuple[str, str]:
        return listing.state, listing.get_state_display()

    @column(description=_("believed to show"))
    def believed(self, listing: Listing) -> str:
        belief = getattr(listing, "belief", None)
        return "?" if belief is None or belief.quantity is None else str(belief.quantity)

    @column(description=_("price there"), ordering="sale_price")
    def price(self, listing: Listing) -> str:
        return format_money(listing.sale_price)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "kind",
        "order_link",
        "state_label",
        "attempts",
        "due_at",
        "delivered_at",
        "reason",
    )
    list_display_links = ("created_at",)
    list_select_related = ("order",)
    list_filter = ("state", "kind")
    folded_search = ("order__search_key",)
    plain_search = ("key",)
    ordering = ("-created_at", "-id")
    actions: ClassVar[tuple[str, ...]] = ("retry_now",)
    fields = (
        ("kind", "state", "channel"),
        "order",
        ("attempts", "due_at"),
        ("created_at", "delivered_at"),
        "last_error",
        "key",
        "body",
    )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RETRY_MESSAGES)

    @bulk_action(description=_("Try again now"), permissions=["retry"])
    def retry_now(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        done = outbox.retry(message_ids=ids, user=who(request))
        text = ngettext(
            "%(count)s message will be tried again.", "%(count)s messages will be tried again.", done
        )
        self.message_user(request, text % {"count": done}, messages.SUCCESS if done else messages.WARNING)
        if done < len(ids):
            closed = _("%(count)s were already delivered or are no longer needed.") % {
                "count": len(ids) - done
            }
            self.message_user(request, closed, messages.WARNING)

    @column(description=_("order"))
    def order_link(self, message: OutboxMessage) -> str:
        if message.order_id is None:
            return "—"
        url = reverse("admin:orders_order_change", args=[message.order_id])
        return format_html('<a class="g-link" href="{}">{}</a>', url, message.order)

    @column(description=_("state"), ordering="state", label=MESSAGE_COLOURS)
    def state_label(self, message: OutboxMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @column(description=_("reason"))
    def reason(self, message: OutboxMessage) -> str:
        return wide_text(message.last_error)


@admin.register(SyncCursor)
class SyncCursorAdmin(ReadOnlyAdmin):
    list_display = ("name", "position", "live_since", "updated_at")
    ordering = ("name",)
    fields = ("name", "position", "live_since", "updated_at")


class OpenFilter(admin.SimpleListFilter):
    """Open problems first of all: they are what the page is for."""

    title = _("resolved")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Open")), ("no", _("Resolved"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SyncProblem]) -> QuerySet[SyncProblem]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(Q(resolved_at__isnull=self.value() == "yes"))


@admin.register(SyncProblem)
class SyncProblemAdmin(ReadOnlyAdmin):
    list_display = (
        "last_seen_at",
        "kind",
        "reference",
        "words",
        "times_seen",
        "first_seen_at",
        "state_label",
    )
    list_filter = (OpenFilter, "kind")
    plain_search = ("reference", "message")
    ordering = ("-last_seen_at", "-id")
    actions: ClassVar[tuple[str, ...]] = ("mark_resolved",)
    fields = (
        ("kind", "channel", "reference"),
        "message",
        ("times_seen", "first_seen_at", "last_seen_at", "resolved_at"),
        "data",
    )

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SETTLE_PROBLEMS)

    @bulk_action(description=_("Mark as resolved"), permissions=["settle"])
    def mark_resolved(self, request: HttpRequest, queryset: QuerySet[SyncProblem]) -> None:
        """Closed by hand; the problem opens again by itself when it is seen again."""
        done = 0
        for problem in queryset.filter(resolved_at=None):
            done += problems.resolve(problem.kind, [problem.reference], channel=problem.channel)
        text = ngettext("%(count)s problem resolved.", "%(count)s problems resolved.", done)
        self.message_user(request, text % {"count": done}, messages.SUCCESS)

    @column(description=_("what happened"))
    def words(self, problem: SyncProblem) -> str:
        return wide_text(problem.message)

    @column(description=_("state"), label={"open": "warning", "closed": "success"})
    def state_label(self, problem: SyncProblem) -> tuple[str, Any]:
        return ("open", _("Open")) if problem.resolved_at is None else ("closed", _("Resolved"))
