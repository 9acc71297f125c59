"""Many counts or moves at once, as one posting: what sheets of Excel book.

Call inside a transaction. Pairs in pickers' hands are in the books and not on the shelf: a person finds, counts and
carries what is *lying* there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from inventory import ledger
from inventory.contents import OnShelf
from inventory.doubt import clear_doubt
from inventory.enums import MovementKind
from inventory.ledger import Entry
from inventory.locks import create_and_lock_central

Place = tuple[int, int]
"""Variant and shelf."""

# Boxes scanned for an order that is not confirmed yet, or collected for a batch and not sorted yet. Their tables are
# read by name because `inventory` may not import `orders`; see `inventory.contents`.
_ON_SHELVES_SQL = """
WITH booked AS (
    SELECT variant_id, shelf_id, adet FROM inventory_rafurun WHERE {where_booked} AND adet > 0
), held AS (
    SELECT variant_id, shelf_id, sum(pairs)::int AS pairs FROM (
        SELECT line.variant_id, scan.shelf_id, scan.quantity AS pairs
          FROM orders_pickscan AS scan
          JOIN orders_orderline AS line ON line.id = scan.line_id
         WHERE line.stock_state = 'RESERVED' AND {where_line}
         UNION ALL
        SELECT item.variant_id, item.shelf_id, item.collected - item.sorted
          FROM orders_pickbatchitem AS item
          JOIN orders_pickbatch AS batch ON batch.id = item.batch_id
         WHERE batch.state <> 'CLOSED' AND item.collected > item.sorted AND {where_item}
    ) AS boxes GROUP BY variant_id, shelf_id
)
SELECT COALESCE(booked.variant_id, held.variant_id), COALESCE(booked.shelf_id, held.shelf_id),
       COALESCE(booked.adet, 0), COALESCE(held.pairs, 0)
  FROM booked FULL JOIN held ON held.variant_id = booked.variant_id AND held.shelf_id = booked.shelf_id
"""


def on_shelves(variant_ids: Collection[int] | None = None) -> dict[Place, OnShelf]:
    """What is where of these barcodes, or of all: books and hands at one moment; one statement."""
    if variant_ids is None:
        where = dict.fromkeys(("where_booked", "where_item"), "TRUE")
        where["where_line"] = "line.variant_id IS NOT NULL"
    else:
        where = {
            "where_booked": "variant_id = ANY(%(variants)s)",
            "where_line": "line.variant_id = ANY(%(variants)s)",
            "where_item": "item.variant_id = ANY(%(variants)s)",
        }
    with connection.cursor() as cursor:
        cursor.execute(_ON_SHELVES_SQL.format(**where), {"variants": sorted(variant_ids or ())})
        return {
            (variant_id, shelf_id): OnShelf(booked, held)
            for variant_id, shelf_id, booked, held in cursor.fetchall()
        }


def lock_and_read(variant_ids: Collection[int]) -> dict[Place, OnShelf]:
    """The same with the balances locked: it stays so until the transaction ends."""
    create_and_lock_central(variant_ids)
    return on_shelves(variant_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`pairs` were found lying at `place`, where `expected` should have been."""

    place: Place
    pairs: int
    expected: int
    reason: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """`pairs` of a barcode go from one shelf to another; `codes` are those of the shelves."""

    variant_id: int
    shelves: tuple[int, int]
    codes: tuple[str, str]
    pairs: int
    key: str


def book_counts(counts: Sequence[Counted], *, reference: str, user: AbstractBaseUser) -> None:
    """Book each difference, also none: the ledger then shows that it was counted. Answers count tasks, ends doubts.

    `expected` was read with `lock_and_read` in this transaction. Safe to repeat with the same keys.
    """
    if not counts:
        return
    ledger.post(
        [
            Entry(
                variant_id=count.place[0],
                shelf_id=count.place[1],
                delta=count.pairs - count.expected,
                kind=MovementKind.COUNT,
                reference=reference,
                reason=count.reason,
                key=count.key,
                actor_id=user.pk,
            )
            for count in counts
        ]
    )
    _answer_tasks([count.place for count in counts])
    clear_doubt([count.place[0] for count in counts], user=user)


def _answer_tasks(places: Sequence[Place]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_counttask SET done_at = clock_timestamp() WHERE done_at IS NULL"
            " AND (variant_id, shelf_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            [[variant for variant, _shelf in places], [shelf for _variant, shelf in places]],
        )


def book_moves(moves: Sequence[Carried], *, user: AbstractBaseUser) -> None:
    """Book every move. Raises `InsufficientStock` when a shelf would go below zero; nothing is booked then."""
    entries = [
        Entry(
            variant_id=move.variant_id,
            shelf_id=shelf_id,
            delta=sign * move.pairs,
            kind=MovementKind.MOVE,
            reference=f"{move.codes[0]} → {move.codes[1]}",
            key=f"{move.key}:{suffix}",
            actor_id=user.pk,
        )
        for move in moves
        for shelf_id, sign, suffix in zip(move.shelves, (-1, 1), ("out", "in"), strict=True)
    ]
    if entries:
        ledger.post(entries)


__all__ = ["Carried", "Counted", "Place", "book_counts", "book_moves", "lock_and_read", "on_shelves"]
