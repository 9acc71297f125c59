"""What lies on a shelf now, and a fingerprint of it: what a person was shown is what may be booked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from catalog.models import ProductImage, Variant
from inventory.models import RafUrun, StockMovement

MOVEMENTS_SHOWN = 15


def contents(shelf_id: int) -> list[RafUrun]:
    """Filled rows of a shelf with variant and model, by model, colour and size; one statement."""
    rows = RafUrun.objects.filter(shelf_id=shelf_id, adet__gt=0).select_related("variant__product")
    return list(rows.order_by("variant__product__code", "variant__colour", "variant__size", "variant_id"))


def quantities(shelf_id: int) -> dict[int, int]:
    """Pairs on a shelf by variant, only what is there; one statement."""
    return dict(RafUrun.objects.filter(shelf_id=shelf_id, adet__gt=0).values_list("variant_id", "adet"))


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
