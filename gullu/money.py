"""Amounts as the shop writes them: `1.234,56 ₺`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_SYMBOLS = {"TRY": "₺", "USD": "$", "EUR": "€"}


def format_number(value: Decimal | float, *, places: int = 2) -> str:
    """`1234.5` → `1.234,50`."""
    quantum = Decimal(1).scaleb(-places)
    text = f"{Decimal(value).quantize(quantum, rounding=ROUND_HALF_UP):,}"
    return text.translate(str.maketrans(",.", ".,"))


def format_percent(value: Decimal | float | None) -> str:
    """`Decimal("19.5")` → `%19,50`; nothing known → `—`."""
    return "—" if value is None else f"%{format_number(value)}"


def format_plain(value: Decimal) -> str:
    """`1234.5` → `1234,50`: as it is typed, without the dots of thousands."""
    return format_number(value).replace(".", "")


def format_money(value: Decimal | float | None, currency: str = "TRY") -> str:
    """`Decimal("1234.5")` → `1.234,50 ₺`; nothing known → `—`."""
    if value is None:
        return "—"
    return f"{format_number(value)} {_SYMBOLS.get(currency, currency)}"
