"""Shelf labels, large and small."""

from __future__ import annotations

from collections.abc import Sequence

from gullu.labels.designs.shelf import shelf_label
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from inventory.models import Shelf
from inventory.shelf_codes import normalise_shelf_code

RANGE_MARK = "…"


def shelf_labels(shelf_ids: Sequence[int], design: Design) -> dict[int, list[Label]]:
    """The label of each shelf that exists, by its primary key. Raises `LabelRefused`."""
    rows = Shelf.objects.filter(pk__in=shelf_ids).values_list("pk", "code")
    return {pk: [shelf_label(code, design)] for pk, code in rows}


def shelves_named(code: str) -> list[int]:
    """The shelf with this code, or a range `A-01-01…A-05-03` in walking order (`...` and `..` mean the same)."""
    first, mark, last = code.replace("...", RANGE_MARK).replace("..", RANGE_MARK).partition(RANGE_MARK)
    if not mark:
        return list(Shelf.objects.filter(code=normalise_shelf_code(code)).values_list("pk", flat=True))
    codes = [normalise_shelf_code(first), normalise_shelf_code(last)]
    ends = {row.code: (row.route_order, row.code) for row in Shelf.objects.filter(code__in=codes)}
    if len(ends) != len(set(codes)):
        return []
    low, high = sorted(ends.values())
    between = Shelf.objects.filter(active=True, route_order__range=(low[0], high[0]))
    rows = between.order_by("route_order", "code").values_list("pk", "route_order", "code")
    return [pk for pk, order, name in rows if low <= (order, name) <= high]


def sample_labels(design: Design) -> list[Label]:
    """What a template is shown with while it is being edited."""
    return [shelf_label("A-B-03", design)]
