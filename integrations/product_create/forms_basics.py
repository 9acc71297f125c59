"""Forms of the steps "model" and "prices", and of a new draft. A draft may be incomplete: little is required."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import AgeGroup, Product, SizeChart, VatRate
from catalog.writing import LONGEST_DESCRIPTION
from gullu.forms import TurkishDecimalField
from integrations.trendyol.listing.origins import ORIGINS

_CODE: Final = 40
_NAME: Final = 100
_CODE_LABEL: Final = gettext_lazy("Model code")
_TITLE_LABEL: Final = gettext_lazy("Title")
_BRAND_LABEL: Final = gettext_lazy("Brand")
# Where shoes of Turkish shops come from; every other code can be typed.
USUAL_ORIGINS: Final[dict[str, Promise]] = {
    "TR": gettext_lazy("Türkiye"),
    "CN": gettext_lazy("China"),
    "IT": gettext_lazy("Italy"),
    "ES": gettext_lazy("Spain"),
    "PT": gettext_lazy("Portugal"),
    "VN": gettext_lazy("Vietnam"),
    "ID": gettext_lazy("Indonesia"),
    "IN": gettext_lazy("India"),
    "BD": gettext_lazy("Bangladesh"),
    "PK": gettext_lazy("Pakistan"),
    "EG": gettext_lazy("Egypt"),
    "BG": gettext_lazy("Bulgaria"),
    "RO": gettext_lazy("Romania"),
    "DE": gettext_lazy("Germany"),
}


class MarkedForm(forms.Form):
    """A form whose wrong fields say so to screen readers, and to the script that puts the cursor there."""

    def mark_wrong(self) -> None:
        """Once errors are known: tie each to its field."""
        for name, field in self.fields.items():
            if name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}


class StartForm(MarkedForm):
    """A new draft."""

    code = forms.CharField(label=_CODE_LABEL, max_length=_CODE)
    title = forms.CharField(label=_TITLE_LABEL, max_length=_NAME)
    brand = forms.CharField(label=_BRAND_LABEL, max_length=_NAME, required=False)
    age_group = forms.ChoiceField(label=gettext_lazy("For"), choices=AgeGroup)


class BasicsForm(MarkedForm):
    """What is the same for all barcodes of a model."""

    code = forms.CharField(
        label=_CODE_LABEL,
        max_length=_CODE,
        help_text=gettext_lazy("The marketplace groups all colours and sizes by it."),
    )
    title = forms.CharField(label=_TITLE_LABEL, max_length=_NAME)
    brand = forms.CharField(label=_BRAND_LABEL, max_length=_NAME, required=False)
    category = forms.CharField(
        label=gettext_lazy("Our category"),
        max_length=_NAME,
        required=False,
        help_text=gettext_lazy("For our own lists. The marketplace's category is chosen in its own step."),
    )
    age_group = forms.ChoiceField(label=gettext_lazy("For"), choices=AgeGroup)
    vat_rate = forms.TypedChoiceField(label=gettext_lazy("VAT"), choices=VatRate, coerce=int)
    origin = forms.CharField(
        label=gettext_lazy("Country of origin"),
        max_length=2,
        required=False,
        help_text=gettext_lazy("A code of two letters, TR for Türkiye."),
        widget=forms.TextInput(
            attrs={"list": "pc-origins", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    size_chart = forms.ModelChoiceField(
        label=gettext_lazy("Size chart"),
        queryset=SizeChart.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    discontinued = forms.BooleanField(
        label=gettext_lazy("Discontinued: sold until it is gone, never made again"), required=False
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        help_text=gettext_lazy("What customers read on the marketplace. HTML is allowed."),
        widget=forms.Textarea(attrs={"rows": 10, "data-count": LONGEST_DESCRIPTION}),
    )

    def __init__(self, product: Product, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial_of(product))
        charts = self.fields["size_chart"]
        if isinstance(charts, forms.ModelChoiceField):
            charts.queryset = SizeChart.objects.order_by("name")
        if not product.draft:
            # What is disabled keeps the value it has.
            self.fields["code"].disabled = True

    def clean_origin(self) -> str:
        origin = str(self.cleaned_data["origin"]).strip().upper()
        if origin and origin not in ORIGINS:
            text = _("“%(code)s” is no country Trendyol knows: two letters, for example TR or CN.")
            raise forms.ValidationError(text % {"code": origin})
        return origin

    def clean_description(self) -> str:
        # A browser counts the end of a line as one letter and sends two.
        return str(self.cleaned_data["description"]).replace("\r\n", "\n")

    def values(self) -> dict[str, Any]:
        """For `catalog.writing.set_basics`; only of a valid form."""
        values = dict(self.cleaned_data)
        chart: SizeChart | None = values.pop("size_chart")
        return {**values, "size_chart_id": chart.pk if chart else None}


class DesiForm(MarkedForm):
    """The volumetric weight of one box."""

    desi = TurkishDecimalField(
        label=gettext_lazy("Desi of one box"),
        max_digits=5,
        decimal_places=1,
        min_value=Decimal("0.1"),
        error_messages={"min_value": gettext_lazy("Desi starts at 0,1: write what was measured.")},
        help_text=gettext_lazy("Width × length × height in cm, divided by 3000."),
    )


def initial_of(product: Product) -> dict[str, Any]:
    """The fields of `BasicsForm` as they are kept."""
    names = [name for name in BasicsForm.base_fields if name != "size_chart"]
    return {**{name: getattr(product, name) for name in names}, "size_chart": product.size_chart_id}


__all__ = ["USUAL_ORIGINS", "BasicsForm", "DesiForm", "MarkedForm", "StartForm", "initial_of"]
