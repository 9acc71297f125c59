"""Asking a marketplace to list, change, archive or delete our barcodes: written down here, said by the outbox.

Each service writes its messages in one transaction, all or nothing, and never speaks over the network. What is under
way for a barcode cannot be asked a second time, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from gullu.models import User
from integrations.listing.locks import lock_writes
from integrations.listing.planning import plan_create, plan_prices, plan_update
from integrations.listing.standing import UNAPPROVED
from integrations.listing.write_errors import (
    AlreadyArchived,
    AlreadyListed,
    ArchiveFirst,
    NotApproved,
    NotArchived,
    NothingFailed,
    NothingToSend,
    NotListable,
    NotListed,
    UnknownVariant,
    WriteRefused,
)
from integrations.listing.writing import (
    Asked,
    Book,
    Item,
    Kind,
    Wanted,
    repeatable,
    retire,
    write_all,
)
from integrations.models import Listing, ProductWrite

Row = TypeVar("Row")
State = Listing.State
# Contract section 8.13: an approved barcode can be deleted after more than a day in the archive.
IN_ARCHIVE_BEFORE_DELETION: Final = timedelta(days=1)


@transaction.atomic
def ask_create(
    *, channel: str, product_id: int, variant_ids: Collection[int] | None = None, user: User | None = None
) -> Asked:
    """Ask to list barcodes of a model: all that are not on the marketplace, or exactly those named.

    Raises `NotListable` with every rule that is broken, `StillDraft`, `AlreadyListed`, `UnderWay`, `NothingToSend`,
    `UnknownVariant`, `ProductNotFound`.
    """
    lock_writes()
    wanted = plan_create(channel=channel, product_id=product_id, variant_ids=variant_ids)
    return write_all(wanted, channel=channel, user=user)


@transaction.atomic
def ask_update(
    *,
    channel: str,
    product_id: int,
    fields: Collection[str],
    variant_ids: Collection[int] | None = None,
    user: User | None = None,
) -> Asked:
    """Ask to change `fields` (names of `Sheet`) of listed barcodes, each by the service for its state.

    Before approval: everything but price and stock at once. After it: texts, pictures and attributes of a card; data,
    delivery time and prices of a barcode. Without `variant_ids` a barcode is left out where none of the fields can be
    changed; a named one is refused. Raises like `ask_create`, and `NotListed`, `PriceBeforeApproval`, `InArchive`,
    `NotChangeable`, `NoFields`.
    """
    lock_writes()
    wanted = plan_update(channel=channel, product_id=product_id, fields=fields, variant_ids=variant_ids)
    return write_all(wanted, channel=channel, user=user)


@transaction.atomic
def ask_prices(*, channel: str, variant_ids: Collection[int], user: User | None = None) -> Asked:
    """Ask for the prices these approved barcodes have here, of any models; the stock is not touched.

    Raises `NoPrice`, `PriceBeforeApproval`, `NotListed`, `InArchive`, `UnderWay`, `UnknownVariant`.
    """
    lock_writes()
    variants = _variants(variant_ids)
    wanted = plan_prices(channel=channel, variants=variants, book=_book(channel, variants))
    return write_all(wanted, channel=channel, user=user)


@transaction.atomic
def ask_archive(
    *, channel: str, variant_ids: Collection[int], archived: bool, user: User | None = None
) -> Asked:
    """Ask to take approved barcodes out of the shop window, or to bring them back from the archive.

    Raises `AlreadyArchived`, `NotArchived`, `NotApproved`, `NotListed`, `UnderWay`, `UnknownVariant`.
    """
    lock_writes()
    wanted = [_archive(channel, _variants(variant_ids), archived=archived)]
    return write_all(wanted, channel=channel, user=user)


@transaction.atomic
def ask_unlock(*, channel: str, variant_ids: Collection[int], user: User | None = None) -> Asked:
    """Ask to unlock approved barcodes that were locked for their price or for failures to supply.

    Raises `NotApproved`, `NotListed`, `UnderWay`, `UnknownVariant`.
    """
    lock_writes()
    return write_all([_unlock(channel, _variants(variant_ids))], channel=channel, user=user)


@transaction.atomic
def ask_delete(*, channel: str, variant_ids: Collection[int], user: User | None = None) -> Asked:
    """Ask to delete barcodes there for ever: before approval, or after more than a day in the archive.

    Raises `ArchiveFirst`, `NotListed`, `UnderWay`, `UnknownVariant`.
    """
    lock_writes()
    return write_all([_delete(channel, _variants(variant_ids))], channel=channel, user=user)


@transaction.atomic
def ask_again(*, write_ids: Collection[int], user: User | None = None) -> Asked:
    """Send again only what failed of these, built from the models as they are now; the old ones are settled by it.

    A listing that failed becomes a correction where the barcode is there by now. Writes that did not fail, that
    something newer replaces, or that approval has overtaken, are left out. Raises `NothingFailed`, and everything
    that asking anew can raise.
    """
    lock_writes()
    failed = repeatable(write_ids)
    if not failed:
        raise NothingFailed
    asked = [
        write_all(_again(channel, rows), channel=channel, user=user)
        for channel, rows in _grouped(failed, lambda row: str(row.message.channel))
    ]
    retire(failed)
    return Asked(
        tuple(number for part in asked for number in part.message_ids), sum(part.items for part in asked)
    )


# --- archive, unlock, delete ------------------------------------------------------------------------------------------


def _archive(channel: str, variants: Sequence[Variant], *, archived: bool) -> Wanted:
    def check(barcode: str, state: Listing.State) -> WriteRefused | None:
        if state in UNAPPROVED:
            return NotApproved(barcode=barcode)
        if archived:
            return AlreadyArchived(barcode=barcode) if state == State.ARCHIVED else None
        return None if state == State.ARCHIVED else NotArchived(barcode=barcode)

    items = _plain(Kind.PRODUCT_ARCHIVE, channel, variants, check=check, archived=archived)
    return Wanted(Kind.PRODUCT_ARCHIVE, items, {"archived": archived})


def _unlock(channel: str, variants: Sequence[Variant]) -> Wanted:
    def check(barcode: str, state: Listing.State) -> WriteRefused | None:
        return NotApproved(barcode=barcode) if state in UNAPPROVED else None

    return Wanted(Kind.PRODUCT_UNLOCK, _plain(Kind.PRODUCT_UNLOCK, channel, variants, check=check))


def _delete(channel: str, variants: Sequence[Variant]) -> Wanted:
    lately = _archived_lately(channel, [variant.barcode for variant in variants])

    def check(barcode: str, state: Listing.State) -> WriteRefused | None:
        ready = state in UNAPPROVED or (state == State.ARCHIVED and barcode not in lately)
        return None if ready else ArchiveFirst(barcode=barcode)

    return Wanted(Kind.PRODUCT_DELETE, _plain(Kind.PRODUCT_DELETE, channel, variants, check=check))


def _archived_lately(channel: str, barcodes: Collection[str]) -> set[str]:
    """Those we archived within the last day; when somebody did it in the panel, the marketplace itself will say so."""
    rows = ProductWrite.objects.filter(
        message__channel=channel,
        message__kind=Kind.PRODUCT_ARCHIVE,
        state=ProductWrite.State.SUCCESS,
        barcode__in=list(barcodes),
        decided_at__gt=timezone.now() - IN_ARCHIVE_BEFORE_DELETION,
    )
    return set(rows.values_list("barcode", flat=True))


Check = Callable[[str, Listing.State], WriteRefused | None]


def _plain(kind: Kind, channel: str, variants: Sequence[Variant], *, check: Check, **body: Any) -> list[Item]:
    """Items that say nothing of the barcode but itself and `body`."""
    book = _book(channel, variants)
    items: list[Item] = []
    for variant in variants:
        state = book.state(variant.barcode)
        refusal = NotListed(barcode=variant.barcode) if state is None else check(variant.barcode, state)
        if refusal is not None:
            raise refusal
        book.refuse_under_way(kind, variant.barcode)
        items.append(
            Item(
                body={"barcode": variant.barcode, **body},
                product_id=variant.product_id,
                variant_id=variant.pk,
                barcode=variant.barcode,
            )
        )
    return items


def _variants(variant_ids: Collection[int]) -> list[Variant]:
    variants = list(Variant.objects.filter(pk__in=variant_ids).order_by("barcode"))
    if missing := set(variant_ids) - {variant.pk for variant in variants}:
        raise UnknownVariant(variant=min(missing))
    if not variants:
        raise NothingToSend(product="—")
    return variants


def _book(channel: str, variants: Sequence[Variant]) -> Book:
    return Book(channel=channel, barcodes=[variant.barcode for variant in variants])


# --- again ------------------------------------------------------------------------------------------------------------


def _again(channel: str, failed: Sequence[ProductWrite]) -> list[Wanted]:
    wanted: list[Wanted] = []
    broken: list[NotListable] = []
    for (kind, product_id, _fields), rows in _grouped(
        failed, lambda row: (row.message.kind, row.product_id or 0, failed_fields(row))
    ):
        try:
            wanted += _again_one(channel, Kind(kind), product_id, rows)
        except NotListable as refusal:
            broken.append(refusal)
    if broken:
        violations = [violation for refusal in broken for violation in refusal.violations]
        raise NotListable(product=broken[0].data["product"], violations=violations)
    return _joined(wanted)


def _again_one(channel: str, kind: Kind, product_id: int, rows: Sequence[ProductWrite]) -> list[Wanted]:
    """The same once more, for barcodes of one model."""
    ids = _known(row.variant_id for row in rows)
    match kind:
        case Kind.PRODUCT_CREATE | Kind.PRODUCT_UNAPPROVED:
            return _list_again(channel, product_id, rows)
        case Kind.PRODUCT_CONTENT:
            return _update_again(channel, product_id, rows, _variants_of_cards(channel, rows))
        case Kind.PRODUCT_VARIANT | Kind.PRODUCT_DELIVERY | Kind.PRODUCT_PRICE:
            return _update_again(channel, product_id, rows, ids)
        case Kind.PRODUCT_ARCHIVE:
            return [
                _archive(channel, _variants(_known(row.variant_id for row in part)), archived=archived)
                for archived, part in _grouped(rows, lambda row: bool(row.body["archived"]))
            ]
        case Kind.PRODUCT_UNLOCK:
            return [_unlock(channel, _variants(ids))]
        case Kind.PRODUCT_DELETE:
            return [_delete(channel, _variants(ids))]
    raise ValueError(f"{kind} is no message about products")


def _list_again(channel: str, product_id: int, rows: Sequence[ProductWrite]) -> list[Wanted]:
    """What is there by now is corrected, the rest is listed anew."""
    book = Book(channel=channel, barcodes=[row.barcode for row in rows])
    for row in rows:
        state = book.state(row.barcode)
        if state is not None and state not in UNAPPROVED:
            raise AlreadyListed(barcode=row.barcode, state=state.label)
    there = [row.variant_id for row in rows if book.state(row.barcode) is not None]
    missing = [row.variant_id for row in rows if book.state(row.barcode) is None]
    wanted: list[Wanted] = []
    if missing:
        wanted += plan_create(channel=channel, product_id=product_id, variant_ids=_known(missing))
    if there:
        # Whatever the fields: before approval everything is said.
        wanted += plan_update(
            channel=channel, product_id=product_id, fields={"brand_id"}, variant_ids=_known(there)
        )
    return wanted


def _update_again(
    channel: str, product_id: int, rows: Sequence[ProductWrite], variant_ids: Collection[int]
) -> list[Wanted]:
    fields = {name for row in rows for name in failed_fields(row)}
    return plan_update(channel=channel, product_id=product_id, fields=fields, variant_ids=variant_ids)


def failed_fields(row: ProductWrite) -> tuple[str, ...]:
    """Which fields of `Sheet` have to be said again: of a card only those that quality control refused."""
    refused = row.message.answer.get("refused_fields", {}).get(str(row.content_id))
    return tuple(refused or row.message.body.get("fields", ()))


def _variants_of_cards(channel: str, rows: Sequence[ProductWrite]) -> list[int]:
    """All that are on sale on the cards: a card is described by its first barcode."""
    listings = Listing.objects.filter(
        channel=channel,
        state=State.APPROVED,
        content_id__in=[row.content_id for row in rows],
        variant__isnull=False,
    )
    return _known(listings.values_list("variant_id", flat=True))


def _known(numbers: Iterable[int | None]) -> list[int]:
    return [number for number in numbers if number is not None]


def _joined(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Items of the same kind and about the same in one message."""
    return [
        Wanted(parts[0].kind, [item for part in parts for item in part.items], parts[0].about)
        for _key, parts in _grouped(wanted, lambda part: (part.kind.value, sorted(part.about.items())))
    ]


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[tuple[Any, list[Row]]]:
    return [(name, list(part)) for name, part in groupby(sorted(rows, key=key), key=key)]


__all__ = [
    "Asked",
    "ask_again",
    "ask_archive",
    "ask_create",
    "ask_delete",
    "ask_prices",
    "ask_unlock",
    "ask_update",
]
