"""Customer returns (contract section 9): one unit, one status; 48 hours to act, then auto-accepted."""

import random
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import zip_longest

from .ageing import Ageing
from .claim_reasons import CUSTOMER_REASONS, GOODWILL
from .clock import HOUR_MS
from .entities import DELIVERED, Claim, ClaimEvent, ClaimParcel, ClaimUnit, Package
from .errors import Refusal, order_refused, package_not_updatable
from .state import State

AUTO_APPROVE_MS = 48 * HOUR_MS
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
# Who changed a status, as the audit names them (contract section 9.5; SYSTEM is a guess).
CUSTOMER, PANEL, API, SYSTEM = "Customer", "Seller Center Orders BFF", "SellerIntegrationApi", "System"
_DISPUTED = ("Unresolved", "InAnalysis")
# 20 digits now and then: beyond 64 bits on purpose (section 9.1).
_LONG_EVERY, _LONG = 5, 72_600_000_000_000_000_000


class Claims:
    """Opens claims and lets their units age."""

    def __init__(self, state: State, ageing: Ageing) -> None:
        self._state = state
        self._ageing = ageing
        state.on_due("claim", self._due)

    def get(self, claim_id: str) -> Claim:
        """Raises Refusal 404."""
        claim = self._state.claims.get(claim_id)
        if claim is None:
            raise order_refused("İade bulunamadı", key="claim.not.found", status=404)
        return claim

    def open(
        self,
        package: Package,
        *,
        lines: Sequence[tuple[int, int]] | None = None,
        reason_id: int = 401,
        note: str = "",
        status: str = "Created",
        claimed_ms: int | None = None,
        arrived_ms: int | None = None,
        decided_ms: int | None = None,
        replacement: bool = False,
        claim_id: str = "",
        item_ids: Sequence[str] = (),
        by: str = CUSTOMER,
    ) -> Claim:
        """The customer sends units of a delivered package back. `lines` are (lineId, units), default all.

        `claimed_ms`, `arrived_ms` and `decided_ms` are when it was opened, reached the seller and got its
        `status`. With `replacement` it is an exchange. `claim_id` and `item_ids` (one per unit) are for returns
        a shop knows already. Raises Refusal when the package was not delivered or the reason does not exist.
        """
        if reason_id not in CUSTOMER_REASONS:
            raise order_refused(f"İade nedeni yok: {reason_id}", key="claim.reason.unknown")
        if status not in CLAIM_MOVES:
            raise order_refused(f"İade durumu yok: {status}", key="claim.status.unknown")
        with self._state.transaction() as now:
            if package.status != DELIVERED:
                raise package_not_updatable()
            if claim_id in self._state.claims:
                raise order_refused(f"{claim_id} numaralı iade zaten var", key="claim.id.taken")
            claim = self._new(package, claimed_ms if claimed_ms is not None else now, claim_id)
            claim.units = self._units(
                package, lines, reason_id=reason_id, note=note, rng=self._rng("claim", claim)
            )
            if item_ids and len(item_ids) != len(claim.units):
                raise order_refused("Her adet için bir numara gerekli", key="claim.item.ids.invalid")
            for unit, item_id in zip_longest(claim.units, item_ids):
                unit.claim_item_id = item_id or unit.claim_item_id
                self._enter(unit, "Created", at_ms=claim.claim_ms, by=by)
            if replacement:
                self.send_replacement(claim, claim.units)
            self._save(claim)
            arrived = arrived_ms if arrived_ms is not None else claim.claim_ms
            for step in _way_to(status):
                decided = decided_ms if step == status and decided_ms is not None else arrived
                self.move(claim, step, at_ms=decided)
            return claim

    def _new(self, package: Package, claim_ms: int, claim_id: str) -> Claim:
        claim = Claim(
            claim_id=claim_id,
            package_id=package.package_id,
            return_package_id=self._state.next_id("return_package"),
            claim_ms=claim_ms,
            last_modified_ms=claim_ms,
            cargo_number=0,
            units=[],
        )
        rng = self._rng("id", claim)
        claim.claim_id = claim.claim_id or _uuid(rng)
        claim.cargo_number = rng.randint(10**12, 10**13 - 1) + 7_260_000_000_000_000
        if claim.return_package_id % _LONG_EVERY == 0:
            claim.cargo_number += _LONG
        return claim

    def _rng(self, purpose: str, claim: Claim) -> random.Random:
        return random.Random(f"{self._state.config.random_seed}-{purpose}-{claim.return_package_id}")

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
        taken = self.claimed_items(package.package_id)
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

    def claimed_items(self, package_id: int) -> set[int]:
        """Units of a package that are in a claim already."""
        claims = (claim for claim in self._state.claims.values() if claim.package_id == package_id)
        return {unit.item_id for claim in claims for unit in claim.units if unit.status != "Cancelled"}

    # -- moving -------------------------------------------------------------------------------------

    def set_status(self, claim_id: str, status: str, *, claim_item_ids: Sequence[str] | None = None) -> Claim:
        """Move units (default: all that can) to `status`. Raises Refusal when none of them may go there."""
        with self._state.transaction() as now:
            claim = self.get(claim_id)
            if not self.move(claim, status, at_ms=now, only=claim_item_ids):
                raise claim_not_movable(status)
            return claim

    def move(
        self, claim: Claim, status: str, *, at_ms: int, only: Collection[str] | None = None, by: str = ""
    ) -> int:
        """Move the units that legally can; returns how many moved."""
        movable = [
            unit
            for unit in claim.units
            if status in CLAIM_MOVES[unit.status] and (only is None or unit.claim_item_id in only)
        ]
        if not movable:
            return 0
        for unit in movable:
            self._enter(unit, status, at_ms=at_ms, by=by)
        if status == "Rejected":
            claim.rejected = self._add_to_parcel(claim.rejected, movable)
        claim.last_modified_ms = max(at_ms, claim.last_modified_ms + 1)
        self._save(claim)
        self._mark_package(claim)
        return len(movable)

    def _enter(self, unit: ClaimUnit, status: str, *, at_ms: int, by: str) -> None:
        """Set one unit's status with everything that goes with it."""
        previous = unit.status if unit.events else ""
        by = by or {"Cancelled": CUSTOMER, "Rejected": SYSTEM}.get(status, PANEL)
        unit.status = status
        unit.events.append(ClaimEvent(at_ms=at_ms, previous=previous, status=status, app=by))
        unit.due_ms = self._due_after(status, at_ms)
        unit.auto_approve_ms = unit.due_ms if status == "WaitingInAction" else None
        if status == "WaitingFraudCheck" or (status == "Accepted" and previous == "WaitingInAction"):
            unit.accepted_by_seller = not unit.auto_accepted
            unit.accept_detail = "SYSTEM" if unit.auto_accepted else "SUPPLIER"
        elif status == "Accepted" and previous in _DISPUTED:
            unit.accept_detail = "DISPUTE"
        elif status in ("Unresolved", "Rejected"):
            unit.note = unit.note or "Ret talebi oluşturuldu"

    def _due_after(self, status: str, at_ms: int) -> int | None:
        ages = self._state.config.ages
        seconds = {
            "Created": ages.claim_arrives_after,
            "WaitingInAction": AUTO_APPROVE_MS / 1000,
            "WaitingFraudCheck": ages.fraud_check_after,
            "Unresolved": ages.dispute_after,
            "InAnalysis": ages.dispute_after,
        }.get(status)
        return None if seconds is None else at_ms + round(seconds * 1000)

    def _save(self, claim: Claim) -> None:
        claim.due_ms = min((unit.due_ms for unit in claim.units if unit.due_ms is not None), default=None)
        self._state.mark_claim(claim)

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

    # -- parcels to the customer --------------------------------------------------------------------

    def send_replacement(self, claim: Claim, units: Sequence[ClaimUnit]) -> None:
        """The exchange goes out; it is no order of its own (contract section 9.5)."""
        claim.replacement = self._add_to_parcel(claim.replacement, units)

    def _add_to_parcel(self, parcel: ClaimParcel | None, units: Sequence[ClaimUnit]) -> ClaimParcel:
        if parcel is None:
            package_id = self._state.next_id("return_package")
            parcel = ClaimParcel(
                package_id=package_id,
                cargo_number=7_260_000_000_000_000 + package_id,
                sender_number=str(733_000_000_000 + package_id % 1_000_000_000),
                item_ids=[],
            )
        parcel.item_ids += [unit.claim_item_id for unit in units if unit.claim_item_id not in parcel.item_ids]
        return parcel

    # -- ageing -------------------------------------------------------------------------------------

    def _due(self, key: str, due_ms: int) -> None:
        claim = self._state.claims.get(key)
        # Plans change: only the newest one of a claim counts.
        if claim is None or claim.due_ms != due_ms:
            return
        steps: defaultdict[str, list[str]] = defaultdict(list)
        for unit in claim.units:
            if unit.due_ms is not None and unit.due_ms <= due_ms:
                unit.auto_accepted = unit.status == "WaitingInAction"
                steps[self._next_status(claim, unit)].append(unit.claim_item_id)
        for status, items in steps.items():
            self.move(
                claim, status, at_ms=due_ms, only=items, by="" if status == "WaitingInAction" else SYSTEM
            )

    def _next_status(self, claim: Claim, unit: ClaimUnit) -> str:
        if unit.status == "Created":
            return "WaitingInAction"
        ages = self._state.config.ages
        lot = self._rng("end", claim).random()
        if unit.status == "WaitingFraudCheck":
            return "Rejected" if lot < ages.fraud_rejected_share else "Accepted"
        if unit.status in _DISPUTED and unit.issue_reason_id != GOODWILL:
            return "Rejected" if lot < ages.dispute_won_share else "Accepted"
        return "Accepted"

    def status_after_approval(self, claim: Claim) -> str:
        """WaitingFraudCheck for a share of the claims, else Accepted at once."""
        share = self._state.config.ages.fraud_check_share
        return "WaitingFraudCheck" if self._rng("fraud", claim).random() < share else "Accepted"


def claim_not_movable(status: str) -> Refusal:
    """A unit that may not go to `status` from where it is."""
    return order_refused(f"İade {status} durumuna geçemez", key="claim.status.illegal")


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
