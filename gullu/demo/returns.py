"""Returned units of the demo: one in twelve, mostly because of the size, and how they come back on the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gullu.demo.catalogue import DemoCatalogue
from gullu.demo.chance import dice
from gullu.demo.days import DAY_MS, HOUR_MS
from gullu.demo.orders import DemoOrder
from gullu.demo.supply import Arrival
from inventory.enums import MovementKind
from orders.enums import OrderState
from orders.models import ReturnUnit

# The customer's reasons of contract section 9.4, with their share of 100 returns.
REASONS: Final[dict[int, tuple[str, int]]] = {
    501: ("Bedeni küçük geldi", 34),
    551: ("Bedeni büyük geldi", 23),
    401: ("Vazgeçtim", 13),
    251: ("Modelini beğenmedim", 10),
    1651: ("Kalitesini beğenmedim", 5),
    651: ("Ürün açıklamaya uygun değil", 4),
    301: ("Kusurlu ürün gönderildi", 4),
    701: ("Yanlış sipariş verdim", 3),
    351: ("Yanlış ürün gönderildi", 2),
    2030: ("Daha iyi fiyat buldum", 1),
    451: ("Diğer", 1),
}
TOO_SMALL, TOO_LARGE = 501, 551
# Marks the movements of returned units until their rows have keys.
RETURN_REFERENCE: Final = "return:"
_SPOILT: Final = (301, 1651)
_NOTES: Final = ("Bir beden büyük alınmalı", "Kalıbı dar", "Topuğu rahatsız etti", "Rengi fotoğraftan farklı")
# Younger returns are still under way: they exist in the practice Trendyol only, until they are pulled.
LIVE_MS: Final = 70 * HOUR_MS
_DECIDE_MS: Final = 48 * HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReturn:
    """One returned unit. `order` and `line` are indexes; `live` ones are not settled yet."""

    claim_id: str
    claim_item_id: str
    order: int
    line: int
    reason_id: int
    note: str
    status: str
    claimed_ms: int
    modified_ms: int
    cargo_number: str
    live: bool


class Returns:
    """Decides what comes back. Some models run small or large and come back more often."""

    def __init__(self, *, catalogue: DemoCatalogue, seed: int, now_ms: int) -> None:
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._rng = dice(seed, "returns")
        self._fits = [self._rng.choice((0, 0, 0, 0, TOO_SMALL, TOO_LARGE)) for _ in catalogue.models]
        self.units: list[DemoReturn] = []

    def of(self, order: DemoOrder, *, number: int) -> Iterator[Arrival]:
        """Remember the returned units of a delivered order; yields what goes back on a shelf."""
        if order.state != OrderState.DELIVERED or order.times.delivered is None:
            return
        for index, line in enumerate(order.lines):
            fit = self._fits[self._catalogue.variants[line.variant].model]
            for _ in range(line.quantity):
                if self._rng.random() < (0.14 if fit else 0.065):
                    unit = self._unit(number, index, fit=fit, after_ms=order.times.delivered)
                    if unit is not None:
                        yield from self._restock(unit, line.variant)

    def _unit(self, order: int, line: int, *, fit: int, after_ms: int) -> DemoReturn | None:
        rng = self._rng
        claimed = after_ms + rng.randint(6, 11 * 24) * HOUR_MS + rng.randrange(HOUR_MS)
        if claimed > self._now_ms - HOUR_MS:
            return None
        reason = (
            fit
            if fit and rng.random() < 0.6
            else rng.choices(list(REASONS), [w for _, w in REASONS.values()])[0]
        )
        live = claimed > self._now_ms - LIVE_MS
        unit = DemoReturn(
            claim_id=self._uuid(),
            claim_item_id=self._uuid(),
            order=order,
            line=line,
            reason_id=reason,
            note=rng.choice(_NOTES) if rng.random() < 0.15 else "",
            status=self._status(claimed, live=live),
            claimed_ms=claimed,
            modified_ms=claimed
            if live
            else min(claimed + rng.randint(60, 140) * HOUR_MS, self._now_ms - HOUR_MS),
            cargo_number=f"726{rng.randrange(10**12, 10**13)}",
            live=live,
        )
        self.units.append(unit)
        return unit

    def _status(self, claimed: int, *, live: bool) -> str:
        lot = self._rng.random()
        if live:
            # The sandbox counts the 48 hours from the claim's own time: only young ones can still be waiting.
            waiting = claimed > self._now_ms - _DECIDE_MS + 8 * HOUR_MS and lot < 0.6
            return ReturnUnit.Status.WAITING if waiting else ReturnUnit.Status.CREATED
        if lot < 0.02:
            return ReturnUnit.Status.CANCELLED
        return ReturnUnit.Status.REJECTED if lot < 0.05 else ReturnUnit.Status.ACCEPTED

    def _restock(self, unit: DemoReturn, variant: int) -> Iterator[Arrival]:
        """Sound pairs of accepted returns lie on a shelf again some days later."""
        sound = unit.status == ReturnUnit.Status.ACCEPTED and unit.reason_id not in _SPOILT
        at_ms = unit.modified_ms + DAY_MS // 2
        if sound and at_ms < self._now_ms and self._rng.random() < 0.92:
            yield Arrival(at_ms, variant, 1, MovementKind.RETURN, f"{RETURN_REFERENCE}{unit.claim_item_id}")

    def _uuid(self) -> str:
        return str(UUID(int=self._rng.getrandbits(128), version=4))
