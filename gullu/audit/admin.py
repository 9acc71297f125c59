"""What people did: looked at, never changed."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter

from gullu.admin.base import EndlessAdmin, wide_text
from gullu.admin.decorators import column
from gullu.audit.asked import end_of, midnight
from gullu.audit.detail_words import details_in_words
from gullu.forms import TurkishDateField
from gullu.models import Activity
from gullu.origin import Source
from gullu.roles import VIEW_HISTORY

_KINDS: Final = dict.fromkeys(Activity.Kind.values, "") | {
    Activity.Kind.SIGN_IN_FAILED: "warning",
    Activity.Kind.LOCKED_OUT: "danger",
    Activity.Kind.RIGHTS_CHANGED: "warning",
    Activity.Kind.EXPORTED: "info",
    Activity.Kind.UNMASKED: "info",
    Activity.Kind.PERSONAL_DATA: "warning",
}
_SOURCES: Final = {
    Source.WEB.value: _("page"),
    Source.JOB.value: _("job"),
    Source.COMMAND.value: _("command"),
}


class DaysFilter(RangeDateFilter):
    """From day to day, both whole, as this shop writes and counts days. What is no date does not narrow."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        first, last = (self._day(f"{self.parameter_name}_{end}") for end in ("from", "to"))
        if first is not None:
            queryset = queryset.filter(at__gte=midnight(first))
        if last is not None and (end := end_of(last)) is not None:
            queryset = queryset.filter(at__lt=end)
        return queryset

    def _day(self, name: str) -> date | None:
        try:
            day: date | None = TurkishDateField(required=False).clean(self.used_parameters.get(name, ""))
        except ValidationError:
            return None
        return day


@admin.register(Activity)
class ActivityAdmin(EndlessAdmin):
    """Sign-ins, exports, data shown in full, rights: by person, kind, day and text."""

    list_display = ("at", "who", "kind_label", "subject", "details_text", "address", "place_text")
    list_select_related = ("actor",)
    list_filter = ("kind", "actor", ("at", DaysFilter))
    list_filter_submit = True
    plain_search = ("name", "actor__username", "subject", "address", "reference", "place")
    ordering = ("-at", "-id")
    sortable_by = ()
    fields = (
        ("at", "kind"),
        ("actor", "name"),
        ("subject", "subject_kind", "subject_id"),
        "details_text",
        ("source_word", "place_text"),
        ("address", "device"),
        ("reference", "changes"),
    )
    readonly_fields = ("details_text", "source_word", "place_text", "changes")

    @column(description=_("person"))
    def who(self, activity: Activity) -> str:
        return activity.actor.get_username() if activity.actor else activity.name or "—"

    @column(description=_("activity"), label=_KINDS)
    def kind_label(self, activity: Activity) -> tuple[str, str]:
        return activity.kind, activity.get_kind_display()

    @column(description=_("details"))
    def details_text(self, activity: Activity) -> str:
        return wide_text(details_in_words(activity.details), most=300)

    @column(description=_("page or job"))
    def place_text(self, activity: Activity) -> str:
        return activity.place or "—"

    @column(description=_("by way of"))
    def source_word(self, activity: Activity) -> str:
        return str(_SOURCES.get(activity.source, "—"))

    @column(description=_("changes of this request"))
    def changes(self, activity: Activity) -> str:
        """What was changed at that time, where somebody may see it."""
        if not activity.reference:
            return "—"
        link = f"{reverse('audit:history')}?{urlencode({'reference': activity.reference})}"
        return format_html('<a class="g-link" href="{}">{}</a>', link, _("Show"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.has_perm(VIEW_HISTORY):
            return self.fields
        return tuple(row for row in self.fields if "changes" not in row)
