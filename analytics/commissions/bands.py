"""Rates in percent and price bands, as cells or headings write them. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.commissions.cells import (
    MOST_AMOUNT,
    clean,
    is_empty,
    is_number,
    read_amount,
    shown,
    stored_number,
)
from analytics.commissions.errors import BandReversed, CellEmpty, NotABand, NotAnAmount, NotARate, RateUnclear
from gullu.forms import parse_decimal
from gullu.money import format_number
from gullu.text import fold


def read_rate(value: Any, *, heading: str) -> Decimal:
    """A rate in percent, 0 to 100: `19`, `19,5`, `%19,5`, `19.5 %`.

    A share such as 0.19 is refused: nobody can know whether it means 19 %.
    """
    if is_empty(value):
        raise CellEmpty(heading=heading)
    text = clean(value)
    marked = "%" in text
    try:
        rate = stored_number(value) if is_number(value) else parse_decimal(text.replace("%", "", 1), places=2)
    except (ValueError, ArithmeticError) as error:
        raise NotARate(value=shown(value), heading=heading) from error
    if not marked and 0 < rate < 1:
        raise RateUnclear(value=shown(value), heading=heading)
    if not 0 <= rate <= 100:
        raise NotARate(value=shown(value), heading=heading)
    return rate.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """Prices from `low` to `high`, both included; `high` None has no end."""

    low: Decimal = Decimal(0)
    high: Decimal | None = None

    def __str__(self) -> str:
        return f"{format_number(self.low)}–{'∞' if self.high is None else format_number(self.high)}"

    def overlaps(self, other: Band) -> bool:
        """More than touching in one price."""
        first, second = sorted((self, other), key=lambda band: band.low)
        return first.low == second.low or first.high is None or first.high > second.low


_PRICE: Final = r"(\d[\d.,]*)"
_BAND_FORMS: Final = (
    (re.compile(rf"{_PRICE}(?:-|–|—|ile|ila){_PRICE}(?:arasi)?"), (1, 2)),
    (
        re.compile(rf"{_PRICE}(?:-|–|—|den|dan)?(?:\+|∞|vei?(?:uzeri|ustu)|(?:uzeri|ustu)|vedaha(?:fazla)?)"),
        (1, 0),
    ),
    (re.compile(rf"(?:>=?|≥){_PRICE}"), (1, 0)),
    (re.compile(rf"{_PRICE}(?:ve)?(?:alti|kadar)"), (0, 1)),
    (re.compile(rf"(?:<=?|≤){_PRICE}"), (0, 1)),
)


def parse_band(text: str) -> Band | None:
    """`0-499,99`, `500 TL - 1.000 TL`, `1.000 TL ve üzeri`, `1000+`, `500 ve altı`; None for everything else."""
    compact = re.sub(r"₺|\btl\b|(?<=\d)tl|\s", "", fold(text))
    for form, (low, high) in _BAND_FORMS:
        if found := form.fullmatch(compact):
            try:
                return Band(
                    low=_price(found[low]) if low else Decimal(0), high=_price(found[high]) if high else None
                )
            except ValueError:
                return None
    return None


def _price(text: str) -> Decimal:
    price = parse_decimal(text, places=2)
    if price >= MOST_AMOUNT or price.as_tuple().exponent < -2:  # type: ignore[operator]
        raise ValueError(text)
    return price.quantize(Decimal("0.01"))


def read_band(value: Any, *, heading: str) -> Band:
    """A price band in one cell."""
    if is_empty(value):
        raise CellEmpty(heading=heading)
    band = parse_band(clean(value))
    if band is None:
        raise NotABand(value=shown(value), heading=heading)
    return ordered(band)


def read_limit(value: Any, *, heading: str) -> Decimal | None:
    """A limit of a band, at least 0; an empty cell is no limit."""
    if is_empty(value) or clean(value) in {"-", "∞"}:
        return None
    limit = read_amount(value, heading=heading)
    if limit < 0:
        raise NotAnAmount(value=shown(value), heading=heading)
    return limit.quantize(Decimal("0.01"))


def ordered(band: Band) -> Band:
    """The band itself; raises `BandReversed`."""
    if band.high is not None and band.high < band.low:
        raise BandReversed(band=str(band))
    return band
