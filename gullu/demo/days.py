"""The days of the history: how much is bought on each, and whether the warehouse works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import holidays

from gullu.demo.chance import dice

# Turkey has had no daylight saving since 2016, so one offset serves the whole history.
ISTANBUL: Final = timezone(timedelta(hours=3))
DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000

_WEEKDAYS: Final = (1.08, 1.0, 0.98, 0.97, 0.95, 0.94, 1.08)
_GROWTH: Final = 9.0  # orders a day at the end, against the beginning
_FEASTS: Final = ("Ramazan Bayramı", "Kurban Bayramı")
# Of 1000 orders, how many are placed in each hour of the day.
HOURS: Final = (30, 17, 9, 6, 4, 5, 9, 16, 27, 40, 50, 55, 58, 57, 54, 52, 51, 51, 53, 60, 76, 92, 78, 50)


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `start_ms` is midnight in Istanbul; `orders` how many are wanted; `discount` percent of a campaign."""

    number: int
    date: date
    start_ms: int
    orders: int
    working: bool
    discount: int

    @property
    def month_part(self) -> float:
        """Month as a number that moves day by day: 1.0 is the middle of January."""
        return self.date.month + (self.date.day - 15) / 31


@dataclass(frozen=True, slots=True)
class _Campaign:
    first: date
    last: date
    factor: float
    discount: int


def to_ms(at: datetime) -> int:
    """Whole milliseconds since the epoch."""
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def from_ms(at_ms: int) -> datetime:
    """The moment in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


def moment(at_ms: int | None) -> datetime | None:
    """A moment that may be missing."""
    return None if at_ms is None else from_ms(at_ms)


def make_days(*, seed: int, now: datetime, days: int, orders: int) -> list[Day]:
    """The `days` days up to and including today, whose `orders` add up to the wanted number."""
    today = now.astimezone(ISTANBUL).date()
    dates = [today - timedelta(days=days - 1 - number) for number in range(days)]
    public = holidays.country_holidays("TR", years=range(dates[0].year - 1, today.year + 2), language="tr")
    feasts = {day for day, name in public.items() if any(feast in name for feast in _FEASTS)}
    campaigns = [campaign for year in range(dates[0].year, today.year + 1) for campaign in _campaigns(year)]
    campaigns += _before_feasts(sorted(feasts))
    rng = dice(seed, "days")
    weights = [
        _weight(day, part=number / days, campaigns=campaigns, public=public, feasts=feasts)
        * (0.9 + 0.2 * rng.random())
        for number, day in enumerate(dates)
    ]
    counts = _share_out(orders, weights)
    return [
        Day(
            number=number,
            date=day,
            start_ms=to_ms(datetime(day.year, day.month, day.day, tzinfo=ISTANBUL)),
            orders=counts[number],
            working=day.weekday() < 6 and day not in public,
            discount=max((c.discount for c in campaigns if c.first <= day <= c.last), default=0),
        )
        for number, day in enumerate(dates)
    ]


def _weight(
    day: date, *, part: float, campaigns: list[_Campaign], public: holidays.HolidayBase, feasts: set[date]
) -> float:
    weight = (1 + (_GROWTH - 1) * (part + part * part) / 2) * _WEEKDAYS[day.weekday()]
    for campaign in campaigns:
        if campaign.first <= day <= campaign.last:
            weight *= campaign.factor
    if day in feasts:
        return weight * 0.5
    return weight * 0.9 if day in public else weight


def _campaigns(year: int) -> list[_Campaign]:
    """The days on which a Turkish marketplace sells most."""
    mothers_day = _nth_weekday(year, month=5, weekday=6, nth=2)
    fathers_day = _nth_weekday(year, month=6, weekday=6, nth=3)
    black_friday = _nth_weekday(year, month=11, weekday=3, nth=4) + timedelta(days=1)
    day = timedelta(days=1)
    return [
        _Campaign(date(year, 2, 7), date(year, 2, 13), 1.35, 10),  # Sevgililer Günü
        _Campaign(date(year, 3, 4), date(year, 3, 8), 1.25, 10),  # Kadınlar Günü
        _Campaign(mothers_day - 9 * day, mothers_day, 1.4, 12),
        _Campaign(fathers_day - 6 * day, fathers_day, 1.1, 8),
        _Campaign(date(year, 9, 1), date(year, 9, 14), 1.2, 5),  # okula dönüş
        _Campaign(date(year, 11, 10), date(year, 11, 12), 1.7, 20),
        _Campaign(date(year, 11, 11), date(year, 11, 11), 1.4, 25),
        _Campaign(black_friday - 4 * day, black_friday + 2 * day, 1.45, 18),
        _Campaign(black_friday, black_friday, 1.4, 25),
        _Campaign(date(year, 12, 20), date(year, 12, 30), 1.25, 10),  # yılbaşı
    ]


def _before_feasts(feasts: list[date]) -> list[_Campaign]:
    """New shoes for the bayram: two weeks, ending when parcels would no longer arrive."""
    firsts = [day for day in feasts if day - timedelta(days=1) not in feasts]
    return [_Campaign(day - timedelta(days=16), day - timedelta(days=3), 1.3, 8) for day in firsts]


def _nth_weekday(year: int, *, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _share_out(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to `total`."""
    whole, counts, reached, given = sum(weights), [], 0.0, 0
    for weight in weights:
        reached += weight
        upto = round(total * (reached / whole))
        counts.append(upto - given)
        given = upto
    return counts


def season(months: tuple[float, ...], month_part: float) -> float:
    """Demand of a season table at a moment of the year, straight between the middles of months."""
    below = int(month_part)
    share = month_part - below
    return months[(below - 1) % 12] * (1 - share) + months[below % 12] * share
