"""Storing what a marketplace named, set-wise. Callers have read all of it before; see `integrations.listing.reference`.

Rows are written in the order of their numbers, so that two who store brands at once cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.listing.marketplace import AttributeRow, BrandRow, CategoryRow, ValueRow
from integrations.models import MarketAttribute, MarketBrand, MarketCategory, MarketValue

ROWS_AT_ONCE: Final = 1000
_REMOTE_KEY: Final = ["channel", "remote_id"]
_CATEGORY_FIELDS: Final = ["parent_remote_id", "name", "path", "leaf", "offered", "read_at"]
_ATTRIBUTE_FIELDS: Final = [
    *("name", "position", "required", "allow_custom", "varianter", "slicer", "multiple", "values_read_at"),
]


@dataclass(frozen=True, slots=True)
class ReadAttribute:
    """An attribute with all its values."""

    row: AttributeRow
    values: Sequence[ValueRow]


def store_brands(*, channel: str, rows: Collection[BrandRow]) -> None:
    """Add brands and rename known ones, a thousand at once."""
    now = timezone.now()
    ordered = sorted(rows, key=lambda row: row.remote_id)
    # Not one long list of instances: a marketplace may have hundreds of thousands of brands.
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        MarketBrand.objects.bulk_create(
            [
                MarketBrand(channel=channel, remote_id=row.remote_id, name=row.name, read_at=now)
                for row in ordered[start : start + ROWS_AT_ONCE]
            ],
            update_conflicts=True,
            unique_fields=_REMOTE_KEY,
            update_fields=["name", "read_at"],
        )


@transaction.atomic
def store_categories(*, channel: str, rows: Collection[CategoryRow]) -> int:
    """Make the tree what `rows`, a complete one, say; returns how many categories are offered no more."""
    now = timezone.now()
    MarketCategory.objects.bulk_create(
        [_category(channel, row, now) for row in sorted(rows, key=lambda row: row.remote_id)],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=_REMOTE_KEY,
        update_fields=_CATEGORY_FIELDS,
    )
    gone = MarketCategory.objects.filter(channel=channel, offered=True, read_at__lt=now)
    return gone.update(offered=False)


def _category(channel: str, row: CategoryRow, now: datetime) -> MarketCategory:
    return MarketCategory(
        channel=channel,
        remote_id=row.remote_id,
        parent_remote_id=row.parent_remote_id,
        name=row.name,
        path=row.path,
        leaf=row.leaf,
        offered=True,
        read_at=now,
    )


@transaction.atomic
def store_attributes(*, category: MarketCategory, attributes: Sequence[ReadAttribute]) -> None:
    """Make the attributes of a category and their values what was read; what was not named is removed."""
    now = timezone.now()
    stored = MarketAttribute.objects.bulk_create(
        [_attribute(category, place, read.row, now) for place, read in enumerate(attributes)],
        update_conflicts=True,
        unique_fields=["category", "remote_id"],
        update_fields=_ATTRIBUTE_FIELDS,
    )
    category.attributes.exclude(remote_id__in=[row.remote_id for row in stored]).delete()
    wanted = {
        (row.pk, value.remote_id): value.name
        for row, read in zip(stored, attributes, strict=True)
        for value in read.values
    }
    _store_values(category, wanted)
    category.attributes_read_at = now
    category.save(update_fields=["attributes_read_at"])


def _attribute(category: MarketCategory, place: int, row: AttributeRow, now: datetime) -> MarketAttribute:
    return MarketAttribute(
        category=category,
        remote_id=row.remote_id,
        name=row.name,
        position=place,
        required=row.required,
        allow_custom=row.allow_custom,
        varianter=row.varianter,
        slicer=row.slicer,
        multiple=row.multiple,
        values_read_at=now,
    )


def _store_values(category: MarketCategory, wanted: dict[tuple[int, int], str]) -> None:
    """`wanted`: name by attribute and number there. Values that stay as they are are not written."""
    rows = MarketValue.objects.filter(attribute__category=category)
    known = {
        (attribute_id, remote_id): (pk, name)
        for pk, attribute_id, remote_id, name in rows.values_list("pk", "attribute_id", "remote_id", "name")
    }
    gone = [pk for place, (pk, _name) in known.items() if place not in wanted]
    if gone:
        MarketValue.objects.filter(pk__in=gone).delete()
    MarketValue.objects.bulk_create(
        [
            MarketValue(attribute_id=attribute_id, remote_id=remote_id, name=name)
            for (attribute_id, remote_id), name in sorted(wanted.items())
            if known.get((attribute_id, remote_id), (0, None))[1] != name
        ],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["attribute", "remote_id"],
        update_fields=["name"],
    )


__all__ = ["ReadAttribute", "store_attributes", "store_brands", "store_categories"]
