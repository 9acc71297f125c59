"""The shop's own figures from a day on: packaging, staff, service fee, VAT and withholding."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.admin.input_pages import InputAdmin, not_negative, percents, refuse
from analytics.inputs.policies import last_day, last_policy, unknown_figures
from analytics.models import ProfitPolicy
from gullu.admin.decorators import column
from gullu.money import format_money, format_number

COPIED = (
    "packaging",
    "staff",
    "service_fee",
    "vat_treatment",
    "service_vat_rate",
    "cost_vat_rate",
    "withholding_rate",
    "withholding_treatment",
)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ProfitPolicy
        fields: ClassVar[list[str]] = ["valid_from", *COPIED, "note"]
        help_texts: ClassVar[dict[str, Any]] = {
            "valid_from": _("Sales from this day on are reckoned with these figures, until newer ones hold."),
            "packaging": _("Box, bag, label and tape of one pair, in TRY. Empty: not known."),
            "staff": _(
                "Wages and side costs of everybody in a month, in TRY; shared on the pairs sold in the month."
            ),
            "service_fee": _("What the marketplace takes for each order besides the commission, in TRY."),
            "vat_treatment": _(
                "Owed after deduction: the VAT in the sale less the VAT in the costs. Not counted: no VAT at all."
            ),
            "service_vat_rate": _(
                "Rate of the VAT contained in what the marketplace and the carrier charge."
            ),
            "cost_vat_rate": _("0 where costs are entered without VAT; 10 or 20 where they contain it."),
            "withholding_rate": _("Tax the marketplace keeps of the sale without VAT."),
            "withholding_treatment": _(
                "Prepaid: set off against the income tax, so it is only shown. Cost: it lowers the profit."
            ),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        not_negative(self, "packaging", "staff", "service_fee")
        percents(self, "service_vat_rate", "cost_vat_rate", "withholding_rate")
        day = cleaned.get("valid_from")
        if day and ProfitPolicy.objects.filter(valid_from=day).exclude(pk=self.instance.pk).exists():
            words = _("There are figures from %(day)s already: change those, or choose another day.")
            refuse(self, "valid_from", words, day=f"{day:%d.%m.%Y}")
        return cleaned


@admin.register(ProfitPolicy)
class ProfitPolicyAdmin(InputAdmin):
    form = PolicyForm
    list_display = (
        "valid_from",
        "packaging_words",
        "staff_words",
        "fee_words",
        "vat_words",
        "tax_words",
        "unknown",
    )
    ordering = ("-valid_from",)
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("valid_from", ("packaging", "service_fee"), "staff")}),
        (
            _("Taxes"),
            {
                "fields": (
                    "vat_treatment",
                    ("service_vat_rate", "cost_vat_rate"),
                    ("withholding_treatment", "withholding_rate"),
                    "note",
                )
            },
        ),
    )
    change_form_outer_before_template = "admin/analytics/policy_hint.html"
    actions: ClassVar[tuple[str, ...]] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Newer figures end older ones; what held once stays."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """New figures begin as the last ones: mostly one of them changes."""
        last = last_policy()
        copied = {name: getattr(last, name) for name in COPIED} if last else {}
        return {**copied, "valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: ProfitPolicy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        unknown = unknown_figures(obj)
        if unknown:
            messages.warning(request, unknown_words(obj))

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            "unknown_words": unknown_words(row) if unknown_figures(row) else "",
            "policy_ends": last_day(row),
            "past": row.valid_from < timezone.localdate(),
        }

    @column(description=_("packaging"))
    def packaging_words(self, row: ProfitPolicy) -> str:
        return _known(row.packaging)

    @column(description=_("staff per month"))
    def staff_words(self, row: ProfitPolicy) -> str:
        return _known(row.staff)

    @column(description=_("service fee"))
    def fee_words(self, row: ProfitPolicy) -> str:
        return _known(row.service_fee)

    @column(description=_("VAT"))
    def vat_words(self, row: ProfitPolicy) -> str:
        return row.get_vat_treatment_display()

    @column(description=_("withholding"))
    def tax_words(self, row: ProfitPolicy) -> str:
        return f"%{format_number(row.withholding_rate)} · {row.get_withholding_treatment_display()}"

    @column(description=_("not known"))
    def unknown(self, row: ProfitPolicy) -> str:
        return ", ".join(unknown_figures(row)) or "—"


def _known(value: Any) -> str:
    return gettext("not known") if value is None else format_money(value)


def unknown_words(policy: ProfitPolicy) -> str:
    """Which figures are missing, and what follows."""
    words = gettext("Not known: %(names)s. Sales from %(day)s on have no profit until these are entered.")
    return words % {"names": ", ".join(unknown_figures(policy)), "day": f"{policy.valid_from:%d.%m.%Y}"}
