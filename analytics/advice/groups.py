"""Advice put together by model, and the sums of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.advice import words
from analytics.advice.asked import Asked, Sort
from analytics.advice.entry import VariantAdvice
from analytics.advice.kinds import AdviceKind
from analytics.advice.rules import cover_of

# A page ends with the model that passes this number of rows.
ROWS_PER_PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some barcodes, in pairs. `lost_amount` and `order_cost` leave out what has no price or no cost."""

    variants: int
    on_hand: int
    available: int
    coming: int
    sold_28: int
    daily: float
    suggested: int
    excess: int
    lost_pairs: float
    lost_amount: Decimal
    order_cost: Decimal
    without_cost: int

    @property
    def cover_days(self) -> float | None:
        return cover_of(self.available, self.daily)


def sums_of(rows: Sequence[VariantAdvice]) -> Sums:
    """Add up. `without_cost`: suggested pairs whose cost is not known."""
    costs = [(row.suggested, row.judged.known.goods.cost) for row in rows if row.suggested]
    return Sums(
        variants=len(rows),
        on_hand=sum(row.on_hand for row in rows),
        available=sum(max(row.available, 0) for row in rows),
        coming=sum(row.coming for row in rows),
        sold_28=sum(row.sold_28 for row in rows),
        daily=sum(row.daily for row in rows),
        suggested=sum(row.suggested for row in rows),
        excess=sum(row.judged.numbers.excess for row in rows),
        lost_pairs=sum(row.lost_pairs for row in rows),
        lost_amount=sum((row.lost_amount or Decimal(0) for row in rows if row.lost_pairs), Decimal(0)),
        order_cost=sum((pairs * cost for pairs, cost in costs if cost is not None), Decimal(0)),
        without_cost=sum(pairs for pairs, cost in costs if cost is None),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """A model and those of its barcodes that are asked for."""

    product_id: int
    model_code: str
    title: str
    rows: tuple[VariantAdvice, ...]
    sums: Sums
    kind: AdviceKind | None = None

    @property
    def lines(self) -> list[tuple[VariantAdvice, str]]:
        """Each barcode with the sentence of the kind that is asked for, else of its most pressing one."""
        if self.kind is None:
            return [(row, row.reason) for row in self.rows]
        return [(row, words.sentence(row.judged, self.kind)) for row in self.rows]


def groups(rows: Iterable[VariantAdvice], asked: Asked) -> list[Group]:
    """The models with a barcode that fits, as they are to be listed."""
    by_model: dict[int, list[VariantAdvice]] = {}
    for row in rows:
        if asked.fits(row):
            by_model.setdefault(row.product_id, []).append(row)
    found = [
        Group(
            product, of_model[0].model_code, of_model[0].title, tuple(of_model), sums_of(of_model), asked.kind
        )
        for product, of_model in by_model.items()
    ]
    return sorted(found, key=lambda group: (_ORDERS[asked.sort](group), group.model_code))


def _cover(group: Group) -> float:
    cover = group.sums.cover_days
    return float("inf") if cover is None else cover


_ORDERS: Final[Mapping[Sort, Callable[[Group], Any]]] = {
    Sort.SUGGESTED: lambda group: -group.sums.suggested,
    Sort.LOST: lambda group: (-group.sums.lost_amount, -group.sums.lost_pairs),
    Sort.COVER: _cover,
    Sort.STOCK: lambda group: -group.sums.available,
    Sort.SOLD: lambda group: -group.sums.sold_28,
    Sort.MODEL: lambda group: group.model_code,
}


def packed(found: Sequence[Group]) -> list[list[Group]]:
    """The models in pages of about `ROWS_PER_PAGE` rows; none is torn apart."""
    pages: list[list[Group]] = []
    rows = ROWS_PER_PAGE
    for group in found:
        if rows >= ROWS_PER_PAGE:
            pages.append([])
            rows = 0
        pages[-1].append(group)
        rows += len(group.rows)
    return pages


def by_kind(rows: Iterable[VariantAdvice]) -> dict[AdviceKind, list[VariantAdvice]]:
    """The barcodes of each kind, every kind named."""
    found: dict[AdviceKind, list[VariantAdvice]] = {kind: [] for kind in AdviceKind}
    for row in rows:
        for kind in row.kinds:
            found[kind].append(row)
    return found


__all__ = ["Group", "Sums", "by_kind", "groups", "packed", "sums_of"]
