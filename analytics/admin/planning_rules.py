"""How models are planned: lead time, service level, lots, and what is too much; one general rule, and models' own."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from analytics.models import PlanningRule
from gullu.admin.base import ShopAdmin
from gullu.admin.decorators import column


class PlanningRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PlanningRule
        fields: ClassVar[list[str]] = [
            "product",
            "lead_days",
            "review_days",
            "service_level",
            "minimum_pairs",
            "lot_pairs",
            "overstock_days",
            "dead_days",
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a second general rule, and a limit that would call too much what an order has to bring."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_second_general_rule(cleaned)
        lead, review = cleaned.get("lead_days"), cleaned.get("review_days")
        most = cleaned.get("overstock_days")
        if lead and review and most and most < lead + review:
            text = _(
                "An order must last %(cycle)s days (%(lead)s + %(review)s), so %(most)s days cannot be too much:"
                " write at least %(cycle)s."
            )
            said = {"cycle": lead + review, "lead": lead, "review": review, "most": most}
            self.add_error("overstock_days", forms.ValidationError(text, params=said))
        return cleaned

    def _refuse_second_general_rule(self, cleaned: dict[str, Any]) -> None:
        if "product" not in cleaned or cleaned["product"] is not None:
            return
        if PlanningRule.objects.filter(product=None).exclude(pk=self.instance.pk).exists():
            text = _("There is a rule for all other models already: change that one, or choose a model here.")
            self.add_error("product", forms.ValidationError(text))


@admin.register(PlanningRule)
class PlanningRuleAdmin(ShopAdmin):
    form = PlanningRuleForm
    list_display = (
        "holds_for",
        "lead_days",
        "review_days",
        "level",
        "minimum_pairs",
        "lot_pairs",
        "overstock_days",
        "dead_days",
    )
    list_select_related = ("product",)
    folded_search = ("product__search_key",)
    search_help_text = _("Model code, title or brand")
    sortable_by = ()
    autocomplete_fields = ("product",)
    fields: ClassVar[Any] = (
        "product",
        ("lead_days", "review_days"),
        ("service_level", "minimum_pairs"),
        "lot_pairs",
        ("overstock_days", "dead_days"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanningRule]:
        """The general rule first."""
        rows: QuerySet[PlanningRule] = super().get_queryset(request)
        return rows.order_by(F("product__code").asc(nulls_first=True), "pk")

    # Not `model`: an admin's `model` is the class of its rows, and Django would show that instead.
    @column(description=_("model"))
    def holds_for(self, rule: PlanningRule) -> str:
        return format_html('<span class="g-wide">{}</span>', str(rule))

    @column(description=_("service level"))
    def level(self, rule: PlanningRule) -> str:
        return f"%{rule.service_level}"
