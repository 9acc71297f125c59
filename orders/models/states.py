"""A proxy per state, so that staff see and query the state tables they know (`OrderCreated.objects`)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.enums import OrderState
from orders.models.orders import Order
from orders.querysets import OrderQuerySet


def _manager(state: OrderState) -> Any:
    class StateManager(models.Manager.from_queryset(OrderQuerySet)):  # type: ignore[misc]
        def get_queryset(self) -> OrderQuerySet:
            queryset: OrderQuerySet = super().get_queryset()
            return queryset.filter(status=state)

    return StateManager()


class OrderCreated(Order):
    objects = _manager(OrderState.CREATED)

    class Meta:
        proxy = True
        verbose_name = _("new order")
        verbose_name_plural = _("new orders")


class OrderPicking(Order):
    objects = _manager(OrderState.PICKING)

    class Meta:
        proxy = True
        verbose_name = _("order being prepared")
        verbose_name_plural = _("orders being prepared")


class OrderShipped(Order):
    objects = _manager(OrderState.SHIPPED)

    class Meta:
        proxy = True
        verbose_name = _("shipped order")
        verbose_name_plural = _("shipped orders")


class OrderDelivered(Order):
    objects = _manager(OrderState.DELIVERED)

    class Meta:
        proxy = True
        verbose_name = _("delivered order")
        verbose_name_plural = _("delivered orders")


class OrderCancelled(Order):
    objects = _manager(OrderState.CANCELLED)

    class Meta:
        proxy = True
        verbose_name = _("cancelled order")
        verbose_name_plural = _("cancelled orders")


class OrderReturned(Order):
    objects = _manager(OrderState.RETURNED)

    class Meta:
        proxy = True
        verbose_name = _("order that came back")
        verbose_name_plural = _("orders that came back")
