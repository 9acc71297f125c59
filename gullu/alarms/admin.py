"""The list of alarms, those that hold first, with what was before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gullu.admin.base import EndlessAdmin, wide_text
from gullu.admin.decorators import bulk_action, column
from gullu.alarms.records import AlarmState
from gullu.alarms.services import silence
from gullu.roles import VIEW_SYSTEM

COLOURS = {AlarmState.Level.WARNING: "warning", AlarmState.Level.DANGER: "danger"}
SILENT_HOURS = 24


class HoldsFilter(admin.SimpleListFilter):
    """Alarms that hold, or that are over."""

    title = _("state")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Holds")), ("no", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AlarmState]) -> QuerySet[AlarmState]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(cleared_at__isnull=self.value() == "yes")


@admin.register(AlarmState)
class AlarmAdmin(EndlessAdmin):
    list_display = ("raised_at", "level_label", "words", "over", "mailed_at", "silenced_until")
    list_filter = (HoldsFilter, "level")
    plain_search = ("code", "sentence")
    ordering = (F("cleared_at").desc(nulls_first=True), "-raised_at", "-id")
    actions: ClassVar[tuple[str, ...]] = ("silence_for_a_day",)
    fields = (
        "code",
        "level",
        "sentence",
        "page",
        ("raised_at", "last_seen_at", "cleared_at"),
        ("mailed_at", "clearing_mailed_at", "silenced_until"),
        "check_name",
    )
    readonly_fields = ("page",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(VIEW_SYSTEM)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @column(description=_("level"), ordering="level", label=COLOURS)
    def level_label(self, alarm: AlarmState) -> tuple[str, str]:
        return alarm.level, alarm.get_level_display()

    @column(description=_("what is wrong"))
    def words(self, alarm: AlarmState) -> str:
        return wide_text(alarm.sentence, most=300)

    @column(description=_("over since"), ordering="cleared_at")
    def over(self, alarm: AlarmState) -> Any:
        return alarm.cleared_at or _("Holds")

    @column(description=_("page"))
    def page(self, alarm: AlarmState) -> str:
        if not alarm.link:
            return "—"
        return format_html('<a class="g-link" href="{}">{}</a>', alarm.link, alarm.link)

    @bulk_action(description=_("No mails for a day"), permissions=["view"])
    def silence_for_a_day(self, request: HttpRequest, alarms: QuerySet[AlarmState]) -> None:
        count = silence(alarm_ids=[alarm.pk for alarm in alarms], hours=SILENT_HOURS)
        words = ngettext(
            "No mail about %(count)s alarm for a day.", "No mail about %(count)s alarms for a day.", count
        )
        messages.success(request, words % {"count": count})
