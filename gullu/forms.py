"""Form fields that take numbers and dates as the shop writes them, whatever language is active."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gullu.formats.tr.formats import DATE_INPUT_FORMATS, DATETIME_INPUT_FORMATS

_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
_PLAIN = re.compile(r"[+-]?\d+")


def parse_decimal(text: str, *, places: int | None = None) -> Decimal:
    """`1.234,50`, `1234,5` and `1234.50` → `Decimal`. `places` is how many decimals the number may have.

    A single dot before exactly three digits is a thousands separator (`1.234` is 1234), unless three decimals are
    possible: then nobody can know, and it is refused. Raises `ValueError`.
    """
    compact = text.strip().replace(" ", "").replace("\u00a0", "").removesuffix("₺")
    whole, comma, fraction = compact.partition(",")
    if comma:
        if not fraction.isdecimal() or not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)):
            raise ValueError(text)
        return Decimal(f"{whole.replace('.', '')}.{fraction}")
    if _GROUPED.fullmatch(compact):
        if compact.count(".") == 1 and (places is None or places >= 3):
            raise ValueError(text)
        return Decimal(compact.replace(".", ""))
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", compact):
        raise ValueError(text)
    return Decimal(compact)


class TurkishDecimalField(forms.DecimalField):
    """A decimal typed as `1.234,50`, `1234,5` or `1234.50`; shown as `1234,50`."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "localize": True})
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        """The `Decimal`, or None for an empty field."""
        if value in self.empty_values:
            return None
        if isinstance(value, (int, Decimal)):
            return super().to_python(value)
        try:
            return parse_decimal(str(value), places=self.decimal_places)
        except ValueError as error:
            raise ValidationError(_("Write the number like 1.234,50."), code="invalid") from error


class TurkishDateField(forms.DateField):
    """A date typed as `25.10.2026`, `25/10/2026` or `2026-10-25`; shown as `25.10.2026`."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Write the date like 25.10.2026.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DATE_INPUT_FORMATS)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


class TurkishDateTimeField(forms.DateTimeField):
    """A moment typed as `25.10.2026 14:30`, in the shop's time zone."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Write the time like 25.10.2026 14:30.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DATETIME_INPUT_FORMATS)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        local = super().prepare_value(value)
        return f"{local:%d.%m.%Y %H:%M}" if isinstance(local, datetime) else local
