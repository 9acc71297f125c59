from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import EndlessAdmin, seconds_words, wide_text
from gullu.admin.decorators import column
from inventory.admin.stock import variant_link
from inventory.enums import PushItemState
from inventory.models import StockPushBatch, StockPushItem, StockPushLog

ITEM_COLOURS = {
    PushItemState.SUCCESS: "success",
    PushItemState.FAILED: "danger",
    PushItemState.UNKNOWN: "warning",
    PushItemState.SENT: "info",
}
OUTCOMES: dict[bool | None, tuple[str, Any]] = {
    None: ("running", _("Not ended")),
    True: ("done", _("Succeeded")),
    False: ("failed", _("Failed")),
}
BATCH_COLOURS = {
    StockPushBatch.State.DONE: "success",
    StockPushBatch.State.REFUSED: "danger",
    StockPushBatch.State.UNKNOWN: "warning",
    StockPushBatch.State.SENT: "info",
}


@admin.register(StockPushLog)
class StockPushLogAdmin(EndlessAdmin):
    list_display = (
        "push_time",
        "outcome",
        "total_items",
        "skipped",
        "refused",
        "total_quantity",
        "reserved_quantity",
        "seconds",
    )
    list_filter = ("success", "push_time")
    plain_search = ("error_message",)
    ordering = ("-push_time", "-id")
    fields = (
        ("push_time", "duration_seconds"),
        "success",
        ("evaluated", "skipped"),
        ("total_items", "total_quantity"),
        ("reserved_quantity", "failed"),
        "unknown",
        "error_message",
    )
    change_form_outer_after_template = "admin/inventory/push_batches.html"

    @column(description=_("result"))
    def outcome(self, push: StockPushLog) -> str:
        """The result, and below it the reason where there is one."""
        state, words = OUTCOMES[push.success]
        label = format_html('<span class="g-label g-label-{}">{}</span>', state, words)
        reason = format_html('<span class="g-reason">{}</span>', Truncator(push.error_message).chars(140))
        return format_html('<span class="g-wide">{} {}</span>', label, reason)

    @column(description=_("took"), ordering="duration_seconds")
    def seconds(self, push: StockPushLog) -> str:
        return seconds_words(push.duration_seconds)

    @column(description=_("refused"), ordering="failed")
    def refused(self, push: StockPushLog) -> str:
        """Refused barcodes, and those whose outcome is unknown."""
        return f"{push.failed} + {push.unknown} ?" if push.unknown else str(push.failed)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        push = kwargs.get("obj")
        context["batches"] = list(push.batches.order_by("pk")) if push else []
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(StockPushBatch)
class StockPushBatchAdmin(EndlessAdmin):
    list_display = (
        "computed_at",
        "push",
        "round",
        "state_label",
        "batch_request_id",
        "sent_at",
        "effective_at",
        "reason",
    )
    list_select_related = ("push",)
    list_filter = ("state",)
    plain_search = ("batch_request_id",)
    ordering = ("-id",)
    fields = (
        ("push", "round", "state"),
        "batch_request_id",
        ("computed_at", "sent_at", "effective_at"),
        "error_message",
        "body_hash",
    )

    @column(description=_("state"), label=BATCH_COLOURS)
    def state_label(self, batch: StockPushBatch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    @column(description=_("reason"))
    def reason(self, batch: StockPushBatch) -> str:
        return wide_text(batch.error_message)


@admin.register(StockPushItem)
class StockPushItemAdmin(EndlessAdmin):
    list_display = ("sent", "barcode_link", "believed", "quantity", "state_label", "short_reason")
    list_display_links = ("sent",)
    list_select_related = ("batch", "variant")
    list_filter = ("state",)
    folded_search = ("variant__search_key",)
    ordering = ("-id",)
    sortable_by = ()
    fields = ("batch", "variant", ("believed", "quantity"), "state", "reason")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # Links on the pages of pushes and requests narrow the list to theirs.
        return lookup in {"batch__id__exact", "batch__push__id__exact"} or super().lookup_allowed(
            lookup, value, request
        )

    @column(description=_("sent"))
    def sent(self, item: StockPushItem) -> Any:
        return item.batch.sent_at or item.batch.computed_at

    @column(description=_("barcode"))
    def barcode_link(self, item: StockPushItem) -> str:
        return variant_link(item.variant)

    @column(description=_("result"), label=ITEM_COLOURS)
    def state_label(self, item: StockPushItem) -> tuple[str, str]:
        return item.state, item.get_state_display()

    @column(description=_("reason"))
    def short_reason(self, item: StockPushItem) -> str:
        return wide_text(item.reason)
