"""Trendyol's payloads as typed, read-only records."""

from __future__ import annotations

from integrations.trendyol.schemas.base import BadRecord, Payload, explain, validate_each
from integrations.trendyol.schemas.claims import (
    ClaimActor,
    ClaimAuditEntry,
    ClaimItem,
    ClaimLine,
    ClaimOrderLine,
    ClaimPackage,
    ClaimPayload,
    ClaimReason,
    IssueReason,
)
from integrations.trendyol.schemas.finance import CargoInvoiceItem, SettlementRow
from integrations.trendyol.schemas.orders import (
    Address,
    DiscountDetail,
    PackageHistory,
    PackageLine,
    PackagePayload,
)
from integrations.trendyol.schemas.products import (
    ApprovedProduct,
    Attribute,
    BatchItem,
    BatchResult,
    InventoryContent,
    InventoryVariant,
    ProductBase,
    UnapprovedProduct,
    Variant,
)

__all__ = [
    "Address",
    "ApprovedProduct",
    "Attribute",
    "BadRecord",
    "BatchItem",
    "BatchResult",
    "CargoInvoiceItem",
    "ClaimActor",
    "ClaimAuditEntry",
    "ClaimItem",
    "ClaimLine",
    "ClaimOrderLine",
    "ClaimPackage",
    "ClaimPayload",
    "ClaimReason",
    "DiscountDetail",
    "InventoryContent",
    "InventoryVariant",
    "IssueReason",
    "PackageHistory",
    "PackageLine",
    "PackagePayload",
    "Payload",
    "ProductBase",
    "SettlementRow",
    "UnapprovedProduct",
    "Variant",
    "explain",
    "validate_each",
]
