"""Row locks on balances. Order everywhere: orders → order lines → CentralStock → RafUrun, each by key.

Whoever changes the balances of a barcode holds its CentralStock row first; that alone serialises all work
on the barcode, so the shelf rows behind it cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from inventory.models import CentralStock, RafUrun


def lock_central(variant_ids: Collection[int]) -> dict[int, CentralStock]:
    """Lock the central balances of these variants, in key order. Variants without a row are left out."""
    rows = CentralStock.objects.select_for_update(no_key=True, of=("self",))
    return {row.variant_id: row for row in rows.filter(variant_id__in=variant_ids).order_by("variant_id")}


def create_and_lock_central(variant_ids: Collection[int]) -> dict[int, CentralStock]:
    """Lock the central balances, creating empty ones where a barcode has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_centralstock (variant_id, qty, updated_at)"
            " SELECT id, 0, clock_timestamp() FROM unnest(%s::bigint[]) AS id ORDER BY id"
            " ON CONFLICT (variant_id) DO NOTHING",
            [sorted(set(variant_ids))],
        )
    return lock_central(variant_ids)


def lock_shelf_rows(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], RafUrun]:
    """Lock the balances of (variant, shelf) pairs, in key order. Pairs without a row are left out."""
    wanted = set(pairs)
    rows = RafUrun.objects.select_for_update(no_key=True, of=("self",)).filter(
        variant_id__in={variant for variant, _ in wanted}, shelf_id__in={shelf for _, shelf in wanted}
    )
    locked = {(row.variant_id, row.shelf_id): row for row in rows.order_by("pk")}
    return {pair: row for pair, row in locked.items() if pair in wanted}


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
