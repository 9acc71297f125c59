"""Spans of time as filters: a few quick choices, and any two days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.admin.chips import Chip, kept_parameters

# First and last day of a quick choice, counted from today.
Span = tuple[int, int]
_PAST: dict[str, tuple[Promise, Span]] = {
    "today": (_("Today"), (0, 0)),
    "yesterday": (_("Yesterday"), (-1, -1)),
    "7": (_("Last 7 days"), (-6, 0)),
    "30": (_("Last 30 days"), (-29, 0)),
    "90": (_("Last 90 days"), (-89, 0)),
}
_AHEAD: dict[str, tuple[Promise, Span]] = {
    "today": (_("Today"), (0, 0)),
    "tomorrow": (_("Tomorrow"), (1, 1)),
    "next7": (_("Next 7 days"), (0, 6)),
    "7": (_("Last 7 days"), (-6, 0)),
}
# As a list is narrowed: `ordered=7`, or `ordered_from=2026-11-01&ordered_to=2026-11-21`.
DATE_PARAMETERS = tuple(
    f"{name}{end}" for name in ("ordered", "due", "shipped") for end in ("", "_from", "_to")
)


class PeriodFilter(admin.ListFilter):
    """Days in Istanbul, the last one included. `sorts_by` is the column the list is ordered by while this is set."""

    template = "admin/orders/filters/period.html"
    parameter = ""
    field = ""
    quick: ClassVar[dict[str, tuple[Promise, Span]]] = _PAST

    used_parameters: dict[str, str]  # type: ignore[assignment]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in filter(None, self.expected_parameters()):
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.first, self.last = self._days(request)

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter, f"{self.parameter}_from", f"{self.parameter}_to"]

    def has_output(self) -> bool:
        return True

    @property
    def sorts_by(self) -> str:
        return self.field if self.first or self.last else ""

    def _days(self, request: HttpRequest) -> tuple[date | None, date | None]:
        chosen = self.quick.get(self.used_parameters.get(self.parameter, ""))
        if chosen is not None:
            today = timezone.localdate()
            return today + timedelta(days=chosen[1][0]), today + timedelta(days=chosen[1][1])
        first, last = (self._day(request, end) for end in ("_from", "_to"))
        if first and last and first > last:
            text = gettext("%(first)s is after %(last)s: the two days were taken the other way round.")
            messages.warning(request, text % {"first": date_format(first), "last": date_format(last)})
            return last, first
        return first, last

    def _day(self, request: HttpRequest, end: str) -> date | None:
        text = self.used_parameters.get(f"{self.parameter}{end}", "").strip()
        if not text:
            return None
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        words = gettext("“%(text)s” is no date and was left out: write it like 21.11.2026.")
        messages.warning(request, words % {"text": text})
        return None

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.first:
            queryset = queryset.filter(**{f"{self.field}__gte": _midnight(self.first)})
        if self.last:
            after = _midnight(self.last + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field}__lt": after})
        return queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        names = self.expected_parameters()
        chosen = self.used_parameters.get(self.parameter)
        for key, (words, _span) in self.quick.items():
            link = changelist.get_query_string({self.parameter: key}, remove=names)
            yield {"selected": key == chosen, "query_string": link, "display": words}

    def kept(self) -> list[tuple[str, str]]:
        return kept_parameters(self.request, self.expected_parameters())

    def chips(self, changelist: Any) -> list[Chip]:
        if not self.sorts_by:
            return []
        chosen = self.quick.get(self.used_parameters.get(self.parameter, ""))
        remove = changelist.get_query_string(remove=self.expected_parameters())
        return [Chip(self.title or "", chosen[0] if chosen else self._words(), remove)]

    def _words(self) -> str:
        first, last = (date_format(day) if day else "…" for day in (self.first, self.last))
        return first if first == last else f"{first} – {last}"


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class OrderedFilter(PeriodFilter):
    title, parameter, field = _("ordered"), "ordered", "ordered_at"


class ShipByFilter(PeriodFilter):
    title, parameter, field = _("ship by"), "due", "ship_by_at"
    quick = _AHEAD


class ShippedFilter(PeriodFilter):
    title, parameter, field = _("shipped"), "shipped", "shipped_at"
