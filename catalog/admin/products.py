"""Models, their pictures and their variants. Stock is shown on these pages, and changed on none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from catalog.admin import pictures
from catalog.models import Product, ProductImage, Variant
from catalog.new_barcodes import prefix_clashes, take_barcodes
from catalog.pictures.selectors import strips_of
from gullu.admin.base import ReadOnlyAdmin, ShopAdmin
from gullu.admin.decorators import column
from gullu.errors import DomainError
from gullu.money import format_money

STANDING_COLOURS = {"draft": "info", "inactive": "danger", "ending": "warning", "active": "success"}


class VariantInline(TabularInline):
    """A view of the model's barcodes; each is edited on its own page."""

    model = Variant
    extra = 0
    fields = ("barcode_link", "colour", "size", "stock_code", "active")
    readonly_fields = fields
    ordering = ("colour", "size")
    tab = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @column(description=_("barcode"))
    def barcode_link(self, variant: Variant) -> str:
        url = reverse("admin:catalog_variant_change", args=[variant.pk])
        return format_html('<a class="g-link" href="{}">{}</a>', url, variant.barcode)


@admin.register(Product)
class ProductAdmin(ShopAdmin):
    list_display = ("code", "title", "brand", "category", "age_group", "barcodes", "standing")
    list_filter = ("active", "draft", "discontinued", "age_group", "size_chart")
    folded_search = ("search_key",)
    ordering = ("code",)
    inlines = (VariantInline,)
    fields = (
        ("code", "age_group"),
        "title",
        ("brand", "category"),
        ("vat_rate", "desi"),
        ("origin", "size_chart"),
        ("active", "discontinued"),
        "description",
    )
    change_form_outer_before_template = "admin/catalog/product_pictures.html"
    change_form_outer_after_template = "admin/catalog/product_stock.html"
    actions: ClassVar[tuple[str, ...]] = ()

    class Media:
        css: ClassVar[dict[str, Sequence[str]]] = {"all": ("catalog/pictures.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deactivated, never deleted: orders and the ledger name it."""
        return False

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return pictures.urls(self)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        product = kwargs.get("obj")
        if product is not None and request.user.has_perm("catalog.view_productimage"):
            context["strips"] = strips_of(product)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(variant_count=Count("variants"))

    @column(description=_("state"), label=STANDING_COLOURS)
    def standing(self, product: Product) -> tuple[str, str]:
        if product.draft:
            return "draft", gettext("draft")
        if not product.active:
            return "inactive", gettext("not in use")
        return (
            ("ending", gettext("discontinued"))
            if product.discontinued
            else ("active", gettext("in the range"))
        )

    @column(description=_("barcodes"), ordering="variant_count")
    def barcodes(self, product: Product) -> int:
        return product.variant_count  # type: ignore[attr-defined,no-any-return]


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant without a barcode gets the next one of the shop's own series."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "barcode" in self.fields:
            self.fields["barcode"].required = False
            self.fields["barcode"].help_text = _("Leave it empty for a new barcode of the shop's own series.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "barcode" in self.fields and not self.errors and not cleaned.get("barcode"):
            try:
                (cleaned["barcode"],) = take_barcodes()
            except DomainError as error:
                raise forms.ValidationError(error.message) from error
        return cleaned


@admin.register(Variant)
class VariantAdmin(ShopAdmin):
    """A barcode is given once and never changed: papers, orders and the marketplace know it."""

    form = VariantForm
    list_display = ("barcode", "product", "colour", "size", "stock_code", "sale", "buffer", "active")
    list_select_related = ("product",)
    list_filter = ("active", "discontinued", "product__draft", "product__age_group")
    folded_search = ("search_key", "product__search_key")
    ordering = ("product__code", "colour", "size", "pk")
    autocomplete_fields = ("product",)
    money_names = frozenset({"sale", "list_price", "sale_price", "cost", "cost_currency"})
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("barcode", "product"),
                    ("colour", "size"),
                    "stock_code",
                    ("active", "discontinued"),
                )
            },
        ),
        (_("Stock"), {"fields": ("safety_buffer",)}),
        (_("Prices"), {"fields": (("list_price", "sale_price"), ("cost", "cost_currency"))}),
    )
    change_form_outer_before_template = "admin/catalog/variant_stock.html"
    actions: ClassVar[tuple[str, ...]] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deactivated, never deleted: orders and the ledger name it."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Variant | None = None) -> tuple[str, ...]:
        return () if obj is None else ("barcode", "product")

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        clashes = [] if change else prefix_clashes(obj.barcode)
        if clashes:
            words = {"barcode": obj.barcode, "others": ", ".join(clashes[:5])}
            messages.warning(
                request,
                _("Barcode %(barcode)s begins like %(others)s: a poor scanner may confuse them.") % words,
            )

    @column(description=_("sale price"), ordering="sale_price")
    def sale(self, variant: Variant) -> str:
        return format_html('<span class="g-nowrap">{}</span>', format_money(variant.sale_price))

    @column(description=_("buffer"), ordering="safety_buffer")
    def buffer(self, variant: Variant) -> int:
        return variant.safety_buffer


@admin.register(ProductImage)
class ProductImageAdmin(ReadOnlyAdmin):
    """Pictures are kept on the page of their model's pictures."""

    list_display = ("product", "colour", "position", "url", "added_by", "created_at")
    list_select_related = ("product", "added_by")
    folded_search = ("product__search_key",)
    plain_search = ("colour",)
    ordering = ("product__code", "colour", "position")
    fields = ("product", ("colour", "position"), "url", ("width", "height"), ("added_by", "created_at"))
