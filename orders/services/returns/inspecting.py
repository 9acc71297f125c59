"""What the warehouse found in a parcel that came back: the condition of each unit, a note, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from orders.enums import GoodsCondition
from orders.models import ReturnPhoto, ReturnUnit
from orders.return_errors import AlreadySettled, InspectionClosed, TooManyPhotos, UnknownCondition
from orders.return_selectors import NOT_OURS, is_for_shelf
from orders.return_words import ReturnStep, status_words
from orders.services.returns.events import record
from orders.services.returns.locks import lock_unit

MOST_PHOTOS: Final = 10
MOST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Inspected:
    """`for_shelf`: the unit is accepted and sound, a shelf may be scanned at once. `repeated`: nothing changed."""

    unit_id: int
    barcode: str
    condition: GoodsCondition
    note: str
    for_shelf: bool
    repeated: bool


@transaction.atomic
def inspect_return(
    *, unit_id: int, condition: str, note: str | None = None, user: AbstractBaseUser | None = None
) -> Inspected:
    """Keep what was found (`GoodsCondition`); it may be corrected until the goods are settled.

    `note` None leaves the note as it is. Locks the unit.
    Raises `ReturnNotFound`, `UnknownCondition`, `AlreadySettled`, `InspectionClosed` (rejected or cancelled).
    """
    if condition not in GoodsCondition.values:
        raise UnknownCondition(condition=condition or "—")
    unit = lock_unit(unit_id)
    _require_open(unit)
    words = unit.inspection_note if note is None else note.strip()[:MOST_NOTE]
    repeated = (unit.condition, unit.inspection_note) == (condition, words)
    if not repeated:
        unit.condition, unit.inspection_note = condition, words
        unit.inspected_at, unit.inspected_by_id = timezone.now(), user.pk if user else None
        unit.save(
            update_fields=["condition", "inspection_note", "inspected_at", "inspected_by", "updated_at"]
        )
        record(
            [unit],
            ReturnStep.INSPECTED,
            at=unit.inspected_at,
            user=user,
            condition=condition,
            note=words,
        )
    return Inspected(
        unit.pk, unit.barcode, GoodsCondition(condition), words, is_for_shelf(unit), repeated=repeated
    )


@transaction.atomic
def add_photo(*, unit_id: int, image: str, user: AbstractBaseUser | None = None) -> int:
    """Keep a picture that was checked and stored before (`orders.images`); returns its id.

    Locks the unit. Raises `ReturnNotFound`, `TooManyPhotos`.
    """
    unit = lock_unit(unit_id)
    if ReturnPhoto.objects.filter(unit=unit).count() >= MOST_PHOTOS:
        raise TooManyPhotos(barcode=unit.barcode, most=MOST_PHOTOS)
    photo = ReturnPhoto.objects.create(unit=unit, image=image, created_by_id=user.pk if user else None)
    return photo.pk


def _require_open(unit: ReturnUnit) -> None:
    if unit.disposition:
        raise AlreadySettled(barcode=unit.barcode, where=unit.get_disposition_display())
    if unit.status in NOT_OURS:
        raise InspectionClosed(barcode=unit.barcode, status=status_words(unit.status))
