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

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
_PLAIN = re.compile(r"[+-]?[0-9]+")
_POINTED = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_CURRENCY = re.compile(r"\s*(₺|tl|try)\s*$", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")


def parse_decimal(text: str, *, places: int | None = None) -> Decimal:
    """`1.234,50`, `1234,5` and `1234.50` → `Decimal`. `places` is how many decimals the number may have.

    A single dot before exactly three digits is a thousands separator (`1.234` is 1234), unless three decimals are
    possible: then nobody can know, and it is refused. Raises `ValueError`.
    """
    compact = _BLANKS.sub("", text).removesuffix("₺")
    whole, comma, fraction = compact.partition(",")
    if comma:
        digits = fraction.isascii() and fraction.isdecimal()
        if not digits or not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)):
            raise ValueError(text)
        return Decimal(f"{whole.replace('.', '')}.{fraction}")
    if _GROUPED.fullmatch(compact):
        if compact.count(".") == 1 and (places is None or places >= 3):
            raise ValueError(text)
        return Decimal(compact.replace(".", ""))
    if not _POINTED.fullmatch(compact):
        raise ValueError(text)
    return Decimal(compact)


def parse_amount(text: str) -> Decimal:
    """An amount as people and exports write one: `parse_decimal` with two places, and `₺`, `TL` or `TRY` beside it.

    Minus also as `−` or as the brackets of accountants, also behind the number. Raises `ValueError`.
    """
    plain = _CURRENCY.sub("", text).replace("−", "-").strip().lstrip("₺").strip()
    if plain.startswith("(") and plain.endswith(")"):
        return -parse_decimal(plain[1:-1], places=2)
    return parse_decimal(f"-{plain[:-1]}" if plain.endswith("-") else plain, places=2)


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
