"""Carrying several barcodes from one shelf to another, as one posting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from inventory import ledger
from inventory.contents import fingerprint, lying, quantities
from inventory.enums import MovementKind
from inventory.errors import SameShelf
from inventory.ledger import Entry
from inventory.locks import create_and_lock_central
from inventory.models import Shelf
from inventory.services import require_quantity, require_shelf
from inventory.sheet_errors import NothingScanned, SheetChanged, ShelfEmpty


@dataclass(frozen=True, slots=True)
class Moved:
    """What was carried, in pairs. `repeated` means that this key was booked before."""

    from_code: str
    to_code: str
    pairs: int
    barcodes: int
    repeated: bool


@transaction.atomic
def move_boxes(
    *, from_shelf: str, to_shelf: str, boxes: Mapping[int, int], key: str, user: AbstractBaseUser | None
) -> Moved:
    """Carry `boxes` (pairs by variant) from one shelf to another: all of them or none.

    Raises `InsufficientStock` (source), `SameShelf`, `UnknownShelf`, `ClosedShelf` (target), `InvalidQuantity`,
    `NothingScanned`, `KeyReused`.
    """
    if not boxes:
        raise NothingScanned
    source, target = require_shelf(from_shelf, closed_allowed=True), require_shelf(to_shelf)
    if source.pk == target.pk:
        raise SameShelf(shelf=source.code)
    entries = [
        Entry(
            variant_id=variant_id,
            shelf_id=shelf.pk,
            delta=sign * require_quantity(pairs, lowest=1),
            kind=MovementKind.MOVE,
            reference=f"{source.code} → {target.code}",
            key=f"move:{key}:{variant_id}:{suffix}",
            actor_id=user.pk if user else None,
        )
        for variant_id, pairs in sorted(boxes.items())
        for shelf, sign, suffix in ((source, -1, "out"), (target, 1, "in"))
    ]
    posting = ledger.post(entries)
    return Moved(source.code, target.code, sum(boxes.values()), len(boxes), posting.repeated)


@transaction.atomic
def move_whole_shelf(
    *, from_shelf: str, to_shelf: str, token: str, key: str, user: AbstractBaseUser | None
) -> Moved:
    """Carry everything that lies on a shelf to another one, if it is still what `token` was made from.

    What pickers took and have not confirmed stays in the books of the shelf they took it from. `token` is
    `shelf_token` of the list that the person was shown. Raises `SheetChanged` when the shelf changed since,
    `ShelfEmpty`, and what `move_boxes` raises.
    """
    source = require_shelf(from_shelf, closed_allowed=True)
    create_and_lock_central(quantities(source.pk))
    there = lying(source.pk)
    if not there:
        raise ShelfEmpty(shelf=source.code)
    if shelf_token(source, there) != token:
        raise SheetChanged(shelf=source.code)
    return move_boxes(from_shelf=source.code, to_shelf=to_shelf, boxes=there, key=key, user=user)


def shelf_token(shelf: Shelf, there: Mapping[int, int]) -> str:
    """Fingerprint of what lies on a shelf (`inventory.contents.lying`)."""
    return fingerprint(shelf.pk, there)
