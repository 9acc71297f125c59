"""The label of the carrier: asked for, then fetched (contract section 7.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from django.utils.translation import gettext as _

from gullu.labels.errors import NotZpl
from gullu.labels.services import keep_carrier_label
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.courier.handler import Handler, note
from integrations.trendyol.courier.packages import order_of
from integrations.trendyol.errors import Rejected, TrendyolError
from integrations.trendyol.labels import gives_label, request_label, waits_for_invoice
from orders.enums import OPEN_STATES

# About an hour with the growing delays; then a person should know.
MOST_ATTEMPTS: Final = 8
INVOICE_CHECK_EVERY: Final = timedelta(minutes=15)


class CarrierLabel(Handler):
    """Never in the way of anything: other messages do not wait for it, and its troubles are its own.

    What it has to know stands here: nothing is read for it.
    """

    looks_first: ClassVar[bool] = True
    trouble: ClassVar[Verdict] = Verdict.PAUSE

    def judge(self, message: OutboxMessage) -> Delivery | None:
        order = order_of(message)
        if order.status not in OPEN_STATES or not gives_label(order):
            return Delivery(Verdict.OBSOLETE, _("The parcel needs no label from Trendyol any more."))
        if order.cargo_tracking_number != message.body["cargo_number"]:
            request_label(order)
            return Delivery(Verdict.OBSOLETE, _("The cargo number has changed."))
        if waits_for_invoice(order):
            reason = _("Abroad there is a label only after the invoice was accepted.")
            return Delivery(Verdict.LATER, reason, wait=INVOICE_CHECK_EVERY, sent=False)
        return None

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        number, boxes = str(message.body["cargo_number"]), int(message.body["boxes"])
        asked = bool(message.answer.get("asked"))
        # The first request may have arrived without our hearing of it.
        labels = _made(client, number) if message.attempts > 1 and not asked else []
        if len(labels) < boxes:
            if not asked:
                client.create_common_label(cargo_number=number, boxes=boxes)
                note(message, asked=True)
            labels = client.read_common_label(cargo_number=number)
        try:
            keep_carrier_label(cargo_number=number, zpl="\n".join(labels))
        except NotZpl as error:
            return Delivery(Verdict.REFUSED, str(error))
        return Delivery(Verdict.DELIVERED, answer={"labels": len(labels)})

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        """Not ready and not possible are the same answer: ask again for a while."""
        if isinstance(refusal, Rejected) and message.attempts < MOST_ATTEMPTS:
            return Delivery(Verdict.LATER, str(refusal))
        return Delivery(Verdict.REFUSED, str(refusal))


def _made(client: TrendyolClient, number: str) -> list[str]:
    """The labels there are; none while there are none."""
    try:
        return client.read_common_label(cargo_number=number)
    except Rejected:
        return []
