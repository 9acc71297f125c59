"""Lines of unknown barcodes find their product when it arrives."""

from __future__ import annotations

from django.db import connection, transaction

from orders.locks import lock_reservations


@transaction.atomic
def heal_unknown_lines() -> list[str]:
    """Give lines without a variant the one that has their barcode by now; returns those barcodes, sorted.

    From this moment the lines reserve stock.
    """
    lock_reservations()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_orderline AS line SET variant_id = variant.id, updated_at = clock_timestamp()"
            " FROM catalog_variant AS variant"
            " WHERE line.variant_id IS NULL AND variant.barcode = line.barcode RETURNING line.barcode"
        )
        return sorted({barcode for (barcode,) in cursor.fetchall()})
