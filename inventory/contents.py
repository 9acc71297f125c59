"""What lies on a shelf now, and a fingerprint of it: what a person was shown is what may be booked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db import connection

from catalog.models import ProductImage, Variant
from inventory.models import RafUrun, StockMovement

MOVEMENTS_SHOWN = 15


def contents(shelf_id: int) -> list[RafUrun]:
    """Filled rows of a shelf with variant and model, by model, colour and size; one statement."""
    rows = RafUrun.objects.filter(shelf_id=shelf_id, adet__gt=0).select_related("variant__product")
    return list(rows.order_by("variant__product__code", "variant__colour", "variant__size", "variant_id"))


class OnShelf(NamedTuple):
    """Pairs of one barcode on one shelf: in the books, and of these already in a picker's hands."""

    booked: int
    held: int

    @property
    def lying(self) -> int:
        """What a person should find there."""
        return self.booked - self.held


# Boxes scanned for an order that is not confirmed yet, or collected for a batch and not sorted yet, left the shelf but
# not the books. Their tables are read by name because `inventory` may not import `orders`.
_ON_SHELF_SQL = """
WITH booked AS (
    SELECT variant_id, adet FROM inventory_rafurun WHERE shelf_id = %(shelf)s AND adet > 0
), held AS (
    SELECT variant_id, sum(pairs)::int AS pairs FROM (
        SELECT line.variant_id, scan.quantity AS pairs
          FROM orders_pickscan AS scan
          JOIN orders_orderline AS line ON line.id = scan.line_id
         WHERE scan.shelf_id = %(shelf)s AND line.stock_state = 'RESERVED' AND line.variant_id IS NOT NULL
         UNION ALL
        SELECT item.variant_id, item.collected - item.sorted
          FROM orders_pickbatchitem AS item
          JOIN orders_pickbatch AS batch ON batch.id = item.batch_id
         WHERE item.shelf_id = %(shelf)s AND batch.state <> 'CLOSED' AND item.collected > item.sorted
    ) AS boxes GROUP BY variant_id
)
SELECT COALESCE(booked.variant_id, held.variant_id), COALESCE(booked.adet, 0), COALESCE(held.pairs, 0)
  FROM booked FULL JOIN held ON held.variant_id = booked.variant_id
"""


def on_shelf(shelf_id: int) -> dict[int, OnShelf]:
    """What is on a shelf by variant, books and hands at one moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_SHELF_SQL, {"shelf": shelf_id})
        return {variant_id: OnShelf(booked, held) for variant_id, booked, held in cursor.fetchall()}


def quantities(shelf_id: int) -> dict[int, int]:
    """Pairs in the books of a shelf by variant, only what is there; one statement."""
    return dict(RafUrun.objects.filter(shelf_id=shelf_id, adet__gt=0).values_list("variant_id", "adet"))


def lying(shelf_id: int) -> dict[int, int]:
    """Pairs that a person should find on a shelf, by variant, only what is there; one statement."""
    return {variant_id: row.lying for variant_id, row in on_shelf(shelf_id).items() if row.lying > 0}


def fingerprint(*parts: Mapping[int, int] | str | int) -> str:
    """A short code of what was shown; two lists with the same content have the same one."""
    plain = [sorted(part.items()) if isinstance(part, Mapping) else part for part in parts]
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:16]


def last_movements(shelf_id: int, *, most: int = MOVEMENTS_SHOWN) -> list[StockMovement]:
    """The newest movements on a shelf, with variant, model and person."""
    rows = StockMovement.objects.filter(shelf_id=shelf_id).select_related("variant__product", "actor")
    return list(rows.order_by("-id")[:most])


def pictures(variants: Collection[Variant]) -> dict[int, str]:
    """The picture shown to pickers of each variant that has one, by variant; one statement."""
    rows = ProductImage.objects.filter(product_id__in={variant.product_id for variant in variants})
    first: dict[tuple[int, str], str] = {}
    for row in rows.order_by("product_id", "colour", "position"):
        first.setdefault((row.product_id, row.colour), row.url)
    found = {variant.pk: first.get((variant.product_id, variant.colour)) for variant in variants}
    return {pk: url for pk, url in found.items() if url}
