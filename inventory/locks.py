"""Row locks on balances. Order everywhere: orders → order lines → CentralStock → RafUrun, each by key.

Whoever changes the balances of a barcode holds its CentralStock row first; that alone serialises all work
on the barcode, so the shelf rows behind it cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

from gullu.prepared import Prepared

_LOCK_CENTRAL: Final = Prepared(
    "SELECT variant_id FROM inventory_centralstock WHERE variant_id = ANY ($1) ORDER BY variant_id"
    " FOR NO KEY UPDATE",
    ("bigint[]",),
)
_LOCK_SHELF_ROWS: Final = Prepared(
    "SELECT variant_id, shelf_id, adet FROM inventory_rafurun"
    " WHERE (variant_id, shelf_id) IN (SELECT * FROM unnest($1, $2)) ORDER BY id FOR NO KEY UPDATE",
    ("bigint[]", "bigint[]"),
)


def lock_central(variant_ids: Collection[int]) -> None:
    """Lock the central balances of these variants, in key order. Variants without a row are left out."""
    _LOCK_CENTRAL.run(list(variant_ids))


def create_and_lock_central(variant_ids: Collection[int]) -> None:
    """Lock the central balances, creating empty ones where a barcode has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_centralstock (variant_id, qty, updated_at)"
            " SELECT id, 0, clock_timestamp() FROM unnest(%s::bigint[]) AS id ORDER BY id"
            " ON CONFLICT (variant_id) DO NOTHING",
            [sorted(set(variant_ids))],
        )
    lock_central(variant_ids)


def lock_shelf_rows(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Lock the balances of (variant, shelf) pairs, in key order; what lies there. Pairs without a row are left out."""
    rows = _LOCK_SHELF_ROWS.run([variant for variant, _ in pairs], [shelf for _, shelf in pairs])
    return {(variant_id, shelf_id): adet for variant_id, shelf_id, adet in rows}


def create_shelf_rows(pairs: Collection[tuple[int, int]]) -> None:
    """Add empty balances for (variant, shelf) pairs that have none. Call with the central rows locked."""
    ordered = sorted(set(pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_rafurun (variant_id, shelf_id, adet, updated_at)"
            " SELECT v, s, 0, clock_timestamp() FROM unnest(%s::bigint[], %s::bigint[]) AS pair(v, s)"
            " ON CONFLICT (variant_id, shelf_id) DO NOTHING",
            [[variant for variant, _ in ordered], [shelf for _, shelf in ordered]],
        )
