"""The advice on one barcode, as other parts read it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from analytics.advice import words
from analytics.advice.kinds import AdviceKind
from analytics.advice.rules import Judged, lost_amount


class Reason(NamedTuple):
    """A kind and its sentence, in the language active when it is asked for."""

    kind: AdviceKind
    sentence: str


@dataclass(frozen=True, slots=True)
class VariantAdvice:
    """Advice on one barcode. Pairs and days; `daily` are expected pairs a day; amounts are TRY with VAT.

    `judged` has every number it was made of. `by_average`: no forecast knows the barcode, so its demand is the plain
    average of the last 28 days.
    """

    judged: Judged
    by_average: bool

    @property
    def variant_id(self) -> int:
        return self.judged.known.goods.variant_id

    @property
    def barcode(self) -> str:
        return self.judged.known.goods.barcode

    @property
    def product_id(self) -> int:
        return self.judged.known.goods.product_id

    @property
    def model_code(self) -> str:
        return self.judged.known.goods.model_code

    @property
    def title(self) -> str:
        return self.judged.known.goods.title

    @property
    def category(self) -> str:
        return self.judged.known.goods.category

    @property
    def colour(self) -> str:
        return self.judged.known.goods.colour

    @property
    def size(self) -> str:
        return self.judged.known.goods.size

    @property
    def on_hand(self) -> int:
        return self.judged.known.stock.on_hand

    @property
    def reserved(self) -> int:
        return self.judged.known.stock.reserved

    @property
    def available(self) -> int:
        return self.judged.known.stock.available

    @property
    def coming(self) -> int:
        return self.judged.known.stock.coming

    @property
    def sold_28(self) -> int:
        return self.judged.known.past.sold_28

    @property
    def daily(self) -> float:
        return self.judged.numbers.daily

    @property
    def cover_days(self) -> float | None:
        """Days that the stock lasts; None where nothing is expected to be sold."""
        return self.judged.numbers.cover_days

    @property
    def expected_lead(self) -> float:
        return self.judged.known.demand.expected_lead

    @property
    def quantile_lead(self) -> float:
        return self.judged.known.demand.quantile_lead

    @property
    def reorder_point(self) -> int:
        return self.judged.numbers.reorder_point

    @property
    def suggested(self) -> int:
        return self.judged.numbers.suggested

    @property
    def kinds(self) -> tuple[AdviceKind, ...]:
        return self.judged.kinds

    @property
    def lost_pairs(self) -> float:
        return self.judged.numbers.lost_pairs

    @property
    def lost_amount(self) -> Decimal | None:
        """What the lost pairs would have brought at today's price; None without a price."""
        return lost_amount(self.lost_pairs, self.judged.known.goods.price)

    @property
    def reason(self) -> str:
        """The sentence of the most pressing kind; empty where nothing is advised."""
        return words.sentence(self.judged, self.kinds[0]) if self.kinds else ""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """A sentence for each kind."""
        return tuple(Reason(kind, words.sentence(self.judged, kind)) for kind in self.kinds)


__all__ = ["Reason", "VariantAdvice"]
