"""Messages about a package (contract section 6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.errors import DomainError
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.courier.handler import Answer, Handler, already_so, note
from integrations.trendyol.errors import RateLimited, TrendyolError
from integrations.trendyol.labels import request_label
from integrations.trendyol.mapping import state_of
from integrations.trendyol.sync.reconcile import reread_order, reread_packages
from orders.enums import OrderState
from orders.models import Order
from orders.services import end_split

# Contract section 1.1: once per five minutes and package.
CARRIER_CHANGE_EVERY: Final = timedelta(minutes=5)
LEFT: Final = frozenset({OrderState.SHIPPED, OrderState.DELIVERED})
ENDED: Final = frozenset({OrderState.CANCELLED, OrderState.RETURNED})


def order_of(message: OutboxMessage) -> Order:
    """The order a message is about. Raises ValueError for a message that has none."""
    if message.order is None:
        raise ValueError(f"outbox message {message.pk} has no order")
    return message.order


class PackageHandler(Handler):
    """Looks by reading the package; `verdict` says what its state means for the message."""

    def look(self, client: TrendyolClient, message: OutboxMessage) -> None:
        order = order_of(message)
        if not reread_packages([order.marketplace_package], client=client):
            # Older than the window of a query by package (contract section 1.2).
            reread_order(order.order_number, client=client)
        order.refresh_from_db()

    def judge(self, message: OutboxMessage) -> Delivery | None:
        return self.verdict(message, order_of(message))

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        return over(order)

    @staticmethod
    def lines(message: OutboxMessage) -> list[tuple[int, int]]:
        return [(int(line["line_id"]), int(line["quantity"])) for line in message.body["lines"]]


def over(order: Order) -> Delivery | None:
    """OBSOLETE when nothing can be changed about the package any more."""
    there = state_of(order.remote_status)
    if there in ENDED:
        return Delivery(Verdict.OBSOLETE, _("The package was ended on Trendyol meanwhile."))
    if there in LEFT:
        return Delivery(Verdict.OBSOLETE, _("The package has already left."))
    return None


class Picking(PackageHandler):
    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        package_id = order_of(message).marketplace_package
        client.update_package(package_id=package_id, status="Picking", lines=self.lines(message))
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        there = state_of(order.remote_status)
        return already_so() if there in LEFT | {OrderState.PICKING} else over(order)

    def settled(self, message: OutboxMessage, delivery: Delivery) -> None:
        if delivery.verdict is Verdict.DELIVERED:
            request_label(order_of(message))


class Unsupplied(PackageHandler):
    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        client.mark_unsupplied(
            package_id=order_of(message).marketplace_package,
            lines=self.lines(message),
            reason_id=int(message.body["reason_id"]),
        )
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        # A package that has left although we cannot supply it needs a person: the refusal is shown.
        return already_so() if state_of(order.remote_status) == OrderState.CANCELLED else None


class Invoiced(Picking):
    """Only after Picking: the outbox holds it back until then."""

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        client.update_package(
            package_id=order_of(message).marketplace_package,
            status="Invoiced",
            lines=self.lines(message),
            invoice_number=str(message.body["invoice_number"]),
        )
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        known = order.invoice_number == message.body["invoice_number"]
        if order.remote_status.casefold() == "invoiced" or (known and state_of(order.remote_status) in LEFT):
            return already_so()
        return over(order)


class Split(PackageHandler):
    """The package dies and its children arrive later, under numbers of their own (contract section 5.6)."""

    learns: ClassVar[bool] = True

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        order = order_of(message)
        if order.split_asked_at is None or _outdated(message):
            return Delivery(Verdict.OBSOLETE, _("The split was given up here."))
        groups = [
            [(int(part["line_id"]), int(part["quantity"])) for part in group]
            for group in message.body["groups"]
        ]
        client.split_packages(package_id=order.marketplace_package, groups=groups)
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        return already_so() if order.superseded else over(order)

    def learnt(self, message: OutboxMessage) -> Answer:
        return {"packages": _children(order_of(message))}

    def settled(self, message: OutboxMessage, delivery: Delivery) -> None:
        if delivery.verdict is not Verdict.DELIVERED and not _outdated(message):
            end_split(order_id=order_of(message).pk, reason=delivery.reason)


def _outdated(message: OutboxMessage) -> bool:
    """Whether another split of the same package was asked for since."""
    newer = OutboxMessage.objects.filter(order=message.order_id, kind=message.kind, pk__gt=message.pk)
    return newer.exists()


def _children(order: Order) -> list[int]:
    rows = Order.objects.filter(origin_package_ids__contains=[order.marketplace_package]).order_by("pk")
    return [number for number in rows.values_list("package_id", flat=True) if number is not None]


class Relabelled(PackageHandler):
    """What changes the parcel's label: a package being prepared needs a new one."""

    learns: ClassVar[bool] = True

    def learnt(self, message: OutboxMessage) -> Answer:
        order = order_of(message)
        if state_of(order.remote_status) == OrderState.PICKING:
            request_label(order)
        return {
            "cargo_number": order.cargo_tracking_number,
            "desi": None if order.desi is None else str(order.desi),
        }


class Carrier(Relabelled):
    """The cargo number tells whether it was done: it changes with the carrier."""

    looks_first: ClassVar[bool] = True

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        package_id = order_of(message).marketplace_package
        client.change_carrier(package_id=package_id, carrier=str(message.body["carrier"]))
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        if ended := over(order):
            return ended
        if "before" not in message.answer:
            note(message, before=order.cargo_tracking_number)
        elif order.cargo_tracking_number != message.answer["before"]:
            return already_so()
        return None

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        delivery = super().refused(client, message, refusal)
        if delivery.verdict is Verdict.REFUSED and _too_soon(message, refusal):
            return Delivery(Verdict.LATER, delivery.reason, wait=CARRIER_CHANGE_EVERY)
        return delivery

    def troubled(self, error: DomainError) -> Delivery:
        if isinstance(error, RateLimited) and error.status is not None:
            return Delivery(Verdict.LATER, str(error), wait=CARRIER_CHANGE_EVERY)
        return super().troubled(error)


def _too_soon(message: OutboxMessage, refusal: TrendyolError) -> bool:
    """Whether the five minutes are the reason. The rule is documented, the words of the refusal are not."""
    done = OutboxMessage.objects.filter(
        order=message.order_id,
        kind=message.kind,
        state=OutboxMessage.State.DELIVERED,
        delivered_at__gt=timezone.now() - CARRIER_CHANGE_EVERY,
    )
    return "5 dakika" in str(refusal) or done.exists()


class Boxes(Relabelled):
    """Repeating it changes nothing, so there is nothing to look for but a package that is gone."""

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        client.box_info(
            package_id=order_of(message).marketplace_package,
            boxes=int(message.body["boxes"]),
            desi=Decimal(message.body["desi"]),
        )
        return Delivery(Verdict.DELIVERED)


class ExtraTime(PackageHandler):
    """Asking twice would add twice: the agreed date tells whether it was done."""

    looks_first: ClassVar[bool] = True
    learns: ClassVar[bool] = True

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        package_id = order_of(message).marketplace_package
        client.extend_delivery(package_id=package_id, days=int(message.body["days"]))
        return Delivery(Verdict.DELIVERED)

    def verdict(self, message: OutboxMessage, order: Order) -> Delivery | None:
        if ended := over(order):
            return ended
        if "before" not in message.answer:
            note(message, before=_written(order.ship_by_at))
        elif _written(order.ship_by_at) > message.answer["before"]:
            return already_so()
        return None

    def learnt(self, message: OutboxMessage) -> Answer:
        return {"ship_by_at": _written(order_of(message).ship_by_at)}


def _written(at: datetime | None) -> str:
    """UTC in a form that sorts like the time itself; empty, and first, for none."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
