"""Changing stock: goods in, moving, counting. Every change is a movement in the ledger.

All services take codes and ids, own their transaction, and are safe to repeat with the same `key`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from catalog.barcodes import normalise_barcode
from catalog.errors import UnknownBarcode
from catalog.models import Variant
from inventory import ledger
from inventory.enums import MovementKind
from inventory.errors import ClosedShelf, InvalidQuantity, MissingReason, SameShelf, UnknownShelf
from inventory.ledger import Entry
from inventory.locks import create_and_lock_central
from inventory.models import CentralStock, RafUrun, Shelf, StockMovement
from inventory.shelf_codes import RECEIVING_CODE, normalise_shelf_code

# More pairs than this in one step is a typing error (the marketplace caps a product's stock at it as well).
MAX_QUANTITY = 20_000


@dataclass(frozen=True, slots=True)
class StockChange:
    """Result of a stock service, in pairs.

    `delta` is what was booked on `shelf_code`; `on_shelf` and `on_hand` are the balances after it.
    `repeated` means that this key was booked before and nothing changed now.
    """

    barcode: str
    shelf_code: str
    delta: int
    on_shelf: int
    on_hand: int
    repeated: bool


@transaction.atomic
def receive_stock(
    *,
    barcode: str,
    shelf_code: str,
    quantity: int,
    user: AbstractBaseUser | None = None,
    reference: str = "",
    key: str | None = None,
) -> StockChange:
    """Put `quantity` new pairs on a shelf.

    Raises `UnknownBarcode`, `UnknownShelf`, `ClosedShelf`, `InvalidQuantity`, `KeyReused`.
    """
    pairs = require_quantity(quantity, lowest=1)
    variant, shelf = require_variant(barcode), require_shelf(shelf_code)
    posting = ledger.post(
        [
            Entry(
                variant_id=variant.pk,
                shelf_id=shelf.pk,
                delta=pairs,
                kind=MovementKind.RECEIVE,
                reference=reference,
                key=key,
                actor_id=_id(user),
            )
        ]
    )
    return _change(variant, shelf, pairs, repeated=posting.repeated)


@transaction.atomic
def move_stock(
    *,
    barcode: str,
    from_shelf: str,
    to_shelf: str,
    quantity: int,
    user: AbstractBaseUser | None = None,
    key: str | None = None,
) -> StockChange:
    """Carry `quantity` pairs from one shelf to another; the result describes the target shelf.

    Raises `InsufficientStock` (source), `SameShelf`, and what `receive_stock` raises.
    """
    pairs = require_quantity(quantity, lowest=1)
    variant = require_variant(barcode)
    source, target = require_shelf(from_shelf, closed_allowed=True), require_shelf(to_shelf)
    if source.pk == target.pk:
        raise SameShelf(shelf=source.code)
    reference = f"{source.code} → {target.code}"
    out, into = (
        Entry(
            variant_id=variant.pk,
            shelf_id=shelf.pk,
            delta=delta,
            kind=MovementKind.MOVE,
            reference=reference,
            key=f"{key}:{suffix}" if key else None,
            actor_id=_id(user),
        )
        for shelf, delta, suffix in ((source, -pairs, "out"), (target, pairs, "in"))
    )
    posting = ledger.post([out, into])
    return _change(variant, target, pairs, repeated=posting.repeated)


@transaction.atomic
def adjust_stock(
    *,
    barcode: str,
    shelf_code: str,
    counted: int,
    reason: str,
    user: AbstractBaseUser | None = None,
    key: str | None = None,
) -> StockChange:
    """Set a shelf to what was counted there; books the difference (also none) as a COUNT movement.

    The difference is taken under the lock, so a pick that happened meanwhile is not undone by accident.
    Raises `MissingReason`, and what `receive_stock` raises.
    """
    pairs = require_quantity(counted, lowest=0)
    variant, shelf = require_variant(barcode), require_shelf(shelf_code, closed_allowed=True)
    if not reason.strip():
        raise MissingReason(barcode=variant.barcode, shelf=shelf.code)
    create_and_lock_central([variant.pk])
    booked = StockMovement.objects.filter(key=key, variant=variant, shelf=shelf).first() if key else None
    delta = booked.delta if booked else pairs - _on_shelf(variant, shelf)
    posting = ledger.post(
        [
            Entry(
                variant_id=variant.pk,
                shelf_id=shelf.pk,
                delta=delta,
                kind=MovementKind.COUNT,
                reason=reason.strip(),
                key=key,
                actor_id=_id(user),
            )
        ]
    )
    return _change(variant, shelf, delta, repeated=posting.repeated)


def require_variant(barcode: str) -> Variant:
    """The variant with exactly this barcode; raises `UnknownBarcode`."""
    code = normalise_barcode(barcode)
    variant = Variant.objects.filter(barcode=code).first()
    if variant is None:
        raise UnknownBarcode(barcode=code or repr(barcode))
    return variant


def require_shelf(code: str, *, closed_allowed: bool = False) -> Shelf:
    """The shelf with exactly this code; raises `UnknownShelf`, or `ClosedShelf` if goods may not go there."""
    wanted = normalise_shelf_code(code)
    shelf = Shelf.objects.filter(code=wanted).first()
    if shelf is None:
        raise UnknownShelf(shelf=wanted or repr(code))
    if not shelf.active and not closed_allowed:
        raise ClosedShelf(shelf=shelf.code)
    return shelf


def require_quantity(quantity: int, *, lowest: int) -> int:
    """The quantity as given, if it is a whole number in range; raises `InvalidQuantity`."""
    # Callers may pass what a form or a device sent; True would count as 1.
    whole = type(quantity) is int
    if not whole or not lowest <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(quantity=quantity, lowest=lowest, highest=MAX_QUANTITY)
    return quantity


def ensure_receiving_shelf() -> Shelf:
    """The shelf where goods without a place lie (`MAL-KABUL`), created on first use."""
    shelf, _ = Shelf.objects.get_or_create(code=RECEIVING_CODE, defaults={"route_order": 0})
    return shelf


@dataclass(frozen=True, slots=True)
class Repair:
    """How many balances `repair_balances` rewrote."""

    central: int
    shelves: int


@transaction.atomic
def repair_balances() -> Repair:
    """Rebuild both balances from the ledger, never the reverse. Call when `check_stock` is not clean."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE inventory_centralstock, inventory_rafurun IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            "INSERT INTO inventory_centralstock AS c (variant_id, qty, updated_at)"
            " SELECT variant_id, sum(delta), clock_timestamp() FROM inventory_stockmovement GROUP BY 1"
            " ON CONFLICT (variant_id) DO UPDATE SET qty = EXCLUDED.qty, updated_at = EXCLUDED.updated_at"
            " WHERE c.qty <> EXCLUDED.qty"
        )
        central = cursor.rowcount
        cursor.execute(
            "INSERT INTO inventory_rafurun AS r (variant_id, shelf_id, adet, updated_at)"
            " SELECT variant_id, shelf_id, sum(delta), clock_timestamp() FROM inventory_stockmovement GROUP BY 1, 2"
            " ON CONFLICT (variant_id, shelf_id) DO UPDATE SET adet = EXCLUDED.adet, updated_at = EXCLUDED.updated_at"
            " WHERE r.adet <> EXCLUDED.adet"
        )
        shelves = cursor.rowcount
        # Balances without any movement behind them have nothing to stand on.
        cursor.execute(
            "UPDATE inventory_centralstock c SET qty = 0, updated_at = clock_timestamp() WHERE qty <> 0"
            " AND NOT EXISTS (SELECT FROM inventory_stockmovement m WHERE m.variant_id = c.variant_id)"
        )
        central += cursor.rowcount
        cursor.execute(
            "UPDATE inventory_rafurun r SET adet = 0, updated_at = clock_timestamp() WHERE adet <> 0 AND NOT EXISTS"
            " (SELECT FROM inventory_stockmovement m WHERE m.variant_id = r.variant_id AND m.shelf_id = r.shelf_id)"
        )
        shelves += cursor.rowcount
    return Repair(central=central, shelves=shelves)


def _on_shelf(variant: Variant, shelf: Shelf) -> int:
    row = RafUrun.objects.filter(variant=variant, shelf=shelf).first()
    return row.adet if row else 0


def _change(variant: Variant, shelf: Shelf, delta: int, *, repeated: bool) -> StockChange:
    on_hand = CentralStock.objects.get(variant=variant).qty
    return StockChange(variant.barcode, shelf.code, delta, _on_shelf(variant, shelf), on_hand, repeated)


def _id(user: AbstractBaseUser | None) -> int | None:
    return user.pk if user is not None else None
