"""Pulling from Trendyol: orders, products, returns."""

from integrations.trendyol.sync.orders import OrdersResult, SyncOutcome, sync_orders
from integrations.trendyol.sync.products import ProductsResult, sync_products
from integrations.trendyol.sync.reconcile import (
    ReconcileResult,
    reconcile_orders,
    reread_order,
    reread_packages,
)
from integrations.trendyol.sync.returns import ReturnsResult, sync_returns

__all__ = [
    "OrdersResult",
    "ProductsResult",
    "ReconcileResult",
    "ReturnsResult",
    "SyncOutcome",
    "reconcile_orders",
    "reread_order",
    "reread_packages",
    "sync_orders",
    "sync_products",
    "sync_returns",
]
