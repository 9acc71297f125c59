"""What the list of returned units can be narrowed to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orders.models import ReturnUnit
from orders.return_selectors import WAITING_FOR

WORDS = {
    "decide": _("To decide"),
    "inspect": _("To inspect"),
    "shelve": _("Waits for a shelf"),
    "disputed": _("Disputed"),
    "auto": _("Accepted by itself"),
    "counted": _("Neither cancelled nor rejected"),
}


class WaitingFilter(admin.SimpleListFilter):
    """The questions of `WAITING_FOR`. What the marketplace did not take is to be decided again."""

    title = _("what is to be done")
    parameter_name = "waiting"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self._again: Any = model_admin.not_taken(request) if self.value() == "decide" else {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> QuerySet[ReturnUnit]:
        chosen = WAITING_FOR.get(self.value() or "")
        if chosen is None:
            return queryset
        again = Q(claim_item_id__in=list(self._again), status=ReturnUnit.Status.WAITING)
        return queryset.filter(chosen | again if self._again else chosen)


class StatusFilter(admin.SimpleListFilter):
    """By what the marketplace says."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ReturnUnit.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> QuerySet[ReturnUnit]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class ReasonFilter(admin.SimpleListFilter):
    """By the customer's reason, in the words it was sent with last."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = ReturnUnit.objects.exclude(reason_id=None).values("reason_id").annotate(words=Max("reason"))
        return [(str(row["reason_id"]), row["words"]) for row in rows.order_by("words")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> QuerySet[ReturnUnit]:
        text = self.value() or ""
        known = text.isascii() and text.isdecimal() and len(text) < 10
        return queryset.filter(reason_id=int(text)) if known else queryset
