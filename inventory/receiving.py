"""Goods in (`Stok Ekleme`): boxes are scanned onto a sheet, and the sheet is booked whole or not at all.

ADD (`Yeni Ekle`) puts the boxes on the shelf. REPLACE (`Raftaki Yenile`) makes the shelf hold exactly the boxes; it is
booked only if the shelf is still what the person was shown, so that a pick in between is never undone unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import BarcodeAlias, Variant
from inventory import ledger
from inventory.contents import OnShelf, fingerprint, last_movements, on_shelf
from inventory.enums import GoodsInMode, GoodsInState, MovementKind
from inventory.errors import ClosedShelf
from inventory.ledger import Entry
from inventory.locks import create_and_lock_central
from inventory.models import GoodsIn, GoodsInLine, Shelf, StockMovement
from inventory.services import require_quantity
from inventory.sheet_errors import (
    NoShelfYet,
    NothingScanned,
    SetAsideGone,
    SheetChanged,
    SheetGone,
    SheetHasBoxes,
    StillUnknown,
)
from inventory.sheet_locks import lock_open_sheet, lock_set_aside, lock_sheet

REPLACED = "shelf replaced"


@transaction.atomic
def open_sheet(*, user: AbstractBaseUser, mode: GoodsInMode | None = None) -> GoodsIn:
    """The person's one open sheet, locked; a new one (ADD unless `mode` says otherwise) where there is none."""
    sheet = lock_open_sheet(user.pk)
    if sheet is None:
        GoodsIn.objects.bulk_create(
            [GoodsIn(user_id=user.pk, mode=mode or GoodsInMode.ADD)], ignore_conflicts=True
        )
        sheet = lock_open_sheet(user.pk)
    if sheet is None:
        raise SheetGone
    if mode is not None and sheet.mode != mode:
        sheet.mode = mode
        sheet.save(update_fields=["mode"])
    return sheet


@transaction.atomic
def scan_shelf(*, user: AbstractBaseUser, shelf: Shelf, anyway: bool = False) -> GoodsIn:
    """Say where the boxes of the open sheet go. `anyway` also sends boxes that were scanned already.

    Raises `ClosedShelf`, `SheetHasBoxes`.
    """
    _require_open(shelf)
    sheet = open_sheet(user=user)
    if sheet.shelf_id == shelf.pk:
        return sheet
    if sheet.shelf is not None and not anyway and (pairs := sum(_quantities(sheet))):
        raise SheetHasBoxes(shelf=sheet.shelf.code, pairs=pairs)
    sheet.shelf = shelf
    sheet.save(update_fields=["shelf"])
    return sheet


@transaction.atomic
def scan_box(*, user: AbstractBaseUser, barcode: str, variant: Variant | None) -> GoodsInLine:
    """One more box; without a variant it is set aside under its barcode. Raises `NoShelfYet`, `InvalidQuantity`."""
    sheet = lock_open_sheet(user.pk)
    if sheet is None or sheet.shelf_id is None:
        raise NoShelfYet
    code = variant.barcode if variant else barcode
    line = sheet.lines.filter(barcode=code).first()
    if line is None:
        return sheet.lines.create(barcode=code, variant=variant, quantity=1, set_aside=variant is None)
    line.quantity = require_quantity(line.quantity + 1, lowest=1)
    line.save(update_fields=["quantity"])
    return line


@transaction.atomic
def set_quantity(*, user: AbstractBaseUser, line_id: int | None, quantity: int) -> GoodsInLine:
    """Write how many boxes there are; zero takes the barcode off the sheet. Raises `NothingScanned`."""
    sheet = lock_open_sheet(user.pk)
    line = sheet.lines.filter(pk=line_id).first() if sheet and line_id else None
    if line is None:
        raise NothingScanned
    line.quantity = require_quantity(quantity, lowest=0)
    if quantity:
        line.save(update_fields=["quantity"])
    else:
        GoodsInLine.objects.filter(pk=line.pk).delete()
    return line


@transaction.atomic
def drop_sheet(*, user: AbstractBaseUser) -> GoodsIn:
    """Give the open sheet up; nothing of it is booked. Raises `SheetGone`."""
    sheet = lock_open_sheet(user.pk)
    if sheet is None:
        raise SheetGone
    sheet.state = GoodsInState.DROPPED
    sheet.save(update_fields=["state"])
    return sheet


@dataclass(frozen=True, slots=True)
class Change:
    """One barcode of a preview, in pairs: in the books of the shelf now, and after booking.

    `held` of them are in a picker's hands: not on the shelf, but in its books until the order is confirmed.
    """

    variant: Variant
    there: int
    after: int
    held: int

    @property
    def delta(self) -> int:
        return self.after - self.there

    @property
    def less(self) -> int:
        return self.there - self.after


@dataclass(frozen=True, slots=True)
class Preview:
    """What booking would do. `token` stands for exactly this; `moved` are movements since the sheet was begun."""

    token: str
    vanishing: tuple[Change, ...] = ()
    appearing: tuple[Change, ...] = ()
    moved: tuple[StockMovement, ...] = ()


def preview(sheet: GoodsIn, lines: list[GoodsInLine]) -> Preview:
    """What "book" would do now: no statement for ADD, two for REPLACE."""
    if sheet.mode != GoodsInMode.REPLACE or sheet.shelf_id is None:
        return Preview(_token(sheet, lines, {}))
    there, after = on_shelf(sheet.shelf_id), _scanned(lines)
    changes = [_change(variant, there, after) for variant in _variants({*there, *after})]
    moved = [row for row in last_movements(sheet.shelf_id) if row.created_at > sheet.created_at]
    return Preview(
        _token(sheet, lines, there),
        vanishing=tuple(change for change in changes if change.delta < 0),
        appearing=tuple(change for change in changes if change.delta > 0),
        moved=tuple(moved),
    )


def _change(variant: Variant, there: Mapping[int, OnShelf], scanned: Mapping[int, int]) -> Change:
    now = there.get(variant.pk, OnShelf(0, 0))
    return Change(variant, now.booked, scanned.get(variant.pk, 0) + now.held, now.held)


def _variants(ids: set[int]) -> QuerySet[Variant]:
    rows = Variant.objects.filter(pk__in=ids).select_related("product")
    return rows.order_by("product__code", "colour", "size", "pk")


@dataclass(frozen=True, slots=True)
class Booked:
    """What a sheet did: pairs on it, the signed change of the shelf, and pairs set aside."""

    shelf_code: str
    mode: GoodsInMode
    pairs: int
    delta: int
    set_aside: int
    repeated: bool


@transaction.atomic
def book_sheet(*, sheet_id: int, token: str, user: AbstractBaseUser) -> Booked:
    """Book a sheet in one posting, if it still does what `token` (of its preview) stands for.

    Repeating it is harmless. Locks: sheet, then the balances of everything scanned and (REPLACE) everything there.
    Raises `SheetGone`, `NoShelfYet`, `NothingScanned`, `ClosedShelf`, `SheetChanged`.
    """
    sheet = lock_sheet(sheet_id, user_id=user.pk)
    if sheet is None or sheet.state == GoodsInState.DROPPED:
        raise SheetGone
    if sheet.shelf is None:
        raise NoShelfYet
    lines = list(sheet.lines.order_by("pk"))
    if sheet.state == GoodsInState.BOOKED:
        return _booked(sheet, sheet.shelf, lines, delta=0, repeated=True)
    if not lines:
        raise NothingScanned
    _require_open(sheet.shelf)
    there = _lock_what_lies_there(sheet, lines)
    if _token(sheet, lines, there) != token:
        raise SheetChanged(shelf=sheet.shelf.code)
    entries = _entries(sheet, lines, there, actor_id=user.pk)
    if entries:
        ledger.post(entries)
    sheet.state, sheet.booked_at = GoodsInState.BOOKED, timezone.now()
    sheet.save(update_fields=["state", "booked_at"])
    delta = sum(entry.delta for entry in entries)
    return _booked(sheet, sheet.shelf, lines, delta=delta, repeated=False)


def _lock_what_lies_there(sheet: GoodsIn, lines: list[GoodsInLine]) -> dict[int, OnShelf]:
    """For REPLACE: lock every balance that booking touches, then read the shelf. ADD needs neither."""
    if sheet.mode != GoodsInMode.REPLACE or sheet.shelf_id is None:
        return {}
    locked = {*_scanned(lines), *on_shelf(sheet.shelf_id)}
    create_and_lock_central(locked)
    there = on_shelf(sheet.shelf_id)
    if not locked.issuperset(there):
        raise SheetChanged(shelf=sheet.shelf)
    return there


def _entries(
    sheet: GoodsIn, lines: list[GoodsInLine], there: Mapping[int, OnShelf], *, actor_id: int
) -> list[Entry]:
    scanned, nothing = _scanned(lines), OnShelf(0, 0)
    replace = sheet.mode == GoodsInMode.REPLACE
    return [
        Entry(
            variant_id=variant_id,
            shelf_id=_shelf_id(sheet),
            delta=scanned.get(variant_id, 0) - there.get(variant_id, nothing).lying,
            kind=MovementKind.COUNT if replace else MovementKind.RECEIVE,
            reference=f"goodsin:{sheet.pk}",
            reason=REPLACED if replace else "",
            key=f"goodsin:{sheet.pk}:{variant_id}",
            actor_id=actor_id,
        )
        for variant_id in sorted({*scanned, *there})
    ]


def _shelf_id(sheet: GoodsIn) -> int:
    if sheet.shelf_id is None:
        raise NoShelfYet
    return sheet.shelf_id


def _booked(sheet: GoodsIn, shelf: Shelf, lines: list[GoodsInLine], *, delta: int, repeated: bool) -> Booked:
    return Booked(
        shelf_code=shelf.code,
        mode=GoodsInMode(sheet.mode),
        pairs=sum(line.quantity for line in lines if not line.set_aside),
        delta=delta,
        set_aside=sum(line.quantity for line in lines if line.set_aside),
        repeated=repeated,
    )


def _scanned(lines: list[GoodsInLine]) -> dict[int, int]:
    return {line.variant_id: line.quantity for line in lines if line.variant_id is not None}


def _quantities(sheet: GoodsIn) -> list[int]:
    return list(sheet.lines.values_list("quantity", flat=True))


def _token(sheet: GoodsIn, lines: list[GoodsInLine], there: Mapping[int, OnShelf]) -> str:
    scanned = {line.pk: line.quantity for line in lines}
    booked = {pk: row.booked for pk, row in there.items()}
    held = {pk: row.held for pk, row in there.items()}
    return fingerprint(sheet.mode, sheet.shelf_id or 0, scanned, booked, held)


def _require_open(shelf: Shelf) -> None:
    if not shelf.active:
        raise ClosedShelf(shelf=shelf.code)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Boxes that wait because their barcode was unknown; `variant` is set once the catalogue knows it."""

    line: GoodsInLine
    variant: Variant | None


def set_aside_rows(*, most: int = 100) -> list[SetAside]:
    """Rows of booked sheets that wait, oldest first, with what their barcode means by now; three statements."""
    rows = GoodsInLine.objects.filter(set_aside=True, variant=None, sheet__state=GoodsInState.BOOKED)
    lines = list(rows.select_related("sheet__shelf", "sheet__user").order_by("pk")[:most])
    known = _known([line.barcode for line in lines])
    return [SetAside(line, known.get(line.barcode)) for line in lines]


@transaction.atomic
def book_set_aside(*, line_id: int, user: AbstractBaseUser) -> Booked:
    """Put boxes that were set aside on the shelf of their sheet, now that the catalogue knows the barcode.

    Raises `SetAsideGone` (booked or dropped already), `StillUnknown`, `ClosedShelf`.
    """
    line = lock_set_aside(line_id)
    if line is None or line.variant_id is not None or line.sheet.shelf is None:
        raise SetAsideGone
    variant = _known([line.barcode]).get(line.barcode)
    if variant is None:
        raise StillUnknown(barcode=line.barcode)
    shelf = line.sheet.shelf
    _require_open(shelf)
    entry = Entry(
        variant_id=variant.pk,
        shelf_id=shelf.pk,
        delta=line.quantity,
        kind=MovementKind.RECEIVE,
        reference=f"goodsin:{line.sheet_id}",
        key=f"goodsin:{line.sheet_id}:aside:{line.pk}",
        actor_id=user.pk,
    )
    ledger.post([entry])
    line.variant = variant
    line.save(update_fields=["variant"])
    return Booked(shelf.code, GoodsInMode.ADD, line.quantity, line.quantity, 0, repeated=False)


@transaction.atomic
def drop_set_aside(*, line_id: int) -> GoodsInLine:
    """Forget boxes that were set aside (a scan of something that is no product). Raises `SetAsideGone`."""
    line = lock_set_aside(line_id)
    if line is None or line.variant_id is not None:
        raise SetAsideGone
    GoodsInLine.objects.filter(pk=line.pk).delete()
    return line


def _known(codes: list[str]) -> dict[str, Variant]:
    """Variants by exactly these barcodes or aliases; a barcode wins over an alias of the same text."""
    aliases = BarcodeAlias.objects.filter(code__in=codes).select_related("variant__product")
    variants = Variant.objects.filter(barcode__in=codes).select_related("product")
    return {row.code: row.variant for row in aliases} | {row.barcode: row for row in variants}
