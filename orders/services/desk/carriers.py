"""Another carrier for an order that is still here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from orders.desk_errors import CarrierJustChanged, CarrierSame, CarrierUnknown
from orders.enums import CarrierCode, Channel, EventKind
from orders.models import Order
from orders.outbound import tell_carrier
from orders.services import timeline
from orders.services.desk.common import asked_before, lock_order_here

# Contract section 1.1: once per five minutes and package.
CHANGE_EVERY: Final = timedelta(minutes=5)


@transaction.atomic
def change_carrier(
    *, order_id: int, carrier: str, request: str, user: AbstractBaseUser | None = None
) -> Order:
    """Ask the marketplace for another carrier (`CarrierCode`); its answer brings a new cargo number.

    Of an order of our own the carrier is simply written, and the old cargo number is forgotten.
    Raises `CarrierUnknown`, `CarrierSame`, `CarrierJustChanged`, `OrderNotHere`, `OrderReplaced`, `OrderBeingSplit`.
    """
    if carrier not in CarrierCode.values:
        raise CarrierUnknown(carrier=carrier)
    order = lock_order_here(order_id)
    if asked_before(order, EventKind.CARRIER, request):
        return order
    label = str(CarrierCode(carrier).label)
    # The marketplace writes "Yurtiçi Kargo Marketplace".
    if order.cargo_provider.removesuffix(" Marketplace") == label:
        raise CarrierSame(order=order.order_number, carrier=label)
    now = timezone.now()
    if order.channel == Channel.MANUAL:
        order.cargo_provider, order.cargo_tracking_number = label, ""
        order.save(update_fields=["cargo_provider", "cargo_tracking_number", "updated_at"])
    else:
        if order.events.filter(kind=EventKind.CARRIER, at__gt=now - CHANGE_EVERY).exists():
            raise CarrierJustChanged(order=order.order_number, minutes=CHANGE_EVERY.seconds // 60)
        tell_carrier(order, carrier=carrier, request=request, user=user)
    timeline.note(order.pk, EventKind.CARRIER, user=user, data={"carrier": label, "request": request}, at=now)
    return order
