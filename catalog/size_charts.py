"""The size charts of models, for pages where somebody asks whether another size would fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F

from catalog.models import SizeChartRow


@dataclass(frozen=True, slots=True)
class ChartSize:
    """One size; lengths in millimetres."""

    size: str
    foot_mm: int
    insole_mm: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of a model, smallest foot first."""

    name: str
    note: str
    sizes: tuple[ChartSize, ...]


def charts_of(product_ids: Collection[int]) -> dict[int, Chart]:
    """Charts by model; models without one are left out. One statement."""
    rows = SizeChartRow.objects.filter(chart__products__in=product_ids).order_by("foot_mm", "size")
    found: dict[int, tuple[str, str, list[ChartSize]]] = {}
    named = rows.annotate(product=F("chart__products"), name=F("chart__name"), note=F("chart__note"))
    for row in named.values("product", "name", "note", "size", "foot_mm", "insole_mm"):
        entry = found.setdefault(row["product"], (row["name"], row["note"], []))
        entry[2].append(ChartSize(row["size"], row["foot_mm"], row["insole_mm"]))
    return {
        product: Chart(name, note, tuple(sizes))
        for product, (name, note, sizes) in found.items()
        if product in product_ids
    }
