"""What marketplaces must be told about orders and returns: called by name, because the outbox lives in a layer above.

Each function writes in the current transaction. Its key says what makes the message the same one: writing it again
changes nothing. What can be asked for more than once carries the `request` of the form or button that asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.module_loading import import_string

from orders.enums import Channel
from orders.models import Order, OrderDocument, OrderLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message for the outbox. `order` is empty for a claim whose order we do not know."""

    kind: str
    key: str
    body: dict[str, object]
    channel: str = Channel.TRENDYOL
    order: Order | None = None
    claim_id: str = ""
    user: AbstractBaseUser | None = None


class OutboxWriter(Protocol):
    """Writes a message in the current transaction; writing the same key again changes nothing."""

    def __call__(self, message: Outgoing) -> None: ...


def tell_picking(order: Order, lines: list[OrderLine]) -> None:
    """Say that we are preparing this package, with all of its lines."""
    _about(order, "PICKING", f"picking:{order.pk}", {"lines": _lines(lines)})


def tell_unsupplied(
    order: Order, lines: list[OrderLine], *, reason_id: int, user: AbstractBaseUser | None = None
) -> None:
    """Say that these lines cannot be supplied, with the marketplace's reason number."""
    body: dict[str, object] = {"lines": _lines(lines), "reason_id": reason_id}
    _about(order, "UNSUPPLIED", f"unsupplied:{order.pk}", body, user=user)


def tell_invoiced(
    order: Order, lines: list[OrderLine], *, number: str, user: AbstractBaseUser | None = None
) -> None:
    """Say that this package was invoiced under `number`: it protects from cancellations and uploads nothing."""
    body: dict[str, object] = {"lines": _lines(lines), "invoice_number": number}
    _about(order, "INVOICED", f"invoiced:{order.pk}:{number}", body, user=user)


def tell_invoice_link(order: Order, document: OrderDocument, *, user: AbstractBaseUser | None = None) -> None:
    """Send the address under which the invoice can be read."""
    _about(order, "INVOICE_LINK", f"invoice-link:{document.pk}", {"document_id": document.pk}, user=user)


def tell_invoice_file(order: Order, document: OrderDocument, *, user: AbstractBaseUser | None = None) -> None:
    """Send the invoice itself."""
    _about(order, "INVOICE_FILE", f"invoice-file:{document.pk}", {"document_id": document.pk}, user=user)


def tell_split(
    order: Order, groups: Sequence[Sequence[tuple[int, int]]], *, user: AbstractBaseUser | None = None
) -> None:
    """Ask to break the package up: pairs of (marketplace line, quantity) per new package; the rest forms one more.

    A package can be split once: afterwards it is dead and its children have keys of their own. `split_asked_at`
    must be set already: a split that was refused may be asked for again.
    """
    if order.split_asked_at is None:
        raise ValueError(f"order {order.order_number} is not marked as being split")
    parts = [[{"line_id": line, "quantity": quantity} for line, quantity in group] for group in groups]
    key = f"split:{order.pk}:{order.split_asked_at.isoformat()}"
    _about(order, "SPLIT", key, {"groups": parts}, user=user)


def tell_carrier(order: Order, *, carrier: str, request: str, user: AbstractBaseUser | None = None) -> None:
    """Ask for another carrier by the marketplace's code (contract section 6). The cargo number changes with it."""
    _about(order, "CARRIER", f"carrier:{order.pk}:{request}", {"carrier": carrier}, user=user)


def tell_boxes(
    order: Order, *, boxes: int, desi: Decimal, request: str, user: AbstractBaseUser | None = None
) -> None:
    """Report how many boxes the package has, and its desi."""
    body = {"boxes": boxes, "desi": str(desi)}
    _about(order, "BOXES", f"boxes:{order.pk}:{request}", body, user=user)


def tell_extra_time(order: Order, *, days: int, request: str, user: AbstractBaseUser | None = None) -> None:
    """Ask for one to three more days until the agreed date."""
    _about(order, "EXTRA_TIME", f"extra-time:{order.pk}:{request}", {"days": days}, user=user)


def tell_claim_approved(
    *,
    claim_id: str,
    units: Sequence[str],
    order: Order | None,
    decided_at: datetime,
    user: AbstractBaseUser | None = None,
) -> None:
    """Accept units of one claim: one message for all of them, because only five calls a minute are allowed.

    `decided_at` names the decision: one the marketplace did not take may be followed by another one on the same units.
    """
    body: dict[str, object] = {"units": sorted(units)}
    key = f"claim-approve:{claim_id}:{decided_at.isoformat()}"
    _write(_claim("CLAIM_APPROVE", key, claim_id, body, order=order, user=user))


def tell_claim_refused(
    *,
    claim_id: str,
    units: Sequence[str],
    reason_id: int,
    description: str,
    photo_ids: Sequence[int],
    order: Order | None,
    decided_at: datetime,
    user: AbstractBaseUser | None = None,
) -> None:
    """Refuse units of one claim with the marketplace's current reason number, a text and pictures."""
    body: dict[str, object] = {
        "units": sorted(units),
        "reason_id": reason_id,
        "description": description,
        "photo_ids": list(photo_ids),
    }
    key = f"claim-refuse:{claim_id}:{decided_at.isoformat()}"
    _write(_claim("CLAIM_REFUSE", key, claim_id, body, order=order, user=user))


def _claim(
    kind: str,
    key: str,
    claim_id: str,
    body: dict[str, object],
    *,
    order: Order | None,
    user: AbstractBaseUser | None,
) -> Outgoing:
    return Outgoing(kind=kind, key=key, body=body, order=order, claim_id=claim_id, user=user)


def _about(
    order: Order, kind: str, key: str, body: dict[str, object], *, user: AbstractBaseUser | None = None
) -> None:
    if order.channel != Channel.MANUAL:
        _write(Outgoing(kind=kind, key=key, body=body, channel=order.channel, order=order, user=user))


def _lines(lines: list[OrderLine]) -> list[dict[str, int]]:
    return [{"line_id": line.line_id, "quantity": line.quantity} for line in lines]


def _write(message: Outgoing) -> None:
    writer: OutboxWriter = import_string(settings.OUTBOX_WRITER)
    writer(message)
