"""The shelves: turns what came and what was sold into ledger movements, never taking what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from gullu.demo.catalogue import DemoCatalogue
from gullu.demo.chance import dice
from gullu.demo.days import HOUR_MS, MINUTE_MS
from gullu.demo.orders import DemoOrder
from gullu.demo.supply import Arrival
from inventory.enums import MovementKind

RECEIVING: Final = 0  # index of the receiving shelf
_RECEIVING_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class DemoMovement:
    """One movement. `order` and `line` are indexes of what was picked or came back undelivered, else −1.

    `part` counts the shelves of one pick from 1.
    """

    at_ms: int
    variant: int
    shelf: int
    delta: int
    kind: MovementKind
    reference: str = ""
    reason: str = ""
    order: int = -1
    line: int = -1
    part: int = 0


class Shortage(Exception):
    """More is taken than lies there: the simulation contradicts itself."""


def book(
    *,
    catalogue: DemoCatalogue,
    arrivals: Sequence[Arrival],
    orders: Sequence[DemoOrder],
    now_ms: int,
    seed: int,
) -> tuple[list[DemoMovement], list[int]]:
    """All movements in time order, and the pairs left per variant. Raises Shortage."""
    return _Shelves(catalogue, now_ms, dice(seed, "warehouse")).run(arrivals, orders)


class _Shelves:
    def __init__(self, catalogue: DemoCatalogue, now_ms: int, rng: Random) -> None:
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._rng = rng
        self._there: list[dict[int, int]] = [{} for _ in catalogue.variants]
        self._movements: list[DemoMovement] = []

    def run(
        self, arrivals: Sequence[Arrival], orders: Sequence[DemoOrder]
    ) -> tuple[list[DemoMovement], list[int]]:
        """Events in time order; at one moment goods come before they are moved, and are moved before picks."""
        events: list[tuple[int, int, int, int]] = []
        for number, arrival in enumerate(arrivals):
            events.append((arrival.at_ms, 0, number, 0))
            moved_at = arrival.at_ms + 90 * MINUTE_MS + number % 60 * MINUTE_MS
            if self._via_receiving(arrival) and moved_at < self._now_ms - HOUR_MS:
                events.append((moved_at, 1, number, 0))
        for number, order in enumerate(orders):
            if order.taken and order.times.picked is not None:
                events += [(order.times.picked, 2, number, line) for line in range(len(order.lines))]
        unplaced = {number for _, step, number, _ in events if step == 1}
        for at_ms, step, number, line in sorted(events):
            if step == 0:
                self._arrive(arrivals[number], number in unplaced or self._fresh(arrivals[number]))
            elif step == 1:
                self._place(arrivals[number], at_ms)
            else:
                self._pick(orders[number], number, line, at_ms)
        return self._movements, [sum(shelves.values()) for shelves in self._there]

    def _via_receiving(self, arrival: Arrival) -> bool:
        return arrival.kind == MovementKind.RECEIVE and self._rng.random() < _RECEIVING_SHARE

    def _fresh(self, arrival: Arrival) -> bool:
        """Lots of the last hours have not been put on their shelf yet."""
        return arrival.kind == MovementKind.RECEIVE and arrival.at_ms > self._now_ms - 8 * HOUR_MS

    def _arrive(self, arrival: Arrival, receiving: bool) -> None:
        shelf = RECEIVING if receiving else self._shelf_for(arrival)
        self._add(
            DemoMovement(
                arrival.at_ms,
                arrival.variant,
                shelf,
                arrival.pairs,
                arrival.kind,
                arrival.reference,
                arrival.reason,
                arrival.order,
                arrival.line,
            )
        )

    def _shelf_for(self, arrival: Arrival) -> int:
        places = self._catalogue.variants[arrival.variant].shelves
        there = self._there[arrival.variant]
        if arrival.pairs < 0:
            return max((shelf for shelf in there), key=lambda shelf: (there[shelf], -shelf))
        # Big lots go where there is room: a second shelf, if the barcode has one.
        return places[0] if there.get(places[0], 0) < 4 or len(places) == 1 else self._rng.choice(places[1:])

    def _place(self, arrival: Arrival, at_ms: int) -> None:
        pairs = min(arrival.pairs, self._there[arrival.variant].get(RECEIVING, 0))
        shelf = self._catalogue.variants[arrival.variant].shelves[0]
        if pairs == 0:
            return
        reference = f"{self._catalogue.shelves[RECEIVING]} → {self._catalogue.shelves[shelf]}"
        for place, delta in ((RECEIVING, -pairs), (shelf, pairs)):
            self._add(DemoMovement(at_ms, arrival.variant, place, delta, MovementKind.MOVE, reference))

    def _pick(self, order: DemoOrder, number: int, index: int, at_ms: int) -> None:
        line = order.lines[index]
        left, part = line.quantity, 0
        there = self._there[line.variant]
        # One shelf that has it all, rather the emptiest, so that slots become free; else from several.
        for shelf in sorted(there, key=lambda place: (there[place] < line.quantity, there[place], place)):
            pairs = min(left, there[shelf])
            if pairs == 0:
                continue
            part += 1
            left -= pairs
            self._add(
                DemoMovement(
                    at_ms, line.variant, shelf, -pairs, MovementKind.PICK, order=number, line=index, part=part
                )
            )
            if left == 0:
                return
        raise Shortage(
            f"{self._catalogue.variants[line.variant].barcode}: {left} missing for {order.order_number}"
        )

    def _add(self, movement: DemoMovement) -> None:
        there = self._there[movement.variant]
        pairs = there.get(movement.shelf, 0) + movement.delta
        if pairs < 0:
            raise Shortage(f"{self._catalogue.variants[movement.variant].barcode}: below zero")
        if pairs:
            there[movement.shelf] = pairs
        else:
            there.pop(movement.shelf, None)
        self._movements.append(movement)
