from orders.models.orders import Order, OrderEvent, OrderLine, PutBack
from orders.models.picking import PickBatch, PickBatchItem, PickBatchOrder, PickClaim, PickScan
from orders.models.returns import ReturnUnit
from orders.models.states import (
    OrderCancelled,
    OrderCreated,
    OrderDelivered,
    OrderPicking,
    OrderReturned,
    OrderShipped,
)

__all__ = [
    "Order",
    "OrderCancelled",
    "OrderCreated",
    "OrderDelivered",
    "OrderEvent",
    "OrderLine",
    "OrderPicking",
    "OrderReturned",
    "OrderShipped",
    "PickBatch",
    "PickBatchItem",
    "PickBatchOrder",
    "PickClaim",
    "PickScan",
    "PutBack",
    "ReturnUnit",
]
