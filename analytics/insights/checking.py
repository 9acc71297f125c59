"""Is every number of an answer in the figures it was given? Numbers that are not are marked on the page.

Checked are amounts, percents, pairs and all else that could be a figure, by what they count: an amount must be one of
the amounts, a percent one of the percents. Not checked are citations, dates and times, places in a list, how many
things a list has, and names of models, barcodes and sizes that stand in the figures. Numbers of the question may be
repeated. Days, weeks and months must be those of a period, or of a figure that counts days. Nothing is added up here: a
sum must have been given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from analytics.insights.numbers import Number, Unit, numbers_in

_MONTHS: Final = (
    r"(?:(?:ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık)(?:['’]?(?!\d)\w{1,4})?(?!\w)"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)(?!\w)"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?!\w))"
)
_DAY: Final = r"\d{1,2}"
# Written over with blanks before numbers are looked for.
_NO_FIGURES: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]",
        r"\b\d{4}-\d{2}-\d{2}\b",
        rf"\b{_DAY}\.\d{{2}}(?:\.\d{{2,4}})?\s*[–-]\s*{_DAY}\.\d{{2}}(?:\.\d{{2,4}})?\b",
        rf"\b{_DAY}[./]{_DAY}[./](?:19|20)\d{{2}}\b",
        rf"\b{_DAY}(?:\.|st|nd|rd|th)?(?:\s*[–-]\s*{_DAY})?\s+{_MONTHS}(?:\s+(?:19|20)\d{{2}})?",
        rf"\b{_MONTHS}\s+{_DAY}(?:\s*[–-]\s*{_DAY})?(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d{{2}})?(?![\d.,]*\d)",
        rf"\b{_MONTHS}[\s,]+(?:19|20)\d{{2}}(?!\d)",
        r"\b\d{1,2}:\d{2}\b",
        r"^[ \t]*(?:#{1,6}[ \t]*)?\d{1,2}[.)]\s",
        r"\*\*",
    )
)
_NAMING_BEFORE: Final = re.compile(
    r"(?:numara|beden|size|no|model|kod|kodu|code|barkod|barcode|ayak)\s*:?\s*$", re.IGNORECASE
)
_NAMING_AFTER: Final = re.compile(r"\s*(?:numara|beden|no['’. ]|model|kod|barkod)", re.IGNORECASE)
_COUNTED: Final = re.compile(
    r"\s*(?:farklı\s+)?(?:model|ürün|barkod|varyant|neden|sebep|şehir|renk|beden|kategori|kanal|kalem"
    r"|products?|barcodes?|variants?|reasons?|cities|colours?|colors?|sizes?|categories|channels?|items?|rows?)",
    re.IGNORECASE,
)
_RANK: Final = re.compile(r"(?:ilk|son|en (?:çok|az|iyi|kötü)|top|first|last|best|worst)\s*$", re.IGNORECASE)
_SUFFIXES: Final = {
    "_percent": Unit.PERCENT,
    "_points": Unit.POINTS,
    "_try": Unit.LIRA,
    "_usd": Unit.DOLLAR,
    "days": Unit.DAYS,
}
_TINY: Final = Decimal("1e-9")


@dataclass(slots=True)
class Known:
    """What may stand in the answer: figures by what they count, names, and how many rows the longest list has."""

    figures: dict[Unit, set[Decimal]] = field(default_factory=lambda: {unit: set() for unit in Unit})
    given: set[Decimal] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    rows: int = 0

    def pool(self, unit: Unit) -> set[Decimal]:
        """The figures a number with this unit can be."""
        if unit != Unit.NONE:
            return self.figures[unit]
        return set().union(*(found for kind, found in self.figures.items() if kind != Unit.DAYS))


def unproved(answer: str, *, question: str, results: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """`[start, end]` of each number of the answer that nothing stands behind."""
    known = _known(question, results)
    text = _without_names(_blanked(answer, _NO_FIGURES), known.names)
    return [[one.start, one.end] for one in numbers_in(text) if not _is_proved(one, text, known)]


def _is_proved(number: Number, text: str, known: Known) -> bool:
    if number.unit in {Unit.NONE, Unit.DAYS} and _is_no_figure(number, text, known):
        return True
    pool = known.pool(number.unit) | known.given
    return any(
        abs(reading.value - abs(figure)) <= reading.half + _TINY
        for reading in number.readings
        for figure in pool
    )


def _is_no_figure(number: Number, text: str, known: Known) -> bool:
    """A size or code beside its word, a year, or how many things are listed."""
    before, after = text[max(0, number.start - 24) : number.start], text[number.end : number.end + 24]
    named = _NAMING_BEFORE.search(before) or _NAMING_AFTER.match(after)
    if named and text[number.start : number.end] in known.names:
        return True
    if not number.whole:
        return False
    value = number.readings[0].value
    if int(value) in known.years:
        return not _COUNTED.match(after)
    if number.unit == Unit.DAYS:
        return False
    return value <= known.rows and bool(_COUNTED.match(after) or _RANK.search(before))


# --- what is known ----------------------------------------------------------------------------------------------------


def _known(question: str, results: Sequence[Mapping[str, Any]]) -> Known:
    known = Known()
    for result in results:
        _collect(result, "", known)
    for one in numbers_in(question):
        known.given.update(reading.value for reading in one.readings)
    return known


def _collect(value: Any, name: str, known: Known) -> None:
    if isinstance(value, Mapping):
        _collect_span(value, known)
        for key, inner in value.items():
            _collect(inner, str(key), known)
    elif isinstance(value, (list, tuple)):
        known.rows = max(known.rows, len(value))
        for inner in value:
            _collect(inner, name, known)
    elif isinstance(value, str):
        _collect_text(value, known)
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        unit = next((unit for suffix, unit in _SUFFIXES.items() if name.endswith(suffix)), Unit.PIECES)
        known.figures[unit].add(Decimal(str(value)))


def _collect_span(value: Mapping[str, Any], known: Known) -> None:
    """`{"first_day": …, "last_day": …}`: so many days, weeks, months or years may be spoken of."""
    try:
        first, last = date.fromisoformat(value["first_day"]), date.fromisoformat(value["last_day"])
    except (KeyError, TypeError, ValueError):
        return
    days = (last - first).days + 1
    known.years |= {first.year, last.year}
    known.figures[Unit.DAYS] |= {Decimal(days // part) for part in (1, 7, 28, 30, 365) if days >= part}


def _collect_text(value: str, known: Known) -> None:
    known.names.add(value.strip())
    found = re.match(r"(\d{4})-\d{2}-\d{2}$", value)
    if found:
        known.years.add(int(found[1]))


# --- what is no figure ------------------------------------------------------------------------------------------------


def _blanked(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


def _without_names(text: str, names: set[str]) -> str:
    """Names that stand in the figures, the longest first; those that are nothing but short numbers stay."""
    wanted = [name for name in names if _can_be_cut(name)]
    if not wanted:
        return text
    choices = "|".join(re.escape(name) for name in sorted(wanted, key=len, reverse=True))
    return _blanked(text, [re.compile(rf"(?<![\w.,])(?:{choices})(?!\w|[.,]\d)")])


def _can_be_cut(name: str) -> bool:
    if not any(letter.isdigit() for letter in name):
        return False
    letters = any(letter.isalpha() for letter in name)
    return len(name) >= 3 if letters else len(name) >= 4 and (name[0] == "0" or len(name) >= 8)


__all__ = ["unproved"]
