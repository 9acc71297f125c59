"""Rows of what is asked of a marketplace: what is known of the barcodes, and the messages with their items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gullu import clock
from gullu.jobs import enqueue
from gullu.models import JobRun, User
from integrations.listing.locks import lock_writes
from integrations.listing.standing import NOT_THERE, UNDER_WAY, newest, theme, unsettled
from integrations.listing.write_errors import UnderWay
from integrations.models import Listing, OutboxMessage, ProductWrite

MOST_ITEMS: Final = 1000
# How many can be deleted at once is not published, and what is deleted does not come back.
MOST_DELETED: Final = 100

Kind = OutboxMessage.Kind
Target = str | int
"""What an item is about: a barcode, or the number of a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a message: `body` as it is sent, about a barcode or (without one) a card."""

    body: Mapping[str, Any]
    product_id: int
    variant_id: int | None = None
    barcode: str = ""
    content_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Items of one kind; `about` is kept beside them, for whoever sends them again."""

    kind: Kind
    items: Sequence[Item]
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """The messages that were written, and how many items they hold together."""

    message_ids: tuple[int, ...]
    items: int


class Book:
    """What is known of some barcodes: how they are listed, and what is under way. Read in two statements.

    What is under way comes first: the courier settles without asking anybody, so what it ends in between is listed by
    then, and nothing is neither under way nor listed.
    """

    def __init__(self, *, channel: str, barcodes: Collection[str]) -> None:
        listed = Listing.objects.filter(channel=channel, barcode__in=list(barcodes))
        contents = listed.filter(content_id__isnull=False).values("content_id")
        open_rows = ProductWrite.objects.filter(
            Q(barcode__in=list(barcodes)) | Q(barcode="", content_id__in=contents),
            state__in=UNDER_WAY,
            message__channel=channel,
            message__state=OutboxMessage.State.WAITING,
        )
        self._open: set[tuple[str, Target]] = {
            (theme(row.message.kind), row.barcode or row.content_id or 0)
            for row in open_rows.select_related("message").defer("body")
        }
        self.listings = {row.barcode: row for row in listed}

    def state(self, barcode: str) -> Listing.State | None:
        """How it is listed; None when it is not there, or nobody has looked."""
        listing = self.listings.get(barcode)
        return None if listing is None or listing.state in NOT_THERE else Listing.State(listing.state)

    def content_id(self, barcode: str) -> int | None:
        listing = self.listings.get(barcode)
        return listing.content_id if listing else None

    def under_way(self, kind: Kind, target: Target) -> bool:
        """Whether the same was asked and has no result."""
        return (theme(kind), target) in self._open

    def refuse_under_way(self, kind: Kind, target: Target) -> None:
        """Raises `UnderWay`."""
        if self.under_way(kind, target):
            raise UnderWay(barcode=target, what=kind.label)


def write_all(wanted: Iterable[Wanted], *, channel: str, user: User | None) -> Asked:
    """Write the messages in the current transaction, and let the outbox begin as soon as it is committed."""
    messages: list[OutboxMessage] = []
    count = 0
    for part in wanted:
        most = _most(part.kind)
        for place in range(0, len(part.items), most):
            items = part.items[place : place + most]
            messages.append(_write(part, items, channel=channel, user=user))
            count += len(items)
    if messages:
        trigger = JobRun.Trigger.STAFF if user else JobRun.Trigger.INTERNAL
        enqueue(
            "integrations.tasks.send_outbox_job", trigger=trigger.value, actor_id=user.pk if user else None
        )
    return Asked(tuple(message.pk for message in messages), count)


def _most(kind: Kind) -> int:
    return MOST_DELETED if kind == Kind.PRODUCT_DELETE else MOST_ITEMS


def _write(wanted: Wanted, items: Sequence[Item], *, channel: str, user: User | None) -> OutboxMessage:
    message = OutboxMessage.objects.create(
        channel=channel,
        kind=wanted.kind,
        key=f"{wanted.kind.lower().replace('_', '-')}:{uuid4().hex}",
        body={"items": len(items), **wanted.about},
        written_by=user,
        due_at=clock.now(),
    )
    ProductWrite.objects.bulk_create(
        ProductWrite(
            message=message,
            product_id=item.product_id,
            variant_id=item.variant_id,
            barcode=item.barcode,
            content_id=item.content_id,
            body=jsonable(item.body),
        )
        for item in items
    )
    return message


def jsonable(value: Any) -> Any:
    """The same for a JSON column: amounts become numbers, which `exact` turns back without a difference."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(part) for part in value]
    return value


def exact(value: Any) -> Any:
    """What a JSON column holds, with amounts as Decimal: 1299.9 is 1299.9 and not the float next to it."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exact(part) for part in value]
    return value


def repeatable(write_ids: Iterable[int]) -> list[ProductWrite]:
    """Of these writes those that were refused or whose end nobody knows, and that nothing newer replaces."""
    chosen = list(ProductWrite.objects.filter(pk__in=list(write_ids)).select_related("message"))
    barcodes = {row.barcode for row in chosen} - {""}
    same = ProductWrite.objects.filter(
        Q(barcode__in=barcodes)
        | Q(barcode="", content_id__in={row.content_id for row in chosen if not row.barcode}),
    )
    about: dict[tuple[str, Target], list[ProductWrite]] = {}
    for row in sorted(newest(same), key=lambda row: -row.pk):
        about.setdefault((row.message.channel, row.barcode or row.content_id or 0), []).append(row)
    listed = Listing.objects.filter(barcode__in=barcodes).values_list("channel", "barcode", "state")
    states: dict[tuple[str, Target], str] = {(channel, name): state for channel, name, state in listed}
    living = {row.pk for key, rows in about.items() for row in unsettled(rows, states.get(key))}
    return [row for row in chosen if row.pk in living]


@transaction.atomic
def reopen(message: OutboxMessage) -> list[ProductWrite]:
    """The items of a refused message that is tried again, under way once more, without those that were replaced."""
    lock_writes()
    rows = repeatable(message.product_writes.values_list("pk", flat=True))
    for row in rows:
        row.state, row.reasons, row.decided_at = ProductWrite.State.WAITING, [], None
    ProductWrite.objects.bulk_update(rows, ["state", "reasons", "decided_at"])
    return rows


def retire(replaced: Iterable[ProductWrite]) -> None:
    """Close refused messages of which every item was sent again since."""
    ids = {row.message_id for row in replaced}
    parked = OutboxMessage.objects.filter(pk__in=ids, state=OutboxMessage.State.PARKED)
    for message in parked.prefetch_related("product_writes"):
        if not repeatable([row.pk for row in message.product_writes.all()]):
            message.state = OutboxMessage.State.OBSOLETE
            message.delivered_at = timezone.now()
            message.save(update_fields=["state", "delivered_at"])


__all__ = [
    "Asked",
    "Book",
    "Item",
    "Target",
    "Wanted",
    "exact",
    "jsonable",
    "reopen",
    "repeatable",
    "retire",
    "write_all",
]
