"""Timeline entries of what was done here without a change of state; `status.set_status` writes those of a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from orders.enums import EventKind
from orders.models import OrderEvent


def note(
    order_id: int,
    kind: EventKind,
    *,
    user: AbstractBaseUser | None,
    data: dict[str, Any],
    at: datetime | None = None,
) -> None:
    """Write an entry, of now unless `at` says otherwise. `user` None: nobody in particular, a task."""
    entry(order_id, kind, user=user, data=data, at=at).save(force_insert=True)


def entry(
    order_id: int,
    kind: EventKind,
    *,
    user: AbstractBaseUser | None,
    data: dict[str, Any],
    at: datetime | None = None,
) -> OrderEvent:
    """The entry `note` writes, for those who write several at once."""
    return OrderEvent(
        order_id=order_id,
        kind=kind,
        source=OrderEvent.Source.HERE,
        at=at or timezone.now(),
        data=data,
        actor_id=user.pk if user else None,
    )


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """The details without empty texts and lists, for which the timeline has no words."""
    return {key: value for key, value in data.items() if value not in ("", [])}
