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
class DemoCampaign:
    """Days on which more is bought, by `factor`, for `discount` percent less; peaks inside another have no name."""

    first: date
    last: date
    factor: float
    discount: int
    name: str = ""


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
    feasts = _feasts(public)
    campaigns = campaigns_of(range(dates[0].year, today.year + 1), public)
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
    day: date, *, part: float, campaigns: list[DemoCampaign], public: holidays.HolidayBase, feasts: set[date]
) -> float:
    weight = (1 + (_GROWTH - 1) * (part + part * part) / 2) * _WEEKDAYS[day.weekday()]
    for campaign in campaigns:
        if campaign.first <= day <= campaign.last:
            weight *= campaign.factor
    if day in feasts:
        return weight * 0.5
    return weight * 0.9 if day in public else weight


def named_campaigns(first: date, last: date) -> list[DemoCampaign]:
    """The campaigns that begin between two days, oldest first; of overlapping peaks only the longer one."""
    years = range(first.year, last.year + 1)
    public = holidays.country_holidays("TR", years=range(first.year - 1, last.year + 2), language="tr")
    found = [c for c in campaigns_of(years, public) if c.name and first <= c.first <= last]
    return sorted(found, key=lambda campaign: (campaign.first, campaign.name))


def campaigns_of(years: range, public: holidays.HolidayBase) -> list[DemoCampaign]:
    """Every campaign of these years, and those before the feasts among the public holidays."""
    campaigns = [campaign for year in years for campaign in _campaigns(year)]
    return campaigns + _before_feasts(sorted(_feasts(public)))


def _feasts(public: holidays.HolidayBase) -> set[date]:
    return {day for day, name in public.items() if any(feast in name for feast in _FEASTS)}


def _campaigns(year: int) -> list[DemoCampaign]:
    """The days on which a Turkish marketplace sells most."""
    mothers_day = _nth_weekday(year, month=5, weekday=6, nth=2)
    fathers_day = _nth_weekday(year, month=6, weekday=6, nth=3)
    black_friday = _nth_weekday(year, month=11, weekday=3, nth=4) + timedelta(days=1)
    day = timedelta(days=1)
    return [
        DemoCampaign(date(year, 2, 7), date(year, 2, 13), 1.35, 10, "Sevgililer Günü"),
        DemoCampaign(date(year, 3, 4), date(year, 3, 8), 1.25, 10, "Kadınlar Günü"),
        DemoCampaign(mothers_day - 9 * day, mothers_day, 1.4, 12, "Anneler Günü"),
        DemoCampaign(fathers_day - 6 * day, fathers_day, 1.1, 8, "Babalar Günü"),
        DemoCampaign(date(year, 7, 18), date(year, 7, 31), 1.2, 12, "Yaz İndirimi"),
        DemoCampaign(date(year, 9, 1), date(year, 9, 14), 1.2, 5, "Okula Dönüş"),
        DemoCampaign(date(year, 11, 10), date(year, 11, 12), 1.7, 20, "Efsane Günler"),
        DemoCampaign(date(year, 11, 11), date(year, 11, 11), 1.4, 25),
        DemoCampaign(black_friday - 4 * day, black_friday + 2 * day, 1.45, 18, "Efsane Cuma"),
        DemoCampaign(black_friday, black_friday, 1.4, 25),
        DemoCampaign(date(year, 12, 20), date(year, 12, 30), 1.25, 10, "Yılbaşı"),
    ]


def _before_feasts(feasts: list[date]) -> list[DemoCampaign]:
    """New shoes for the bayram: two weeks, ending when parcels would no longer arrive."""
    firsts = [day for day in feasts if day - timedelta(days=1) not in feasts]
    return [
        DemoCampaign(day - timedelta(days=16), day - timedelta(days=3), 1.3, 8, "Bayram Alışverişi")
        for day in firsts
    ]


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
