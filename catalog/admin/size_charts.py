"""Size charts: which foot a size fits, kept by the office, shown wherever somebody asks for another size."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from catalog.models import SizeChart, SizeChartRow
from gullu.admin.base import ShopAdmin
from gullu.admin.decorators import column


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SizeChartRow
        fields: ClassVar[list[str]] = ["size", "foot_mm", "insole_mm"]

    def clean(self) -> dict[str, Any]:
        """An insole shorter than the foot it is for is a typing error."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        foot, insole = cleaned.get("foot_mm"), cleaned.get("insole_mm")
        if foot and insole and insole < foot:
            text = _("An insole of %(insole)s mm is shorter than the foot of %(foot)s mm it is for.")
            self.add_error("insole_mm", forms.ValidationError(text, params={"insole": insole, "foot": foot}))
        return cleaned


class RowInline(TabularInline):
    model = SizeChartRow
    form = RowForm
    extra = 7
    ordering = ("foot_mm", "size")


@admin.register(SizeChart)
class SizeChartAdmin(ShopAdmin):
    list_display = ("name", "note", "sizes", "models")
    plain_search = ("name", "note")
    ordering = ("name",)
    fields = ("name", "note")
    inlines = (RowInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SizeChart]:
        rows: QuerySet[SizeChart] = super().get_queryset(request)
        return rows.annotate(
            size_count=Count("rows", distinct=True), model_count=Count("products", distinct=True)
        )

    @column(description=_("sizes"))
    def sizes(self, chart: SizeChart) -> int:
        return chart.size_count  # type: ignore[attr-defined,no-any-return]

    @column(description=_("models"))
    def models(self, chart: SizeChart) -> int:
        return chart.model_count  # type: ignore[attr-defined,no-any-return]
