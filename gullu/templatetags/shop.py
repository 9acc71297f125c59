"""Filters every template has: amounts and Turkish case (Django's own `upper` and `lower` break `i` and `ı`)."""

from __future__ import annotations

from decimal import Decimal

from django import template

from gullu.money import format_money, format_number
from gullu.text import tr_lower, tr_upper

register = template.Library()


@register.filter
def money(value: Decimal | None, currency: str = "TRY") -> str:
    return format_money(value, currency)


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    return "—" if value is None else format_number(Decimal(value), places=places)


@register.filter
def upper_tr(value: str) -> str:
    return tr_upper(str(value))


@register.filter
def lower_tr(value: str) -> str:
    return tr_lower(str(value))
