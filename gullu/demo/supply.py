"""The workshop: which pairs are there to sell, and which lots are made when. Numbers per variant, no shelves yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from gullu.demo.catalogue import DemoCatalogue, DemoGroup
from gullu.demo.chance import dice
from gullu.demo.days import HOUR_MS, MINUTE_MS, Day
from inventory.enums import MovementKind

_COVER_DAYS: Final = 24
_REORDER_DAYS: Final = 11
_LARGEST_LOT: Final = 24
_SOLD_OUT_SHARE: Final = 0.08
_COUNT_REASONS: Final = ("Sayımda eksik çıktı", "Kutu boş çıktı", "Yanlış beden kutuda")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Pairs that come (or, at a count, turn out to be gone) at a moment; `order`, `line` name what came back."""

    at_ms: int
    variant: int
    pairs: int
    kind: MovementKind
    reference: str = ""
    reason: str = ""
    order: int = -1
    line: int = -1


class Supply:
    """What can be sold right now. Chronological: call with times that never go back."""

    def __init__(self, *, catalogue: DemoCatalogue, seed: int, days: list[Day]) -> None:
        self._catalogue = catalogue
        self._days = days
        self._rng = dice(seed, "supply")
        self._waiting: defaultdict[int, list[Arrival]] = defaultdict(list)
        self._pipeline = [0] * len(catalogue.variants)
        self._pauses = [(self._pause(len(days)), self._pause(len(days))) for _ in catalogue.groups]
        self._lots = 0
        self.stock = [0] * len(catalogue.variants)
        self.arrived: list[Arrival] = []
        self._open()

    def _open(self) -> None:
        """Opening stock of what was made before the history, and the first lots of what comes later."""
        for group in self._catalogue.groups:
            born = self._catalogue.models[group.model].born
            for variant, share in zip(group.variants, group.shares, strict=True):
                pairs = 2 + 2 * int(self._rng.random() * (1 + share / 90) * (0.5 + group.popularity / 2))
                if born < 0:
                    at_ms = self._days[0].start_ms - 10 * HOUR_MS
                    self._book(Arrival(at_ms, variant, pairs, MovementKind.OPENING, "Açılış sayımı"))
                elif born < len(self._days):
                    self._make(variant, pairs, day=born)

    def _pause(self, days: int) -> tuple[int, int]:
        """A stretch without leather, soles or hands for this colour."""
        start = self._rng.randint(-90, days)
        return start, start + self._rng.randint(40, 150)

    # -- a day ---------------------------------------------------------------------------------------

    def start_of(self, day: Day) -> list[Arrival]:
        """What arrives on this day, in time order; pass each to `receive` when its time has come."""
        return sorted(self._waiting.pop(day.number, []), key=lambda arrival: (arrival.at_ms, arrival.variant))

    def receive(self, arrival: Arrival) -> None:
        if arrival.pairs < 0 and self.stock[arrival.variant] < -arrival.pairs:
            return
        if arrival.kind == MovementKind.RECEIVE:
            self._pipeline[arrival.variant] -= arrival.pairs
        self._book(arrival)

    def take(self, variant: int, pairs: int) -> bool:
        """Sell; False when there are not enough."""
        if self.stock[variant] < pairs:
            return False
        self.stock[variant] -= pairs
        return True

    def come_back(self, arrival: Arrival) -> None:
        """Returned goods that will lie on the shelf again, if that is before the history ends."""
        number = (arrival.at_ms - self._days[0].start_ms) // (24 * HOUR_MS)
        if number < len(self._days):
            self._waiting[number].append(arrival)

    def plan(self, day: Day, rates: list[float]) -> None:
        """Order lots of the colours whose turn it is. `rates`: pairs a day that each colour will sell."""
        if not day.working:
            return
        for index, group in enumerate(self._catalogue.groups):
            if index % 6 == day.number % 6 and self._made(index, group, day):
                self._plan_group(group, day, rate=rates[index] * (0.5 + self._rng.random() * 0.75))
        if self._rng.random() < 0.1:
            self._miscount(day)

    def _made(self, index: int, group: DemoGroup, day: Day) -> bool:
        model = self._catalogue.models[group.model]
        alive = model.born <= day.number and (model.ends is None or day.number < model.ends - 15)
        return alive and not any(first <= day.number <= last for first, last in self._pauses[index])

    def _plan_group(self, group: DemoGroup, day: Day, *, rate: float) -> None:
        for variant, share in zip(group.variants, group.shares, strict=True):
            daily = rate * share / 1000
            # Even a slow size is made in a small lot; the sizes in the middle in a larger one.
            least = 2.2 + share / 45 + group.popularity * 0.8
            coming = self.stock[variant] + self._pipeline[variant]
            if coming > max(daily * _REORDER_DAYS, least / 3):
                continue
            pairs = round((max(daily * _COVER_DAYS, least) - coming) / 2 + 0.5) * 2
            self._make(variant, min(max(pairs, 2), _LARGEST_LOT), day=day.number + self._rng.randint(4, 15))

    def _make(self, variant: int, pairs: int, *, day: int) -> None:
        """A lot of the workshop arrives on a working day, in the morning."""
        while day < len(self._days) and not self._days[day].working:
            day += 1
        self._pipeline[variant] += pairs
        if day < len(self._days):
            self._lots += 1
            at_ms = self._days[day].start_ms + 9 * HOUR_MS + self._rng.randint(0, 150) * MINUTE_MS
            self._waiting[day].append(
                Arrival(at_ms, variant, pairs, MovementKind.RECEIVE, f"Üretim partisi {self._lots:05d}")
            )

    def _miscount(self, day: Day) -> None:
        variant = self._rng.randrange(len(self.stock))
        at_ms = day.start_ms + 19 * HOUR_MS
        reason = self._rng.choice(_COUNT_REASONS)
        self._waiting[day.number].append(Arrival(at_ms, variant, -1, MovementKind.COUNT, "", reason))

    def _book(self, arrival: Arrival) -> None:
        self.stock[arrival.variant] += arrival.pairs
        self.arrived.append(arrival)

    # -- the end -------------------------------------------------------------------------------------

    def fill_up(self, *, before_ms: int, last_sales: list[int]) -> None:
        """Bring the sold-out share down to what the shop lives with: the workshop's last lots.

        `last_sales` is when each variant was last sold; a lot never arrives before a sale it would have served.
        """
        empty = [variant for variant, pairs in enumerate(self.stock) if pairs == 0]
        surplus = len(empty) - round(len(self.stock) * _SOLD_OUT_SHARE)
        wanted = [variant for variant in empty if self._catalogue.model_of(variant).ends is None]
        self._rng.shuffle(wanted)
        for variant in wanted[: max(surplus, 0)]:
            earliest = max(last_sales[variant] + HOUR_MS, before_ms - 9 * 24 * HOUR_MS)
            if earliest >= before_ms:
                continue
            at_ms = earliest + int((before_ms - earliest) * self._rng.random())
            self._lots += 1
            pairs = 2 * self._rng.randint(1, 3)
            self._book(
                Arrival(at_ms, variant, pairs, MovementKind.RECEIVE, f"Üretim partisi {self._lots:05d}")
            )
