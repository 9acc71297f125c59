"""What the pages of the inputs share: dates as the shop writes them, the history below the form, hidden amounts."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSingleDateWidget

from analytics.inputs.history import changes_of
from gullu.admin.base import ShopAdmin
from gullu.forms import TurkishDateField
from gullu.roles import VIEW_MONEY


class InputAdmin(ShopAdmin):
    """Base of the pages of inputs. `secret`: nothing of it is shown to who may not see amounts."""

    secret: ClassVar[bool] = True
    history_parts: ClassVar[tuple[type[models.Model], str] | None] = None
    change_form_outer_after_template = "admin/analytics/input_after.html"
    formfield_overrides: ClassVar[dict[type[models.Field[Any, Any]], dict[str, Any]]] = {
        **ShopAdmin.formfield_overrides,
        models.DateField: {"form_class": TurkishDateField, "widget": UnfoldAdminSingleDateWidget},
    }

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_view_permission(request, obj) and self._may_see(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request) and self._may_see(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj) and self._may_see(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj) and self._may_see(request))

    def _may_see(self, request: HttpRequest) -> bool:
        return not self.secret or request.user.has_perm(VIEW_MONEY)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            hidden = () if request.user.has_perm(VIEW_MONEY) else self.money_names
            context["changes"] = changes_of(row, parts=self.history_parts, hidden=hidden)
            context |= self.page_context(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of a row shows besides its form."""
        return {}


class HoldsFilter(admin.SimpleListFilter):
    """By whether a row holds today; rows have `valid_from`, and `last_day_name` where they end."""

    title = _("holds")
    parameter_name = "holds"
    first_day_name: ClassVar[str] = "valid_from"
    last_day_name: ClassVar[str] = "valid_to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Today")), ("later", _("From a later day")), ("past", _("No longer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self._condition(timezone.localdate()))

    def _condition(self, today: date) -> Q:
        begun, ended = Q(**{f"{self.first_day_name}__lte": today}), Q(**{f"{self.last_day_name}__lt": today})
        chosen = {"now": begun & ~ended, "later": ~begun, "past": ended}
        return chosen.get(self.value() or "", Q())


def refuse(form: forms.BaseForm, field: str, words: Any, /, **data: Any) -> None:
    """Put one sentence beside a field; its own checks are left out then, so that nothing is said twice."""
    form.add_error(field if field in form.fields else None, forms.ValidationError(words, params=data))


def days_ordered(form: forms.BaseForm, first: str, last: str) -> None:
    """The last day must not come before the first."""
    begin, end = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if begin and end and end < begin:
        words = _("The last day %(last)s comes before the first one, %(first)s: correct one of the two.")
        refuse(form, last, words, last=f"{end:%d.%m.%Y}", first=f"{begin:%d.%m.%Y}")


def not_negative(form: forms.BaseForm, *names: str) -> None:
    """Amounts are zero or more."""
    for name in names:
        value = form.cleaned_data.get(name)
        if value is not None and value < 0:
            words = _(
                "%(value)s is below zero: write an amount like 12,50, or leave it empty while it is not known."
            )
            refuse(form, name, words, value=str(value).replace(".", ","))


def percents(form: forms.BaseForm, *names: str) -> None:
    """Percentages lie between 0 and 100."""
    for name in names:
        value = form.cleaned_data.get(name)
        if value is not None and not 0 <= value <= 100:
            words = _("%(value)s is no percentage: write a number from 0 to 100, like 19,5.")
            refuse(form, name, words, value=str(value).replace(".", ","))
