"""What figures are added up from: the lines, or the lines of each day already added up by model, channel and campaign.

The second are few, however many orders there were. They answer every question that asks for nothing finer than a day,
a model, a category, a channel or a campaign; all others are answered from the lines.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from analytics.models import SaleDay, SaleLine
from analytics.sales.dimensions import Dimension

# What a row of `SaleDay` knows of its lines.
OF_DAYS: Final = frozenset(
    {
        Dimension.DAY,
        Dimension.WEEK,
        Dimension.MONTH,
        Dimension.WEEKDAY,
        Dimension.MODEL,
        Dimension.CATEGORY,
        Dimension.CAMPAIGN,
        Dimension.CHANNEL,
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """The same sales twice: as lines, and per day; `days` is None where the lines are narrowed by something finer."""

    lines: QuerySet[SaleLine]
    days: QuerySet[SaleDay] | None

    def by_days(self, dimensions: Collection[Dimension]) -> QuerySet[SaleDay] | None:
        """The days, where they can be grouped by these dimensions."""
        return self.days if OF_DAYS.issuperset(dimensions) else None
