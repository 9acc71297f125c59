"""What the seller may do to a package (contract section 6), and what happens to it from outside."""

import re
from collections.abc import Sequence

from .ageing import Ageing
from .clock import DAY_MS, MINUTE_MS
from .entities import (
    CANCELLED,
    CREATED,
    INVOICED,
    OPEN_STATUSES,
    PICKING,
    UNSUPPLIED,
    Line,
    Package,
)
from .errors import order_refused, package_not_updatable
from .payloads import CARRIERS, cargo_number
from .splitting import Splitting
from .state import State

UNSUPPLIED_REASONS = {
    500: "Stok tükendi",
    501: "Kusurlu ürün",
    502: "Hatalı fiyat",
    504: "Entegrasyon hatası",
    505: "Toplu alım",
    506: "Mücbir sebep",
}
CANCEL_REASONS = (
    "Yanlış ürün siparişi verdim",
    "Vazgeçtim",
    "Daha uygun fiyatlı ürün buldum",
    "Geç teslimat",
)
_REFUSED_TEX = "TEX kotanız bulunmamaktadır"
LineQuantities = Sequence[tuple[int, int]]


class Operations:
    """One method per package service. Each raises Refusal with Trendyol's own words."""

    def __init__(self, *, state: State, ageing: Ageing, splitting: Splitting) -> None:
        self._state = state
        self._ageing = ageing
        self._splitting = splitting

    def get(self, package_id: int) -> Package:
        """A package the seller can see. Raises Refusal 404 for one that does not exist (yet)."""
        package = self._state.packages.get(package_id)
        if package is None or package.visible_ms > self._state.now():
            raise order_refused("Sipariş paketi bulunamadı", key="shipment.package.not.found", status=404)
        return package

    def open_package(self, package_id: int) -> Package:
        """A package still in the seller's hands."""
        package = self.get(package_id)
        if package.status not in OPEN_STATUSES:
            raise package_not_updatable()
        return package

    def update_status(
        self, package_id: int, *, status: str, lines: LineQuantities, invoice_number: str | None
    ) -> None:
        """Picking, then Invoiced, always for the whole package."""
        if status not in (PICKING, INVOICED):
            raise order_refused(f"status alanı geçersiz: {status}", key="package.status.invalid")
        with self._state.transaction() as now:
            package = self.open_package(package_id)
            if {PICKING: CREATED, INVOICED: PICKING}[status] != package.status:
                raise package_not_updatable()
            self._check_whole(package, lines)
            if status == INVOICED:
                if not invoice_number:
                    self._state.warnings["invoiced_without_number"] += 1
                package.invoice_number = invoice_number or None
            self._ageing.move(package, status, at_ms=now)

    def _check_whole(self, package: Package, lines: LineQuantities) -> None:
        wanted = _by_line(package, lines)
        for line in package.lines:
            if wanted.get(line.line_id) != line.quantity:
                raise order_refused(
                    f"{line.line_id} numaralı satırın adedi {line.quantity} olmalı",
                    key="package.quantity.invalid",
                )

    def unsupplied(self, package_id: int, *, lines: LineQuantities, reason_id: int) -> None:
        """The seller cannot supply. What is left goes into a new package; nothing returns to the window."""
        if reason_id not in UNSUPPLIED_REASONS:
            raise order_refused("reasonId geçersiz", key="unsupplied.reason.invalid")
        with self._state.transaction() as now:
            package = self.open_package(package_id)
            wanted = _by_line(package, lines)
            self._splitting.break_off(package, wanted, at_ms=now)
            _mark_lines(package, by="Seller", reason=UNSUPPLIED_REASONS[reason_id], code=reason_id)
            self._ageing.move(package, UNSUPPLIED, at_ms=now)

    def cancel(
        self, package_id: int, *, lines: LineQuantities | None = None, by: str = "Customer", reason: str = ""
    ) -> None:
        """The customer (or Trendyol) cancels all or some of it; those units are for sale again."""
        with self._state.transaction() as now:
            package = self.get(package_id)
            if package.status not in OPEN_STATUSES and package.status != "Awaiting":
                raise package_not_updatable()
            if lines is not None:
                self._splitting.break_off(package, _by_line(package, lines), at_ms=now)
            chosen = reason or CANCEL_REASONS[package.package_id % len(CANCEL_REASONS)]
            _mark_lines(package, by=by, reason=chosen, code=12)
            self._ageing.move(package, CANCELLED, at_ms=now)
            self._give_back(package, now)

    def _give_back(self, package: Package, now: int) -> None:
        for line in package.lines:
            listing = self._state.listings.get(line.barcode)
            if listing is not None:
                self._state.change_stock(
                    listing, line.quantity, cause=f"cancel {package.package_id}", at_ms=now
                )

    def move(self, package_id: int, status: str) -> None:
        """A step from outside the shop: payment, carrier scan, delivery, way back."""
        with self._state.transaction() as now:
            self._ageing.move(self.get(package_id), status, at_ms=now)

    def touch(self, package_id: int) -> None:
        """Modify a package without changing anything but lastModifiedDate."""
        with self._state.transaction() as now:
            self._ageing.touch(self.get(package_id), at_ms=now)

    def box_info(self, package_id: int, *, box_quantity: int, deci: float) -> None:
        if box_quantity < 1 or deci < 0:
            raise order_refused("boxQuantity ve deci pozitif olmalı", key="box.info.invalid")
        with self._state.transaction() as now:
            package = self.open_package(package_id)
            package.box_quantity = box_quantity
            package.cargo_deci = deci
            self._ageing.touch(package, at_ms=now)

    def change_carrier(self, package_id: int, *, carrier: str) -> None:
        """Once per five minutes and package; the tracking number changes."""
        if carrier not in CARRIERS:
            raise order_refused("cargoProvider geçersiz", key="cargo.provider.invalid")
        with self._state.transaction() as now:
            package = self.open_package(package_id)
            if carrier == "TEXMP" and package.cargo_provider != "TEXMP":
                raise order_refused(_REFUSED_TEX, key="cargo.provider.no.quota")
            if package.cargo_changed_ms and now - package.cargo_changed_ms < 5 * MINUTE_MS:
                raise order_refused(
                    "Kargo firması 5 dakika içinde yalnızca bir kez değiştirilebilir",
                    key="cargo.change.too.soon",
                )
            package.cargo_provider = carrier
            package.cargo_number = cargo_number(
                carrier=carrier, package_id=package.package_id, generation=now // MINUTE_MS % 100 + 1
            )
            package.cargo_changed_ms = now
            self._ageing.touch(package, at_ms=now)

    def extend_delivery(self, package_id: int, *, days: int) -> None:
        if days not in (1, 2, 3):
            raise order_refused("extendedDayCount 1, 2 ya da 3 olmalı", key="extended.day.count.invalid")
        with self._state.transaction() as now:
            package = self.open_package(package_id)
            package.agreed_ms += days * DAY_MS
            self._ageing.touch(package, at_ms=now)


def resolve_lines(package: Package, lines: Sequence[tuple[int | str, int]]) -> list[tuple[int, int]]:
    """Allow a barcode (text) where a lineId is expected. Raises Refusal for one not in the package."""
    found = []
    for wanted, quantity in lines:
        match = next((x for x in package.lines if wanted in (x.line_id, x.barcode)), None)
        if match is None and isinstance(wanted, str) and re.fullmatch(r"\d{1,18}", wanted):
            match = next((x for x in package.lines if x.line_id == int(wanted)), None)
        if match is None:
            raise order_refused(f"{wanted} bu pakette yok", key="package.line.unknown")
        found.append((match.line_id, quantity))
    return found


def _by_line(package: Package, lines: LineQuantities) -> dict[int, int]:
    """Check that each line is in the package once and not asked for beyond what is open."""
    if not lines:
        raise order_refused("lines alanı boş olamaz", key="package.lines.empty")
    open_lines: dict[int, Line] = {line.line_id: line for line in package.lines}
    wanted: dict[int, int] = {}
    for line_id, quantity in lines:
        if line_id not in open_lines or line_id in wanted:
            raise order_refused(f"{line_id} numaralı satır geçersiz", key="package.line.unknown")
        if not 1 <= quantity <= open_lines[line_id].quantity:
            raise order_refused(
                f"{line_id} numaralı satır için adet geçersiz: {quantity}", key="package.quantity.invalid"
            )
        wanted[line_id] = quantity
    return wanted


def _mark_lines(package: Package, *, by: str, reason: str, code: int) -> None:
    for line in package.lines:
        line.cancelled_by = by
        line.cancel_reason = reason
        line.cancel_code = code
