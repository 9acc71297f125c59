"""Values of a barcode as they are typed: the grid of a model and the step of prices read and show them alike.

Amounts are read as sheets of Excel read them. What a value may be is for `catalog.changing`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from catalog.models import Currency
from gullu.forms import parse_amount
from gullu.money import format_plain

AMOUNTS: Final = ("list_price", "sale_price", "cost")
MONEY: Final = (*AMOUNTS, "cost_currency")
BUFFER: Final = "safety_buffer"
_LONGEST_NUMBER: Final = 9


def typed_text(value: Any) -> str:
    """A value as it stands in its field: `1299,90`, `USD`, `on`; empty for nothing and for no."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return format_plain(value) if isinstance(value, Decimal) else str(value)


def read_typed(name: str, text: str) -> Any:
    """The value of an amount, a currency, a buffer or a tick. Raises ValueError with a sentence."""
    text = text.strip()
    if name in AMOUNTS:
        return _amount(text)
    if name == "cost_currency":
        return _currency(text)
    return _buffer(text) if name == BUFFER else text == "on"


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return parse_amount(text)
    except ValueError:
        words = _("%(value)s is no amount: write it like 1.234,50.") % {"value": text}
        raise ValueError(words) from None


def _currency(text: str) -> str:
    if text not in Currency.values:
        words = {"value": text or "—", "known": ", ".join(Currency.values)}
        raise ValueError(_("%(value)s is no currency we know: one of %(known)s.") % words)
    return text


def _buffer(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
        words = {"value": text or "—"}
        raise ValueError(
            _("%(value)s is no safety buffer: type a whole number of pairs, 0 for none.") % words
        )
    return int(text)


__all__ = ["AMOUNTS", "BUFFER", "MONEY", "read_typed", "typed_text"]
