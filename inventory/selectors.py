"""Reads over stock: what is available, where it lies, and whether the balances agree with the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from inventory.models import RafUrun

# Reservations are order lines. The order line table is read by its name because `inventory` may not import
# `orders`; its columns used here are fixed by DESIGN section 3.
_AVAILABILITY_SQL = """
WITH policy AS (
    SELECT COALESCE(max(safety_buffer), 0) AS safety_buffer, COALESCE(max(risk_buffer), 0) AS risk_buffer
      FROM inventory_stockpolicy
), reserved AS (
    SELECT variant_id, sum(quantity) AS quantity
      FROM orders_orderline
     WHERE stock_state = 'RESERVED' AND variant_id IS NOT NULL
     GROUP BY variant_id
), risky AS (
    SELECT line.variant_id
      FROM orders_orderline AS line
      JOIN orders_order AS package ON package.id = line.order_id
     WHERE line.freed_at > now() - interval '30 days'
       AND package.status = 'CANCELLED' AND NOT package.superseded
       AND (SELECT risk_buffer FROM policy) > 0
     GROUP BY line.variant_id
    HAVING count(DISTINCT line.order_id) >= 2
)
SELECT barcode, on_hand, reserved, buffer, on_hand - reserved - buffer AS available
  FROM (
    SELECT variant.barcode,
           COALESCE(central.qty, 0)::int AS on_hand,
           COALESCE(reserved.quantity, 0)::int AS reserved,
           (variant.safety_buffer + policy.safety_buffer
            + CASE WHEN risky.variant_id IS NULL THEN 0 ELSE policy.risk_buffer END
            + COALESCE(doubt.held, 0))::int AS buffer
      FROM catalog_variant AS variant
     CROSS JOIN policy
      LEFT JOIN inventory_centralstock AS central ON central.variant_id = variant.id
      LEFT JOIN reserved ON reserved.variant_id = variant.id
      LEFT JOIN risky ON risky.variant_id = variant.id
      LEFT JOIN inventory_stockdoubt AS doubt ON doubt.variant_id = variant.id
     WHERE {where}
  ) AS stock
 ORDER BY barcode
"""


class Availability(NamedTuple):
    """Stock of one barcode, in pairs. `available` below zero means more is promised than is there."""

    barcode: str
    on_hand: int
    reserved: int
    buffer: int
    available: int

    @property
    def offered(self) -> int:
        """What a marketplace may be told: never below zero."""
        return max(self.available, 0)

    @property
    def oversold(self) -> int:
        """Pairs promised to customers that do not exist here (0 when all is well)."""
        return max(self.reserved - self.on_hand, 0)


def availability(barcodes: Collection[str] | None = None) -> list[Availability]:
    """Availability of these barcodes, or of the whole catalogue; one statement, sorted by barcode."""
    where, parameters = ("TRUE", []) if barcodes is None else ("variant.barcode = ANY(%s)", [list(barcodes)])
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY_SQL.format(where=where), parameters)
        return [Availability(*row) for row in cursor.fetchall()]


class ShelfStock(NamedTuple):
    """Pairs of one barcode on one shelf."""

    shelf_id: int
    shelf_code: str
    quantity: int


def shelves_holding(*, variant_id: int) -> list[ShelfStock]:
    """Shelves that hold the variant, fullest first, then in walking order."""
    rows = RafUrun.objects.filter(variant_id=variant_id, adet__gt=0).select_related("shelf")
    ordered = rows.order_by("-adet", "shelf__route_order", "shelf__code")
    return [ShelfStock(row.shelf_id, row.shelf.code, row.adet) for row in ordered]


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken invariant: `rule` is I1…I5; `barcode` and `shelf` say where; `detail` shows the numbers."""

    rule: str
    barcode: str
    shelf: str
    detail: str


@dataclass(frozen=True, slots=True)
class StockCheck:
    """Result of `check_stock`: clean when there is no violation."""

    barcodes: int
    movements: int
    violations: tuple[Violation, ...]

    @property
    def clean(self) -> bool:
        return not self.violations

    def as_dict(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "barcodes": self.barcodes,
            "movements": self.movements,
            "violations": [
                {"rule": v.rule, "barcode": v.barcode, "shelf": v.shelf, "detail": v.detail}
                for v in self.violations
            ],
        }


_CHECKS: dict[str, str] = {
    "I1": """
        SELECT v.barcode, '', 'central ' || COALESCE(c.qty, 0) || ', ledger ' || COALESCE(m.total, 0)
          FROM catalog_variant v
          LEFT JOIN inventory_centralstock c ON c.variant_id = v.id
          LEFT JOIN (SELECT variant_id, sum(delta) total FROM inventory_stockmovement GROUP BY 1) m
                 ON m.variant_id = v.id
         WHERE COALESCE(c.qty, 0) <> COALESCE(m.total, 0)""",
    "I2": """
        SELECT v.barcode, s.code, 'shelf ' || COALESCE(r.adet, 0) || ', ledger ' || COALESCE(m.total, 0)
          FROM (SELECT variant_id, shelf_id, adet FROM inventory_rafurun) r
          FULL JOIN (SELECT variant_id, shelf_id, sum(delta) total FROM inventory_stockmovement GROUP BY 1, 2) m
                 USING (variant_id, shelf_id)
          JOIN catalog_variant v ON v.id = variant_id
          JOIN inventory_shelf s ON s.id = shelf_id
         WHERE COALESCE(r.adet, 0) <> COALESCE(m.total, 0)""",
    "I3": """
        SELECT v.barcode, '', 'central ' || COALESCE(c.qty, 0) || ', shelves ' || COALESCE(r.total, 0)
          FROM catalog_variant v
          LEFT JOIN inventory_centralstock c ON c.variant_id = v.id
          LEFT JOIN (SELECT variant_id, sum(adet) total FROM inventory_rafurun GROUP BY 1) r ON r.variant_id = v.id
         WHERE COALESCE(c.qty, 0) <> COALESCE(r.total, 0)""",
    "I4": """
        SELECT v.barcode, COALESCE(s.code, ''), 'balance ' || quantity
          FROM (SELECT variant_id, NULL::bigint AS shelf_id, qty AS quantity FROM inventory_centralstock WHERE qty < 0
                UNION ALL
                SELECT variant_id, shelf_id, adet FROM inventory_rafurun WHERE adet < 0) b
          JOIN catalog_variant v ON v.id = b.variant_id
          LEFT JOIN inventory_shelf s ON s.id = b.shelf_id""",
    "I5": """
        SELECT l.barcode, '', 'line ' || l.line_id || ': deducted ' || l.deducted_quantity
               || ', ledger ' || COALESCE(-m.total, 0) || ', state ' || l.stock_state
          FROM orders_orderline l
          LEFT JOIN (SELECT reference, sum(delta) total FROM inventory_stockmovement
                      WHERE kind IN ('PICK', 'SPLIT') GROUP BY 1) m
                 ON m.reference = 'line:' || l.id
         WHERE l.deducted_quantity <> COALESCE(-m.total, 0)
            OR (l.stock_state = 'DEDUCTED') <> (l.deducted_quantity > 0)""",
}


def check_stock(database: BaseDatabaseWrapper | None = None) -> StockCheck:
    """Verify I1–I5 over the whole shop. Each rule is one statement, so it sees one moment, also while people work.

    `database` is a restored copy that is looked at instead of the shop itself.
    """
    violations: list[Violation] = []
    with (database or connection).cursor() as cursor:
        for rule, sql in _CHECKS.items():
            cursor.execute(sql)
            violations += [Violation(rule, *row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT (SELECT count(*) FROM catalog_variant), (SELECT count(*) FROM inventory_stockmovement)"
        )
        barcodes, movements = cursor.fetchone()
    return StockCheck(barcodes=barcodes, movements=movements, violations=tuple(violations))
