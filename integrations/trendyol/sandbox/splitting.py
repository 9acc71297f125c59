"""Breaking packages up: `split` by the seller, `cancel` when a part is cancelled (contract section 5.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .ageing import Ageing
from .entities import AWAITING, CREATED, NOT_INVOICED, OPEN_STATUSES, UNPACKED, Line, Package, Unit
from .errors import order_refused, package_not_updatable
from .payloads import cargo_number
from .state import State

Group = Mapping[int, int]


class Splitting:
    """Creates the children. They keep order number and lineIds, and appear only after a delay."""

    def __init__(self, *, state: State, ageing: Ageing) -> None:
        self._state = state
        self._ageing = ageing

    def split(self, package: Package, groups: Sequence[Group]) -> list[int]:
        """Dissolve the package into one child per group of {lineId: quantity}, the rest into one more.

        Returns the children's ids in that order. The parent becomes UnPacked. Raises Refusal.
        """
        with self._state.transaction() as now:
            if package.status not in OPEN_STATUSES:
                raise package_not_updatable()
            parts, rest = _deal(package.lines, groups)
            if rest:
                parts.append(rest)
            if len(parts) < 2:
                raise order_refused("Paketin tüm kalemleri tek pakete ayrılamaz", key="package.split.whole")
            children = [self._child(package, part, created_by="split", now=now) for part in parts]
            self._ageing.move(package, UNPACKED, at_ms=now)
            return [child.package_id for child in children]

    def break_off(self, package: Package, wanted: Group, *, at_ms: int) -> Package | None:
        """Leave only `wanted` in the package (it is about to be cancelled); the rest gets a new one.

        The old id stays with the cancelled part, as the samples assume. Returns the new package.
        """
        (taken,), rest = _deal(package.lines, [wanted])
        if not rest:
            return None
        child = self._child(package, rest, created_by="cancel", now=at_ms)
        package.lines = taken
        self._state.mark_package(package)
        return child

    def _child(self, parent: Package, lines: list[Line], *, created_by: str, now: int) -> Package:
        package_id = self._state.next_id("package")
        # Born a little after the break-up and visible later still: the work is asynchronous.
        born_ms = max(now, parent.last_modified_ms + 1) + 1
        status = AWAITING if parent.status == AWAITING else CREATED
        child = replace(
            parent,
            package_id=package_id,
            shipment_number=self._state.next_id("shipment"),
            status=status,
            lines=lines,
            histories=[(born_ms, status)],
            last_modified_ms=born_ms,
            cargo_number=cargo_number(carrier=parent.cargo_provider, package_id=package_id),
            created_by=created_by,
            origin_package_ids=[parent.package_id],
            visible_ms=now + round(self._state.config.split_delay_seconds * 1000),
            cargo_changed_ms=0,
            invoice_number=None,
            invoice_link="",
            invoice_status=NOT_INVOICED,
            invoice_due_ms=None,
            label_number=0,
            overrides={},
            customer=dict(parent.customer),
            due_ms=None,
            due_status="",
        )
        self._state.mark_package(child)
        return child


def _deal(lines: Sequence[Line], groups: Sequence[Group]) -> tuple[list[list[Line]], list[Line]]:
    """Deal the units of each line out to the groups. Raises Refusal when more is asked than is there."""
    units = {line.line_id: list(line.units) for line in lines}
    by_id = {line.line_id: line for line in lines}
    parts = []
    for group in groups:
        if not group:
            raise order_refused("Boş paket oluşturulamaz", key="package.split.empty")
        parts.append([_take(by_id.get(line_id), units, quantity) for line_id, quantity in group.items()])
    rest = [replace(line, units=units[line.line_id]) for line in lines if units[line.line_id]]
    return parts, rest


def _take(line: Line | None, units: dict[int, list[Unit]], quantity: int) -> Line:
    if line is None:
        raise order_refused("orderLineId bu pakette yok", key="package.line.unknown")
    left = units[line.line_id]
    if not 1 <= quantity <= len(left):
        raise order_refused(
            f"{line.line_id} numaralı satır için adet geçersiz: {quantity}", key="package.quantity.invalid"
        )
    units[line.line_id] = left[quantity:]
    return replace(line, units=left[:quantity])
