"""What a product is listed with: brands, categories, attributes, addresses (contract sections 7.3, 8.1-8.3, 8.14)."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import ValidationError

from integrations.trendyol.client.reading import check_size, envelope, page_fields, require, segment
from integrations.trendyol.client.results import RawRecord, ValuesPage
from integrations.trendyol.client.transport import Call, Query, Transport
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.schemas import (
    BrandPayload,
    CarrierPayload,
    CategoryAttribute,
    CategoryPayload,
    Payload,
    SupplierAddresses,
    explain,
)

MIN_BRANDS_SIZE: Final = 1000
MAX_BRANDS_SIZE: Final = 2000
MAX_VALUES_SIZE: Final = 1000
MAX_VALUES_PAGE: Final = 1000
_ROOT: Final = "/integration/product"

M = TypeVar("M", bound=Payload)


class LookupCalls:
    """Methods of the lookup services. All are reads, none belongs to one seller except the addresses."""

    _transport: Transport

    def brands(self, *, page: int, size: int = MAX_BRANDS_SIZE) -> list[RawRecord]:
        """Read one page of all brands, raw (contract section 8.1).

        There are no totals: a page shorter than the others is the last one. It is not known whether the first
        page is number 0 or 1: read both and de-duplicate. Raises TrendyolError.
        """
        endpoint = "lookups.brands"
        require(page >= 0, endpoint=endpoint, detail="the page is negative")
        fitting = MIN_BRANDS_SIZE <= size <= MAX_BRANDS_SIZE
        require(fitting, endpoint=endpoint, detail="the page size must be 1000 to 2000")
        data = envelope(self._read(endpoint, "/brands", {"page": page, "size": size}), endpoint=endpoint)
        return _objects(data.get("brands"), "brands", endpoint=endpoint)

    def brands_by_name(self, name: str) -> list[BrandPayload]:
        """Read brands by their name in exactly these letters, also large and small (contract section 8.1)."""
        endpoint = "lookups.brands_by_name"
        require(bool(name.strip()), endpoint=endpoint, detail="a name is needed")
        data = self._read(endpoint, "/brands/by-name", {"name": name})
        return _all(BrandPayload, data, "the answer", endpoint=endpoint)

    def category_tree(self) -> list[CategoryPayload]:
        """Read the roots of the category tree with everything below (contract section 8.2). Raises TrendyolError."""
        endpoint = "lookups.categories"
        data = self._read(endpoint, "/product-categories")
        roots = data if isinstance(data, list) else envelope(data, endpoint=endpoint).get("categories")
        return _all(CategoryPayload, roots, "categories", endpoint=endpoint)

    def category_attributes(self, category_id: int) -> list[CategoryAttribute]:
        """Read the attributes of a leaf category, without values (contract section 8.3)."""
        endpoint = "lookups.attributes"
        path = f"/categories/{segment(category_id, endpoint=endpoint)}/attributes"
        data = envelope(self._read(endpoint, path), endpoint=endpoint)
        return _all(
            CategoryAttribute, data.get("categoryAttributes"), "categoryAttributes", endpoint=endpoint
        )

    def attribute_values(
        self, *, category_id: int, attribute_id: int, page: int = 0, size: int = MAX_VALUES_SIZE
    ) -> ValuesPage:
        """Read one page of an attribute's raw values; without paging a long list is clipped (contract trap 32)."""
        endpoint = "lookups.values"
        check_size(size, limit=MAX_VALUES_SIZE, endpoint=endpoint)
        reachable = 0 <= page <= MAX_VALUES_PAGE
        require(reachable, endpoint=endpoint, detail=f"the page must be 0 to {MAX_VALUES_PAGE}")
        category, attribute = (segment(part, endpoint=endpoint) for part in (category_id, attribute_id))
        path = f"/categories/{category}/attributes/{attribute}/values"
        data = envelope(self._read(endpoint, path, {"page": page, "size": size}), endpoint=endpoint)
        return ValuesPage(**page_fields(data, endpoint=endpoint))

    def supplier_addresses(self) -> SupplierAddresses:
        """Read the seller's addresses; keep the answer for a day (contract section 7.3)."""
        endpoint = "lookups.addresses"
        path = f"/integration/sellers/{self._transport.seller_id}/addresses"
        data = envelope(self._transport.read(Call(endpoint, "GET", path)), endpoint=endpoint)
        _objects(data.get("supplierAddresses"), "supplierAddresses", endpoint=endpoint)
        return _one(SupplierAddresses, data, endpoint=endpoint)

    def cargo_providers(self) -> list[CarrierPayload]:
        """Read the carriers a product can be bound to (contract section 8.14)."""
        endpoint = "lookups.carriers"
        data = self._read(endpoint, "/lookup/cargo-providers")
        return _all(CarrierPayload, data, "the answer", endpoint=endpoint)

    def _read(self, endpoint: str, path: str, query: Query | None = None) -> Any:
        return self._transport.read(Call(endpoint, "GET", f"{_ROOT}{path}", query or {}))


def _objects(data: Any, what: str, *, endpoint: str) -> list[RawRecord]:
    """`data` as a list of objects; what is missing must never pass for an empty list."""
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise SchemaChanged(endpoint=endpoint, detail=f"{what} is missing or no list of objects")
    return data


def _all(model: type[M], data: Any, what: str, *, endpoint: str) -> list[M]:
    return [_one(model, record, endpoint=endpoint) for record in _objects(data, what, endpoint=endpoint)]


def _one(model: type[M], data: Any, *, endpoint: str) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None
