"""What a barcode is to look like on a marketplace, and what it looks like there: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one attribute: values of the marketplace's list, or `text` where it takes free text."""

    values: tuple[int, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.values or self.text)

    @classmethod
    def from_json(cls, value: Any) -> Choice:
        """From what `ChannelProduct` keeps; nothing chosen for anything else."""
        if not isinstance(value, Mapping):
            return cls()
        return cls(tuple(value.get("values") or ()), str(value.get("text") or ""))

    def as_json(self) -> dict[str, Any]:
        return {"values": list(self.values)} if self.values else {"text": self.text}


Choices = Mapping[int, Choice]
"""Chosen per attribute number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything one barcode is listed with. Prices include VAT, in TRY; `desi` is volumetric weight.

    None and empty mean that it was not filled in: rules say whether that is allowed. `image_urls` are as somebody
    outside fetches them, first the main one. `quantity` is what may be sold now. `card_title` is what all sizes of the
    colour share once they stand on one card.
    """

    variant_id: int
    product_id: int
    barcode: str
    product_code: str
    colour: str
    size: str
    title: str
    description: str
    stock_code: str
    brand_id: int | None
    category_id: int | None
    quantity: int
    list_price: Decimal | None
    sale_price: Decimal | None
    vat_rate: int
    desi: Decimal | None
    origin: str
    delivery_days: int | None
    image_urls: tuple[str, ...]
    attributes: Choices
    card_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSheet:
    """What a marketplace says of one barcode (`Listing.remote`). None: it did not say."""

    product_code: str = ""
    colour: str = ""
    size: str = ""
    title: str = ""
    description: str = ""
    stock_code: str = ""
    brand_id: int | None = None
    brand: str = ""
    category_id: int | None = None
    category: str = ""
    vat_rate: int | None = None
    desi: str | None = None
    origin: str = ""
    delivery_days: int | None = None
    image_urls: tuple[str, ...] = ()
    attributes: Mapping[str, Mapping[str, Any]] | None = None
    """As in `ChannelProduct`; None where attributes were not told."""
    colour_attributes: tuple[int, ...] = ()
    size_attributes: tuple[int, ...] = ()
    """Numbers of those attributes that tell its colour and its size."""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RemoteSheet:
        """From `Listing.remote`; what it does not name was not said."""
        known = {name: value[name] for name in _REMOTE_NAMES if name in value}
        for name in _REMOTE_LISTS:
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """For `Listing.remote`: only what was said."""
        said = {name: getattr(self, name) for name in _REMOTE_NAMES}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in said.items()
            if value is not None and value not in ("", ())
        }


_REMOTE_NAMES = tuple(field.name for field in fields(RemoteSheet))
_REMOTE_LISTS = ("image_urls", "colour_attributes", "size_attributes")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a sheet breaks. `field` names the field of `Sheet`; `attribute_id` which attribute, if it is one.

    `message` is a sentence that names the value and the way out. `barcode` is empty when it concerns all barcodes of
    its `colour`, and `colour` too when it concerns the whole model. `first_only`: only a new listing must keep it.
    """

    field: str
    code: str
    message: str | Promise
    barcode: str = ""
    colour: str = ""
    attribute_id: int | None = None
    first_only: bool = False


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """An attribute of the chosen category as the rules need it; `value_ids` None where its values were not read."""

    remote_id: int
    name: str
    required: bool
    allow_custom: bool
    varianter: bool
    slicer: bool
    multiple: bool
    value_ids: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """The chosen category: `leaf` says whether it takes products."""

    remote_id: int
    name: str
    leaf: bool
    attributes: Sequence[AttributeRule] = ()


__all__ = [
    "AttributeRule",
    "CategoryRules",
    "Choice",
    "Choices",
    "RemoteSheet",
    "Sheet",
    "Violation",
]
