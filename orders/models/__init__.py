from orders.models.desk import Exchange, OrderDocument
from orders.models.orders import Order, OrderEvent, OrderLine, PutBack
from orders.models.picking import PickBatch, PickBatchItem, PickBatchOrder, PickClaim, PickScan
from orders.models.returns import ReturnPhoto, ReturnUnit
from orders.models.states import (
    OrderCancelled,
    OrderCreated,
    OrderDelivered,
    OrderPicking,
    OrderReturned,
    OrderShipped,
)

__all__ = [
    "Exchange",
    "Order",
    "OrderCancelled",
    "OrderCreated",
    "OrderDelivered",
    "OrderDocument",
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
    "ReturnPhoto",
    "ReturnUnit",
]
