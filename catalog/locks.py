"""Locks of the catalogue. Order: model → variants → picture files; see docs/locking.md."""

from __future__ import annotations

from collections.abc import Collection

from catalog.errors import ProductNotFound
from catalog.models import Product, Variant
from gullu.locks import transaction_lock

PICTURE_FILES = "catalog.picture_files"


def lock_product(product_id: int) -> Product:
    """The model, locked: whoever changes its pictures holds it. Raises `ProductNotFound`."""
    product = Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound(product=product_id)
    return product


def lock_products(product_ids: Collection[int]) -> list[Product]:
    """These models, locked in order of their key; those that do not exist are left out."""
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=product_ids)
    return list(rows.order_by("pk"))


def lock_variants(variant_ids: Collection[int]) -> list[Variant]:
    """These barcodes, locked in order of their key; those that do not exist are left out."""
    rows = Variant.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=variant_ids)
    return list(rows.order_by("pk"))


def lock_picture_files() -> None:
    """Serialise "write a file and name it in a row" against "no row names it, remove it"."""
    transaction_lock(PICTURE_FILES)
