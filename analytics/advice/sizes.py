"""Sizes of a colour: how its pairs are shared, which sizes it cannot be without, and an order of a sensible set.

Pure arithmetic: tables in, numbers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

# The usual spread of the category counts as much as so many pairs of the model's own.
USUAL_PAIRS: Final = 20
# A size is a core size from this part of an even share on: of seven sizes, from 7.1 % on.
CORE_PART: Final = 0.5
# Below this nothing is lacking: shares are made of divisions.
_EPSILON: Final = 1e-9

Shares = Mapping[str, float]


def size_curve(sold: Mapping[str, float], usual: Mapping[str, float]) -> dict[str, float]:
    """The share of each size of a model; they add up to one.

    `sold` are the model's own pairs, with every size it has, `usual` those of its category in any sizes. Where the
    category sold nothing in these sizes, an even spread is usual.
    """
    if not sold:
        return {}
    common = {size: max(usual.get(size, 0.0), 0.0) for size in sold}
    whole = sum(common.values())
    spread = {size: common[size] / whole if whole else 1 / len(sold) for size in sold}
    own = sum(sold.values())
    return {size: (pairs + USUAL_PAIRS * spread[size]) / (own + USUAL_PAIRS) for size, pairs in sold.items()}


def core_sizes(curve: Shares) -> frozenset[str]:
    """The sizes a colour cannot be without."""
    if not curve:
        return frozenset()
    least = CORE_PART / len(curve)
    return frozenset(size for size, share in curve.items() if share >= least - _EPSILON)


def in_lots(pairs: int, lot: int) -> int:
    """The least whole number of lots that is not less: `in_lots(3, 2)` is 4; nothing for nothing."""
    return -(-max(pairs, 0) // lot) * lot


@dataclass(frozen=True, slots=True)
class SizeNeed:
    """One size of a colour. `position` is available + coming, in pairs; `target` is what it should be.

    `fillable`: more than its own shortage may be ordered to round off the set. `orderable`: may be ordered at all.
    """

    size: str
    position: int
    target: int
    share: float
    core: bool
    orderable: bool = True
    fillable: bool = True

    @property
    def shortage(self) -> int:
        """Pairs that lack; none where nothing may be ordered."""
        return max(self.target - self.position, 0) if self.orderable else 0


def order_set(sizes: Sequence[SizeNeed], lot: int) -> tuple[int, ...]:
    """Pairs to order of each size of one colour, in whole lots, never less than its shortage.

    Without a shortage nothing is ordered. Else the set is rounded off: a size gets whole lots up to its share of what
    the colour then has (what lies beyond a target is not counted, so that too much of one size asks for nothing of
    the others), and a core size of which nothing is there or coming gets at least one lot.
    """
    own = [in_lots(need.shortage, lot) for need in sizes]
    if not any(own):
        return tuple(own)
    after = sum(min(need.position, need.target) + pairs for need, pairs in zip(sizes, own, strict=True))
    return tuple(
        max(pairs, _filled(need, after, lot) if need.orderable and need.fillable else 0)
        for need, pairs in zip(sizes, own, strict=True)
    )


def _filled(need: SizeNeed, after: int, lot: int) -> int:
    """What rounds off the set in this size."""
    lacking = need.share * after - need.position
    by_share = int((lacking + _EPSILON) // lot) * lot if lacking > 0 else 0
    by_core = in_lots(1 - need.position, lot) if need.core and need.position < 1 else 0
    return max(by_share, by_core)


def whole_pairs(quantile: float) -> int:
    """A quantile in whole pairs, upwards; one that is whole but for the last bits stays."""
    return max(ceil(quantile - _EPSILON), 0)


__all__ = [
    "CORE_PART",
    "USUAL_PAIRS",
    "SizeNeed",
    "core_sizes",
    "in_lots",
    "order_set",
    "size_curve",
    "whole_pairs",
]
