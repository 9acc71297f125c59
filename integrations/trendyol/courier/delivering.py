"""From a message to a verdict: look if in doubt, say it, look again if refused."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.connection import NotConfigured, get_client
from integrations.trendyol.courier.claims import ApproveClaim, ClaimHandler, RefuseClaim
from integrations.trendyol.courier.handler import Handler, NotSendable, note
from integrations.trendyol.courier.invoices import InvoiceFile, InvoiceLink
from integrations.trendyol.courier.label import CarrierLabel
from integrations.trendyol.courier.packages import (
    Boxes,
    Carrier,
    ExtraTime,
    Invoiced,
    PackageHandler,
    Picking,
    Split,
    Unsupplied,
)
from integrations.trendyol.courier.products import (
    ArchiveProducts,
    ChangeContents,
    ChangeDeliveries,
    ChangePrices,
    ChangeVariants,
    CorrectProducts,
    CreateProducts,
    DeleteProducts,
    UnlockProducts,
)
from integrations.trendyol.errors import OutcomeUnknown, Rejected, TrendyolError
from integrations.trendyol.sync.reconcile import reread_order, reread_orders
from integrations.trendyol.sync.returns import reread_claims

logger = logging.getLogger(__name__)

Kind = OutboxMessage.Kind
FINAL: Final = frozenset({Verdict.DELIVERED, Verdict.OBSOLETE, Verdict.REFUSED})
HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        Kind.PICKING: Picking(),
        Kind.UNSUPPLIED: Unsupplied(),
        Kind.INVOICED: Invoiced(),
        Kind.INVOICE_LINK: InvoiceLink(),
        Kind.INVOICE_FILE: InvoiceFile(),
        Kind.SPLIT: Split(),
        Kind.CARRIER: Carrier(),
        Kind.BOXES: Boxes(),
        Kind.EXTRA_TIME: ExtraTime(),
        Kind.LABEL: CarrierLabel(),
        Kind.CLAIM_APPROVE: ApproveClaim(),
        Kind.CLAIM_REFUSE: RefuseClaim(),
        Kind.PRODUCT_CREATE: CreateProducts(),
        Kind.PRODUCT_UNAPPROVED: CorrectProducts(),
        Kind.PRODUCT_CONTENT: ChangeContents(),
        Kind.PRODUCT_VARIANT: ChangeVariants(),
        Kind.PRODUCT_DELIVERY: ChangeDeliveries(),
        Kind.PRODUCT_PRICE: ChangePrices(),
        Kind.PRODUCT_ARCHIVE: ArchiveProducts(),
        Kind.PRODUCT_UNLOCK: UnlockProducts(),
        Kind.PRODUCT_DELETE: DeleteProducts(),
    }
)
CLAIMS: Final = frozenset(kind for kind, handler in HANDLERS.items() if isinstance(handler, ClaimHandler))
PACKAGES: Final = frozenset(kind for kind, handler in HANDLERS.items() if isinstance(handler, PackageHandler))


class TrendyolCourier:
    """One run's conversation. Readings are made for many messages at once: only thirty a minute are allowed."""

    def __init__(self) -> None:
        self._looked: set[int] = set()

    def look_ahead(self, messages: Sequence[OutboxMessage]) -> None:
        """Look for those that may have been said before, and those that are compared with how it was."""
        doubtful = [message for message in messages if message.attempts or HANDLERS[message.kind].looks_first]
        if _read(doubtful):
            self._looked |= {message.pk for message in doubtful}

    def deliver(self, message: OutboxMessage) -> Delivery:
        """Tell Trendyol; expected failures come back as verdicts."""
        handler = HANDLERS[message.kind]
        try:
            delivery = self._deliver(handler, get_client(), message)
        except NotSendable as error:
            delivery = Delivery(Verdict.REFUSED, str(error))
        except OutcomeUnknown as error:
            return Delivery(Verdict.LATER, str(error))
        except (NotConfigured, TrendyolError) as error:
            return handler.troubled(error)
        if delivery.verdict in FINAL:
            handler.settled(message, delivery)
        return delivery

    def catch_up(self, messages: Sequence[OutboxMessage]) -> None:
        """Look again at what has changed; what cannot be read now comes with the next pull."""
        changed = [message for message in messages if HANDLERS[message.kind].learns]
        if not _read(changed):
            return
        for message in changed:
            if message.order is not None:
                message.order.refresh_from_db()
            note(message, **HANDLERS[message.kind].learnt(message))

    def _deliver(self, handler: Handler, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        # An earlier attempt may have worked without our hearing of it, or its process may have died.
        if message.attempts > 1 or handler.looks_first:
            found = self._judge(handler, client, message)
            if found is not None:
                return found
        try:
            return handler.send(client, message)
        except handler.refusals as refusal:
            return _after_refusal(handler, client, message, refusal)

    def _judge(self, handler: Handler, client: TrendyolClient, message: OutboxMessage) -> Delivery | None:
        try:
            if message.pk not in self._looked:
                handler.look(client, message)
        except Rejected as error:
            # It is the reading that was refused: nothing is known, so nothing may be repeated.
            return Delivery(Verdict.LATER, str(error))
        return handler.judge(message)


def _after_refusal(
    handler: Handler, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError
) -> Delivery:
    try:
        return handler.refused(client, message, refusal)
    except TrendyolError as error:
        return Delivery(Verdict.LATER, str(error))


def _read(messages: Sequence[OutboxMessage]) -> bool:
    """Read everything these are about in as few calls as possible; returns whether it could be read."""
    claims = {message.claim_id for message in messages if message.kind in CLAIMS}
    orders = {message.order for message in messages if message.order and message.kind in PACKAGES}
    try:
        if claims:
            reread_claims(sorted(claims))
        if orders:
            reread_orders([order.pk for order in orders])
        for number in sorted({m.order.order_number for m in messages if m.order and m.kind == Kind.SPLIT}):
            # The children of a package are found by the number they share with it.
            reread_order(number)
    except (NotConfigured, TrendyolError) as error:
        logger.info("messages could not be looked at together: %s", error.code)
        return False
    return True
