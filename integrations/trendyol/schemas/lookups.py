"""What a product is listed with: brands, categories, attributes and values, addresses, carriers (sections 7.3, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from integrations.trendyol.schemas.base import (
    AsList,
    Flag,
    Id,
    OptInt,
    Payload,
    RequiredText,
    Spellings,
    Text,
    is_empty,
)


def _as_address(value: Any) -> Any:
    """An address only where there is one: the default return address is told as a mere flag."""
    return value if isinstance(value, dict) and not is_empty(value.get("id")) else None


class BrandPayload(Payload):
    """A brand. Raises ValidationError without id or name."""

    id: Id
    name: RequiredText


class CategoryPayload(Payload):
    """A node of the category tree with everything below it; a leaf has nothing below.

    Raises ValidationError where `subCategories` is absent: a branch cut off must not pass for a leaf.
    """

    id: Id
    name: RequiredText
    parent_id: OptInt = None
    children: Annotated[list[CategoryPayload], AsList] = Field(alias="subCategories")

    def walk(self) -> Iterator[tuple[CategoryPayload, ...]]:
        """The way to each node, this one first: from here down to the node itself."""
        yield (self,)
        for child in self.children:
            for way in child.walk():
                yield (self, *way)


class AttributeName(Payload):
    """Which attribute it is."""

    id: Id
    name: RequiredText


class CategoryAttribute(Payload):
    """An attribute of a leaf category, without its values."""

    attribute: AttributeName
    required: Flag = False
    allow_custom: Flag = False
    varianter: Flag = False
    slicer: Flag = False
    multiple: Flag = Field(default=False, alias="allowMultipleAttributeValues")


class AttributeValue(Payload):
    """A value an attribute can take."""

    spellings: ClassVar[Spellings] = {"attributeValue": ("attributeValueName",)}

    id: Id = Field(alias="attributeValueId")
    name: RequiredText = Field(alias="attributeValue")


class SupplierAddress(Payload):
    """An address of the seller; `kind` is Shipment, Invoice or Returning."""

    id: Id
    kind: Text = Field(default="", alias="addressType")
    country: Text = ""
    city: Text = ""
    district: Text = ""
    post_code: Text = ""
    address: Text = ""
    full_address: Text = ""
    is_default: Flag = False
    is_shipment: Flag = Field(default=False, alias="isShipmentAddress")
    is_invoice: Flag = Field(default=False, alias="isInvoiceAddress")
    is_returning: Flag = Field(default=False, alias="isReturningAddress")


OptionalAddress = Annotated[SupplierAddress | None, BeforeValidator(_as_address)]


class SupplierAddresses(Payload):
    """The seller's addresses. No default return address is told, only whether there is one."""

    addresses: Annotated[list[SupplierAddress], AsList] = Field(
        default_factory=list, alias="supplierAddresses"
    )
    default_shipment: OptionalAddress = Field(default=None, alias="defaultShipmentAddress")
    default_invoice: OptionalAddress = Field(default=None, alias="defaultInvoiceAddress")


class CarrierPayload(Payload):
    """A carrier a product can be bound to."""

    code: RequiredText
    name: Text = ""
