"""Spans of days to look at, and what each is compared with. All days are days in Istanbul, both ends included."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preset(models.TextChoices):
    """The quick choices. FREE takes both days from the address."""

    TODAY = "TODAY", _("Today")
    DAYS_7 = "DAYS_7", _("Last 7 days")
    DAYS_28 = "DAYS_28", _("Last 28 days")
    DAYS_90 = "DAYS_90", _("Last 90 days")
    THIS_MONTH = "THIS_MONTH", _("This month")
    LAST_MONTH = "LAST_MONTH", _("Last month")
    THIS_YEAR = "THIS_YEAR", _("This year")
    FREE = "FREE", _("From – to")


_DAYS: Final = {Preset.TODAY: 1, Preset.DAYS_7: 7, Preset.DAYS_28: 28, Preset.DAYS_90: 90}
_MONTHS: Final = frozenset({Preset.THIS_MONTH, Preset.LAST_MONTH})
# Ten years: longer ones come from a mistyped year.
MOST_DAYS: Final = 3660
_YEARS: Final = range(1000, 9000)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def all_days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days)]


@dataclass(frozen=True, slots=True)
class Period:
    """What was asked for, what came before it, and the same days a year earlier."""

    preset: Preset
    span: Span

    @property
    def before(self) -> Span:
        """As many days right before; for months, the same days of the month before; for a year, of the year before."""
        if self.preset == Preset.THIS_YEAR:
            return self.year_before
        if self.preset in _MONTHS:
            whole = self.span.last.day == _length(self.span.last)
            last = _month_before(self.span.last)
            return Span(_month_before(self.span.first), last.replace(day=_length(last)) if whole else last)
        end = self.span.first - timedelta(days=1)
        return Span(end - timedelta(days=self.span.days - 1), end)

    @property
    def year_before(self) -> Span:
        """The same dates of the year before; 29 February becomes 28 February."""
        return Span(_year_before(self.span.first), _year_before(self.span.last))


def may_be_asked(first: date, last: date) -> bool:
    """Ten years at most, and no years at the ends of the calendar, whose neighbours are no days."""
    return (last - first).days < MOST_DAYS and first.year in _YEARS and last.year in _YEARS


def period_of(preset: Preset, *, today: date) -> Period:
    """The days of a quick choice. FREE has none of its own: it is the last 28 days until both days are given."""
    first = today
    last = today
    if preset == Preset.THIS_MONTH:
        first = today.replace(day=1)
    elif preset == Preset.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
    elif preset == Preset.THIS_YEAR:
        first = today.replace(month=1, day=1)
    else:
        first = today - timedelta(days=_DAYS.get(preset, 28) - 1)
    return Period(preset, Span(first, last))


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _month_before(day: date) -> date:
    end = day.replace(day=1) - timedelta(days=1)
    return end.replace(day=min(day.day, end.day))


def _year_before(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)
