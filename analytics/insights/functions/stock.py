"""What lies in the warehouse now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from pydantic import Field

from analytics.insights.functions.base import Answer, Arguments, Code, Function, Limit, Text
from catalog.models import Variant
from gullu.text import fold
from inventory.selectors import Availability, availability


class StockArguments(Arguments):
    """Stock now, of barcodes or added up for models."""

    by: Literal["MODEL", "BARCODE"] = Field(default="MODEL", description="What the rows are")
    model: Code | None = Field(default=None, description="Exact model code")
    words: Text | None = Field(default=None, description="Words of a model's code or name")
    category: Code | None = Field(default=None, description="Exact category")
    only: Literal["ALL", "NOTHING_AVAILABLE", "BELOW_ZERO", "ON_HAND"] = Field(
        default="ALL", description="NOTHING_AVAILABLE: zero or less; BELOW_ZERO: promised more than is there"
    )
    order: Literal["most", "least"] = Field(default="most", description="By available pairs")
    limit: Limit = 25


@dataclass(slots=True)
class _Pairs:
    """Pairs of barcodes added up. `available` may be below zero."""

    barcodes: int = 0
    on_hand: int = 0
    reserved: int = 0
    buffer: int = 0
    available: int = 0

    def add(self, row: Availability) -> None:
        self.barcodes += 1
        self.on_hand += row.on_hand
        self.reserved += row.reserved
        self.buffer += row.buffer
        self.available += row.available

    def as_dict(self) -> dict[str, int]:
        return {part.name: getattr(self, part.name) for part in fields(self)}


_TESTS: Final[Mapping[str, Callable[[Availability], bool]]] = {
    "ALL": lambda _row: True,
    "NOTHING_AVAILABLE": lambda row: row.available <= 0,
    "BELOW_ZERO": lambda row: row.available < 0,
    "ON_HAND": lambda row: row.on_hand > 0,
}


def stock_levels(given: StockArguments, today: date) -> Answer:
    """Pairs on hand, reserved, held back and available; two statements."""
    goods = {
        row["barcode"]: row
        for row in _goods(given).values("barcode", "colour", "size", "product__code", "product__title")
    }
    test = _TESTS[given.only]
    rows = [row for row in availability(list(goods)) if test(row)]
    groups = _by_model(rows, goods) if given.by == "MODEL" else _by_barcode(rows, goods)
    groups.sort(key=lambda one: (one["available"], str(one)), reverse=given.order == "most")
    total = _Pairs()
    for row in rows:
        total.add(row)
    data = {
        "as_of": today.isoformat(),
        "by": given.by,
        "only": given.only,
        "total": total.as_dict(),
        "rows": groups[: given.limit],
        "rows_left_out": max(len(groups) - given.limit, 0),
    }
    return Answer(data, _address(given))


def _goods(given: StockArguments) -> QuerySet[Variant]:
    goods = Variant.objects.filter(product__draft=False)
    if given.model:
        goods = goods.filter(product__code=given.model)
    if given.category:
        goods = goods.filter(product__category=given.category)
    for word in fold(given.words or "").split():
        goods = goods.filter(product__search_key__contains=word)
    return goods


def _by_model(rows: Iterable[Availability], goods: Mapping[str, Any]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], _Pairs] = defaultdict(_Pairs)
    for row in rows:
        one = goods[row.barcode]
        sums[one["product__code"], one["product__title"]].add(row)
    return [{"model": code, "title": title, **pairs.as_dict()} for (code, title), pairs in sums.items()]


def _by_barcode(rows: Iterable[Availability], goods: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        one = goods[row.barcode]
        names = {
            "barcode": row.barcode,
            "model": one["product__code"],
            "colour": one["colour"],
            "size": one["size"],
        }
        numbers = {
            "on_hand": row.on_hand,
            "reserved": row.reserved,
            "buffer": row.buffer,
            "available": row.available,
        }
        found.append({**names, **numbers})
    return found


def _address(given: StockArguments) -> str:
    """The list of central stock, narrowed by the words it can be searched by."""
    words = " ".join(part for part in (given.model, given.words) if part)
    address = reverse("admin:inventory_centralstock_changelist")
    return f"{address}?{urlencode({'q': words})}" if words else address


STOCK: Final = Function(
    name="stock_levels",
    description="Stock now: pairs on hand, reserved for orders, held back, and available; by model or barcode.",
    arguments=StockArguments,
    right="inventory.view_centralstock",
    run=stock_levels,
)

__all__ = ["STOCK"]
