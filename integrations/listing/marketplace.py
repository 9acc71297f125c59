"""What a marketplace must be able to do for our models to be listed on it.

`settings.MARKETPLACES` names one class per channel; `settings.COURIERS` names who delivers messages to it. A second
marketplace is these two and nothing in `catalog`, `inventory` or the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from integrations.listing.sheets import CategoryRules, Sheet, Violation


@dataclass(frozen=True, slots=True)
class BrandRow:
    """A brand as the marketplace names it."""

    remote_id: int
    name: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A node of the category tree; `parent_remote_id` None at the root, `path` from the root with ` › ` between."""

    remote_id: int
    parent_remote_id: int | None
    name: str
    path: str
    leaf: bool


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute of a category, in the order the marketplace tells them."""

    remote_id: int
    name: str
    required: bool
    allow_custom: bool
    varianter: bool
    slicer: bool
    multiple: bool


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value of an attribute."""

    remote_id: int
    name: str


class Marketplace(Protocol):
    """One marketplace. Reading methods speak over the network and raise DomainError; the others never do."""

    def read_brands(self) -> Iterable[BrandRow]:
        """Every brand, page by page."""

    def find_brands(self, name: str) -> Sequence[BrandRow]:
        """Brands by name, spelled as the marketplace wants it."""

    def read_categories(self) -> Sequence[CategoryRow]:
        """The whole tree, parents before children."""

    def read_attributes(self, category_id: int) -> Sequence[AttributeRow]:
        """The attributes of a leaf."""

    def read_values(self, category_id: int, attribute_id: int) -> Iterable[ValueRow]:
        """Every value of an attribute, all pages."""

    def check(self, sheet: Sheet, category: CategoryRules | None) -> list[Violation]:
        """Every rule for a new listing that the sheet breaks; nothing when it can be sent."""

    def create_item(self, sheet: Sheet, category: CategoryRules) -> Mapping[str, Any]:
        """The item that lists a barcode, as it is sent."""

    def unapproved_item(self, sheet: Sheet, category: CategoryRules) -> Mapping[str, Any]:
        """The item that corrects a barcode before approval: no price and no stock."""

    def content_item(
        self, content_id: int, sheet: Sheet, category: CategoryRules, fields: Sequence[str]
    ) -> Mapping[str, Any]:
        """The item that changes an approved card; `fields` of title, description, image_urls, attributes."""

    def variant_item(self, sheet: Sheet) -> Mapping[str, Any]:
        """The item that changes the data of an approved barcode; always complete."""

    def delivery_item(self, sheet: Sheet) -> Mapping[str, Any]:
        """The item that changes how soon an approved barcode ships."""

    def price_item(self, sheet: Sheet) -> Mapping[str, Any]:
        """The item that changes both prices of an approved barcode, and not its stock."""


def marketplace(channel: str) -> Marketplace:
    """The marketplace of a channel. Raises KeyError for one that is not set up."""
    make: Callable[[], Marketplace] = import_string(settings.MARKETPLACES[channel])
    return make()
