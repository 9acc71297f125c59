"""Cargo tariffs: a price list per carrier, edited in the list, and carried on with new prices from a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from analytics.admin.input_pages import HoldsFilter, InputAdmin, days_ordered, not_negative, refuse
from analytics.inputs.tariffs import copy_tariffs, current_rows, holds, meeting, words_of
from analytics.models import CargoTariff
from gullu.admin.decorators import bulk_action, column
from gullu.errors import DomainError
from gullu.forms import TurkishDateField, TurkishDecimalField
from gullu.money import format_money

# Prices do not change by more at once; what is beyond is a typing error.
MOST_PERCENT = Decimal(500)
LEAST_PERCENT = Decimal(-90)


class TariffForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CargoTariff
        fields: ClassVar[list[str]] = [
            "carrier",
            "valid_from",
            "valid_to",
            "desi_to",
            "order_below",
            "price",
            "return_price",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "carrier": _("As it stands in the orders. Empty: every carrier without rows of its own."),
            "valid_to": _("Empty: until further notice."),
            "desi_to": _("The row with the least desi that fits counts."),
            "order_below": _("Only for orders under this amount (support for cheap orders). Empty: for all."),
            "price": _("In TRY, with VAT, for one parcel."),
            "return_price": _("In TRY, with VAT. Empty: not known; then returns have no cost and no profit."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days_ordered(self, "valid_from", "valid_to")
        not_negative(self, "price", "return_price")
        for name in ("desi_to", "order_below"):
            value = cleaned.get(name)
            if value is not None and value <= 0:
                words = _("%(value)s is not above zero: write a number like 2,5.")
                refuse(self, name, words, value=str(value).replace(".", ","))
        if not self.errors and "valid_from" in self.fields:
            self._refuse_meeting()
        return cleaned

    def _refuse_meeting(self) -> None:
        """Of two rows for the same parcel on the same day nobody could say which counts."""
        row = CargoTariff(pk=self.instance.pk)
        for name in self.Meta.fields:
            setattr(row, name, self.cleaned_data.get(name))
        other = meeting(row)
        if other is not None:
            words = _(
                "%(row)s has a price from %(day)s already: end that row first, or carry the tariff on to a new day."
            )
            refuse(self, "valid_from", words, row=words_of(other), day=f"{other.valid_from:%d.%m.%Y}")


class CopyForm(forms.Form):
    """From when, and by how much dearer."""

    valid_from = TurkishDateField(
        label=_("First day of the new prices"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    percent = TurkishDecimalField(
        label=_("Change of the prices, %"),
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("25 makes 40,00 ₺ to 50,00 ₺; 0 copies the prices as they are, -10 lowers them."),
    )

    def clean_percent(self) -> Decimal:
        percent: Decimal = self.cleaned_data["percent"]
        if not LEAST_PERCENT <= percent <= MOST_PERCENT:
            words = _("%(percent)s %% is no change of prices: write a number from -90 to 500.")
            raise forms.ValidationError(words, params={"percent": str(percent).replace(".", ",")})
        return percent


class TariffHolds(HoldsFilter):
    """What holds today is the price list; the rest is asked for."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("later", _("From a later day")), ("past", _("No longer")), ("all", _("All days"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Today is what is chosen where nothing is."""
        for value, words in [(None, _("Today")), *self.lookup_choices]:
            chosen = {} if value is None else {self.parameter_name: value}
            removed = [self.parameter_name] if value is None else None
            link = changelist.get_query_string(chosen, removed)
            yield {"selected": self.value() == value, "query_string": link, "display": words}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return (
            queryset.filter(holds(timezone.localdate()))
            if self.value() is None
            else super().queryset(request, queryset)
        )


@admin.register(CargoTariff)
class CargoTariffAdmin(InputAdmin):
    form = TariffForm
    list_display = (
        "carrier_words",
        "desi_to",
        "below",
        "valid_from",
        "valid_to",
        "price",
        "return_price",
    )
    list_display_links = ("carrier_words", "desi_to")
    list_editable = ("price", "return_price")
    list_filter = (TariffHolds, "carrier", "valid_from")
    plain_search = ("carrier",)
    ordering = ("carrier", "-valid_from", "order_below", "desi_to", "pk")
    sortable_by = ()
    list_per_page = 60
    fields = ("carrier", ("desi_to", "order_below"), ("price", "return_price"), ("valid_from", "valid_to"))
    list_before_template = "admin/analytics/tariffs_before.html"
    actions: ClassVar[Sequence[str]] = ("carry_on",)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list checks what the page of a row checks."""
        kwargs.setdefault("form", TariffForm)
        return super().get_changelist_form(request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    @bulk_action(description=_("Carry on with new prices"), permissions=["add"])
    def carry_on(self, request: HttpRequest, queryset: QuerySet[CargoTariff]) -> HttpResponse:
        rows = [("row", pk) for pk in queryset.values_list("pk", flat=True)]
        return HttpResponseRedirect(f"{reverse('admin:analytics_cargotariff_copy')}?{urlencode(rows)}")

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("copy/", "analytics_cargotariff_copy", self.copy_view),)

    def copy_view(self, request: HttpRequest, **_known: Any) -> HttpResponse:
        """Rows that hold, each with a tick, a day and a percentage; the service writes them again."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        given = request.POST if request.method == "POST" else request.GET
        ticked = {
            int(text)
            for text in given.getlist("row")
            if text.isascii() and text.isdecimal() and len(text) < 19
        }
        form = CopyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._copy(request, form, sorted(ticked)):
            return HttpResponseRedirect(reverse("admin:analytics_cargotariff_changelist"))
        rows = list(current_rows(timezone.localdate()))
        rows += list(CargoTariff.objects.filter(pk__in=ticked - {row.pk for row in rows}).order_by("pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Carry cargo tariffs on"),
            "opts": self.opts,
            "form": form,
            "rows": [(row, not given.getlist("row") or row.pk in ticked) for row in rows],
        }
        return TemplateResponse(request, "admin/analytics/tariff_copy.html", context)

    def _copy(self, request: HttpRequest, form: CopyForm, ids: Sequence[int]) -> bool:
        data = form.cleaned_data
        try:
            done = copy_tariffs(ids=ids, valid_from=data["valid_from"], percent=data["percent"])
        except DomainError as error:
            form.add_error(None, error.message)
            return False
        words = gettext("%(count)s rows go on with new prices from %(day)s; the old ones end the day before.")
        messages.success(request, words % {"count": done.copied, "day": f"{data['valid_from']:%d.%m.%Y}"})
        return True

    @column(description=_("carrier"), ordering="carrier")
    def carrier_words(self, row: CargoTariff) -> str:
        return row.carrier or gettext("every other carrier")

    @column(description=_("orders below"))
    def below(self, row: CargoTariff) -> str:
        return gettext("all") if row.order_below is None else format_money(row.order_below)
