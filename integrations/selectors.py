"""What a marketplace is believed to show, and which barcodes it can take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from orders.enums import Channel

# A sale this close to the moment a quantity took effect may lie on either side of it.
EFFECT_MARGIN_SECONDS: Final = 60

_BELIEFS_SQL = """
SELECT listing.barcode,
       CASE
         WHEN listing.remote_quantity IS NULL THEN NULL
         WHEN since.freed OR since.unclear THEN NULL
         ELSE listing.remote_quantity - COALESCE(since.sold, 0)
       END::int AS quantity,
       CASE
         WHEN listing.remote_quantity IS NULL THEN 'NOT_CONFIRMED'
         WHEN since.freed THEN 'CANCELLED_SINCE'
         WHEN since.unclear THEN 'SOLD_WHILE_SENDING'
         ELSE 'CONFIRMED'
       END AS basis
  FROM integrations_listing AS listing
  LEFT JOIN LATERAL (
    SELECT sum(line.quantity) FILTER (WHERE line.created_at > listing.quantity_read_at) AS sold,
           COALESCE(bool_or(line.freed_at > listing.quantity_read_at), FALSE) AS freed,
           COALESCE(bool_or(line.created_at > listing.quantity_read_at AND package.ordered_at <=
               listing.quantity_effective_at + make_interval(secs => %(margin)s)), FALSE) AS unclear
      FROM orders_orderline AS line
      JOIN orders_order AS package ON package.id = line.order_id
     WHERE line.variant_id = listing.variant_id AND package.channel = listing.channel
       AND (line.created_at > listing.quantity_read_at OR line.freed_at > listing.quantity_read_at)
  ) AS since ON listing.remote_quantity IS NOT NULL
 WHERE listing.channel = %(channel)s {barcodes}
"""


@dataclass(frozen=True, slots=True)
class Belief:
    """What the marketplace is believed to offer of a barcode, in pairs; None when it is unknown.

    `basis`: CONFIRMED, NOT_CONFIRMED (no result yet), CANCELLED_SINCE (it may have taken pairs back), or
    SOLD_WHILE_SENDING (a sale may have been overwritten by what we sent).
    """

    quantity: int | None
    basis: str


def beliefs(barcodes: Collection[str] | None = None, *, channel: str = Channel.TRENDYOL) -> dict[str, Belief]:
    """Beliefs by barcode; barcodes without a listing are left out. One statement.

    The last confirmed quantity, minus what was sold after it took effect. Lines are told apart by when they were
    stored here (before or after the quantity was computed, which a lock makes exact) and by when the customer
    ordered (before or after the quantity took effect there).
    """
    narrowed = "" if barcodes is None else "AND listing.barcode = ANY(%(barcodes)s)"
    parameters: dict[str, Any] = {
        "channel": channel,
        "margin": EFFECT_MARGIN_SECONDS,
        "barcodes": None if barcodes is None else list(barcodes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BELIEFS_SQL.format(barcodes=narrowed), parameters)
        return {barcode: Belief(quantity, basis) for barcode, quantity, basis in cursor.fetchall()}
