"""What the seller does about returns (contract sections 9.2, 9.3 and 9.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .claim_reasons import (
    ANALYSIS,
    CLAIM_ISSUE_REASONS,
    CUSTOMER_REASONS,
    EXCHANGE,
    NOT_DELIVERED,
    REMOVED_REASONS,
    WITHOUT_FILE,
)
from .claims import API, AUTO_APPROVE_MS, Claims
from .clock import DAY_MS
from .entities import DELIVERED, Claim, ClaimUnit, Json, Package
from .errors import order_refused
from .state import State

DESCRIPTION_LIMIT = 500
_ISSUE_IDS = frozenset(reason_id for reason_id, _ in CLAIM_ISSUE_REASONS)
_EXECUTOR = {"SellerIntegrationApi": "41038394-0000-11eb-9b23-caa176587e6c"}
_SOMEBODY = "328e8073-0000-11eb-b199-d6f52af37563"


@dataclass(frozen=True, slots=True)
class CreatedUnit:
    """One entry of `claimItems` of a claim the seller opens."""

    barcode: str
    quantity: int
    reason_id: int
    note: str


class SellerClaims:
    """Approve, dispute, open and audit. Every refusal is a 400 or 404 in family E."""

    def __init__(self, state: State, claims: Claims) -> None:
        self._state = state
        self._claims = claims

    def approve(self, claim_id: str, item_ids: Sequence[str]) -> Claim:
        """Accept units that wait for the seller; all of them or none."""
        with self._state.transaction() as now:
            claim = self._claims.get(claim_id)
            units = _waiting(claim, item_ids)
            status = self._claims.status_after_approval(claim)
            self._claims.move(claim, status, at_ms=now, only=[unit.claim_item_id for unit in units], by=API)
            return claim

    def issue(
        self, claim_id: str, *, reason_id: int, item_ids: Sequence[str], description: str, files: int
    ) -> Claim:
        """Dispute units that wait for the seller; `files` is how many files came along.

        451 sends them to analysis, 2101 approves the exchange, everything else waits for Trendyol's decision.
        """
        with self._state.transaction() as now:
            self._check_issue(reason_id, description=description, files=files)
            claim = self._claims.get(claim_id)
            units = _waiting(claim, item_ids)
            if reason_id == NOT_DELIVERED:
                _check_waited_a_day(units, now)
            for unit in units:
                unit.issue_reason_id, unit.note = reason_id, description
            if reason_id == EXCHANGE:
                self._claims.send_replacement(claim, units)
            status = {ANALYSIS: "InAnalysis", EXCHANGE: "Accepted"}.get(reason_id, "Unresolved")
            self._claims.move(claim, status, at_ms=now, only=[unit.claim_item_id for unit in units], by=API)
            return claim

    def _check_issue(self, reason_id: int, *, description: str, files: int) -> None:
        if reason_id in REMOVED_REASONS:
            raise order_refused("claimIssueReasonId geçersiz", key="claim.issue.reason.removed")
        if reason_id not in _ISSUE_IDS:
            raise order_refused("claimIssueReasonId geçersiz", key="claim.issue.reason.unknown")
        if len(description) > DESCRIPTION_LIMIT:
            raise order_refused(
                f"description en fazla {DESCRIPTION_LIMIT} karakter olabilir",
                key="claim.description.too.long",
            )
        if not files and reason_id not in WITHOUT_FILE:
            raise order_refused("Bu neden için dosya yüklenmelidir", key="claim.issue.file.missing")
        if not description:
            self._state.warnings["claim_issue_without_description"] += 1

    def create(self, *, order_number: str, customer_id: int | None, units: Sequence[CreatedUnit]) -> Claim:
        """A parcel came back without a code: open the return for it. It starts in Created."""
        for unit in units:
            if unit.reason_id not in CUSTOMER_REASONS or unit.quantity < 1:
                raise order_refused("claimItems geçersiz", key="claim.reason.unknown")
        with self._state.transaction():
            package, lines = self._package_of(order_number, units)
            if customer_id is not None and customer_id != package.customer["customer_id"]:
                raise order_refused("customerId siparişe ait değil", key="claim.customer.mismatch")
            claim = self._claims.open(package, lines=lines, by=API)
            barcodes = {line.line_id: line.barcode for line in package.lines}
            wanted = {unit.barcode: unit for unit in units}
            for opened in claim.units:
                asked = wanted[barcodes[opened.line_id]]
                opened.reason_id, opened.customer_note = asked.reason_id, asked.note
            self._state.mark_claim(claim)
            return claim

    def _package_of(
        self, order_number: str, units: Sequence[CreatedUnit]
    ) -> tuple[Package, list[tuple[int, int]]]:
        """The order's delivered package that still has all of these units, and the lines they are on."""
        packages = [p for p in self._state.packages.values() if p.order_number == order_number]
        if not packages:
            raise order_refused("Sipariş bulunamadı", key="claim.order.not.found", status=404)
        for package in packages:
            lines = self._lines_of(package, units) if package.status == DELIVERED else None
            if lines is not None:
                return package, lines
        raise order_refused("Siparişte iade edilecek ürün bulunamadı", key="claim.units.not.found")

    def _lines_of(self, package: Package, units: Sequence[CreatedUnit]) -> list[tuple[int, int]] | None:
        taken = self._claims.claimed_items(package.package_id)
        free = {
            line.line_id: sum(1 for unit in line.units if unit.item_id not in taken) for line in package.lines
        }
        chosen: dict[int, int] = {}
        for unit in units:
            fitting = [
                line.line_id
                for line in package.lines
                if line.barcode == unit.barcode
                and free[line.line_id] - chosen.get(line.line_id, 0) >= unit.quantity
            ]
            if not fitting:
                return None
            chosen[fitting[0]] = chosen.get(fitting[0], 0) + unit.quantity
        return list(chosen.items())

    def audit(self, claim_item_id: str) -> list[Json]:
        """Every change of one unit, not in time order (samples/claim_audit.json)."""
        with self._state.transaction():
            for claim in self._state.claims.values():
                for unit in claim.units:
                    if unit.claim_item_id == claim_item_id:
                        return _audit(claim, unit)
        raise order_refused("İade kalemi bulunamadı", key="claim.item.not.found", status=404)


def _waiting(claim: Claim, item_ids: Sequence[str]) -> list[ClaimUnit]:
    """The named units. Raises Refusal unless every one is in this claim and waits for the seller."""
    units = {unit.claim_item_id: unit for unit in claim.units}
    if not item_ids or not set(item_ids) <= units.keys():
        raise order_refused("İade kalemi bu iadede yok", key="claim.item.unknown")
    wanted = [units[item_id] for item_id in dict.fromkeys(item_ids)]
    if any(unit.status != "WaitingInAction" for unit in wanted):
        raise order_refused("İade kalemi işlem bekleyen durumda değil", key="claim.item.not.waiting")
    return wanted


def _check_waited_a_day(units: Sequence[ClaimUnit], now: int) -> None:
    """That a parcel never came may only be said 24 hours after it was booked in."""
    deadlines = [unit.auto_approve_ms for unit in units if unit.auto_approve_ms is not None]
    if any(now - (deadline - AUTO_APPROVE_MS) < DAY_MS for deadline in deadlines):
        raise order_refused("Bu neden ilk 24 saat içinde kullanılamaz", key="claim.issue.too.early")


def _audit(claim: Claim, unit: ClaimUnit) -> list[Json]:
    events = [*unit.events[:1], *reversed(unit.events[1:])]
    return [
        {
            "claimId": claim.claim_id,
            "claimItemId": unit.claim_item_id,
            "previousStatus": event.previous,
            "newStatus": event.status,
            "userInfoDocument": {
                "executorId": _EXECUTOR.get(event.app, _SOMEBODY),
                "executorApp": event.app,
                "executorUser": "satici@magaza.example" if event.app != "Customer" else "",
            },
            "date": event.at_ms,
        }
        for event in events
    ]
