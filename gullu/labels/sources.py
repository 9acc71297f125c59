"""Which app builds which kind of label, and who may print it. The only place where labels meet the domains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from catalog import labels as products
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.kinds import LabelKind
from gullu.labels.printing import Build, ReadyZpl
from inventory import labels as shelves
from orders import labels as parcels


@dataclass(frozen=True, slots=True)
class Source:
    """`named` finds primary keys for what was scanned or typed; `permission` is needed to see these rows."""

    build: Build
    named: Callable[[str], list[int]]
    sample: Callable[[Design], list[Label]]
    permission: str
    ready_zpl: ReadyZpl | None = None


_SHELVES: Final = Source(
    shelves.shelf_labels, shelves.shelves_named, shelves.sample_labels, "inventory.view_shelf"
)
_CARGO: Final = Source(
    parcels.cargo_labels,
    parcels.orders_named,
    parcels.sample_labels,
    "orders.view_order",
    parcels.carrier_zpl,
)

SOURCES: Final[dict[str, Source]] = {
    LabelKind.PRODUCT: Source(
        products.product_labels, products.variants_named, products.sample_labels, "catalog.view_variant"
    ),
    LabelKind.SHELF: _SHELVES,
    LabelKind.SHELF_SMALL: _SHELVES,
    LabelKind.CARGO: _CARGO,
    LabelKind.CARGO_MANUAL: _CARGO,
    LabelKind.SLIP: Source(
        parcels.order_slips, parcels.orders_named, parcels.sample_labels, "orders.view_order"
    ),
}
