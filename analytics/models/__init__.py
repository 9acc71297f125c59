"""Records of the analytics app."""

from analytics.models.commissions import (
    CommissionImport,
    CommissionImportRow,
    CommissionRate,
    OrderCommission,
)
from analytics.models.facts import FactChange, FactState, SaleLine

__all__ = [
    "CommissionImport",
    "CommissionImportRow",
    "CommissionRate",
    "FactChange",
    "FactState",
    "OrderCommission",
    "SaleLine",
]
