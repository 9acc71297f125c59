"""Pulling from Trendyol: orders, products, the accounts, returns, and the reasons returns are refused with."""

from integrations.trendyol.sync.orders import OrdersResult, SyncOutcome, sync_orders
from integrations.trendyol.sync.products import ProductsResult, sync_products
from integrations.trendyol.sync.reasons import ReasonsResult, read_issue_reasons
from integrations.trendyol.sync.reconcile import (
    ReconcileResult,
    reconcile_orders,
    reread_order,
    reread_orders,
    reread_packages,
)
from integrations.trendyol.sync.returns import ReturnsResult, reread_claims, sync_returns
from integrations.trendyol.sync.settlements import SettlementsResult, sync_settlements

__all__ = [
    "OrdersResult",
    "ProductsResult",
    "ReasonsResult",
    "ReconcileResult",
    "ReturnsResult",
    "SettlementsResult",
    "SyncOutcome",
    "read_issue_reasons",
    "reconcile_orders",
    "reread_claims",
    "reread_order",
    "reread_orders",
    "reread_packages",
    "sync_orders",
    "sync_products",
    "sync_returns",
    "sync_settlements",
]
