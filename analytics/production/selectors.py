"""What is being made, and the plans of production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from analytics.enums import PlanState
from analytics.models import ProductionPlan, ProductionPlanLine
from catalog.models import Product, Variant
from inventory.stock_grid import size_order


def coming(*, without: int | None = None) -> dict[int, int]:
    """Pairs still to be made of each variant: planned less made, over all plans that are worked on.

    `without` is a plan that is left out: what else is coming beside it.
    """
    working = ProductionPlanLine.objects.filter(plan__state=PlanState.WORKING, planned__gt=F("made"))
    if without is not None:
        working = working.exclude(plan=without)
    rows = working.values("variant_id").annotate(pairs=Sum(F("planned") - F("made")))
    return {row["variant_id"]: row["pairs"] for row in rows}


def plans(state: str = "") -> QuerySet[ProductionPlan]:
    """Plans, the newest first, with `planned` and `made` pairs and the number of `models`; one statement."""
    rows = ProductionPlan.objects.filter(state=state) if state else ProductionPlan.objects.all()
    counted = rows.select_related("created_by").annotate(
        planned=Sum("lines__planned", default=0),
        made=Sum("lines__made", default=0),
        models=Count("lines__variant__product", distinct=True, filter=Q(lines__planned__gt=0)),
    )
    return counted.order_by("-created_at", "-pk")


def percent_made(plan: ProductionPlan) -> int:
    """How much of a plan from `plans` is made, of a hundred; 100 only when it is all."""
    planned, made = getattr(plan, "planned", 0), getattr(plan, "made", 0)
    return made * 100 // planned if planned else 0


# --- one plan ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One barcode of the grid; without a line in the plan all its pairs are zero."""

    variant_id: int
    barcode: str
    colour: str
    size: str
    suggested: int
    planned: int
    made: int

    @property
    def open(self) -> int:
        return self.planned - self.made


@dataclass(frozen=True, slots=True)
class ColourRow:
    """One colour: a cell for each size of the model, None where that size does not exist."""

    colour: str
    cells: tuple[Cell | None, ...]

    @property
    def known(self) -> list[Cell]:
        return [cell for cell in self.cells if cell]

    @property
    def planned(self) -> int:
        return sum(cell.planned for cell in self.known)

    @property
    def made(self) -> int:
        return sum(cell.made for cell in self.known)


@dataclass(frozen=True, slots=True)
class ModelGrid:
    """One model of a plan: colours down, sizes across."""

    product_id: int
    code: str
    title: str
    sizes: tuple[str, ...]
    rows: tuple[ColourRow, ...]

    @property
    def planned(self) -> int:
        return sum(row.planned for row in self.rows)

    @property
    def made(self) -> int:
        return sum(row.made for row in self.rows)

    def sums(self) -> list[int]:
        """Planned pairs of each size."""
        return [
            sum(cell.planned for row in self.rows if (cell := row.cells[place]))
            for place in range(len(self.sizes))
        ]


def plan_models(plan_id: int) -> QuerySet[Product]:
    """The models of a plan by their code."""
    return Product.objects.filter(variants__in=_variants_of(plan_id)).distinct().order_by("code")


def _variants_of(plan_id: int) -> QuerySet[ProductionPlanLine, Any]:
    return ProductionPlanLine.objects.filter(plan=plan_id).values("variant")


def grids(plan_id: int, products: Sequence[Product], *, planned_only: bool = False) -> list[ModelGrid]:
    """The grids of these models; two statements.

    A colour that is in the plan has all its sizes, so that one can be added. `planned_only`: for paper, without
    colours and sizes of which nothing is to be made.
    """
    lines = {
        line.variant_id: line
        for line in ProductionPlanLine.objects.filter(plan=plan_id, variant__product__in=products)
    }
    variants = list(Variant.objects.filter(product__in=products).order_by("colour", "pk"))
    chosen = {(variant.product_id, variant.colour) for variant in variants if variant.pk in lines}
    cells: dict[int, list[Cell]] = {}
    for variant in variants:
        line = lines.get(variant.pk)
        usable = variant.active and not variant.discontinued
        if line or (usable and (variant.product_id, variant.colour) in chosen):
            cells.setdefault(variant.product_id, []).append(_cell(variant, line))
    return [
        grid
        for product in products
        if (grid := _grid(product, cells.get(product.pk, []), planned_only=planned_only))
    ]


def _cell(variant: Variant, line: ProductionPlanLine | None) -> Cell:
    return Cell(
        variant_id=variant.pk,
        barcode=variant.barcode,
        colour=variant.colour,
        size=variant.size,
        suggested=line.suggested if line else 0,
        planned=line.planned if line else 0,
        made=line.made if line else 0,
    )


def _grid(product: Product, cells: list[Cell], *, planned_only: bool) -> ModelGrid | None:
    shown = [cell for cell in cells if cell.planned] if planned_only else cells
    if not shown:
        return None
    sizes = sorted({cell.size for cell in shown}, key=size_order)
    colours = sorted({cell.colour for cell in shown})
    places = {(cell.colour, cell.size): cell for cell in shown}
    rows = tuple(ColourRow(colour, tuple(places.get((colour, size)) for size in sizes)) for colour in colours)
    return ModelGrid(product.pk, product.code, product.title, tuple(sizes), rows)


def capacity_words(plan: ProductionPlan) -> str:
    """`4 days × 30 pairs = 120 pairs`."""
    return _("%(days)s days × %(pairs)s pairs = %(total)s pairs") % {
        "days": plan.days,
        "pairs": plan.daily_capacity,
        "total": plan.days * plan.daily_capacity,
    }


__all__ = [
    "Cell",
    "ColourRow",
    "ModelGrid",
    "capacity_words",
    "coming",
    "grids",
    "percent_made",
    "plan_models",
    "plans",
]
