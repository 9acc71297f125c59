"""Customer returns (contract section 9): one unit, one status; 48 hours to act, then auto-accepted."""

import random
import uuid
from collections.abc import Sequence

from .ageing import Ageing
from .clock import HOUR_MS
from .entities import DELIVERED, Claim, ClaimUnit, Package
from .errors import order_refused, package_not_updatable
from .state import State

AUTO_APPROVE_MS = 48 * HOUR_MS
CUSTOMER_REASONS = {
    251: ("Modelini beğenmedim", "DISLIKE"),
    301: ("Kusurlu ürün gönderildi", "DEFECTIVE"),
    351: ("Yanlış ürün gönderildi", "WRONGITEM"),
    401: ("Vazgeçtim", "ABANDON"),
    451: ("Diğer", "OTHER"),
    501: ("Bedeni küçük geldi", "SMALLSIZE"),
    551: ("Bedeni büyük geldi", "BIGSIZE"),
    651: ("Ürün açıklamaya uygun değil", "NOTASDESCRIBED"),
    701: ("Yanlış sipariş verdim", "WRONGORDER"),
    1651: ("Kalitesini beğenmedim", "QUALITY"),
    2030: ("Daha iyi fiyat buldum", "BETTERPRICE"),
}
CLAIM_MOVES: dict[str, frozenset[str]] = {
    "Created": frozenset({"WaitingInAction", "Cancelled"}),
    "WaitingInAction": frozenset({"Accepted", "WaitingFraudCheck", "Unresolved", "InAnalysis"}),
    "WaitingFraudCheck": frozenset({"Accepted", "Rejected"}),
    "Unresolved": frozenset({"Accepted", "Rejected"}),
    "InAnalysis": frozenset({"Accepted", "Rejected", "Unresolved"}),
    "Accepted": frozenset(),
    "Rejected": frozenset(),
    "Cancelled": frozenset(),
}
CLAIM_ISSUE_REASONS = (
    (1, "İade gelen ürün sahte"),
    (51, "Ürün olağan dışı kullanılmış ve/veya müşteri kaynaklı hasar görmüş"),
    (101, "Fazla ürün"),
    (151, "İade edilen ürünün parçası / aksesuarı eksik"),
    (201, "Satılan üründen tamamen farklı bir ürün (yanlış) iade edildi"),
    (301, "Ürün bana ait değil"),
    (351, "İade paketi boş geldi"),
    (401, "İade edilen ürün veya adedi eksik"),
    (451, "Ürünü analize alacağım"),
    (1651, "İade paketi tarafıma teslim edilmedi"),
    (1951, "Kurumsal iade faturası iletilmedi veya hatalı"),
    (2051, "Ürünün koruyucu ambalajı (hijyen bandı, mühür, paket) açılmış"),
    (2077, "Kişiselleştirilmiş ürün"),
    (2078, "Ürün kusurlu değil, müşteri memnuniyeti için kabul"),
    (2079, "Doğru ve sağlam ürün gönderdim"),
    (2101, "Sipariş sorusundan gelen değişim talebi"),
)


class Claims:
    """Opens claims and lets their units age."""

    def __init__(self, state: State, ageing: Ageing) -> None:
        self._state = state
        self._ageing = ageing
        state.on_due("claim", self._due)

    def open(
        self,
        package: Package,
        *,
        lines: Sequence[tuple[int, int]] | None = None,
        reason_id: int = 401,
        note: str = "",
        status: str = "Created",
        claimed_ms: int | None = None,
    ) -> Claim:
        """The customer sends units of a delivered package back. `lines` are (lineId, units), default all.

        Raises Refusal when the package was not delivered or the reason does not exist.
        """
        if reason_id not in CUSTOMER_REASONS:
            raise order_refused(f"İade nedeni yok: {reason_id}", key="claim.reason.unknown")
        if status not in CLAIM_MOVES:
            raise order_refused(f"İade durumu yok: {status}", key="claim.status.unknown")
        with self._state.transaction() as now:
            if package.status != DELIVERED:
                raise package_not_updatable()
            return_package_id = self._state.next_id("return_package")
            rng = random.Random(f"{self._state.config.random_seed}-claim-{return_package_id}")
            claim = Claim(
                claim_id=_uuid(rng),
                package_id=package.package_id,
                return_package_id=return_package_id,
                claim_ms=claimed_ms if claimed_ms is not None else now,
                last_modified_ms=claimed_ms if claimed_ms is not None else now,
                # 20 digits now and then: beyond 64 bits on purpose (section 9.1).
                cargo_number=rng.randint(10**12, 10**13 - 1) + 7_260_000_000_000_000,
                units=self._units(package, lines, reason_id=reason_id, note=note, rng=rng),
            )
            if claim.return_package_id % 5 == 0:
                claim.cargo_number = 72_600_000_000_000_000_000 + claim.cargo_number
            self._plan_arrival(claim)
            self._state.mark_claim(claim)
            for step in _way_to(status):
                self.move(claim, step, at_ms=claim.claim_ms)
            return claim

    def _units(
        self,
        package: Package,
        lines: Sequence[tuple[int, int]] | None,
        *,
        reason_id: int,
        note: str,
        rng: random.Random,
    ) -> list[ClaimUnit]:
        wanted = dict(lines) if lines is not None else {line.line_id: line.quantity for line in package.lines}
        taken = self._claimed_items(package.package_id)
        units = []
        for line in package.lines:
            free = [unit for unit in line.units if unit.item_id not in taken]
            count = wanted.pop(line.line_id, 0)
            if count > len(free):
                raise order_refused("İade edilecek adet satın alınandan fazla", key="claim.quantity.invalid")
            units += [
                ClaimUnit(
                    claim_item_id=_uuid(rng),
                    line_id=line.line_id,
                    item_id=unit.item_id,
                    reason_id=reason_id,
                    customer_note=note or f"{CUSTOMER_REASONS[reason_id][0]}.",
                )
                for unit in free[:count]
            ]
        if wanted or not units:
            raise order_refused("İade edilecek ürün bulunamadı", key="package.line.unknown")
        return units

    def _claimed_items(self, package_id: int) -> set[int]:
        claims = (claim for claim in self._state.claims.values() if claim.package_id == package_id)
        return {unit.item_id for claim in claims for unit in claim.units if unit.status != "Cancelled"}

    def _plan_arrival(self, claim: Claim) -> None:
        seconds = self._state.config.ages.claim_arrives_after
        claim.due_ms = None if seconds is None else claim.claim_ms + round(seconds * 1000)

    def set_status(self, claim_id: str, status: str, *, claim_item_ids: Sequence[str] | None = None) -> Claim:
        """Move units (default: all that can) to `status`. Raises Refusal when none of them may go there."""
        with self._state.transaction() as now:
            claim = self._state.claims.get(claim_id)
            if claim is None:
                raise order_refused("İade bulunamadı", key="claim.not.found", status=404)
            if not self.move(claim, status, at_ms=now, only=claim_item_ids):
                raise order_refused(f"İade {status} durumuna geçemez", key="claim.status.illegal")
            return claim

    def move(self, claim: Claim, status: str, *, at_ms: int, only: Sequence[str] | None = None) -> int:
        """Move the units that legally can; returns how many moved."""
        movable = [
            unit
            for unit in claim.units
            if status in CLAIM_MOVES[unit.status] and (only is None or unit.claim_item_id in only)
        ]
        for unit in movable:
            _set_unit(unit, status, at_ms=at_ms)
        if movable:
            claim.last_modified_ms = max(at_ms, claim.last_modified_ms + 1)
            deadlines = [unit.auto_approve_ms for unit in claim.units if unit.auto_approve_ms is not None]
            if deadlines or not any(unit.status == "Created" for unit in claim.units):
                claim.due_ms = min(deadlines, default=None)
            self._state.mark_claim(claim)
            self._mark_package(claim)
        return len(movable)

    def _mark_package(self, claim: Claim) -> None:
        """The package stays Delivered; only its internal status and the lines show the return."""
        package = self._state.packages.get(claim.package_id)
        if package is None or not any(unit.status == "Accepted" for unit in claim.units):
            return
        package.internal_status = "ReturnAccepted"
        accepted = {unit.line_id for unit in claim.units if unit.status == "Accepted"}
        for line in package.lines:
            if line.line_id in accepted:
                line.status = "ReturnAccepted"
        self._state.mark_package(package)

    def _due(self, key: str, due_ms: int) -> None:
        claim = self._state.claims.get(key)
        if claim is None or claim.due_ms != due_ms:
            return
        overdue = [u for u in claim.units if u.auto_approve_ms is not None and u.auto_approve_ms <= due_ms]
        if not overdue:
            self.move(claim, "WaitingInAction", at_ms=due_ms)
            return
        for unit in overdue:
            unit.auto_accepted = True
        self.move(claim, "Accepted", at_ms=due_ms, only=[unit.claim_item_id for unit in overdue])


def _set_unit(unit: ClaimUnit, status: str, *, at_ms: int) -> None:
    unit.status = status
    unit.auto_approve_ms = at_ms + AUTO_APPROVE_MS if status == "WaitingInAction" else None
    if status == "WaitingFraudCheck":
        unit.accepted_by_seller, unit.accept_detail = True, "SUPPLIER"
    elif status == "Accepted" and unit.auto_accepted:
        unit.accept_detail = "SYSTEM"
    elif status == "Accepted" and unit.accept_detail is None:
        unit.accepted_by_seller, unit.accept_detail = True, "SUPPLIER"
    elif status in ("Unresolved", "Rejected"):
        unit.note = unit.note or "Ret talebi oluşturuldu"


def _way_to(status: str) -> tuple[str, ...]:
    if status == "Created":
        return ()
    if status in ("WaitingInAction", "Cancelled"):
        return (status,)
    if status == "Rejected":
        return ("WaitingInAction", "Unresolved", "Rejected")
    return ("WaitingInAction", status)


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
