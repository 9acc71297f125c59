"""The PIN of a new badge, typed twice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from gullu.badges.codes import LONGEST_PIN, check_pin
from gullu.errors import DomainError


def _pin_field(label: Any, help_text: Any = "") -> forms.CharField:
    attributes = {"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST_PIN, "type": "password"}
    return forms.CharField(
        label=label,
        max_length=LONGEST_PIN,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(attributes),
    )


class PinForm(forms.Form):
    """Both must be the same, so that nobody gives out a badge that opens nothing."""

    pin = _pin_field(_("PIN"), _("4 to 6 digits; let the person type them. No 1234, no 0000."))
    again = _pin_field(_("The same PIN once more"))

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        try:
            check_pin(pin)
        except DomainError as error:
            raise ValidationError(error.message) from error
        return pin

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise ValidationError(_("The two PINs are not the same: type both again."))
        return again
