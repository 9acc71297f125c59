"""The only writer of stock: appends movements and moves both balances with them, under row locks.

A posting happens whole or not at all. Nothing is clamped: a shelf that would go below zero raises
`InsufficientStock`, and the database's CHECK constraints stand behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from catalog.models import Variant
from gullu.prepared import Prepared
from inventory.enums import MovementKind
from inventory.errors import InsufficientStock, KeyReused
from inventory.locks import create_and_lock_central, create_shelf_rows, lock_central, lock_shelf_rows
from inventory.models import Shelf

_BOOKED: Final = Prepared(
    "SELECT key, variant_id, shelf_id, delta FROM inventory_stockmovement WHERE key = ANY ($1)", ("text[]",)
)
_WRITE: Final = Prepared(
    """
WITH entry AS MATERIALIZED (
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
        AS entry (variant_id, shelf_id, delta, kind, reference, reason, key, actor_id, created_at, place)
),
shelf AS (
    UPDATE inventory_rafurun AS r SET adet = r.adet + change.delta, updated_at = clock_timestamp()
      FROM (SELECT variant_id, shelf_id, sum(delta) AS delta FROM entry GROUP BY 1, 2) AS change
     WHERE r.variant_id = change.variant_id AND r.shelf_id = change.shelf_id AND change.delta <> 0
),
central AS (
    UPDATE inventory_centralstock AS c SET qty = c.qty + change.delta, updated_at = clock_timestamp()
      FROM (SELECT variant_id, sum(delta) AS delta FROM entry GROUP BY 1) AS change
     WHERE c.variant_id = change.variant_id AND change.delta <> 0
)
INSERT INTO inventory_stockmovement (variant_id, shelf_id, delta, kind, reference, reason, key, actor_id, created_at)
SELECT variant_id, shelf_id, delta, kind, reference, reason, key, actor_id, created_at FROM entry ORDER BY place
""",
    (
        *("bigint[]", "bigint[]", "int[]", "text[]", "text[]"),
        *("text[]", "text[]", "bigint[]", "timestamptz[]"),
    ),
)


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
    _write(entries)
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
    booked = {key: movement for key, *movement in _BOOKED.run(keys)}
    if not booked:
        return False
    for entry in entries:
        if entry.key is None or booked.get(entry.key) != [*entry.pair, entry.delta]:
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
    there = lock_shelf_rows(net)
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


def _write(entries: Sequence[Entry]) -> None:
    """Movements and both balances in one statement: there is no moment in which they differ."""
    now = timezone.now()
    rows = [
        (
            entry.variant_id,
            entry.shelf_id,
            entry.delta,
            entry.kind.value,
            entry.reference,
            entry.reason,
            entry.key,
            entry.actor_id,
            entry.created_at or now,
        )
        for entry in entries
    ]
    if rows:
        _WRITE.run(*map(list, zip(*rows, strict=True)))
