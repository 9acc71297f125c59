"""What there is to choose from when a model is listed, out of what was read last (`integrations.listing.reference`).

Search does not mind case or Turkish letters: every word must occur, and what is spelled as typed comes first.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, Func, IntegerField, QuerySet, Value, When

from gullu.text import Fold, fold
from integrations.listing.sheets import AttributeRule, CategoryRules
from integrations.models import MarketAttribute, MarketBrand, MarketCategory, MarketValue

EXACT, BEGINS, BEGINS_A_WORD, CONTAINS = range(4)


class LeadingNumber(Func):
    """The number a text begins with, so that `9` comes before `37` and both before `XL`."""

    template = "substring(%(expressions)s from '^[0-9]{1,9}')::integer"
    output_field = IntegerField()
    arity = 1


def search_brands(channel: str, text: str, *, limit: int = 30) -> list[MarketBrand]:
    """Brands whose name holds every word of `text`; the first ones by name for an empty text."""
    rows = _with_words(MarketBrand.objects.filter(channel=channel), text)
    return list(_by_rank(rows, "search_key", text).order_by("rank", "search_key", "remote_id")[:limit])


def search_categories(channel: str, text: str, *, limit: int = 50) -> list[MarketCategory]:
    """Offered categories whose path holds every word: those that take products first, then by their own name."""
    rows = _with_words(MarketCategory.objects.filter(channel=channel, offered=True), text)
    named = rows.annotate(name_key=Fold(F("name")))
    return list(
        _by_rank(named, "name_key", text).order_by("-leaf", "rank", "search_key", "remote_id")[:limit]
    )


def children_of(channel: str, parent_remote_id: int | None) -> list[MarketCategory]:
    """The offered categories directly below one, by name; those at the root for None."""
    rows = MarketCategory.objects.filter(channel=channel, offered=True, parent_remote_id=parent_remote_id)
    return list(rows.order_by(Fold(F("name")), "remote_id"))


def search_values(attribute_id: int, text: str, *, limit: int = 50) -> list[MarketValue]:
    """Values of an attribute (its pk here) that hold every word, numbers in their order; all for an empty text."""
    rows = _with_words(MarketValue.objects.filter(attribute=attribute_id), text)
    places = ("rank", LeadingNumber(F("name")).asc(nulls_last=True), "search_key", "remote_id")
    return list(_by_rank(rows, "search_key", text).order_by(*places)[:limit])


def attributes_of(category: MarketCategory) -> list[MarketAttribute]:
    """The attributes of a category, required ones first, else as the marketplace orders them; without values."""
    return list(category.attributes.order_by("-required", "position"))


def category_rules(category: MarketCategory) -> CategoryRules:
    """The category as the rules need it, in two statements."""
    rows = MarketValue.objects.filter(attribute__category=category).order_by().values_list("attribute_id")
    values: dict[int, list[int]] = dict(rows.annotate(ids=ArrayAgg("remote_id")))
    return CategoryRules(
        remote_id=category.remote_id,
        name=category.name,
        leaf=category.leaf,
        attributes=[_rule(row, values.get(row.pk, [])) for row in attributes_of(category)],
    )


def _rule(attribute: MarketAttribute, value_ids: list[int]) -> AttributeRule:
    return AttributeRule(
        remote_id=attribute.remote_id,
        name=attribute.name,
        required=attribute.required,
        allow_custom=attribute.allow_custom,
        varianter=attribute.varianter,
        slicer=attribute.slicer,
        multiple=attribute.multiple,
        value_ids=None if attribute.values_read_at is None else frozenset(value_ids),
    )


def _with_words(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    for word in fold(text).split():
        rows = rows.filter(search_key__contains=word)
    return rows


def _by_rank(rows: QuerySet[Any], key: str, text: str) -> QuerySet[Any]:
    """Annotate `rank`: how well `key`, a folded text, fits what was typed."""
    folded = fold(text)
    rank: Case | Value = Case(
        When(**{key: folded}, then=EXACT),
        When(**{f"{key}__startswith": folded}, then=BEGINS),
        When(**{f"{key}__contains": f" {folded}"}, then=BEGINS_A_WORD),
        default=CONTAINS,
    )
    ranked: QuerySet[Any] = rows.annotate(rank=rank if folded else Value(EXACT))
    return ranked


__all__ = [
    "attributes_of",
    "category_rules",
    "children_of",
    "search_brands",
    "search_categories",
    "search_values",
]
