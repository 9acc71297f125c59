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
from integrations.trendyol.schemas.lookups import (
    AttributeName,
    AttributeValue,
    BrandPayload,
    CarrierPayload,
    CategoryAttribute,
    CategoryPayload,
    SupplierAddress,
    SupplierAddresses,
)
from integrations.trendyol.schemas.orders import (
    Address,
    DiscountDetail,
    PackageHistory,
    PackageLine,
    PackagePayload,
)
from integrations.trendyol.schemas.product_writes import AuditUpdate, BuyboxRow, UpdateAudit
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
from integrations.trendyol.schemas.webhooks import WEBHOOK_STATUSES, WebhookPayload

__all__ = [
    "WEBHOOK_STATUSES",
    "Address",
    "ApprovedProduct",
    "Attribute",
    "AttributeName",
    "AttributeValue",
    "AuditUpdate",
    "BadRecord",
    "BatchItem",
    "BatchResult",
    "BrandPayload",
    "BuyboxRow",
    "CargoInvoiceItem",
    "CarrierPayload",
    "CategoryAttribute",
    "CategoryPayload",
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
    "SupplierAddress",
    "SupplierAddresses",
    "UnapprovedProduct",
    "UpdateAudit",
    "Variant",
    "WebhookPayload",
    "explain",
    "validate_each",
]
