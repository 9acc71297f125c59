"""What the tests of categories, brands and values share: one category, read from the sandbox."""

from __future__ import annotations

from typing import Any

from integrations.listing.reference import read_category, refresh_categories
from integrations.models import MarketAttribute, MarketCategory

TRENDYOL = "TRENDYOL"
BEDEN = 293


def category(remote_id: int = 411) -> MarketCategory:
    if not MarketCategory.objects.exists():
        refresh_categories(channel=TRENDYOL)
    return MarketCategory.objects.get(remote_id=remote_id)


def read(remote_id: int = 411) -> MarketCategory:
    return read_category(category_id=category(remote_id).pk)


def sizes(found: MarketCategory) -> MarketAttribute:
    return found.attributes.get(remote_id=BEDEN)


def names(rows: Any) -> list[str]:
    return [row.name for row in rows]
