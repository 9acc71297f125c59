"""Scans, counts and what should be counted: made on the scan pages, only looked at here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from gullu.admin.base import EndlessAdmin, ReadOnlyAdmin, wide_text
from gullu.admin.decorators import column
from inventory.admin.stock import VARIANT_SEARCH, variant_link
from inventory.enums import CountState, ScanOutcome
from inventory.models import CountTask, ScanLog, StockCount, StockCountLine

OUTCOME_COLOURS = {
    ScanOutcome.OK: "success",
    ScanOutcome.DONE: "success",
    ScanOutcome.WRONG: "danger",
    ScanOutcome.NEIGHBOUR: "warning",
    ScanOutcome.REFUSED: "danger",
    ScanOutcome.UNKNOWN: "warning",
}
COUNT_COLOURS = {
    CountState.OPEN: "info",
    CountState.COUNTED: "warning",
    CountState.APPROVED: "success",
    CountState.REJECTED: "danger",
}


@admin.register(ScanLog)
class ScanLogAdmin(EndlessAdmin):
    """Every scan, good or bad: who, when, where, what, and what came of it."""

    list_display = ("received_at", "user", "page", "text", "outcome_label", "answer_text", "variant", "shelf")
    list_select_related = ("user", "variant", "shelf")
    list_filter = ("outcome", "page", "received_at")
    plain_search = ("text", "reference", "shelf__code", "user__username")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("received_at", "scanned_at"),
        ("user", "page"),
        ("text", "outcome"),
        ("answer", "code"),
        ("variant", "shelf", "reference"),
        "key",
    )

    @column(description=_("outcome"), label=OUTCOME_COLOURS)
    def outcome_label(self, row: ScanLog) -> tuple[str, str]:
        return row.outcome, row.get_outcome_display()

    @column(description=_("answer"))
    def answer_text(self, row: ScanLog) -> str:
        return wide_text(row.answer)


@admin.register(CountTask)
class CountTaskAdmin(ReadOnlyAdmin):
    list_display = ("shelf", "barcode", "reason", "note", "created_by", "created_at", "done_at")
    list_select_related = ("shelf", "variant", "created_by")
    list_filter = ("reason", ("done_at", admin.EmptyFieldListFilter))
    folded_search = VARIANT_SEARCH
    plain_search = ("shelf__code",)
    ordering = ("-created_at", "-id")
    fields = (("shelf", "variant"), ("reason", "note"), ("created_by", "created_at"), "done_at")

    @column(description=_("barcode"))
    def barcode(self, task: CountTask) -> str:
        return variant_link(task.variant) if task.variant else str(_("the whole shelf"))


class StockCountLineInline(TabularInline):
    """Counted beside expected. What is expected stays hidden until the count is finished."""

    model = StockCountLine
    extra = 0
    fields = ("barcode", "expected", "counted", "difference")
    readonly_fields = fields
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant").order_by("variant__barcode")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @column(description=_("barcode"))
    def barcode(self, line: StockCountLine) -> str:
        return variant_link(line.variant)

    @column(description=_("difference"))
    def difference(self, line: StockCountLine) -> str:
        return "—" if line.expected is None else f"{line.counted - line.expected:+d}"


@admin.register(StockCount)
class StockCountAdmin(ReadOnlyAdmin):
    list_display = (
        "shelf",
        "state_label",
        "counted_by",
        "started_at",
        "finished_at",
        "decided_by",
        "decided_at",
    )
    list_select_related = ("shelf", "counted_by", "decided_by")
    list_filter = ("state", "started_at")
    plain_search = ("shelf__code", "counted_by__username")
    ordering = ("-id",)
    fields = (
        ("shelf", "state"),
        ("counted_by", "started_at", "finished_at"),
        ("decided_by", "decided_at"),
    )
    inlines = (StockCountLineInline,)

    @column(description=_("state"), label=COUNT_COLOURS)
    def state_label(self, count: StockCount) -> tuple[str, str]:
        return count.state, count.get_state_display()
