"""Numbers beside menu entries. An empty text means: nothing to show.

They are on every page, so each is counted from an index of what is open, and kept for `MENU_COUNT_SECONDS`. Lists that
only grow (delivered, cancelled …) have none: counting them would read them whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from integrations.models import OutboxMessage, SyncProblem
from orders.enums import OrderState
from orders.models import Order
from orders.reminders import due_reminders
from orders.return_selectors import count_waiting as count_waiting_returns
from orders.shelf_tasks import count_waiting

_COUNTS: Final[dict[str, Callable[[], int]]] = {}


def _badge(count: Callable[[], int]) -> Callable[[], int]:
    _COUNTS[count.__name__] = count
    return count


def texts(names: Iterable[str]) -> dict[str, str]:
    """What stands beside the entries with these badges, by name. What was counted lately is asked for in one go."""
    keys = {f"menu:{name}": name for name in names}
    found = cache.get_many(keys)
    missing = {key: _COUNTS[name]() for key, name in keys.items() if key not in found}
    if missing:
        cache.set_many(missing, settings.MENU_COUNT_SECONDS)
    return {name: str(({**found, **missing})[key] or "") for key, name in keys.items()}


@_badge
def new_orders() -> int:
    """Orders in the list of new ones."""
    return Order.objects.filter(status=OrderState.CREATED).count()


@_badge
def picking_orders() -> int:
    """Orders being prepared."""
    return Order.objects.filter(status=OrderState.PICKING).count()


@_badge
def pressing_orders() -> int:
    """Late and urgent orders together."""
    now = timezone.now()
    return (Order.objects.late(now) | Order.objects.urgent(now)).count()


@_badge
def parked_reminders() -> int:
    """Parked orders somebody must look at now."""
    return due_reminders(now=timezone.now())


@_badge
def missed_picks() -> int:
    """Orders that left without a deduction here."""
    return Order.objects.missed_picks().count()


@_badge
def put_backs() -> int:
    """Put-backs and accepted returns that wait for a shelf."""
    return count_waiting()


@_badge
def returns_to_decide() -> int:
    """Returned units whose 48 hours are running."""
    return count_waiting_returns("decide")


@_badge
def sync_problems() -> int:
    """Open problems of the sync."""
    return SyncProblem.objects.filter(resolved_at=None).count()


@_badge
def refused_messages() -> int:
    """Messages the marketplace refused."""
    return OutboxMessage.objects.filter(state=OutboxMessage.State.PARKED).count()
