"""Which quantities Trendyol must be told: read in one moment, compared with what it is believed to show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalog.models import Variant
from integrations.models import Listing
from integrations.selectors import Belief, beliefs
from inventory.selectors import Availability, availability
from orders.enums import Channel
from orders.locks import lock_reservations

# States in which Trendyol refuses stock (contract section 13, trap 26).
_NOT_TAKING = (Listing.State.PENDING, Listing.State.REJECTED, Listing.State.ARCHIVED)
# Trendyol's own cap per product (contract section 1.2); more than this on hand is still sold, in portions.
MAX_OFFERED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A barcode to send: `quantity` is what may be sold, `believed` what Trendyol shows (None: unknown)."""

    variant_id: int
    barcode: str
    quantity: int
    believed: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One reading of the shop. `companions` are unchanged barcodes with their true quantity.

    `computed_at` is the moment of the reading; no reservation changed while it was taken.
    """

    computed_at: datetime
    evaluated: int
    reserved: int
    wanted: tuple[Wanted, ...]
    companions: tuple[Wanted, ...]

    @property
    def skipped(self) -> int:
        return self.evaluated - len(self.wanted)


@transaction.atomic
def make_plan(*, send_all: bool = False, only: Collection[str] | None = None) -> Plan:
    """Read what is available and what is believed in one moment, for all barcodes or for `only`."""
    computed_at = lock_reservations()
    stock = availability(only)
    known = beliefs(only)
    variants = _taking(only)
    rows = [
        _wanted(row, variants[row.barcode], known.get(row.barcode))
        for row in stock
        if row.barcode in variants
    ]
    differing = [row for row in rows if send_all or row.believed != row.quantity]
    same = [row for row in rows if not send_all and row.believed == row.quantity]
    return Plan(
        computed_at=computed_at,
        evaluated=len(rows),
        reserved=sum(row.reserved for row in stock),
        wanted=tuple(differing),
        companions=tuple(same),
    )


def _taking(only: Collection[str] | None) -> dict[str, int]:
    """Active variants by barcode, without drafts, those Trendyol does not take stock for, and those never counted here.

    A barcode without a balance was never received or counted: its stock is unknown, not zero. Sending 0 would take an
    existing shop off sale on the day it moves in.
    """
    rows = Variant.objects.filter(active=True, product__draft=False, central_stock__isnull=False).exclude(
        pk__in=Listing.objects.filter(
            channel=Channel.TRENDYOL, state__in=_NOT_TAKING, variant__isnull=False
        ).values("variant_id")
    )
    if only is not None:
        rows = rows.filter(barcode__in=only)
    return dict(rows.values_list("barcode", "pk"))


def _wanted(row: Availability, variant_id: int, belief: Belief | None) -> Wanted:
    return Wanted(variant_id, row.barcode, min(row.offered, MAX_OFFERED), belief.quantity if belief else None)
