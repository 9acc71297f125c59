"""A proxy per state, so that staff see and query the state tables they know (`OrderCreated.objects`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.enums import OrderState
from orders.models.orders import Order
from orders.querysets import OrderQuerySet


class StateManager(models.Manager.from_queryset(OrderQuerySet)):  # type: ignore[misc]
    """Orders in one state."""

    def __init__(self, state: OrderState) -> None:
        super().__init__()
        self.state = state

    def get_queryset(self) -> OrderQuerySet:
        queryset: OrderQuerySet = super().get_queryset()
        return queryset.filter(status=self.state)


class OrderCreated(Order):
    objects: ClassVar[Any] = StateManager(OrderState.CREATED)

    class Meta:
        proxy = True
        verbose_name = _("new order")
        verbose_name_plural = _("new orders")


class OrderPicking(Order):
    objects: ClassVar[Any] = StateManager(OrderState.PICKING)

    class Meta:
        proxy = True
        verbose_name = _("order being prepared")
        verbose_name_plural = _("orders being prepared")


class OrderShipped(Order):
    objects: ClassVar[Any] = StateManager(OrderState.SHIPPED)

    class Meta:
        proxy = True
        verbose_name = _("shipped order")
        verbose_name_plural = _("shipped orders")


class OrderDelivered(Order):
    objects: ClassVar[Any] = StateManager(OrderState.DELIVERED)

    class Meta:
        proxy = True
        verbose_name = _("delivered order")
        verbose_name_plural = _("delivered orders")


class OrderCancelled(Order):
    objects: ClassVar[Any] = StateManager(OrderState.CANCELLED)

    class Meta:
        proxy = True
        verbose_name = _("cancelled order")
        verbose_name_plural = _("cancelled orders")


class OrderReturned(Order):
    objects: ClassVar[Any] = StateManager(OrderState.RETURNED)

    class Meta:
        proxy = True
        verbose_name = _("order that came back")
        verbose_name_plural = _("orders that came back")
