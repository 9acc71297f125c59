"""What tests of the steps have in common."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from catalog.models import Product
from catalog.writing import set_variants
from gullu.models import User

START = "/product_create/"


def page(product: Product, step: str) -> str:
    return reverse(f"product_create:{step}", args=[product.pk])


def make_variants(
    product: Product, user: User, *, colours: Any = ("Siyah",), sizes: Any = ("36", "37")
) -> None:
    set_variants(product_id=product.pk, colours=colours, sizes=sizes, user=user)
