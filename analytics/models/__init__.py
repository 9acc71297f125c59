"""Records of the analytics app."""

from analytics.models.commissions import (
    CommissionImport,
    CommissionImportRow,
    CommissionRate,
    OrderCommission,
)

__all__ = ["CommissionImport", "CommissionImportRow", "CommissionRate", "OrderCommission"]
