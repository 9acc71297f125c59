"""How the pairs a workshop can make are given to barcodes. Pure arithmetic; docs/production.md has the rules.

Every barcode gets an even number of pairs. Step by step, the next pairs go to the barcode that would be sold out
first after what it has and was given: so all sizes of a colour last equally long, as their size curve asks. What is
made only to be safe waits until then.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil, inf
from typing import Final

# Lots are even: one pair more or less is not made.
STEP: Final = 2
# From so many times the most of a barcode on, the need is far higher, and several lots are made.
FAR_HIGHER: Final = 2
_EPSILON: Final = 1e-9


class Why(Enum):
    """What decided about a barcode."""

    NOTHING_NEEDED = "NOTHING_NEEDED"
    COVERED = "COVERED"
    LOT_LIMIT = "LOT_LIMIT"
    CAPACITY = "CAPACITY"


@dataclass(frozen=True, slots=True)
class Limits:
    """Pairs that can be made in all, and how many of one barcode. Raises ValueError for limits that fit nothing."""

    capacity: int
    lot_least: int
    lot_most: int

    def __post_init__(self) -> None:
        even = self.lot_least % STEP == 0 and self.lot_most % STEP == 0
        if not even or not STEP <= self.lot_least <= self.lot_most or self.capacity < 0:
            raise ValueError(f"Lots of {self.lot_least} to {self.lot_most} pairs, {self.capacity} in all.")


@dataclass(frozen=True, slots=True)
class Need:
    """One barcode over the `days` looked at: pairs expected and enough at the service level, and pairs there is.

    `position` is available + coming and may be below zero: promised to customers and not there. `lost` are pairs that
    could not be sold for want of stock lately: of two barcodes that last equally long the one that lost more is first.
    """

    key: int
    expected: float
    enough: float
    position: int
    days: int
    lost: float = 0.0

    @property
    def shortage(self) -> int:
        """Whole pairs that lack of what is enough."""
        return max(ceil(self.enough - self.position - _EPSILON), 0)

    def cover(self, given: int) -> float:
        """Days until it is sold out with `given` pairs more; below zero while promised pairs lack."""
        have = self.position + given
        if self.expected > 0:
            return have * self.days / self.expected
        return -inf if have < 0 else inf


@dataclass(frozen=True, slots=True)
class Share:
    """What a barcode got. `wanted` is its shortage in even lots within the limits; `open` is what still lacks."""

    need: Need
    wanted: int
    given: int
    why: Why

    @property
    def open(self) -> int:
        return max(self.need.shortage - self.given, 0)


def wanted_pairs(shortage: int, limits: Limits) -> int:
    """The shortage as pairs to make: even, from `lot_least` to `lot_most`.

    One far higher (twice `lot_most` or more) is made in several lots of `lot_most`, as many as it fills.
    """
    if shortage <= 0:
        return 0
    if shortage >= FAR_HIGHER * limits.lot_most:
        return shortage // limits.lot_most * limits.lot_most
    return min(max(shortage + shortage % STEP, limits.lot_least), limits.lot_most)


def allocate(needs: Sequence[Need], limits: Limits) -> list[Share]:
    """What each barcode gets, in the order given. Never more than the capacity, nor than what a barcode wants."""
    wanted = [wanted_pairs(need.shortage, limits) for need in needs]
    given = _hand_out(needs, wanted, limits)
    return [
        Share(need, most, got, _why(need, most, got))
        for need, most, got in zip(needs, wanted, given, strict=True)
    ]


def _hand_out(needs: Sequence[Need], wanted: Sequence[int], limits: Limits) -> list[int]:
    """The first pairs of a barcode are its least lot; what no longer fits into the capacity goes to another."""
    left = limits.capacity
    given = [0] * len(needs)
    queue = [(*_urgency(need, 0), place) for place, need in enumerate(needs) if wanted[place]]
    heapq.heapify(queue)
    while queue and left >= STEP:
        place = heapq.heappop(queue)[-1]
        step = STEP if given[place] else limits.lot_least
        if step > left:
            continue
        given[place] += step
        left -= step
        if given[place] < wanted[place]:
            heapq.heappush(queue, (*_urgency(needs[place], given[place]), place))
    return given


def _urgency(need: Need, given: int) -> tuple[bool, float, float, int]:
    """Sorts what goes first: what at least one pair more is expected to be sold of than is there, by its cover.

    Then what is made to be safe, which is only possible to be sold: what sells more first. Lost sales decide ties.
    """
    have = need.position + given
    is_expected = have < 0 or need.expected - have >= 1
    return not is_expected, need.cover(given) if is_expected else -need.expected, -need.lost, need.key


def _why(need: Need, wanted: int, given: int) -> Why:
    if not wanted:
        return Why.NOTHING_NEEDED
    if given < wanted:
        return Why.CAPACITY
    return Why.COVERED if given >= need.shortage else Why.LOT_LIMIT


__all__ = ["FAR_HIGHER", "STEP", "Limits", "Need", "Share", "Why", "allocate", "wanted_pairs"]
