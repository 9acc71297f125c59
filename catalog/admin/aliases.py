"""Other codes printed on boxes, kept by the office: the scan pages read them like the barcode itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.barcodes import normalise_barcode
from catalog.models import BarcodeAlias, Variant
from gullu.admin.base import ShopAdmin
from gullu.admin.decorators import column


class BarcodeAliasForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = BarcodeAlias
        fields: ClassVar[list[str]] = ["code", "variant", "note"]

    def clean_code(self) -> str:
        """As scanners deliver it; never the barcode of another product."""
        code = normalise_barcode(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Scan or type the code."))
        owner = Variant.objects.filter(barcode=code).first()
        if owner is not None:
            raise forms.ValidationError(
                _("This is the barcode of %(variant)s: it needs no alias."), params={"variant": owner}
            )
        return code


@admin.register(BarcodeAlias)
class BarcodeAliasAdmin(ShopAdmin):
    form = BarcodeAliasForm
    list_display = ("code", "barcode", "article", "note", "created_at")
    list_select_related = ("variant__product",)
    folded_search = ("variant__search_key", "variant__product__search_key")
    plain_search = ("code", "note")
    ordering = ("code",)
    autocomplete_fields = ("variant",)
    fields = ("code", "variant", "note")

    @column(description=_("barcode"), ordering="variant__barcode")
    def barcode(self, alias: BarcodeAlias) -> str:
        return alias.variant.barcode

    @column(description=_("article"))
    def article(self, alias: BarcodeAlias) -> Any:
        variant = alias.variant
        return f"{variant.product.code} {variant.colour} {variant.size}"
