"""Campaigns read: which are on in the same days for the same models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from analytics.models import Campaign

MOST_CODES: Final = 5


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another campaign in some of the same days. `codes` are models in both; empty where one of them is for all."""

    campaign: Campaign
    codes: tuple[str, ...]
    more: int = 0


def conflicts_of(campaign: Campaign) -> list[Conflict]:
    """Campaigns that meet this one; three statements at most."""
    others = Campaign.objects.filter(
        first_day__lte=campaign.last_day, last_day__gte=campaign.first_day
    ).exclude(pk=campaign.pk)
    rows = list(others.annotate(chosen=Count("products")).order_by("first_day", "pk"))
    if not rows:
        return []
    mine = list(campaign.products.values_list("pk", flat=True))
    common = _common([row.pk for row in rows], mine) if mine else {}
    found = (_conflict(row, bool(mine), common.get(row.pk, [])) for row in rows)
    return [conflict for conflict in found if conflict is not None]


def _common(campaigns: list[int], products: list[int]) -> dict[int, list[str]]:
    pairs = Campaign.products.through.objects.filter(product__in=products, campaign__in=campaigns)
    found: dict[int, list[str]] = {}
    for campaign, code in pairs.order_by("product__code").values_list("campaign_id", "product__code"):
        found.setdefault(campaign, []).append(code)
    return found


def _conflict(row: Campaign, has_models: bool, codes: list[str]) -> Conflict | None:
    everything = not row.chosen or not has_models  # type: ignore[attr-defined]
    if not everything and not codes:
        return None
    return Conflict(row, tuple(codes[:MOST_CODES]), max(len(codes) - MOST_CODES, 0))


def with_models(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns with `chosen`, the number of their models (0: all)."""
    return campaigns.annotate(chosen=Count("products"))
