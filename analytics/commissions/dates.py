"""Dates as exports write them. Pure functions."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

from django.utils import timezone as shop_time

from analytics.commissions.cells import clean, is_empty, is_number, shown
from analytics.commissions.errors import CellEmpty, NotADate
from gullu.text import fold

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "ocak oca jan january",
            "subat sub feb february",
            "mart mar march",
            "nisan nis apr april",
            "mayis may",
            "haziran haz jun june",
            "temmuz tem jul july",
            "agustos agu aug august",
            "eylul eyl sep september",
            "ekim eki oct october",
            "kasim kas nov november",
            "aralik ara dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})(?P<time>[ T,].*)?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[./-]?(\d{1,2})[./-]?(\d{1,2})(?P<time>[ T,].*)?")
_NAMED: Final = re.compile(r"(\d{1,2})[. -]+([a-z]+)[., -]+(\d{4})(?P<time>[ t,].*)?")
_TIME: Final = re.compile(
    r"[ T,t]*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})([:.](?P<second>\d{2})([.,]\d+)?)?\s*"
    r"(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?"
)
# Days since 1899-12-30, as Excel counts them: 1982 to 2119. Milliseconds since 1970: 2001 to 2128.
_SERIALS: Final = range(30_000, 80_000)
_MILLISECONDS: Final = range(10**12, 5 * 10**12)
_EXCEL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
_YEARS: Final = range(1982, 2120)


def read_date(value: Any, *, heading: str) -> date:
    """The day in Istanbul; in texts the day comes before the month.

    A date cell, `25.10.2026 14:30`, `25/10/2026`, `2026-10-25T11:30:00Z`, `25 Ekim 2026`, a serial number of Excel, or
    milliseconds since 1970.
    """
    if is_empty(value):
        raise CellEmpty(heading=heading)
    try:
        day = _stored_date(value)
    except (ValueError, OverflowError) as error:
        raise NotADate(value=shown(value), heading=heading) from error
    if day.year not in _YEARS:
        raise NotADate(value=shown(value), heading=heading)
    return day


def _stored_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date() if value.tzinfo is None else value.astimezone(_istanbul()).date()
    if isinstance(value, date):
        return value
    return _numbered_date(float(value)) if is_number(value) else _typed_date(clean(value))


def _istanbul() -> Any:
    return shop_time.get_default_timezone()


def _numbered_date(number: float) -> date:
    if not math.isfinite(number):
        raise ValueError(number)
    if int(number) in _MILLISECONDS:
        return datetime.fromtimestamp(number / 1000, tz=_istanbul()).date()
    if int(number) not in _SERIALS:
        raise ValueError(number)
    return (_EXCEL_ZERO + timedelta(days=number)).date()


def _typed_date(text: str) -> date:
    if re.fullmatch(r"[0-9]{5}([.,][0-9]+)?|[0-9]{13}", text):
        return _numbered_date(float(text.replace(",", ".")))
    return _dated(text)


def _dated(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.group(1, 2, 3))
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.group(1, 2, 3))
    elif (found := _NAMED.fullmatch(fold(text))) and found[2] in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2]], int(found[3])
    else:
        raise ValueError(text)
    return _at(date(year + 2000 if year < 100 else year, month, day), found["time"])


def _at(day: date, text: str | None) -> date:
    """The day of a clock time; one with an offset may be the next day in Istanbul."""
    if not clean(text):
        return day
    found = _TIME.fullmatch(text or "")
    if found is None:
        raise ValueError(text)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    moment = datetime.combine(day, time(hour, minute, second))
    zone = found["zone"]
    if not zone:
        return moment.date()
    return moment.replace(tzinfo=_offset(zone)).astimezone(_istanbul()).date()


def _offset(zone: str) -> timezone:
    if zone in "Zz":
        return timezone.utc  # noqa: UP017 - datetime.UTC hides behind the name of the module
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
