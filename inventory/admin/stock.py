from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import EndlessAdmin, ReadOnlyAdmin, ShopAdmin
from gullu.admin.decorators import column
from inventory.admin import bundles
from inventory.enums import MovementKind
from inventory.models import CentralStock, RafUrun, Shelf, StockMovement, StockPolicy
from inventory.selectors import Availability, availability
from inventory.shelf_codes import normalise_shelf_code

VARIANT_SEARCH = ("variant__search_key", "variant__product__search_key")
MOVEMENT_COLOURS = {
    MovementKind.OPENING: "info",
    MovementKind.RECEIVE: "success",
    MovementKind.PUT_BACK: "success",
    MovementKind.COUNT: "warning",
    MovementKind.WRITE_OFF: "danger",
}


def variant_link(variant: Any) -> str:
    """The barcode, leading to the page of its variant with the stock card."""
    url = reverse("admin:catalog_variant_change", args=[variant.pk])
    return format_html('<a class="g-link" href="{}">{}</a>', url, variant.barcode)


class AvailableFilter(admin.SimpleListFilter):
    """Barcodes by what may still be sold. The numbers come from the one availability function."""

    title = _("available")
    parameter_name = "available"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("oversold", _("Promised but not there")),
            ("none", _("Nothing left to sell")),
            ("some", _("For sale")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        tests = {
            "oversold": lambda row: row.oversold > 0,
            "none": lambda row: row.available <= 0,
            "some": lambda row: row.available > 0,
        }
        test = tests.get(self.value() or "")
        if test is None:
            return queryset
        return queryset.filter(variant__barcode__in=[row.barcode for row in availability() if test(row)])


@admin.register(CentralStock)
class CentralStockAdmin(ReadOnlyAdmin):
    """On hand, reserved, buffer and available of each barcode, side by side."""

    list_display = (
        "barcode",
        "model_code",
        "colour",
        "size",
        "qty",
        "reserved",
        "buffer",
        "available",
        "updated_at",
    )
    list_select_related = ("variant__product",)
    list_filter = (AvailableFilter, "variant__active")
    folded_search = VARIANT_SEARCH
    ordering = ("variant__product__code", "variant__colour", "variant__size", "pk")
    fields = ("variant", "qty", "updated_at")
    list_before_template = "admin/inventory/stock_words.html"

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return bundles.urls(self)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rows = {
            row.barcode: row for row in availability([row.variant.barcode for row in changelist.result_list])
        }
        for row in changelist.result_list:
            row.stock = rows[row.variant.barcode]
        return changelist

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """The page of a balance is the stock card of its variant."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:catalog_variant_change", args=[object_id]))

    @column(description=_("barcode"), ordering="variant__barcode")
    def barcode(self, row: CentralStock) -> str:
        return row.variant.barcode

    @column(description=_("model"), ordering="variant__product__code")
    def model_code(self, row: CentralStock) -> str:
        return row.variant.product.code

    @column(description=_("colour"), ordering="variant__colour")
    def colour(self, row: CentralStock) -> str:
        return row.variant.colour

    @column(description=_("size"), ordering="variant__size")
    def size(self, row: CentralStock) -> str:
        return row.variant.size

    @column(description=_("reserved"))
    def reserved(self, row: CentralStock) -> int:
        return _stock(row).reserved

    @column(description=_("buffer"))
    def buffer(self, row: CentralStock) -> int:
        return _stock(row).buffer

    @column(description=_("available"), label={"below": "danger", "none": "warning", "some": "success"})
    def available(self, row: CentralStock) -> tuple[str, str]:
        number = _stock(row).available
        return "below" if number < 0 else "some" if number else "none", str(number)


def _stock(row: CentralStock) -> Availability:
    stock: Availability = row.stock  # type: ignore[attr-defined]
    return stock


@admin.register(RafUrun)
class RafUrunAdmin(ReadOnlyAdmin):
    list_display = ("shelf", "barcode", "model_code", "colour", "size", "adet", "updated_at")
    list_select_related = ("shelf", "variant__product")
    folded_search = VARIANT_SEARCH
    plain_search = ("shelf__code",)
    ordering = ("shelf__route_order", "shelf__code", "variant__barcode", "pk")
    fields = ("variant", "shelf", "adet", "updated_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(adet__gt=0)

    @column(description=_("barcode"), ordering="variant__barcode")
    def barcode(self, row: RafUrun) -> str:
        return variant_link(row.variant)

    @column(description=_("model"), ordering="variant__product__code")
    def model_code(self, row: RafUrun) -> str:
        return row.variant.product.code

    @column(description=_("colour"), ordering="variant__colour")
    def colour(self, row: RafUrun) -> str:
        return row.variant.colour

    @column(description=_("size"), ordering="variant__size")
    def size(self, row: RafUrun) -> str:
        return row.variant.size


class ShelfCodeField(forms.CharField):
    """What scanners send instead of the printed dash is repaired before the shelf gets its name."""

    def to_python(self, value: Any) -> str:
        return normalise_shelf_code(super().to_python(value) or "")


@admin.register(Shelf)
class ShelfAdmin(ShopAdmin):
    """A shelf with a history is closed, not deleted."""

    list_display = ("code", "route_order", "pairs", "active")
    list_filter = ("active",)
    plain_search = ("code",)
    ordering = ("route_order", "code")
    fields = ("code", "route_order", "active", "contents_table")
    actions: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(total=Coalesce(Sum("contents__adet"), 0))

    def get_readonly_fields(self, request: HttpRequest, obj: Shelf | None = None) -> tuple[str, ...]:
        # The code is printed on the shelf and in the ledger's references: it stays what it was.
        return ("contents_table",) if obj is None else ("code", "contents_table")

    def get_fields(self, request: HttpRequest, obj: Shelf | None = None) -> tuple[str, ...]:
        return self.fields[:3] if obj is None else self.fields

    def has_delete_permission(self, request: HttpRequest, obj: Shelf | None = None) -> bool:
        used = obj is not None and (obj.movements.exists() or obj.contents.exists())
        return not used and super().has_delete_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "code":
            kwargs["form_class"] = ShelfCodeField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, normalise_shelf_code(search_term))

    @column(description=_("pairs"), ordering="total")
    def pairs(self, shelf: Shelf) -> int:
        return shelf.total  # type: ignore[attr-defined,no-any-return]

    @column(description=_("what lies here"))
    def contents_table(self, shelf: Shelf) -> str:
        rows = (
            shelf.contents.filter(adet__gt=0).select_related("variant__product").order_by("variant__barcode")
        )
        lines = [
            format_html(
                "{} — {} {} {}: {}",
                variant_link(r.variant),
                r.variant.product.code,
                r.variant.colour,
                r.variant.size,
                r.adet,
            )
            for r in rows
        ]
        return (
            format_html("<br>".join(["{}"] * len(lines)), *lines) if lines else str(_("This shelf is empty."))
        )


@admin.register(StockMovement)
class StockMovementAdmin(EndlessAdmin):
    list_display = (
        "created_at",
        "kind_label",
        "barcode",
        "delta_signed",
        "shelf",
        "reference",
        "reason",
        "actor",
    )
    list_display_links = ("created_at",)
    list_select_related = ("variant", "shelf", "actor")
    list_filter = ("kind", "created_at")
    folded_search = VARIANT_SEARCH
    plain_search = ("shelf__code", "reference")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("created_at", "kind", "variant", "shelf", "delta", "reference", "reason", "actor", "key")

    @column(description=_("kind"), label=MOVEMENT_COLOURS)
    def kind_label(self, row: StockMovement) -> tuple[str, str]:
        return row.kind, row.get_kind_display()

    @column(description=_("barcode"))
    def barcode(self, row: StockMovement) -> str:
        return variant_link(row.variant)

    @column(description=_("change"))
    def delta_signed(self, row: StockMovement) -> str:
        return f"{row.delta:+d}"


@admin.register(StockPolicy)
class StockPolicyAdmin(ShopAdmin):
    """The one row of shop-wide buffers."""

    list_display = ("__str__", "safety_buffer", "risk_buffer")
    fields = ("safety_buffer", "risk_buffer")
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """There is only one: open it at once (it is made with zero buffers on the first visit)."""
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        policy, _created = StockPolicy.objects.get_or_create(pk=StockPolicy.SINGLETON_ID)
        return HttpResponseRedirect(reverse("admin:inventory_stockpolicy_change", args=[policy.pk]))
