"""Numbers in a text as people write them, in Turkish and in English.

`1.234,56 ₺`, `%12,5`, `1,234.56 TRY`, `1,2 milyon`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final


class Unit(Enum):
    """What a number counts, as far as the text says so."""

    PERCENT = "PERCENT"
    POINTS = "POINTS"
    LIRA = "LIRA"
    DOLLAR = "DOLLAR"
    PIECES = "PIECES"
    DAYS = "DAYS"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a number: its value, and half of its last digit's worth."""

    value: Decimal
    half: Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text, without its sign. `1.234` has two readings: Turkish thousands, English decimals."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    unit: Unit
    whole: bool
    about: bool


_SIGNS: Final = "\u00a0\u202f\u2009"
_TOKEN: Final = re.compile(rf"\d(?:[\d.,'’{_SIGNS}]*\d)?")
_SCALES: Final = {
    "bin": 3,
    "thousand": 3,
    "k": 3,
    "milyon": 6,
    "million": 6,
    "mn": 6,
    "m": 6,
    "milyar": 9,
    "billion": 9,
}
_SCALE: Final = re.compile(r"[\s\u00a0]?(bin|thousand|milyon|million|milyar|billion|mn|k|M|K)(?!\w)")
_AFTER: Final = (
    (Unit.POINTS, re.compile(r"\s*(?:yüzde puan|puan|percentage points?|points?|pp)(?!\w)", re.IGNORECASE)),
    (Unit.PERCENT, re.compile(r"\s*(?:%|percent(?!\w))", re.IGNORECASE)),
    (Unit.LIRA, re.compile(r"\s*(?:₺|(?:TL|TRY|lira)(?![a-zçğıöşü]{3}))", re.IGNORECASE)),
    (Unit.DOLLAR, re.compile(r"\s*(?:\$|(?:USD|dolar|dollars?)(?!\w))", re.IGNORECASE)),
    (
        Unit.DAYS,
        re.compile(
            r"[\s-]*(?:gün|hafta|yıl(?!d)|ay(?:da|lık|dan|dır|ın|ı)?(?!\w)|(?:days?|weeks?|months?|years?)(?!\w))",
            re.IGNORECASE,
        ),
    ),
    (
        Unit.PIECES,
        re.compile(
            r"\s*(?:çift|adet|sipariş|iade|iptal|satış|pairs?|units?|orders?|returns?|cancellations?|sales)",
            re.IGNORECASE,
        ),
    ),
)
_BEFORE: Final = (
    (Unit.PERCENT, re.compile(r"(?:%|yüzde)\s*$", re.IGNORECASE)),
    (Unit.LIRA, re.compile(r"(?:₺|TRY|TL)\s*$")),
    (Unit.DOLLAR, re.compile(r"(?:\$|USD)\s*$")),
)
_ABOUT: Final = re.compile(
    r"(?:~|≈|yaklaşık|aşağı yukarı|neredeyse|about|around|roughly|approximately|nearly|almost)"
    r"\s*(?:olarak\s*)?[%₺$]?\s*$",
    re.IGNORECASE,
)
_NAME_BEFORE: Final = re.compile(r"[^\W\d_][-_/]?$|_$")


def numbers_in(text: str) -> Iterator[Number]:
    """Every number, from left to right. Digits that are part of a word (`GLL-172`) are none."""
    for found in _TOKEN.finditer(text):
        before, after = text[max(0, found.start() - 24) : found.start()], text[found.end() : found.end() + 40]
        if (
            _NAME_BEFORE.search(before)
            and not _BEFORE[1][1].search(before)
            and not _BEFORE[2][1].search(before)
        ):
            continue
        scale = _SCALE.match(after)
        power = _SCALES[scale[1].lower()] if scale else 0
        rest = after[scale.end() :] if scale else after
        about = bool(_ABOUT.search(before)) or power > 0
        readings = tuple(_readings(found[0], power=power, about=about))
        end = found.end() + (scale.end() if scale else 0)
        yield Number(
            found.start(),
            end,
            readings,
            _unit(before, rest),
            whole=found[0].isdecimal() and not power,
            about=about,
        )


def _unit(before: str, after: str) -> Unit:
    for unit, pattern in (*_AFTER[:1], *_BEFORE):
        side = pattern.match(after) if pattern is _AFTER[0][1] else pattern.search(before)
        if side:
            return unit
    return next((unit for unit, pattern in _AFTER if pattern.match(after)), Unit.NONE)


def _readings(text: str, *, power: int, about: bool) -> Iterator[Reading]:
    """All ways to read it; none when it is no number in either language."""
    for whole, part in _splits(text):
        value = Decimal(f"{whole}.{part}" if part else whole).scaleb(power)
        last = power - len(part)
        if about and not part:
            last += len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0
        yield Reading(value, Decimal(1).scaleb(last) / 2)


def _splits(text: str) -> Iterator[tuple[str, str]]:
    plain = re.sub(rf"['’{_SIGNS}]", "", text)
    if plain.isdecimal():
        yield plain, ""
        return
    for thousands, point in ((".", ","), (",", ".")):
        pattern = rf"\d+|\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+"
        found = re.fullmatch(rf"({pattern})(?:{re.escape(point)}(\d+))?", plain)
        if found:
            yield found[1].replace(thousands, ""), found[2] or ""
