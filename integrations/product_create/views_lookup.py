"""What the step of category and attributes looks up while somebody types. Nothing here asks the marketplace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from integrations.listing.choices import children_of, search_brands, search_categories, search_values
from integrations.models import MarketAttribute, MarketCategory
from integrations.product_create.shell import CHANNEL, may_keep_products

MOST_FOUND: Final = 50


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the category tree: what it is below (`above` None: the root), and what is on it."""

    above: MarketCategory | None
    rows: tuple[MarketCategory, ...]


def level_of(remote_id: int | None) -> Level:
    """The level below a category; the root for None and for a category that is not there."""
    above = None
    if remote_id is not None:
        above = MarketCategory.objects.filter(channel=CHANNEL, remote_id=remote_id).first()
    return Level(above, tuple(children_of(CHANNEL, above.remote_id if above else None)))


def number_of(text: str) -> int | None:
    """A number out of an address or a form; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_GET
@may_keep_products
def tree(request: HttpRequest) -> HttpResponseBase:
    """One level of the tree as a piece of the page (`parent`: a number of the marketplace)."""
    level = level_of(number_of(request.GET.get("parent", "")))
    return render(request, "product_create/listing_tree.html", {"level": level})


@require_GET
@may_keep_products
def categories(request: HttpRequest) -> HttpResponseBase:
    """Categories that take products, by words of their path (`q`)."""
    return _found((row.pk, row.name, row.path) for row in found_categories(request.GET.get("q", "")))


def found_categories(text: str) -> list[MarketCategory]:
    """Only what takes products: the rest is for walking through."""
    return [row for row in search_categories(CHANNEL, text, limit=MOST_FOUND) if row.leaf]


@require_GET
@may_keep_products
def brands(request: HttpRequest) -> HttpResponseBase:
    """Brands by words of their name (`q`)."""
    rows = search_brands(CHANNEL, request.GET.get("q", ""), limit=MOST_FOUND)
    return _found((row.pk, row.name, "") for row in rows)


@require_GET
@may_keep_products
def values(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Values of an attribute by words of their name (`q`)."""
    attribute = get_object_or_404(MarketAttribute, pk=pk)
    rows = search_values(attribute.pk, request.GET.get("q", ""), limit=MOST_FOUND)
    return _found((row.remote_id, row.name, "") for row in rows)


def _found(rows: Iterable[tuple[int, str, str]]) -> JsonResponse:
    found = [{"id": number, "name": name, "note": note} for number, name, note in rows]
    return JsonResponse({"found": found, "most": MOST_FOUND})
