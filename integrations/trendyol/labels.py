"""Which parcels get their label from Trendyol, and asking for it (contract section 7.1).

The label is a message of its own: whether it comes or not changes nothing about the pick it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from integrations import outbox
from integrations.models import OutboxMessage
from orders.enums import OPEN_STATES, Channel
from orders.models import Order
from orders.outbound import Outgoing

# First three digits of the cargo number (contract section 5.3) of the carriers in the common-label agreement.
LABEL_CARRIERS: Final[Mapping[str, str]] = MappingProxyType({"733": "Trendyol Express", "726": "Aras"})
OWN_CONTRACT: Final = 1
INVOICE_ACCEPTED: Final = "Invoiced"


def request_label(order: Order) -> bool:
    """Ask for the label of this parcel if Trendyol gives one; returns whether it does. Repeating changes nothing.

    Another cargo number or number of boxes is another label.
    """
    if order.status not in OPEN_STATES or not gives_label(order):
        return False
    number, boxes = order.cargo_tracking_number, order.box_count or 1
    outbox.write(
        Outgoing(
            kind=OutboxMessage.Kind.LABEL,
            key=f"label:{order.pk}:{number}:{boxes}",
            body={"cargo_number": number, "boxes": boxes},
            channel=order.channel,
            order=order,
        )
    )
    return True


def gives_label(order: Order) -> bool:
    """Whether the carrier is in the agreement and Trendyol pays it."""
    if order.channel != Channel.TRENDYOL or order.payload.get("whoPays") == OWN_CONTRACT:
        return False
    return order.cargo_tracking_number[:3] in LABEL_CARRIERS


def waits_for_invoice(order: Order) -> bool:
    """Whether the parcel goes abroad and its invoice is not accepted yet."""
    return is_abroad(order) and order.invoice_status != INVOICE_ACCEPTED


def is_abroad(order: Order) -> bool:
    """Micro export, or sold abroad through Trendyol: other rules for invoices and labels."""
    return order.micro_export or order.payload.get("is4P") is True
