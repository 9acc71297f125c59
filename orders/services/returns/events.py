"""What the timeline of an order says about its returned units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from orders.enums import EventKind
from orders.models import OrderEvent, ReturnUnit
from orders.return_words import ReturnStep
from orders.services import timeline


def record(
    units: Iterable[ReturnUnit],
    step: ReturnStep,
    *,
    at: datetime,
    user: AbstractBaseUser | None,
    **details: Any,
) -> None:
    """Write one entry per unit whose order is known here."""
    OrderEvent.objects.bulk_create(
        timeline.entry(
            unit.order_id,
            EventKind.RETURN,
            user=user,
            data={"step": step.value, "barcode": unit.barcode, **details},
            at=at,
        )
        for unit in units
        if unit.order_id is not None
    )
