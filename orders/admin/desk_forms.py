"""What the desk's actions ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gullu.forms import TurkishDateTimeField, TurkishDecimalField
from inventory.enums import StockState
from orders.admin.asking import AskForm
from orders.enums import CarrierCode, UnsuppliedReason
from orders.models import OrderLine
from orders.services.desk.parcels import EXTRA_DAYS, MOST_BOXES

PARCELS = 4


class CancelForm(AskForm):
    """Why the orders cannot be supplied: a number for the marketplace, words for our timeline."""

    reason_id = forms.TypedChoiceField(
        label=_("Reason for the marketplace"),
        choices=UnsuppliedReason.choices,
        coerce=int,
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.CharField(
        label=_("What happened"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class CarrierForm(AskForm):
    carrier = forms.ChoiceField(
        label=_("New carrier"), choices=CarrierCode.choices, widget=UnfoldAdminSelectWidget
    )


class BoxesForm(AskForm):
    boxes = forms.IntegerField(
        label=_("Boxes"), min_value=1, max_value=MOST_BOXES, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )
    desi = TurkishDecimalField(
        label=_("Desi"),
        max_digits=6,
        decimal_places=2,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Volumetric weight of the whole parcel, like 2,5."),
    )


class ExtraTimeForm(AskForm):
    days = forms.TypedChoiceField(
        label=_("More days"),
        choices=[(days, str(days)) for days in EXTRA_DAYS],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
    )


class InvoiceForm(AskForm):
    """One invoice: of one order all fields, of many orders nothing here would fit."""

    number = forms.CharField(
        label=_("Invoice number"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("3 letters or digits, the year, 9 digits: ABC2026000000001."),
    )
    issued_at = TurkishDateTimeField(
        label=_("Invoice date"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"placeholder": "25.10.2026 14:30"}),
        help_text=_("Empty: now."),
    )
    link = forms.URLField(
        label=_("Address of the invoice"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=UnfoldAdminTextInputWidget({"inputmode": "url", "placeholder": "https://"}),
        help_text=_("It must stay readable for ten years."),
    )
    file = forms.FileField(
        label=_("File of the invoice"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF, JPEG or PNG, 10 MB at most."),
    )


class SplitForm(AskForm):
    """How many pairs of each line go into each parcel. Everything starts in the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = self._lines()
        self.parcels = min(PARCELS, max(2, sum(line.quantity for line in self.lines)))
        for line in self.lines:
            for parcel in range(1, self.parcels + 1):
                self.fields[_name(line, parcel)] = forms.IntegerField(
                    label=gettext("%(barcode)s, parcel %(parcel)s")
                    % {"barcode": line.barcode, "parcel": parcel},
                    min_value=0,
                    max_value=line.quantity,
                    required=False,
                    initial=line.quantity if parcel == 1 else 0,
                    widget=UnfoldAdminIntegerFieldWidget,
                )

    def _lines(self) -> list[OrderLine]:
        if len(self.orders) != 1:
            return []
        lines = self.orders[0].lines.exclude(stock_state=StockState.RELEASED)
        return list(lines.select_related("variant__product").order_by("pk"))

    def rows(self) -> list[dict[str, Any]]:
        """One row per line, with its bound fields in parcel order."""
        return [
            {"line": line, "fields": [self[_name(line, parcel)] for parcel in range(1, self.parcels + 1)]}
            for line in self.lines
        ]

    def parcel_numbers(self) -> range:
        return range(1, self.parcels + 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for line in self.lines:
            dealt = sum(data.get(_name(line, parcel)) or 0 for parcel in self.parcel_numbers())
            if dealt != line.quantity and not self.errors:
                sentence = gettext("%(barcode)s: %(dealt)s pairs are in parcels, %(quantity)s were ordered.")
                words = {"barcode": line.barcode, "dealt": dealt, "quantity": line.quantity}
                self.add_error(None, sentence % words)
        return data

    def groups(self) -> list[Mapping[int, int]]:
        """Pairs by line (primary key), one mapping per parcel that holds something."""
        parcels = [
            {
                line.pk: quantity
                for line in self.lines
                if (quantity := self.cleaned_data.get(_name(line, parcel)) or 0)
            }
            for parcel in self.parcel_numbers()
        ]
        return [parcel for parcel in parcels if parcel]


def _name(line: OrderLine, parcel: int) -> str:
    return f"line_{line.pk}_{parcel}"
