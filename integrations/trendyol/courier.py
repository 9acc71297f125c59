"""Delivering outbox messages to Trendyol (contract section 6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.connection import NotConfigured, get_client
from integrations.trendyol.errors import (
    OutcomeUnknown,
    Rejected,
    TrendyolError,
)
from integrations.trendyol.mapping import state_of
from integrations.trendyol.sync.reconcile import reread_packages
from orders.enums import OrderState
from orders.models import Order


def deliver(message: OutboxMessage) -> Delivery:
    """Tell Trendyol; expected failures come back as verdicts."""
    try:
        client = get_client()
        _send(client, message)
    except Rejected as error:
        return _after_refusal(message, error)
    except OutcomeUnknown as error:
        # Sent again later: a second Picking is either accepted or refused, and a refusal is checked by reading.
        return Delivery(Verdict.LATER, str(error))
    except (NotConfigured, TrendyolError) as error:
        return Delivery(Verdict.STOP, str(error))
    return Delivery(Verdict.DELIVERED)


def _send(client: TrendyolClient, message: OutboxMessage) -> None:
    order = _order(message)
    lines = [(int(line["line_id"]), int(line["quantity"])) for line in message.body["lines"]]
    package_id = order.marketplace_package
    if message.kind == OutboxMessage.Kind.PICKING:
        client.update_package(package_id=package_id, status="Picking", lines=lines)
    else:
        client.mark_unsupplied(package_id=package_id, lines=lines, reason_id=int(message.body["reason_id"]))


def _after_refusal(message: OutboxMessage, refusal: Rejected) -> Delivery:
    """A refusal may mean "already so": read the package again and decide on what it is now."""
    order = _order(message)
    try:
        reread_packages([order.marketplace_package])
    except TrendyolError as error:
        return Delivery(Verdict.LATER, str(error))
    order.refresh_from_db(fields=["remote_status"])
    return _verdict(message, state_of(order.remote_status), refusal)


def _verdict(message: OutboxMessage, there: OrderState | None, refusal: Rejected) -> Delivery:
    if message.kind == OutboxMessage.Kind.PICKING:
        if there in {OrderState.PICKING, OrderState.SHIPPED, OrderState.DELIVERED}:
            return Delivery(Verdict.DELIVERED, _("Trendyol already had it."))
        if there in {OrderState.CANCELLED, OrderState.RETURNED}:
            return Delivery(Verdict.OBSOLETE, _("The package was ended on Trendyol meanwhile."))
    elif there == OrderState.CANCELLED:
        return Delivery(Verdict.DELIVERED, _("Trendyol already had it."))
    return Delivery(Verdict.REFUSED, str(refusal))


def _order(message: OutboxMessage) -> Order:
    if message.order is None:
        raise ValueError(f"outbox message {message.pk} has no order")
    return message.order
