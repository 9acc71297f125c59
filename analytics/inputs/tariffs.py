"""Cargo tariffs: which rows meet each other, and carrying rows on with new prices from a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from analytics.inputs.errors import CopyOverlaps, CopyTooEarly, NothingToCopy
from analytics.locks import lock_tariffs
from analytics.models import CargoTariff
from gullu.money import format_money, format_number

_KURUS: Final = Decimal("0.01")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows go on from the day, and how many of the old ones were ended the day before."""

    copied: int
    ended: int


def holds(day: date) -> Q:
    """Rows that hold on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def words_of(row: CargoTariff) -> str:
    """`Aras Kargo ≤ 2 desi, orders below 150,00 ₺`."""
    carrier = row.carrier or _("every other carrier")
    desi = format_number(row.desi_to.normalize(), places=2 if row.desi_to % 1 else 0)
    name = f"{carrier} ≤ {desi} desi"
    if row.order_below is None:
        return name
    return f"{name}, " + _("orders below %(amount)s") % {"amount": format_money(row.order_below)}


def meeting(row: CargoTariff) -> CargoTariff | None:
    """A row for the same parcels that holds on some of the same days."""
    rows = CargoTariff.objects.filter(carrier=row.carrier, desi_to=row.desi_to, order_below=row.order_below)
    if row.valid_to is not None:
        rows = rows.filter(valid_from__lte=row.valid_to)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=row.valid_from))
    return rows.exclude(pk=row.pk).order_by("valid_from").first()


def current_rows(day: date) -> QuerySet[CargoTariff]:
    """What can go on with new prices: rows that hold on the day, in the order of a price list."""
    return CargoTariff.objects.filter(holds(day)).order_by("carrier", "order_below", "desi_to", "valid_from")


@transaction.atomic
def copy_tariffs(*, ids: Sequence[int], valid_from: date, percent: Decimal) -> Copied:
    """Write the rows again from `valid_from` on, dearer by `percent`; the old ones end the day before.

    Locks the rows. Raises NothingToCopy, CopyTooEarly, CopyOverlaps; nothing is written then.
    """
    rows = lock_tariffs(ids)
    if not rows:
        raise NothingToCopy
    for row in rows:
        if row.valid_from >= valid_from:
            raise CopyTooEarly(row=words_of(row), day=f"{row.valid_from:%d.%m.%Y}")
    ended = [row for row in rows if row.valid_to is None or row.valid_to >= valid_from]
    for row in ended:
        row.valid_to = valid_from - _DAY
    CargoTariff.objects.bulk_update(ended, ["valid_to"])
    copies = [_copy(row, valid_from, percent) for row in rows]
    _refuse_meeting(copies)
    CargoTariff.objects.bulk_create(copies)
    return Copied(len(copies), len(ended))


def _copy(row: CargoTariff, valid_from: date, percent: Decimal) -> CargoTariff:
    return CargoTariff(
        carrier=row.carrier,
        valid_from=valid_from,
        desi_to=row.desi_to,
        order_below=row.order_below,
        price=_raised(row.price, percent),
        return_price=None if row.return_price is None else _raised(row.return_price, percent),
    )


def _raised(price: Decimal, percent: Decimal) -> Decimal:
    return (price * (100 + percent) / 100).quantize(_KURUS, rounding=ROUND_HALF_UP)


def _refuse_meeting(copies: Sequence[CargoTariff]) -> None:
    """A row from a later day stays what it is: the copy would hold beside it."""
    there = {
        (row.carrier, row.desi_to, row.order_below): row
        for row in CargoTariff.objects.filter(valid_from__gte=copies[0].valid_from).order_by("-valid_from")
    }
    for copy in copies:
        other = there.get((copy.carrier, copy.desi_to, copy.order_below))
        if other is not None:
            raise CopyOverlaps(row=words_of(copy), day=f"{other.valid_from:%d.%m.%Y}")
