"""How a model stands on a marketplace: each barcode, and what became of what was asked for it last. Selectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from integrations.models import Listing, OutboxMessage, ProductWrite

State = ProductWrite.State
UNDER_WAY: Final = frozenset({State.WAITING, State.SENT})
"""No answer yet: the same must not be asked again."""
REPEATABLE: Final = frozenset({State.FAILED, State.UNKNOWN})
NOT_THERE: Final = frozenset({Listing.State.UNKNOWN, Listing.State.MISSING})
UNAPPROVED: Final = frozenset({Listing.State.PENDING, Listing.State.REJECTED})
APPROVED: Final = frozenset({Listing.State.APPROVED, Listing.State.ARCHIVED})


class Overall(models.TextChoices):
    """A whole model in one word, the most urgent first."""

    FAILED = "FAILED", _("Needs a correction")
    UNDER_WAY = "UNDER_WAY", _("Being sent")
    PENDING = "PENDING", _("Waiting for approval")
    PARTLY = "PARTLY", _("Partly on the marketplace")
    APPROVED = "APPROVED", _("On the marketplace")
    ARCHIVED = "ARCHIVED", _("Archived on the marketplace")
    NOT_LISTED = "NOT_LISTED", _("Not on the marketplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrite:
    """What was asked last, and what became of it. `reasons` are the marketplace's own words.

    `at` is when it was decided, before that when it was asked.
    """

    write_id: int
    message_id: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    reasons: tuple[str, ...]
    at: datetime

    @property
    def repeatable(self) -> bool:
        """Whether `ask_again` takes it."""
        return self.state in REPEATABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantStanding:
    """One barcode. `state` (`Listing.State`) is None while it was never seen on the marketplace.

    `last_write` is the newest, also when it concerned the whole card; `failed` are those that `ask_again` takes.
    `open`: something has no result yet, or is in quality control.
    """

    variant_id: int
    barcode: str
    colour: str
    size: str
    state: str | None
    state_label: str
    content_id: int | None
    reject_reasons: tuple[str, ...]
    last_write: LastWrite | None
    failed: tuple[LastWrite, ...]
    open: bool

    @property
    def listed(self) -> bool:
        """Whether the marketplace has it, in whatever state."""
        return self.state is not None and self.state not in NOT_THERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A model on one marketplace. `waiting_total` counts barcodes with something open."""

    rows: tuple[VariantStanding, ...]
    state: Overall
    waiting_total: int

    @property
    def failed_write_ids(self) -> tuple[int, ...]:
        """What can be sent again at once (`ask_again`)."""
        return tuple(sorted({write.write_id for row in self.rows for write in row.failed}))


def standing_of(*, channel: str, product_id: int) -> Standing:
    """How every barcode of the model stands; a constant three statements. An unknown model has no rows."""
    variants = list(Variant.objects.filter(product_id=product_id).order_by("colour", "size", "pk"))
    found = Listing.objects.filter(channel=channel, barcode__in=[row.barcode for row in variants])
    listings = {row.barcode: row for row in found}
    writes = newest(ProductWrite.objects.filter(message__channel=channel, product_id=product_id))
    rows = tuple(_row(variant, listings.get(variant.barcode), writes) for variant in variants)
    return Standing(rows=rows, state=_overall(rows), waiting_total=sum(1 for row in rows if row.open))


def newest(writes: QuerySet[ProductWrite, ProductWrite]) -> list[ProductWrite]:
    """Of these the newest of each kind and state for each barcode or card, with its message, without what was sent.

    As much as `unsettled` needs of a history of any length. One statement.
    """
    names = ("message__channel", "barcode", "content_id", "message__kind", "state")
    rows = writes.order_by(*names, "-pk").distinct(*names)
    return list(rows.select_related("message").defer("body"))


def _row(variant: Variant, listing: Listing | None, writes: Sequence[ProductWrite]) -> VariantStanding:
    content_id = listing.content_id if listing else None
    own = sorted(
        (row for row in writes if _concerns(row, variant.barcode, content_id)), key=lambda row: -row.pk
    )
    return VariantStanding(
        variant_id=variant.pk,
        barcode=variant.barcode,
        colour=variant.colour,
        size=variant.size,
        state=listing.state if listing else None,
        state_label=listing.get_state_display() if listing else "",
        content_id=content_id,
        reject_reasons=tuple(listing.reject_reason.splitlines()) if listing else (),
        last_write=_last(own[0]) if own else None,
        failed=tuple(_last(row) for row in unsettled(own, listing.state if listing else None)),
        open=any(row.state in UNDER_WAY or row.state == State.ENTERED for row in own),
    )


def _concerns(row: ProductWrite, barcode: str, content_id: int | None) -> bool:
    return row.barcode == barcode if row.barcode else row.content_id == content_id


# A correction before approval takes the place of the listing that failed, and the other way round.
_SAME_THING: Final[Mapping[str, str]] = {
    OutboxMessage.Kind.PRODUCT_UNAPPROVED: OutboxMessage.Kind.PRODUCT_CREATE,
}


def theme(kind: str) -> str:
    """What a newer write of another kind supersedes, too."""
    return _SAME_THING.get(kind, kind)


def unsettled(writes: Iterable[ProductWrite], state: str | None) -> list[ProductWrite]:
    """Of the writes of one barcode, newest first: those that failed and have no newer one about the same.

    Once it is approved (`state`, a `Listing.State`), there is nothing left to list or to correct before approval:
    how it differs from ours is shown by `differences`.
    """
    last: dict[str, ProductWrite] = {}
    for row in writes:
        last.setdefault(theme(row.message.kind), row)
        if row.message.kind == OutboxMessage.Kind.PRODUCT_DELETE and row.state == State.SUCCESS:
            break  # what failed before it was deleted concerns nobody any more
    if state in APPROVED:
        last.pop(OutboxMessage.Kind.PRODUCT_CREATE, None)
    return [row for row in last.values() if row.state in REPEATABLE]


def _last(row: ProductWrite) -> LastWrite:
    return LastWrite(
        write_id=row.pk,
        message_id=row.message_id,
        kind=row.message.kind,
        kind_label=row.message.get_kind_display(),
        state=row.state,
        state_label=row.get_state_display(),
        reasons=tuple(row.reasons),
        at=row.decided_at or row.message.created_at,
    )


def _overall(rows: Sequence[VariantStanding]) -> Overall:
    states = {row.state if row.listed else None for row in rows}
    if any(row.failed for row in rows) or Listing.State.REJECTED in states:
        return Overall.FAILED
    if any(row.last_write and row.last_write.state in UNDER_WAY for row in rows):
        return Overall.UNDER_WAY
    if Listing.State.PENDING in states:
        return Overall.PENDING
    if states <= {None}:
        return Overall.NOT_LISTED
    if states == {Listing.State.ARCHIVED}:
        return Overall.ARCHIVED
    return Overall.PARTLY if None in states else Overall.APPROVED


__all__ = ["LastWrite", "Overall", "Standing", "VariantStanding", "newest", "standing_of"]
