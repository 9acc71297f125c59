"""The reading half of the adapter: Trendyol's brands, categories, attributes and values as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

from integrations import problems
from integrations.listing.marketplace import AttributeRow, BrandRow, CategoryRow, ValueRow
from integrations.models import SyncProblem
from integrations.problems import Problem
from integrations.trendyol.client import RawRecord
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import (
    AttributeValue,
    BadRecord,
    BrandPayload,
    CategoryAttribute,
    CategoryPayload,
    Payload,
    validate_each,
)

BETWEEN = " › "

M = TypeVar("M", bound=Payload)


class ReadsLookups:
    """What `integrations.listing.reference` reads. Every method speaks over the network and raises TrendyolError.

    A single brand or value that cannot be read becomes a SyncProblem; an unreadable category or attribute fails the
    reading, because what depends on it would be wrong.
    """

    def read_brands(self) -> Iterator[BrandRow]:
        """Every brand once. Pages tell no total: one that is shorter than the longest before it is the last."""
        client, seen, longest = get_client(), set[int](), 0
        for page in count():
            records = client.brands(page=page)
            fresh = [row for row in _brands(records) if row.remote_id not in seen]
            yield from fresh
            seen.update(row.remote_id for row in fresh)
            # Pages 0 and 1 are the same one where counting starts at 1, so neither of them is the end by itself.
            if page > 0 and (len(records) < longest or (page > 1 and not fresh) or not records):
                return
            longest = max(longest, len(records))

    def find_brands(self, name: str) -> list[BrandRow]:
        """Brands by name in exactly these letters; Trendyol also finds longer names that begin with it."""
        return [_brand(brand) for brand in get_client().brands_by_name(name)]

    def read_categories(self) -> list[CategoryRow]:
        """The whole tree, parents before children. Raises SchemaChanged for an empty one."""
        roots = get_client().category_tree()
        if not roots:
            raise SchemaChanged(endpoint="lookups.categories", detail="the tree is empty")
        return [_category(way) for root in roots for way in root.walk()]

    def read_attributes(self, category_id: int) -> list[AttributeRow]:
        """The attributes of a leaf. Raises Rejected (404) for a category that Trendyol does not know."""
        return [_attribute(row) for row in get_client().category_attributes(category_id)]

    def read_values(self, category_id: int, attribute_id: int) -> Iterator[ValueRow]:
        """Every value of an attribute, all pages. Raises SchemaChanged when they end before their announced end."""
        client, read = get_client(), 0
        for number in count():
            page = client.attribute_values(category_id=category_id, attribute_id=attribute_id, page=number)
            read += len(page.content)
            if not page.content and read < page.total_elements:
                detail = f"{read} of {page.total_elements} values of attribute {attribute_id} were told"
                raise SchemaChanged(endpoint="lookups.values", detail=detail)
            for value in _readable(AttributeValue, page.content, f"value of attribute {attribute_id}"):
                yield ValueRow(value.id, clean(value.name, 300))
            if read >= page.total_elements:
                return


def _brands(records: Sequence[RawRecord]) -> list[BrandRow]:
    return [_brand(brand) for brand in _readable(BrandPayload, records, "brand")]


def _brand(brand: BrandPayload) -> BrandRow:
    return BrandRow(brand.id, clean(brand.name, 200))


def _category(way: tuple[CategoryPayload, ...]) -> CategoryRow:
    node = way[-1]
    return CategoryRow(
        remote_id=node.id,
        parent_remote_id=way[-2].id if len(way) > 1 else None,
        name=clean(node.name, 200),
        path=clean(BETWEEN.join(part.name.strip() for part in way), 600),
        leaf=not node.children,
    )


def _attribute(row: CategoryAttribute) -> AttributeRow:
    return AttributeRow(
        remote_id=row.attribute.id,
        name=clean(row.attribute.name, 200),
        required=row.required,
        allow_custom=row.allow_custom,
        varianter=row.varianter,
        slicer=row.slicer,
        multiple=row.multiple,
    )


def _readable(model: type[M], records: Sequence[RawRecord], what: str) -> list[M]:
    good, bad = validate_each(model, records)
    problems.report(_problem(what, record) for record in bad)
    return good


def _problem(what: str, record: BadRecord) -> Problem:
    number = record.raw.get("id") or record.raw.get("attributeValueId") or record.index
    name = f"{what} {number}"
    return Problem(SyncProblem.Kind.BAD_PAYLOAD, name, f"The {name} could not be read: {record.reason}")


__all__ = ["BETWEEN", "ReadsLookups"]
