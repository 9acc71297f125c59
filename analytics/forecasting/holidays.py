"""Public holidays and campaign days as the frame Prophet reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

# A bayram moves by eleven days a year and is shopped for before it; other holidays move sales on the day itself.
_FEASTS: Final = ("Eid al-Fitr", "Eid al-Adha")
FEAST_DAYS_BEFORE: Final = 10
FEAST_DAYS_AFTER: Final = 2
# Prophet's own 10 lets one bayram that was seen once explain any noise around it.
PRIOR_SCALE: Final = 0.1

_Row = tuple[date, str, int, int]  # day, name, days before (<= 0), days after


@dataclass(frozen=True, slots=True)
class Campaign:
    """Days on which the shop or the marketplace sold cheaper; campaigns of one name share their effect."""

    name: str
    first_date: date
    last_date: date


def holiday_frame(
    first_date: date, last_date: date, *, campaigns: Iterable[Campaign] = (), country: str = "TR"
) -> pd.DataFrame:
    """Holidays around these days with their windows, and each campaign day by itself.

    Columns: holiday, ds, lower_window (days before, ≤ 0), upper_window, prior_scale. Campaigns outside the period are
    left out. Raises NotImplementedError for a country the `holidays` package does not know.
    """
    import pandas as pd  # noqa: PLC0415  (loads for a third of a second; only forecasts need it)

    rows = [*_public(first_date, last_date, country=country)]
    for campaign in campaigns:
        rows += _campaign_days(campaign, first_date=first_date, last_date=last_date)
    columns = ["ds", "holiday", "lower_window", "upper_window"]
    frame = pd.DataFrame(sorted(rows), columns=columns).assign(prior_scale=PRIOR_SCALE)
    return frame.assign(ds=pd.to_datetime(frame["ds"]))


def _public(first_date: date, last_date: date, *, country: str) -> list[_Row]:
    import holidays  # noqa: PLC0415  (as above)

    margin = timedelta(days=FEAST_DAYS_BEFORE + 7)
    years = range((first_date - margin).year, (last_date + margin).year + 1)
    found = holidays.country_holidays(country, years=years, language=_language(country))
    days = {(day, name.removesuffix(" (estimated)")) for day in found for name in found.get_list(day)}
    rows = [_row(day, name=name, days=days) for day, name in days if _is_first(day, name=name, days=days)]
    return [row for row in rows if first_date - margin <= row[0] <= last_date + margin]


def _language(country: str) -> str | None:
    """Names in English where they decide about windows; other countries' names are only names."""
    return "en_US" if country == "TR" else None


def _is_first(day: date, *, name: str, days: set[tuple[date, str]]) -> bool:
    return name not in _FEASTS or (day - timedelta(days=1), name) not in days


def _row(day: date, *, name: str, days: set[tuple[date, str]]) -> _Row:
    if name not in _FEASTS:
        return (day, name, 0, 0)
    length = 1
    while (day + timedelta(days=length), name) in days:
        length += 1
    return (day, name, -FEAST_DAYS_BEFORE, length - 1 + FEAST_DAYS_AFTER)


def _campaign_days(campaign: Campaign, *, first_date: date, last_date: date) -> list[_Row]:
    start, end = max(campaign.first_date, first_date), min(campaign.last_date, last_date)
    return [(start + timedelta(days=n), campaign.name, 0, 0) for n in range((end - start).days + 1)]
