"""What the lists of orders can be narrowed to. Every filter says in words what it is set to (`chips`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.admin.chips import Chip, Words, kept_parameters
from orders.admin.filters_dates import DATE_PARAMETERS
from orders.deadlines import Due, due_in
from orders.enums import CancelledBy, Channel, OrderSource, OrderState
from orders.querysets import OrderQuerySet, distinct_values

Narrow = Callable[[OrderQuerySet, datetime], OrderQuerySet]


class DeskFilter(admin.SimpleListFilter):
    """A choice among a few values, shown as links."""

    template = "admin/orders/filters/choices.html"

    def chips(self, changelist: Any) -> list[Chip]:
        """What this filter is set to; empty when it is not."""
        words = dict(self.lookup_choices).get(self.value() or "")
        remove = changelist.get_query_string(remove=[self.parameter_name])
        return [Chip(self.title or "", words, remove)] if words else []


def _due(due: Due) -> tuple[Words, Narrow]:
    return due.label, lambda orders, now: due_in(orders, due, now)


NARROW: dict[str, tuple[Words, Narrow]] = {
    "ready": (_("Can be prepared"), lambda orders, _now: orders.to_prepare()),
    "urgent": (_("Urgent"), lambda orders, now: orders.urgent(now)),
    "late": (_("Late"), lambda orders, now: orders.late(now)),
    **{due.value: _due(due) for due in (Due.TODAY, Due.TOMORROW, Due.LATER, Due.UNDATED)},
    "unpaid": (_("Payment pending"), lambda orders, _now: orders.open().filter(payment_pending=True)),
    "parked": (_("Parked"), lambda orders, _now: orders.parked_only()),
    "split": (_("Being split"), lambda orders, _now: orders.split_asked()),
    "missed": (_("Missed picks"), lambda orders, _now: orders.missed_picks()),
    "unknown": (_("Unknown barcode"), lambda orders, _now: orders.unknown_barcodes()),
    "refused": (_("Refused message"), lambda orders, _now: orders.refused_messages()),
    "sync": (_("Open sync problem"), lambda orders, _now: orders.sync_problems()),
}
# What can be the matter with an order that has left.
CLOSED_NARROW = ("missed", "unknown", "refused", "sync")


class AttentionFilter(DeskFilter):
    """The same questions the home page counts, so that its links show exactly what it counted.

    Several may be chosen together (`?attention=late,parked`): the list then shows what is all of them.
    """

    title = _("attention")
    parameter_name = "attention"
    names: ClassVar[tuple[str, ...]] = tuple(NARROW)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, NARROW[key][0]) for key in self.names]

    def chosen(self) -> list[str]:
        return [key for key in dict.fromkeys((self.value() or "").split(",")) if key in NARROW]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        now = timezone.now()
        for key in self.chosen():
            orders = NARROW[key][1](orders, now)
        return orders

    def choices(self, changelist: Any) -> Iterator[Any]:
        chosen = self.chosen()
        yield {
            "selected": not chosen,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("All"),
        }
        for key, words in self.lookup_choices:
            yield {"selected": key in chosen, "query_string": self._turned(changelist, key), "display": words}

    def chips(self, changelist: Any) -> list[Chip]:
        return [
            Chip(self.title or "", NARROW[key][0], self._turned(changelist, key)) for key in self.chosen()
        ]

    def _turned(self, changelist: Any, key: str) -> str:
        """The address with this one chosen as well, or no longer."""
        chosen = self.chosen()
        left = [one for one in chosen if one != key] if key in chosen else [*chosen, key]
        text: str = changelist.get_query_string({self.parameter_name: ",".join(left) or None})
        return text


class ClosedAttentionFilter(AttentionFilter):
    names = CLOSED_NARROW


class FieldFilter(DeskFilter):
    """One value of a column with fixed choices."""

    values: ClassVar[tuple[tuple[str, Words], ...]] = ()
    field = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.values)

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        known = self.value() in dict(self.values)
        return orders.filter(**{self.field: self.value()}) if known else orders


class StateFilter(FieldFilter):
    title, parameter_name, field = _("state"), "state", "status"
    values = tuple(OrderState.choices)


class CancelledByFilter(FieldFilter):
    title, parameter_name, field = _("cancelled by"), "by", "cancelled_by"
    values = tuple(CancelledBy.choices)


class _YesNoFilter(FieldFilter):
    values = (("1", _("Yes")), ("0", _("No")))


class MicroExportFilter(_YesNoFilter):
    title, parameter_name, field = _("micro export"), "micro", "micro_export"


class SupersededFilter(_YesNoFilter):
    title, parameter_name, field = _("replaced by other packages"), "replaced", "superseded"


class SourceFilter(DeskFilter):
    """The marketplace, or where an order that no marketplace knows came from."""

    title = _("came by")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        channels = [(value, words) for value, words in Channel.choices if value != Channel.MANUAL]
        return [*channels, *OrderSource.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        if self.value() in OrderSource.values:
            # Said of the channel too, as the index of what comes from elsewhere has it.
            return orders.exclude(channel=Channel.TRENDYOL).filter(source=self.value())
        return orders.filter(channel=self.value()) if self.value() in Channel.values else orders


class ArchiveFilter(DeskFilter):
    """Leaves old closed orders out, unless they are asked for: here, by a search, or by a span of time."""

    title = _("old orders")
    parameter_name = "archive"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Archived ones too"))]

    def asked(self) -> bool:
        return self.value() == "1" or any(self.request.GET.get(name) for name in ("q", *DATE_PARAMETERS))

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        return orders if self.asked() else orders.without_archive(timezone.now())

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("Without the archive")}
        yield from rest


class ValueFilter(DeskFilter):
    """One of the values a column really has, read from its index value by value, however long the table is."""

    template = "admin/orders/filters/value.html"
    field = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, value) for value in distinct_values(self.field)]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        return orders.filter(**{self.field: self.value()}) if self.value() else orders

    def kept(self) -> list[tuple[str, str]]:
        return kept_parameters(self.request, self.expected_parameters())

    def chips(self, changelist: Any) -> list[Chip]:
        remove = changelist.get_query_string(remove=self.expected_parameters())
        value = self.value()
        return [Chip(self.title or "", value, remove)] if value else []


class CarrierFilter(ValueFilter):
    title, parameter_name, field = _("carrier"), "carrier", "cargo_provider"


class CityFilter(ValueFilter):
    title, parameter_name, field = _("city"), "city", "city"
