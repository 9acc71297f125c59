"""The only writer of stock: appends movements and moves both balances with them, under row locks.

A posting happens whole or not at all. Nothing is clamped: a shelf that would go below zero raises
`InsufficientStock`, and the database's CHECK constraints stand behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from catalog.models import Variant
from inventory.enums import MovementKind
from inventory.errors import InsufficientStock, KeyReused
from inventory.locks import create_and_lock_central, create_shelf_rows, lock_central, lock_shelf_rows
from inventory.models import Shelf, StockMovement

_INSERT_BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement to book: `delta` pairs (signed) of a variant on a shelf.

    `key` makes it idempotent; `reference` ties it to its cause (`line:<id>` for order lines).
    """

    variant_id: int
    shelf_id: int
    delta: int
    kind: MovementKind
    reference: str = ""
    reason: str = ""
    key: str | None = None
    actor_id: int | None = None
    created_at: datetime | None = None

    @property
    def pair(self) -> tuple[int, int]:
        return self.variant_id, self.shelf_id


@dataclass(frozen=True, slots=True)
class Posting:
    """What `post` did. `repeated` means that these keys were booked before, and nothing changed now."""

    entries: tuple[Entry, ...]
    repeated: bool


def post(entries: Sequence[Entry]) -> Posting:
    """Book the entries as one unit. Call inside a transaction.

    Locks: CentralStock of the variants, then their RafUrun rows, each in key order.
    Raises `InsufficientStock` when a shelf would go below zero, `KeyReused` when a key was already used for
    something else.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("ledger.post() writes movements and balances together: call it in a transaction")
    _lock_variants(entries)
    if _already_booked(entries):
        return Posting(tuple(entries), repeated=True)
    _require_stock(entries)
    _append(entries)
    _move_balances(entries)
    return Posting(tuple(entries), repeated=False)


def _lock_variants(entries: Sequence[Entry]) -> None:
    growing = {entry.variant_id for entry in entries if entry.delta >= 0}
    everyone = {entry.variant_id for entry in entries}
    if growing:
        create_and_lock_central(everyone)
    else:
        lock_central(everyone)


def _already_booked(entries: Sequence[Entry]) -> bool:
    """True if every entry was booked before under its key; read after locking, so that repeats queue up."""
    keys = [entry.key for entry in entries if entry.key is not None]
    if not keys:
        return False
    booked = {row.key: row for row in StockMovement.objects.filter(key__in=keys)}
    if not booked:
        return False
    for entry in entries:
        row = booked.get(entry.key)
        if row is None or (row.variant_id, row.shelf_id, row.delta) != (*entry.pair, entry.delta):
            raise KeyReused(key=entry.key or next(iter(booked)))
    return True


def _net(entries: Iterable[Entry]) -> Counter[tuple[int, int]]:
    net: Counter[tuple[int, int]] = Counter()
    for entry in entries:
        net[entry.pair] += entry.delta
    return net


def _require_stock(entries: Sequence[Entry]) -> None:
    net = _net(entries)
    create_for = [entry.pair for entry in entries if entry.delta >= 0]
    if create_for:
        create_shelf_rows(create_for)
    there = {pair: row.adet for pair, row in lock_shelf_rows(net).items()}
    for pair, delta in sorted(net.items()):
        if there.get(pair, 0) + delta < 0:
            raise _shortage(pair, wanted=-delta, there=there.get(pair, 0))


def _shortage(pair: tuple[int, int], *, wanted: int, there: int) -> InsufficientStock:
    variant_id, shelf_id = pair
    return InsufficientStock(
        barcode=Variant.objects.values_list("barcode", flat=True).get(pk=variant_id),
        shelf=Shelf.objects.values_list("code", flat=True).get(pk=shelf_id),
        wanted=wanted,
        there=there,
    )


def _append(entries: Sequence[Entry]) -> None:
    now = timezone.now()
    StockMovement.objects.bulk_create(
        (
            StockMovement(
                variant_id=entry.variant_id,
                shelf_id=entry.shelf_id,
                delta=entry.delta,
                kind=entry.kind,
                reference=entry.reference,
                reason=entry.reason,
                key=entry.key,
                actor_id=entry.actor_id,
                created_at=entry.created_at or now,
            )
            for entry in entries
        ),
        batch_size=_INSERT_BATCH,
    )


def _move_balances(entries: Sequence[Entry]) -> None:
    shelves = {pair: delta for pair, delta in _net(entries).items() if delta}
    central: Counter[int] = Counter()
    for (variant_id, _), delta in shelves.items():
        central[variant_id] += delta
    totals = {variant_id: delta for variant_id, delta in central.items() if delta}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_rafurun AS r SET adet = r.adet + d.delta, updated_at = clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS d(variant_id, shelf_id, delta)"
            " WHERE r.variant_id = d.variant_id AND r.shelf_id = d.shelf_id",
            [[v for v, _ in shelves], [s for _, s in shelves], list(shelves.values())],
        )
        cursor.execute(
            "UPDATE inventory_centralstock AS c SET qty = c.qty + d.delta, updated_at = clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::int[]) AS d(variant_id, delta)"
            " WHERE c.variant_id = d.variant_id",
            [list(totals), list(totals.values())],
        )
