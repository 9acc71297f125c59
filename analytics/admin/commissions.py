"""Lists of commission files, rates and charged commissions, and the page of one file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.admin.commission_pages import import_page, urls
from analytics.commissions.bands import Band
from analytics.enums import ImportState, RowTarget
from analytics.models import CommissionImport, CommissionRate, OrderCommission
from gullu.admin.base import EndlessAdmin, ReadOnlyAdmin
from gullu.admin.decorators import column
from gullu.money import format_money, format_number
from gullu.roles import VIEW_MONEY

STATE_COLOURS: Final = {
    ImportState.READING: "info",
    ImportState.PREVIEW: "warning",
    ImportState.APPLIED: "success",
    ImportState.FAILED: "danger",
}


def file_link(file: CommissionImport) -> str:
    """A link to the page of a file."""
    url = reverse("admin:analytics_commissionimport_change", args=[file.pk])
    return format_html('<a class="g-link" href="{}">{}</a>', url, file.file_name)


@admin.register(CommissionImport)
class CommissionImportAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "file_name",
        "kind_words",
        "state_label",
        "new_count",
        "changed_count",
        "wrong_count",
        "created_by",
    )
    list_display_links = ("created_at", "file_name")
    list_select_related = ("created_by",)
    list_filter = ("state", "kind", "created_at")
    plain_search = ("file_name",)
    ordering = ("-id",)
    sortable_by = ()
    list_before_template = "admin/analytics/commission_list_links.html"
    change_form_template = "admin/analytics/commission_import.html"

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return urls(self)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A file is amounts and rates: who may not see amounts may not see files."""
        return bool(super().has_view_permission(request, obj) and request.user.has_perm(VIEW_MONEY))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        known = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        rows = CommissionImport.objects.select_related("created_by", "applied_by", "undone_by")
        return rows.filter(pk=object_id).first() if known else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The page is made by `import_page` and its template, not of form fields."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        file: CommissionImport | None = kwargs.get("obj")
        if file is not None:
            context["file"] = file
            context["page"] = import_page(file, request)
        return super().render_change_form(request, context, *args, **kwargs)

    @column(description=_("kind"))
    def kind_words(self, file: CommissionImport) -> str:
        return file.get_kind_display() or "—"

    @column(description=_("state"), label=STATE_COLOURS)
    def state_label(self, file: CommissionImport) -> tuple[str, str]:
        return file.state, file.get_state_display()


class HoldsFilter(admin.SimpleListFilter):
    """By whether a rate holds today."""

    title = _("holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Today")), ("later", _("From a later day")), ("past", _("No longer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CommissionRate]) -> QuerySet[CommissionRate]:
        today = timezone.localdate()
        chosen = {
            "now": Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today)),
            "later": Q(valid_from__gt=today),
            "past": Q(valid_to__lte=today),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


class TargetFilter(admin.SimpleListFilter):
    """Rates are of barcodes or of categories, never of orders."""

    title = pgettext_lazy("commission rate", "of")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(target.value, target.label) for target in (RowTarget.BARCODE, RowTarget.CATEGORY)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CommissionRate]) -> QuerySet[CommissionRate]:
        known = self.value() in {RowTarget.BARCODE, RowTarget.CATEGORY}
        return queryset.filter(target=self.value()) if known else queryset


@admin.register(CommissionRate)
class CommissionRateAdmin(EndlessAdmin):
    list_display = ("name", "target_words", "band", "percent", "valid_from", "last_day", "read_from")
    list_select_related = ("commission_import",)
    list_filter = (HoldsFilter, TargetFilter, "valid_from")
    folded_search = ("key",)
    plain_search = ("name",)
    search_help_text = _("Barcode or category")
    ordering = ("target", "key", "-valid_from", "price_from", "-id")
    sortable_by = ()
    fields: ClassVar[Sequence[Any]] = (
        ("target", "name"),
        ("price_from", "price_to"),
        "rate",
        ("valid_from", "last_day"),
        ("commission_import", "ended_by"),
    )
    readonly_fields = ("last_day",)

    @column(description=pgettext_lazy("commission rate", "of"))
    def target_words(self, row: CommissionRate) -> str:
        return row.get_target_display()

    @column(description=_("prices"))
    def band(self, row: CommissionRate) -> str:
        return str(Band(row.price_from, row.price_to))

    @column(description=_("rate"))
    def percent(self, row: CommissionRate) -> str:
        return f"%{format_number(row.rate)}"

    @column(description=_("valid until"))
    def last_day(self, row: CommissionRate) -> str:
        """The last day on which it held; none for a rate that was corrected before it did."""
        if row.valid_to is None:
            return "—"
        if row.valid_to == row.valid_from:
            return str(_("corrected the same day"))
        return f"{row.valid_to - timedelta(days=1):%d.%m.%Y}"

    @column(description=_("commission file"))
    def read_from(self, row: CommissionRate) -> str:
        return file_link(row.commission_import)


class CurrentFilter(admin.SimpleListFilter):
    """What holds now, or what a later file replaced."""

    title = _("holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Now")), ("past", _("Replaced by a later file"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OrderCommission]
    ) -> QuerySet[OrderCommission]:
        if self.value() not in {"now", "past"}:
            return queryset
        return queryset.filter(replaced_by__isnull=self.value() == "now")


@admin.register(OrderCommission)
class OrderCommissionAdmin(EndlessAdmin):
    list_display = (
        "order_number",
        "commission_money",
        "amount_money",
        "discount_money",
        "order_date",
        "read_from",
        "replaced",
    )
    list_select_related = ("commission_import", "replaced_by")
    list_filter = (CurrentFilter,)
    plain_search = ("order_number",)
    ordering = ("-id",)
    sortable_by = ()
    money_names = frozenset(
        {
            "commission_money",
            "amount_money",
            "discount_money",
            "commission",
            "order_amount",
            "discount",
        }
    )
    fields: ClassVar[Sequence[Any]] = (
        "order_number",
        ("commission", "order_amount", "discount"),
        "order_date",
        ("commission_import", "replaced_by"),
    )

    @column(description=_("commission"))
    def commission_money(self, row: OrderCommission) -> str:
        return format_money(row.commission)

    @column(description=_("order amount"))
    def amount_money(self, row: OrderCommission) -> str:
        return format_money(row.order_amount)

    @column(description=_("discount"))
    def discount_money(self, row: OrderCommission) -> str:
        return format_money(row.discount)

    @column(description=_("commission file"))
    def read_from(self, row: OrderCommission) -> str:
        return file_link(row.commission_import)

    @column(description=_("replaced by"))
    def replaced(self, row: OrderCommission) -> str:
        return file_link(row.replaced_by) if row.replaced_by else "—"
