"""The strip of next orders below the order in hand.

Ten small cards are most of what the page draws, and hardly any changes from one scan to the next. A card is drawn from
nothing but `StripItem`, so one that was drawn before, for anybody, is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from orders.cards import OrderCard, TimeLeft

_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class StripItem:
    """The first article an order still needs, with the shelf to go to (empty when no shelf holds it)."""

    picture: str
    article: str
    pairs: int
    shelf_code: str
    time_left: TimeLeft | None

    @classmethod
    def of(cls, card: OrderCard) -> StripItem:
        first, stops = card.first, card.stops()
        return cls(
            picture=first.picture,
            article=first.article,
            pairs=card.pairs,
            shelf_code=stops[0].code if stops else "",
            time_left=card.time_left,
        )


def strip(cards: Iterable[OrderCard]) -> list[SafeString]:
    """The cards, drawn."""
    language = get_language()
    return [_drawn(StripItem.of(card), language) for card in cards]


@lru_cache(maxsize=_REMEMBERED)
def _drawn(item: StripItem, _language: str | None) -> SafeString:
    return render_to_string("scan/_order_strip_item.html", {"item": item})
