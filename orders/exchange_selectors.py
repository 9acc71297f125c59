"""Reads about exchanges: what may be exchanged, what fits instead, and which parcels are expected."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from catalog.barcodes import normalise_barcode
from catalog.models import Variant
from catalog.scanning import resolve
from catalog.size_charts import Chart, charts_of
from inventory.selectors import availability
from orders.enums import ExchangeState
from orders.models import Exchange, OrderLine
from orders.pasted import pictures_of

MOST_FOUND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """The same model and colour in another size, with pairs that may still be sold."""

    variant_id: int
    barcode: str
    size: str
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchangeable:
    """A line of an order: `left` pairs of it can still be exchanged; `instead` are other sizes with stock.

    `chart` tells which foot they fit.
    """

    line: OrderLine
    picture: str
    left: int
    instead: tuple[Instead, ...]
    chart: Chart | None


def exchangeable(lines: Collection[OrderLine]) -> list[Exchangeable]:
    """What may be exchanged of these lines (with variant and product loaded). A constant number of statements."""
    known = [line for line in lines if line.variant is not None]
    variants = [line.variant for line in known if line.variant is not None]
    pictures = pictures_of(variants)
    spoken_for = exchanged_pairs([line.pk for line in known])
    sizes = _other_sizes(variants)
    charts = charts_of({variant.product_id for variant in variants})
    return [
        Exchangeable(
            line=line,
            picture=pictures.get((variant.product_id, variant.colour), ""),
            left=line.quantity - spoken_for.get(line.pk, 0),
            instead=tuple(
                row
                for row in sizes.get((variant.product_id, variant.colour), ())
                if row.variant_id != variant.pk
            ),
            chart=charts.get(variant.product_id),
        )
        for line, variant in zip(known, variants, strict=True)
    ]


def exchanged_pairs(line_ids: Collection[int]) -> dict[int, int]:
    """Pairs of these lines that are in exchanges already, cancelled ones left out."""
    rows = Exchange.objects.filter(line__in=line_ids).exclude(state=ExchangeState.CANCELLED)
    return {row["line"]: row["pairs"] for row in rows.values("line").annotate(pairs=Sum("quantity"))}


def _other_sizes(variants: Collection[Variant]) -> dict[tuple[int, str], list[Instead]]:
    rows = Variant.objects.filter(product__in={variant.product_id for variant in variants}, active=True)
    family = {row.barcode: row for row in rows.order_by("size", "pk")}
    there = {row.barcode: row.available for row in availability(list(family))}
    sizes: dict[tuple[int, str], list[Instead]] = {}
    for barcode, row in family.items():
        if there[barcode] > 0:
            offer = Instead(variant_id=row.pk, barcode=barcode, size=row.size, available=there[barcode])
            sizes.setdefault((row.product_id, row.colour), []).append(offer)
    return sizes


def expected(text: str) -> list[Exchange]:
    """Exchanges whose old article has not come yet, by return tracking number, new or first order, or its barcode.

    The oldest first; at most `MOST_FOUND`.
    """
    code = normalise_barcode(text)
    if not code:
        return []
    found = awaited().filter(
        Q(return_tracking_number=code) | Q(new_order__order_number=code) | Q(order_number=code)
    )
    if not found.exists():
        variant = resolve(text).variant
        found = awaited().filter(old_variant=variant) if variant else awaited().none()
    return list(found.order_by("created_at", "pk")[:MOST_FOUND])


def awaited() -> QuerySet[Exchange]:
    """Exchanges whose old article has not come yet."""
    return Exchange.objects.filter(disposition="").select_related("old_variant__product", "new_order", "line")
