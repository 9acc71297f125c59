"""Label templates with a live preview, printers with their calibration sheets, and the series of new barcodes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from catalog.new_barcodes import set_prefix
from gullu.admin.base import ShopAdmin
from gullu.errors import DomainError
from gullu.labels.forms import LabelTemplateForm
from gullu.labels.records import BarcodeSeries, LabelPrinter, LabelTemplate
from gullu.labels.services import ensure_default_templates, save_template


class LabelTemplateAdminForm(LabelTemplateForm):
    """The form with the widgets of the back office."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, widget in (
            ("kind", UnfoldAdminSelectWidget()),
            ("shown", UnfoldAdminCheckboxSelectMultipleWidget()),
        ):
            if name in self.fields:
                choices = self.fields[name].choices  # type: ignore[attr-defined]
                self.fields[name].widget = widget
                self.fields[name].choices = choices  # type: ignore[attr-defined]


@admin.register(LabelTemplate)
class LabelTemplateAdmin(ShopAdmin):
    form = LabelTemplateAdminForm
    list_display = ("name", "kind", "page_width_mm", "page_height_mm", "columns", "rows", "is_default")
    list_filter = ("kind",)
    plain_search = ("name",)
    ordering = ("kind", "-is_default", "name", "pk")
    change_form_outer_before_template = "labels/template_preview.html"
    fieldsets = (
        (None, {"fields": (("kind", "name"), "is_default")}),
        (
            _("Paper (mm)"),
            {
                "fields": (
                    ("page_width_mm", "page_height_mm"),
                    ("margin_left_mm", "margin_right_mm"),
                    ("margin_top_mm", "margin_bottom_mm"),
                    ("columns", "column_gap_mm"),
                    ("rows", "row_gap_mm"),
                    "padding_mm",
                )
            },
        ),
        (
            _("Content"),
            {
                "fields": (
                    "shown",
                    ("small_pt", "title_pt"),
                    ("large_pt", "qr_mm"),
                    "symbology",
                    ("code_width_mm", "code_height_mm"),
                )
            },
        ),
    )

    class Media:
        js = ("labels/template_preview.js",)
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("labels/labels.css",)}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        ensure_default_templates()
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def save_model(self, request: HttpRequest, obj: LabelTemplate, form: Any, change: bool) -> None:
        save_template(obj)

    def has_delete_permission(self, request: HttpRequest, obj: LabelTemplate | None = None) -> bool:
        """Templates that come with the product would come back at once."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.code is None)


@admin.register(LabelPrinter)
class LabelPrinterAdmin(ShopAdmin):
    list_display = ("name", "dpi", "shift_right_mm", "shift_down_mm")
    plain_search = ("name",)
    ordering = ("name",)
    fields = ("name", "dpi", ("shift_right_mm", "shift_down_mm"))
    change_form_outer_after_template = "labels/printer_sheets.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        sheets = {"label_templates": LabelTemplate.objects.order_by("kind", "name"), "printer_id": object_id}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **sheets})


@admin.register(BarcodeSeries)
class BarcodeSeriesAdmin(ShopAdmin):
    """The only row, opened at once."""

    fields = ("prefix", "last_number")
    readonly_fields = ("last_number",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            response: HttpResponse = super().changelist_view(request, extra_context)
            return response
        row, _created = BarcodeSeries.objects.get_or_create(pk=BarcodeSeries.SINGLETON_ID)
        return HttpResponseRedirect(reverse("admin:gullu_barcodeseries_change", args=[row.pk]))

    def save_model(self, request: HttpRequest, obj: BarcodeSeries, form: Any, change: bool) -> None:
        try:
            set_prefix(obj.prefix)
        except DomainError as error:
            messages.error(request, error.message)
