"""The command palette (Ctrl+K): an order, a barcode or a model by a few letters or digits."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from catalog.models import Variant
from gullu.admin.base import who
from gullu.models import User
from gullu.text import fold
from orders.customer_data import name_for
from orders.models import Order

MOST_RESULTS: Final = 10
SHORTEST_TERM: Final = 3
# `"İ".lower()` leaves this dot behind; the skin lower-cases the term before it calls us.
_COMBINING_DOT: Final = "\u0307"


def find(request: HttpRequest, term: str) -> list[SearchResult]:
    """Newest matching orders and matching variants this person may open, a handful of each."""
    text = term.replace(_COMBINING_DOT, "").strip()
    if len(text) < SHORTEST_TERM:
        return []
    found: list[SearchResult] = []
    if request.user.has_perm("orders.view_order"):
        found += _orders(text, who(request))
    if request.user.has_perm("catalog.view_variant"):
        found += _variants(text)
    return found


def _orders(text: str, user: User) -> list[SearchResult]:
    orders = Order.objects.search(text).order_by("-ordered_at", "-pk")[:MOST_RESULTS]
    return [
        SearchResult(
            title=f"{order.order_number} {name_for(order, user)}",
            description=str(order.get_status_display()),
            link=reverse("admin:orders_order_change", args=[order.pk]),
            icon="receipt_long",
        )
        for order in orders
    ]


def _variants(text: str) -> list[SearchResult]:
    variants = Variant.objects.select_related("product")
    for word in fold(text).split():
        variants = variants.filter(Q(search_key__contains=word) | Q(product__search_key__contains=word))
    return [
        SearchResult(
            title=f"{variant.product.code} {variant.colour} {variant.size}",
            description=variant.barcode,
            link=reverse("admin:catalog_variant_change", args=[variant.pk]),
            icon="barcode",
        )
        for variant in variants.order_by("product__code", "colour", "size", "pk")[:MOST_RESULTS]
    ]
