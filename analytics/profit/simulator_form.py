"""The fields of the price simulator: what people type, as shops write numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.enums import VatTreatment, WithholdingTreatment
from analytics.profit.simulator import Trial
from gullu.forms import TurkishDecimalField
from gullu.money import format_number

_MOST: Final = Decimal("999999.99")


def _field(label: Promise, *, most: Decimal, least: Decimal = Decimal(0), required: bool) -> Any:
    return TurkishDecimalField(
        label=label,
        min_value=least,
        max_value=most,
        max_digits=9,
        decimal_places=2,
        required=required,
        widget=forms.TextInput(attrs={"class": "g-input", "autocomplete": "off"}),
    )


def _amount(label: Promise) -> Any:
    """An amount per pair; empty is not known, and then there is no profit."""
    return _field(label, most=_MOST, required=False)


def _percent(label: Promise, *, required: bool = True) -> Any:
    return _field(label, most=Decimal(100), required=required)


def _select(label: Any, choices: Any) -> Any:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "g-input"}))


class TrialForm(forms.Form):
    """What is tried. Fields are named as those of `Trial`."""

    price = _field(_("Price with VAT, ₺"), most=_MOST, least=Decimal("0.01"), required=True)
    discount = _field(_("Our discount, %"), most=Decimal("99.99"), required=False)
    commission_rate = _percent(_("Commission, %"), required=False)
    unit_cost = _amount(_("Product cost, ₺"))
    staff = _amount(_("Staff share, ₺"))
    cargo = _amount(_("Cargo, ₺"))
    service_fee = _amount(_("Service fee, ₺"))
    packaging = _amount(_("Packaging, ₺"))
    return_rate = _percent(_("Of 100 pairs come back"))
    return_cargo = _amount(_("Cargo of the way back, ₺"))
    lost_rate = _percent(_("Of 100 that come back cannot be sold again"))
    vat_rate = _percent(_("VAT in the price, %"), required=False)
    vat_treatment = _select(_("VAT"), VatTreatment.choices)
    service_vat_rate = _percent(_("VAT in the other costs, %"))
    cost_vat_rate = _percent(_("VAT in the product cost, %"))
    withholding_rate = _percent(_("Withholding (stopaj), %"))
    withholding_treatment = _select(_("Withholding"), WithholdingTreatment.choices)

    def clean_discount(self) -> Decimal:
        """No discount is no discount; other empty fields are not known."""
        return cast("Decimal | None", self.cleaned_data["discount"]) or Decimal(0)

    def trial(self) -> Trial:
        """What was typed. Only for a valid form."""
        return Trial(**self.cleaned_data)


FIELDS: Final = tuple(TrialForm.base_fields)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together."""

    title: Promise
    names: tuple[str, ...]


SECTIONS: Final = (
    Section(_("Price"), ("price", "discount", "commission_rate")),
    Section(_("Costs per pair"), ("unit_cost", "staff", "cargo", "service_fee", "packaging")),
    Section(_("What comes back"), ("return_rate", "return_cargo", "lost_rate")),
    Section(
        _("Taxes"),
        (
            "vat_rate",
            "vat_treatment",
            "service_vat_rate",
            "cost_vat_rate",
            "withholding_rate",
            "withholding_treatment",
        ),
    ),
)


def typed(value: Decimal | str | None) -> str:
    """As a person types it: `1234,5` for `Decimal("1234.50")`, an empty text for what is not known."""
    if value is None or isinstance(value, str):
        return value or ""
    return format_number(value, places=2).replace(".", "").removesuffix(",00")


def typed_by(given: QueryDict) -> dict[str, str]:
    """The fields as they stand in an address."""
    return {name: given.get(name, "") for name in FIELDS}


def data_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The form as if these values had been typed."""
    return {name: typed(values.get(name)) for name in FIELDS}


__all__ = ["FIELDS", "SECTIONS", "Section", "TrialForm", "data_of", "typed", "typed_by"]
