"""Cost sheets of models: parts in lira or dollars, what they come to, and correcting the costs kept with past sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from analytics.admin.input_pages import InputAdmin, days_ordered, not_negative, refuse
from analytics.enums import CostKind
from analytics.inputs.costs import last_day, last_sheet, todays_rate, with_totals, without_cost
from analytics.models import CostPart, CostSheet
from analytics.profit.services import CostsCorrected, correct_costs
from gullu.admin.base import who
from gullu.admin.decorators import column
from gullu.errors import DomainError
from gullu.forms import TurkishDateField
from gullu.money import format_money
from gullu.roles import CORRECT_COSTS

MOST_BARE_SHOWN: Final = 12


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CostPart
        fields: ClassVar[list[str]] = ["kind", "name", "amount", "currency"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.initial.get("amount")
        if isinstance(amount, Decimal) and amount == round(amount, 2):
            # `12,50` as it was typed, not `12,5000` as it is stored.
            self.initial["amount"] = round(amount, 2)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        not_negative(self, "amount")
        return cleaned


class PartFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """A sheet without parts would say that the model costs nothing."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not kept:
            raise forms.ValidationError(
                _("There is no part yet: write at least one amount, or do not make a sheet.")
            )
        if not any(form.cleaned_data["amount"] for form in kept):
            words = _(
                "All parts are 0,00: write what a pair costs. A model whose cost is not known gets no sheet."
            )
            raise forms.ValidationError(words)


class PartInline(TabularInline):
    model = CostPart
    form = PartForm
    formset = PartFormSet
    hide_title = True
    ordering = ("pk",)
    formfield_overrides = InputAdmin.formfield_overrides

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A row nobody fills says nothing: without an empty choice it would already name a part."""
        if db_field.name == "kind":
            kwargs["choices"] = [("", _("Choose a part")), *CostKind.choices]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_extra(self, request: HttpRequest, obj: Any = None, **_kwargs: Any) -> int:
        """Rows to fill: one more for each part of the model's last sheet, on the page of a new one."""
        return 2 if obj is not None else max(6, len(prefilled(request)) + 1)


class SheetForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CostSheet
        fields: ClassVar[list[str]] = ["product", "valid_from", "note"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        product = cleaned.get("product") or (self.instance.product if self.instance.pk else None)
        day = cleaned.get("valid_from")
        if product and day:
            rows = CostSheet.objects.filter(product=product, valid_from=day).exclude(pk=self.instance.pk)
            if rows.exists():
                words = _(
                    "Model %(code)s has a sheet from %(day)s already: change that one, or choose another day."
                )
                refuse(self, "valid_from", words, code=product.code, day=f"{day:%d.%m.%Y}")
        return cleaned


class CorrectForm(forms.Form):
    """The days whose sales get the cost that holds now for their day."""

    first_day = TurkishDateField(label=_("First day"))
    last_day = TurkishDateField(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days_ordered(self, "first_day", "last_day")
        return cleaned


def asked_model(request: HttpRequest) -> int | None:
    """The model in the address of a new sheet, as far as it can be one."""
    code = request.GET.get("product", "")
    return int(code) if code.isascii() and code.isdecimal() and len(code) < 19 else None


def prefilled(request: HttpRequest) -> list[dict[str, Any]]:
    """Parts of the last sheet of the model in the address, for the page of a new one."""
    product = asked_model(request)
    if request.method != "GET" or product is None:
        return []
    if not hasattr(request, "_last_parts"):
        sheet = last_sheet(product)
        parts = sheet.parts.order_by("pk").values("kind", "name", "amount", "currency") if sheet else []
        request._last_parts = list(parts)  # type: ignore[attr-defined]  # noqa: SLF001
    return request._last_parts  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001


@admin.register(CostSheet)
class CostSheetAdmin(InputAdmin):
    form = SheetForm
    list_display = ("model_code", "model_title", "valid_from", "total", "lira_part", "dollar_part")
    list_display_links = ("model_code", "valid_from")
    list_select_related = ("product",)
    list_filter = ("valid_from", "product__category")
    folded_search = ("product__search_key",)
    plain_search = ("note",)
    ordering = ("-valid_from", "product__code", "-pk")
    autocomplete_fields = ("product",)
    fields = ("product", "valid_from", "note")
    inlines = (PartInline,)
    list_before_template = "admin/analytics/costs_before.html"
    change_form_outer_before_template = "admin/analytics/cost_total.html"
    history_parts = (CostPart, "sheet_id")
    actions: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[CostSheet]:
        return with_totals(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: CostSheet | None = None) -> tuple[str, ...]:
        return () if obj is None else ("product",)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj is None or obj.pk is None:
            kwargs["initial"] = prefilled(request)
        return kwargs

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_changeform_initial_data(request)
        if asked_model(request) is None:
            given.pop("product", None)
        return {"valid_from": timezone.localdate(), **given}

    def save_model(self, request: HttpRequest, obj: CostSheet, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = who(request)
        super().save_model(request, obj, form, change)
        if obj.valid_from < timezone.localdate():
            messages.warning(request, past_words(obj))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        bare = list(without_cost().values("pk", "code")[: MOST_BARE_SHOWN + 1])
        context = {
            "bare": bare[:MOST_BARE_SHOWN],
            "bare_more": without_cost().count() - MOST_BARE_SHOWN if len(bare) > MOST_BARE_SHOWN else 0,
            "rate": todays_rate(),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        today = timezone.localdate()
        ends = last_day(row)
        past = row.valid_from < today
        return {
            "rate": todays_rate(),
            "sheet_ends": ends,
            "past_words": past_words(row) if past else "",
            "correct": _correct_form(row, ends) if past and request.user.has_perm(CORRECT_COSTS) else None,
        }

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("<int:pk>/correct/", "analytics_costsheet_correct", self.correct_view),)

    def correct_view(self, request: HttpRequest, pk: int, **_known: Any) -> HttpResponse:
        """Kept costs of the model's sales in the chosen days are reckoned anew; the service records who and what."""
        if request.method != "POST" or not request.user.has_perm(CORRECT_COSTS):
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        sheet = get_object_or_404(CostSheet, pk=pk)
        form = CorrectForm(request.POST)
        if form.is_valid():
            self._correct(request, sheet, form.cleaned_data)
        else:
            for name, errors in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                messages.error(request, f"{label}: {' '.join(map(str, errors))}")
        return HttpResponseRedirect(reverse("admin:analytics_costsheet_change", args=[pk]))

    def _correct(self, request: HttpRequest, sheet: CostSheet, days: dict[str, Any]) -> None:
        try:
            done = correct_costs(
                product_id=sheet.product_id,
                first_day=days["first_day"],
                last_day=days["last_day"],
                actor=who(request),
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, corrected_words(done))

    @column(description=_("model"), ordering="product__code")
    def model_code(self, sheet: CostSheet) -> str:
        return sheet.product.code

    @column(description=_("title"))
    def model_title(self, sheet: CostSheet) -> str:
        return format_html('<span class="g-wide">{}</span>', sheet.product.title)

    @column(description=_("a pair, today"), ordering="in_lira")
    def total(self, sheet: Any) -> str:
        return _amount(sheet.in_lira)

    @column(description=_("part in lira"))
    def lira_part(self, sheet: Any) -> str:
        return _amount(sheet.lira)

    @column(description=_("part in dollars"))
    def dollar_part(self, sheet: Any) -> str:
        return _amount(sheet.dollars, "USD")


def _amount(value: Decimal | None, currency: str = "TRY") -> str:
    """An amount that does not break; a dash where there is none or nothing in this currency."""
    return format_html('<span class="g-nowrap">{}</span>', format_money(value or None, currency))


def corrected_words(done: CostsCorrected) -> str:
    """How many sales there were, how many cost something else now, and of how many nothing is known."""
    words = gettext("Of %(lines)s sold lines of these days %(changed)s have another cost now.")
    unknown = gettext("For %(unknown)s of them no cost is known: they keep what they had.")
    data = {"lines": done.lines, "changed": done.changed, "unknown": done.unknown}
    return f"{words} {unknown}" % data if done.unknown else words % data


def past_words(sheet: CostSheet) -> str:
    """What a sheet that begins in the past does, in one sentence."""
    words = gettext(
        "This sheet begins on %(day)s, in the past: sales that have kept their cost do not change, only sales without "
        "a cost take it from here."
    )
    return words % {"day": f"{sheet.valid_from:%d.%m.%Y}"}


def _correct_form(sheet: CostSheet, ends: Any) -> CorrectForm:
    today = timezone.localdate()
    last = min(ends, today) if ends else today
    return CorrectForm(initial={"first_day": sheet.valid_from, "last_day": last})
