"""Trendyol behind the protocol of marketplaces: its lookups, its rules, its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from integrations.listing.sheets import CategoryRules, Sheet, Violation
from integrations.trendyol.listing import bodies
from integrations.trendyol.listing.bodies import Shape
from integrations.trendyol.listing.lookups import ReadsLookups
from integrations.trendyol.listing.rules import check_sheet


class TrendyolMarketplace(ReadsLookups):
    """`integrations.listing.marketplace.Marketplace`, with attributes in the shape of the settings."""

    def __init__(self) -> None:
        self._shape = Shape(settings.TRENDYOL["ATTRIBUTE_SHAPE"])

    def check(self, sheet: Sheet, category: CategoryRules | None) -> list[Violation]:
        return check_sheet(sheet, category, several=self._shape.create is Shape.PLURAL)

    def create_item(self, sheet: Sheet, category: CategoryRules) -> Mapping[str, Any]:
        return bodies.create_item(sheet, category, shape=self._shape.create)

    def unapproved_item(self, sheet: Sheet, category: CategoryRules) -> Mapping[str, Any]:
        return bodies.unapproved_item(sheet, category, shape=self._shape.update)

    def content_item(
        self, content_id: int, sheet: Sheet, category: CategoryRules, fields: Sequence[str]
    ) -> Mapping[str, Any]:
        return bodies.content_item(content_id, sheet, category, fields, shape=self._shape.update)

    def variant_item(self, sheet: Sheet) -> Mapping[str, Any]:
        return bodies.variant_item(sheet)

    def delivery_item(self, sheet: Sheet) -> Mapping[str, Any]:
        return bodies.delivery_item(sheet)

    def price_item(self, sheet: Sheet) -> Mapping[str, Any]:
        return bodies.price_item(sheet)


__all__ = ["TrendyolMarketplace"]
