"""Returned units of the past as rows, each with what became of its goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gullu.demo.copying import copy_rows, take_ids
from gullu.demo.days import DAY_MS, HOUR_MS, from_ms
from gullu.demo.history import DemoShop
from gullu.demo.load_orders import Keys, LoadedOrders, money
from gullu.demo.returns import REASONS, RETURN_REFERENCE, DemoReturn
from gullu.demo.warehouse import DemoMovement
from inventory import ledger
from inventory.enums import MovementKind
from orders.enums import Disposition, GoodsCondition, ReturnDecision
from orders.models import ReturnUnit

_COLUMNS: Final = (
    "id", "claim_item_id", "claim_id", "order_number", "order_id", "line_id", "barcode", "variant_id", "price",
    "status", "reason_id", "reason", "customer_note", "auto_accepted", "cargo_tracking_number", "cargo_provider",
    "claimed_at", "act_by_at", "remote_modified_at", "condition", "inspection_note", "inspected_at",
    "inspected_by_id", "decision", "issue_description", "decided_at", "decided_by_id", "disposition", "shelf_id",
    "settled_at", "settled_by_id", "created_at", "updated_at",
)  # fmt: skip
# Accepted pairs that lie on no shelf by then were found to be worn, and written off.
_WRITTEN_OFF_AFTER_MS: Final = 2 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReturns:
    """Writes the units that are settled. `shelves` are ids by index; the receiving shelf is the first."""

    shop: DemoShop
    keys: Keys
    loaded: LoadedOrders
    shelves: Sequence[int]
    ids: Mapping[str, int]
    restocked: Mapping[str, DemoMovement]

    @classmethod
    def of(cls, shop: DemoShop, *, keys: Keys, loaded: LoadedOrders, shelves: Sequence[int]) -> PastReturns:
        units = [unit.claim_item_id for unit in shop.returns if not unit.live]
        restocked = {
            movement.reference.removeprefix(RETURN_REFERENCE): movement
            for movement in shop.movements
            if movement.kind == MovementKind.RETURN
        }
        ids = dict(zip(units, take_ids(ReturnUnit, len(units)), strict=True))
        return cls(shop=shop, keys=keys, loaded=loaded, shelves=shelves, ids=ids, restocked=restocked)

    def load(self) -> None:
        copy_rows(ReturnUnit, _COLUMNS, (self._row(unit) for unit in self.shop.returns if not unit.live))

    def reference(self, movement: DemoMovement) -> str:
        """How the ledger names the unit a movement is about; also the key of its one booking."""
        return f"return:{self.ids[movement.reference.removeprefix(RETURN_REFERENCE)]}"

    def write_offs(self) -> Iterator[ledger.Entry]:
        """Goods that came back and went nowhere: in and out on the receiving shelf."""
        for unit in self.shop.returns:
            if not unit.live and self._disposition(unit) == Disposition.WRITTEN_OFF:
                for kind, delta in ((MovementKind.RETURN, 1), (MovementKind.WRITE_OFF, -1)):
                    yield self._write_off(unit, kind, delta)

    def _write_off(self, unit: DemoReturn, kind: MovementKind, delta: int) -> ledger.Entry:
        reference = f"return:{self.ids[unit.claim_item_id]}"
        return ledger.Entry(
            variant_id=self.keys.variants[self.shop.orders[unit.order].lines[unit.line].variant],
            shelf_id=self.shelves[0],
            delta=delta,
            kind=kind,
            reference=reference,
            key=reference if delta > 0 else f"{reference}:off",
            actor_id=self.keys.picker(unit.order),
            created_at=from_ms(self._settled_ms(unit)),
        )

    def _disposition(self, unit: DemoReturn) -> str:
        if unit.status != ReturnUnit.Status.ACCEPTED:
            return ""
        if unit.claim_item_id in self.restocked:
            return Disposition.RESTOCKED.value
        old = unit.modified_ms < self.shop.now_ms - _WRITTEN_OFF_AFTER_MS
        return Disposition.WRITTEN_OFF.value if old else ""

    def _settled_ms(self, unit: DemoReturn) -> int:
        movement = self.restocked.get(unit.claim_item_id)
        return movement.at_ms if movement else unit.modified_ms + HOUR_MS

    def _row(self, unit: DemoReturn) -> tuple[Any, ...]:
        order = self.shop.orders[unit.order]
        line = order.lines[unit.line]
        modified = from_ms(unit.modified_ms)
        return (
            self.ids[unit.claim_item_id], unit.claim_item_id, unit.claim_id, order.order_number,
            self.loaded.orders[unit.order], self.loaded.lines[unit.order][unit.line],
            self.shop.catalogue.variants[line.variant].barcode, self.keys.variants[line.variant], money(line.net),
            str(unit.status), unit.reason_id, REASONS[unit.reason_id][0], unit.note, False, unit.cargo_number,
            "Aras Kargo Marketplace", from_ms(unit.claimed_ms), from_ms(unit.modified_ms + 48 * HOUR_MS), modified,
            *self._handling(unit), from_ms(unit.claimed_ms + HOUR_MS), modified,
        )  # fmt: skip

    def _handling(self, unit: DemoReturn) -> tuple[Any, ...]:
        """What the warehouse found, what was decided, and where the goods went."""
        if unit.status == ReturnUnit.Status.CANCELLED:
            return ("", "", None, None, "", "", None, None, "", None, None, None)
        accepted, disposition = unit.status == ReturnUnit.Status.ACCEPTED, self._disposition(unit)
        sound = accepted and disposition != Disposition.WRITTEN_OFF
        person, before = self.keys.picker(unit.order), from_ms(unit.modified_ms - 2 * HOUR_MS)
        movement = self.restocked.get(unit.claim_item_id)
        return (
            (GoodsCondition.SOUND if sound else GoodsCondition.WORN).value, "", before, person,
            (ReturnDecision.APPROVED if accepted else ReturnDecision.REFUSED).value, "", before, person, disposition,
            self.shelves[movement.shelf] if movement else None,
            from_ms(self._settled_ms(unit)) if disposition else None, person if disposition else None,
        )  # fmt: skip
