"""Two parcels out of one order: what is at hand leaves now, what is missing becomes another package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from inventory.contents import fingerprint
from orders.batch_selectors import Slot
from orders.cards import OrderCard


class Part(NamedTuple):
    """One line of the order: pairs `at_hand` of those it wants."""

    line_id: int
    article: str
    at_hand: int
    wanted: int


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """`first` are the pairs of the first parcel by order line; both parcels in words as a person is shown them.

    `token` changes with either parcel: what was shown is what may be split.
    """

    first: dict[int, int]
    here: str
    rest: str
    token: str


def plan_split(parts: Iterable[Part]) -> SplitPlan | None:
    """None unless something is at hand, something is missing, and nothing is too many."""
    rows = list(parts)
    first = {part.line_id: part.at_hand for part in rows if part.at_hand}
    rest = {part.line_id: part.wanted - part.at_hand for part in rows if part.wanted != part.at_hand}
    if not first or not rest or min(rest.values()) < 0:
        return None
    return SplitPlan(
        first=first, here=_words(rows, first), rest=_words(rows, rest), token=fingerprint(first, rest)
    )


def plan_of_card(card: OrderCard) -> SplitPlan | None:
    """For an order in somebody's hand."""
    return plan_split(Part(line.line_id, line.article, line.scanned, line.wanted) for line in card.lines)


def plan_of_slot(slot: Slot) -> SplitPlan | None:
    """For an order that is being sorted into its slot."""
    if not slot.pickable:
        return None
    return plan_split(
        Part(
            want.line_id,
            f"{want.variant.product.code} {want.variant.colour} {want.variant.size}",
            want.in_slot,
            want.quantity,
        )
        for want in slot.wants
        if want.open
    )


def _words(parts: list[Part], pairs: dict[int, int]) -> str:
    named = ((part.article, pairs[part.line_id]) for part in parts if part.line_id in pairs)
    return ", ".join(article if count == 1 else f"{article} × {count}" for article, count in named)
