"""Where goods that came back go: on a shelf again, or out of the books. Once per unit, one ledger entry each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from inventory.models import Shelf
from inventory.services import require_shelf
from orders.enums import Disposition, GoodsCondition
from orders.models import ReturnUnit
from orders.return_errors import (
    AlreadySettled,
    GoesBack,
    NotAccepted,
    NothingCame,
    NotInspected,
    NotSound,
    UnknownArticle,
    WriteOffReason,
)
from orders.return_selectors import NOT_OURS
from orders.return_words import ReturnStep, status_words
from orders.services.returns.events import record
from orders.services.returns.locks import lock_unit
from orders.services.taking_back import book_return

_NOT_HERE: Final = (GoodsCondition.WRONG_ITEM, GoodsCondition.MISSING)
MOST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class RestockResult:
    """`repeated`: the pair was on that shelf already, and nothing was booked now."""

    unit_id: int
    barcode: str
    shelf_code: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class WriteOffResult:
    """`repeated`: it was written off already, and nothing was booked now."""

    unit_id: int
    barcode: str
    reason: str
    repeated: bool


@transaction.atomic
def restock_return(*, unit_id: int, shelf_code: str, user: AbstractBaseUser | None = None) -> RestockResult:
    """Put an accepted, sound unit on a shelf: one movement RETURN with the key `return:<unit>`.

    It is one pair that is physically here, so it does not matter whether its order was ever deducted here (historic
    orders, orders we do not know). Repeating it with the same shelf is harmless. Locks the unit, then the balances.
    Raises `ReturnNotFound`, `UnknownShelf`, `ClosedShelf`, `AlreadySettled` (another shelf, or written off),
    `GoesBack` (rejected or cancelled), `NotAccepted`, `NotInspected`, `NotSound`, `UnknownArticle`.
    """
    shelf = require_shelf(shelf_code)
    unit = lock_unit(unit_id)
    if unit.disposition == Disposition.RESTOCKED and unit.shelf_id == shelf.pk:
        return RestockResult(unit.pk, unit.barcode, shelf.code, repeated=True)
    _require_unsettled(unit)
    _require_ours(unit)
    if not unit.condition:
        raise NotInspected(barcode=unit.barcode)
    if unit.condition != GoodsCondition.SOUND:
        raise NotSound(barcode=unit.barcode, condition=unit.get_condition_display())
    _settle(unit, Disposition.RESTOCKED, shelf=shelf, reason="", user=user)
    return RestockResult(unit.pk, unit.barcode, shelf.code, repeated=False)


@transaction.atomic
def write_off_return(*, unit_id: int, reason: str, user: AbstractBaseUser | None = None) -> WriteOffResult:
    """Take an accepted unit that cannot be sold out of the books: in and out on the receiving shelf, with a reason.

    Repeating it is harmless. Locks the unit, then the balances. Raises `ReturnNotFound`, `WriteOffReason`,
    `AlreadySettled` (it was restocked), `GoesBack`, `NotAccepted`, `NotInspected`, `NothingCame`, `UnknownArticle`.
    """
    unit = lock_unit(unit_id)
    words = reason.strip()[:MOST_REASON]
    if unit.disposition == Disposition.WRITTEN_OFF:
        return WriteOffResult(unit.pk, unit.barcode, words, repeated=True)
    if not words:
        raise WriteOffReason(barcode=unit.barcode)
    _require_unsettled(unit)
    _require_ours(unit)
    if not unit.condition:
        raise NotInspected(barcode=unit.barcode)
    if unit.condition in _NOT_HERE:
        raise NothingCame(barcode=unit.barcode, condition=unit.get_condition_display())
    _settle(unit, Disposition.WRITTEN_OFF, shelf=None, reason=words, user=user)
    return WriteOffResult(unit.pk, unit.barcode, words, repeated=False)


def _require_unsettled(unit: ReturnUnit) -> None:
    if unit.disposition:
        where = unit.shelf.code if unit.shelf else unit.get_disposition_display()
        raise AlreadySettled(barcode=unit.barcode, where=where)


def _require_ours(unit: ReturnUnit) -> None:
    """A unit is ours when the marketplace has closed it as accepted, by us or by itself; not before.

    While a refusal is disputed or an approval is checked the customer may still get the goods back.
    """
    if unit.status in NOT_OURS:
        raise GoesBack(barcode=unit.barcode, status=status_words(unit.status))
    if unit.status != ReturnUnit.Status.ACCEPTED:
        raise NotAccepted(barcode=unit.barcode, status=status_words(unit.status))


def _article(unit: ReturnUnit) -> int:
    """The unit's article; it may have come into the catalogue after the return was read."""
    variant_id = (
        unit.variant_id or Variant.objects.filter(barcode=unit.barcode).values_list("pk", flat=True).first()
    )
    if variant_id is None:
        raise UnknownArticle(barcode=unit.barcode)
    return variant_id


def _settle(
    unit: ReturnUnit,
    disposition: Disposition,
    *,
    shelf: Shelf | None,
    reason: str,
    user: AbstractBaseUser | None,
) -> None:
    actor_id = user.pk if user else None
    unit.variant_id = _article(unit)
    book_return(
        variant_id=unit.variant_id,
        quantity=1,
        shelf_id=shelf.pk if shelf else None,
        key=unit.ledger_reference,
        reference=unit.ledger_reference,
        reason=reason,
        actor_id=actor_id,
    )
    unit.disposition, unit.shelf = disposition, shelf
    unit.settled_at, unit.settled_by_id = timezone.now(), actor_id
    unit.save(update_fields=["variant", "disposition", "shelf", "settled_at", "settled_by", "updated_at"])
    record(
        [unit],
        ReturnStep(disposition.value),
        at=unit.settled_at,
        user=user,
        shelf=shelf.code if shelf else "",
        reason=reason,
    )
