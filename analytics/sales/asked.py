"""What an address of the page asks for. A wrong part falls back to the usual, and a sentence says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.models import SaleDay, SaleLine
from analytics.sales.dimensions import TO_CHOOSE, Dimension, expression, value_of
from analytics.sales.measures import CONDITIONS, MONEY, Measure, What
from analytics.sales.periods import Period, Preset, Span, may_be_asked, period_of
from analytics.sales.sources import OF_DAYS, Source
from catalog.models import Product
from gullu.text import Fold, fold

MOST_LETTERS: Final = 60
TEXTS: Final = ("model", "category", "brand")

Facts = TypeVar("Facts", SaleLine, SaleDay)


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid question. `only` narrows to one group each, `without` leaves groups out; both come from clicks.

    `money`: whether who asks may see amounts.
    """

    period: Period
    rows: Dimension = Dimension.DAY
    series: Dimension | None = None
    measure: Measure = Measure.PAIRS
    what: What = What.SOLD
    texts: Mapping[str, str] = field(default_factory=dict)
    only: tuple[tuple[Dimension, str], ...] = ()
    without: tuple[tuple[Dimension, tuple[str, ...]], ...] = ()
    page: int = 1
    money: bool = True

    def source(self, span: Span | None = None) -> Source:
        """What the figures are added up from; of another span, to compare with it."""
        return Source(self.lines(span), self._days(span or self.period.span))

    def _days(self, span: Span) -> QuerySet[SaleDay] | None:
        narrowed = {dimension for dimension, _keys in (*self.only, *self.without)}
        if not OF_DAYS.issuperset(narrowed):
            return None
        return self.narrow(SaleDay.objects.filter(day__gte=span.first, day__lte=span.last))

    def lines(self, span: Span | None = None) -> QuerySet[SaleLine]:
        """The lines asked for, whatever they count as; of another span, to compare with it."""
        days = span or self.period.span
        name = "picked_day" if Dimension.PICKER in dict(self.only) else "day"
        lines = SaleLine.objects.filter(**{f"{name}__gte": days.first, f"{name}__lte": days.last})
        return self.narrow(lines)

    def narrow(self, lines: QuerySet[Facts]) -> QuerySet[Facts]:
        """Everything but the days."""
        for place, (dimension, key) in enumerate(self.only):
            lines = lines.alias(**{f"only_{place}": expression(dimension)})
            lines = lines.filter(**{f"only_{place}": value_of(dimension, key)})
        for place, (dimension, keys) in enumerate(self.without):
            lines = lines.alias(**{f"without_{place}": expression(dimension)})
            lines = lines.exclude(**{f"without_{place}__in": [value_of(dimension, key) for key in keys]})
        return lines.filter(product__in=self.goods()) if self.texts else lines

    def behind(self) -> QuerySet[SaleLine]:
        """The lines that `what` names."""
        return self.lines().filter(CONDITIONS[self.what])

    def goods(self) -> QuerySet[Product]:
        """Models that the typed words find, all of them without words."""
        goods = Product.objects.alias(category_key=Fold(F("category")), brand_key=Fold(F("brand")))
        names = {"model": "search_key", "category": "category_key", "brand": "brand_key"}
        for name, text in self.texts.items():
            for word in fold(text).split():
                goods = goods.filter(**{f"{names[name]}__contains": word})
        for dimension, key in self.only:
            if dimension == Dimension.MODEL:
                goods = goods.filter(code=key)
            elif dimension == Dimension.CATEGORY:
                goods = goods.filter(category=key)
        return goods

    # -- addresses ---------------------------------------------------------------------------------------------------

    def query(self, **changes: Any) -> str:
        """The address of this question with some parts changed; None takes a part away."""
        parts: dict[str, Any] = {
            **_period_query(self.period),
            "rows": self.rows.value,
            "series": self.series.value if self.series else None,
            "measure": self.measure.value,
            **self.texts,
        }
        pairs = [(name, value) for name, value in {**parts, **changes}.items() if value is not None]
        pairs += [(f"in_{dimension.value.lower()}", key) for dimension, key in self.only]
        for dimension, keys in self.without:
            pairs += [(f"not_{dimension.value.lower()}", key) for key in keys]
        return urlencode(pairs)

    def with_only(self, *groups: tuple[Dimension, str]) -> Asked:
        """The same question of one group; a group of the same dimension is replaced."""
        named = {dimension for dimension, _key in groups}
        kept = tuple(one for one in self.only if one[0] not in named)
        return _changed(self, only=(*kept, *groups))

    def with_without(self, dimension: Dimension, keys: tuple[str, ...]) -> Asked:
        """The same question of all other groups."""
        return _changed(self, without=(*self.without, (dimension, keys)))

    def without_only(self, dimension: Dimension) -> Asked:
        """The same question of all groups of a dimension again."""
        return _changed(self, only=tuple(one for one in self.only if one[0] != dimension))

    def without_left_out(self) -> Asked:
        """The same question with nothing left out."""
        return _changed(self, without=())


def _changed(asked: Asked, **changes: Any) -> Asked:
    values = {name: getattr(asked, name) for name in Asked.__slots__}
    return Asked(**{**values, **changes})


def _period_query(period: Period) -> dict[str, str]:
    if period.preset != Preset.FREE:
        return {"period": period.preset.value}
    return {
        "period": period.preset.value,
        "from": period.span.first.isoformat(),
        "to": period.span.last.isoformat(),
    }


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid question, and one sentence for each part of the address that could not be taken as it was."""

    asked: Asked
    problems: tuple[str, ...]


def read(given: QueryDict, *, today: date, may_see_money: bool) -> Reading:
    """The question in an address; nothing in it can make this fail."""
    problems: list[str] = []
    rows = _choice(given, "rows", TO_CHOOSE, Dimension.DAY, problems)
    series = _choice(given, "series", TO_CHOOSE, None, problems)
    if series == rows:
        problems.append(_("The columns were left out: they are the same as the rows."))
        series = None
    measure = _choice(given, "measure", tuple(Measure), Measure.PAIRS, problems)
    if measure in MONEY and not may_see_money:
        problems.append(_("You cannot see amounts: pairs are shown."))
        measure = Measure.PAIRS
    asked = Asked(
        period=_period(given, today, problems),
        rows=rows,
        series=series,
        measure=measure,
        what=_choice(given, "what", tuple(What), What.SOLD, problems),
        texts=_texts(given, problems),
        only=_only(given, problems),
        without=_without(given, problems),
        page=_page(given),
        money=may_see_money,
    )
    return Reading(asked, tuple(problems))


def _choice(given: QueryDict, name: str, known: Any, usual: Any, problems: list[str]) -> Any:
    text = given.get(name, "")
    if not text:
        return usual
    found = next((one for one in known if one.value == text), None)
    if found is None:
        words = _("“%(value)s” is no choice here: the usual is shown.")
        problems.append(words % {"value": text[:MOST_LETTERS]})
        return usual
    return found


def _period(given: QueryDict, today: date, problems: list[str]) -> Period:
    preset = _choice(given, "period", tuple(Preset), None, problems)
    has_days = bool(given.get("from") or given.get("to"))
    if preset is None:
        preset = Preset.FREE if has_days else Preset.DAYS_28
    if preset != Preset.FREE:
        return period_of(preset, today=today)
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    usual = period_of(Preset.DAYS_28, today=today)
    if first is None or last is None:
        problems.append(_("Give both days, like 01.11.2026: the last 28 days are shown."))
        return usual
    if last < first:
        problems.append(_("The two days were taken the other way round."))
        first, last = last, first
    if not may_be_asked(first, last):
        problems.append(_("These days span more than ten years: the last 28 days are shown."))
        return usual
    return Period(Preset.FREE, Span(first, last))


def _day(text: str) -> date | None:
    """`2026-11-01` or `01.11.2026`."""
    parts = text.strip().split(".")
    try:
        return date.fromisoformat("-".join(reversed(parts)) if len(parts) == 3 else text.strip())
    except ValueError:
        return None


def _texts(given: QueryDict, problems: list[str]) -> dict[str, str]:
    found = {}
    for name in TEXTS:
        text = " ".join(given.get(name, "").replace("\0", " ").split())
        if len(text) > MOST_LETTERS:
            words = _("Only the first %(letters)s letters of a search are taken.")
            problems.append(words % {"letters": MOST_LETTERS})
        if text:
            found[name] = text[:MOST_LETTERS]
    return found


def _only(given: QueryDict, problems: list[str]) -> tuple[tuple[Dimension, str], ...]:
    found = []
    for dimension in Dimension:
        name = f"in_{dimension.value.lower()}"
        key = str(given.get(name, ""))
        if name in given and _is_key(dimension, key, problems):
            found.append((dimension, key))
    return tuple(found)


def _without(given: QueryDict, problems: list[str]) -> tuple[tuple[Dimension, tuple[str, ...]], ...]:
    found = []
    for dimension in Dimension:
        keys = given.getlist(f"not_{dimension.value.lower()}")
        known = tuple(key for key in keys if _is_key(dimension, key, problems))
        if known:
            found.append((dimension, known))
    return tuple(found)


def _is_key(dimension: Dimension, key: str, problems: list[str]) -> bool:
    try:
        value_of(dimension, key)
    except ValueError:
        words = _("“%(value)s” is not known as %(name)s: it was left out.")
        problems.append(words % {"value": key.replace("\0", "")[:MOST_LETTERS], "name": dimension.label})
        return False
    return True


def _page(given: QueryDict) -> int:
    text = given.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


__all__ = ["Asked", "Reading", "read"]
