"""The invoice of a package, as a link or as a file (contract section 7.2)."""

from __future__ import annotations

import logging
import mimetypes
from typing import ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gullu.http import FilePart
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.courier.handler import SOON, Answer, NotSendable, already_so
from integrations.trendyol.courier.packages import PackageHandler, order_of
from integrations.trendyol.errors import AccessDenied, Rejected, TrendyolError
from integrations.trendyol.labels import is_abroad
from integrations.trendyol.mapping import state_of
from integrations.trendyol.sync.orders import epoch_ms
from orders.enums import OrderState
from orders.models import Order, OrderDocument

logger = logging.getLogger(__name__)

TAKEN: Final = frozenset({"Received", "Invoiced"})
REJECTED: Final = "Rejected"


class FileMissing(NotSendable):
    """Data: none."""

    template = gettext_lazy("The file of the invoice is no longer here: attach the invoice again.")


class InvoiceHandler(PackageHandler):
    """A rejected invoice of an order within Turkey is taken back before the next one is sent."""

    # 403 is also the answer for a package of another seller.
    refusals: ClassVar[tuple[type[TrendyolError], ...]] = (Rejected, AccessDenied)
    trouble: ClassVar[Verdict] = Verdict.PAUSE
    learns: ClassVar[bool] = True

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        order = order_of(message)
        document = OrderDocument.objects.filter(pk=message.body["document_id"]).first()
        if document is None:
            return Delivery(Verdict.OBSOLETE, _("The document was deleted here."))
        if _must_be_taken_back(order):
            _take_back(client, order)
        self.say(client, order, document)
        return Delivery(Verdict.DELIVERED)

    def say(self, client: TrendyolClient, order: Order, document: OrderDocument) -> None:
        raise NotImplementedError

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        if order.invoice_status in TAKEN:
            return already_so()
        if state_of(order.remote_status) == OrderState.CANCELLED:
            return Delivery(Verdict.OBSOLETE, _("The package was ended on Trendyol meanwhile."))
        return None

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        order = order_of(message)
        taken_back = _must_be_taken_back(order)
        delivery = super().refused(client, message, refusal)
        if delivery.verdict is Verdict.REFUSED and _must_be_taken_back(order) and not taken_back:
            # Rejected there without our knowing: now we know, and take it back first.
            return Delivery(Verdict.LATER, delivery.reason, wait=SOON)
        return delivery

    def learnt(self, message: OutboxMessage) -> Answer:
        return {"invoice_status": order_of(message).invoice_status}


class InvoiceLink(InvoiceHandler):
    def say(self, client: TrendyolClient, order: Order, document: OrderDocument) -> None:
        client.create_invoice_link(
            package_id=order.marketplace_package,
            link=document.link,
            number=document.number,
            issued_ms=epoch_ms(document.issued_at),
        )


class InvoiceFile(InvoiceHandler):
    def say(self, client: TrendyolClient, order: Order, document: OrderDocument) -> None:
        client.upload_invoice_file(
            package_id=order.marketplace_package,
            file=_file(document),
            number=document.number,
            issued_ms=epoch_ms(document.issued_at),
        )


def _file(document: OrderDocument) -> FilePart:
    kind = mimetypes.guess_type(document.file.name or "")[0] or ""
    try:
        with document.file.open("rb") as opened:
            content = opened.read()
    except (OSError, ValueError) as error:
        raise FileMissing from error
    ending = mimetypes.guess_extension(kind) or ""
    return FilePart(name="file", filename=f"invoice{ending}", content_type=kind, content=content)


def _must_be_taken_back(order: Order) -> bool:
    return order.invoice_status == REJECTED and not is_abroad(order)


def _take_back(client: TrendyolClient, order: Order) -> None:
    try:
        client.delete_invoice_link(
            package_id=order.marketplace_package, customer_id=int(order.customer_id or 0)
        )
    except Rejected as refusal:
        # Nothing to take back any more, then the next one is accepted; if not, its own refusal says why.
        logger.info("invoice of package %s was not taken back: %s", order.package_id, refusal.status)
