"""What the worker runs. Each task calls one service; the names are stored in the schedule table.

A failed run keeps its reason on its JobRun or StockPushLog row and is raised, so that the queue shows it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model

from gullu.jobs import enqueue, record_run
from gullu.models import JobRun
from integrations.listing.reference import refresh_due
from integrations.outbox import send_outbox
from integrations.trendyol.connection import is_configured
from integrations.trendyol.push import push_stock
from integrations.trendyol.sync import (
    read_issue_reasons,
    reconcile_orders,
    reread_orders,
    sync_orders,
    sync_products,
    sync_returns,
    sync_settlements,
)
from integrations.trendyol.sync.standing import check_listings
from integrations.webhooks.address import is_on
from integrations.webhooks.checking import check_webhooks
from integrations.webhooks.processing import process_webhooks
from orders.enums import Channel

NOT_SET_UP = {"outcome": "NOT_CONFIGURED"}
WEBHOOKS_OFF = {"outcome": "WEBHOOKS_OFF"}


def pull_orders_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Orders in. Returns the counts."""
    if not is_configured():
        return NOT_SET_UP
    return sync_orders(trigger=trigger, actor=_person(actor_id)).as_dict()


def push_stock_job(
    *, send_all: bool = False, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Stock out. Returns the counts."""
    if not is_configured():
        return NOT_SET_UP
    return push_stock(send_all=send_all, trigger=trigger, actor=_person(actor_id)).as_dict()


def send_outbox_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Messages out. Returns the counts."""
    if not is_configured():
        return NOT_SET_UP
    return send_outbox(trigger=trigger, actor=_person(actor_id)).as_dict()


def reconcile_orders_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Every order still open here is read again."""
    if not is_configured():
        return NOT_SET_UP
    return reconcile_orders(trigger=trigger, actor=_person(actor_id)).as_dict()


def read_back_products_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """The marketplace's listing and its own stock numbers are read back."""
    if not is_configured():
        return NOT_SET_UP
    return sync_products(trigger=trigger, actor=_person(actor_id)).as_dict()


def check_listings_job(
    *,
    product_id: int | None = None,
    trigger: str = JobRun.Trigger.SCHEDULE,
    actor_id: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    """What waits for approval or for quality control is asked for; nothing happens when nothing waits.

    What was approved is on sale with the stock of the day it was listed, so today's is sent at once.
    """
    if not is_configured():
        return NOT_SET_UP
    result = check_listings(product_id=product_id, trigger=trigger, actor=_person(actor_id))
    if result.approved:
        enqueue("integrations.tasks.push_stock_job", trigger=JobRun.Trigger.INTERNAL.value)
    return result.as_dict()


def pull_returns_daily(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Customer returns in."""
    if not is_configured():
        return NOT_SET_UP
    return sync_returns(trigger=trigger, actor=_person(actor_id)).as_dict()


def read_issue_reasons_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """The reasons a return can be refused with are read again once they are a day old."""
    if not is_configured():
        return NOT_SET_UP
    return read_issue_reasons(trigger=trigger, actor=_person(actor_id)).as_dict()


def pull_settlements_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """The marketplace's accounts in."""
    if not is_configured():
        return NOT_SET_UP
    return sync_settlements(trigger=trigger, actor=_person(actor_id)).as_dict()


def process_webhooks_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Events the marketplace sent are worked off, also those kept before webhooks were switched off."""
    return process_webhooks(trigger=trigger, actor=_person(actor_id)).as_dict()


def check_webhooks_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Whether our webhook is still active there; if not, it is switched on and the gap is read again."""
    if not is_on():
        return WEBHOOKS_OFF
    if not is_configured():
        return NOT_SET_UP
    return check_webhooks(trigger=trigger, actor=_person(actor_id)).as_dict()


def refresh_reference_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Categories and brands are read again once they are a week old; at once when somebody asks for it."""
    if not is_configured():
        return NOT_SET_UP
    force = trigger == JobRun.Trigger.STAFF
    return refresh_due(channel=Channel.TRENDYOL, force=force, trigger=trigger, actor=_person(actor_id))


def _person(actor_id: int | None) -> Any:
    return get_user_model().objects.filter(pk=actor_id).first() if actor_id else None


def reread_orders_job(
    *,
    order_ids: Sequence[int],
    trigger: str = JobRun.Trigger.STAFF,
    actor_id: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Orders somebody doubts are read again."""
    if not is_configured():
        return NOT_SET_UP
    with record_run("reread_orders", trigger=trigger, actor=_person(actor_id)) as run:
        run.counts = reread_orders(order_ids).as_dict()
        return run.counts
