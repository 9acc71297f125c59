"""What is advised for the sizes of one colour of a model, from what is known of each. Pure arithmetic.

docs/advice.md has every rule as a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analytics.advice.kinds import AdviceKind
from analytics.advice.sizes import Shares, SizeNeed, core_sizes, order_set, whole_pairs

# The days that sold pairs and days without stock are counted in, all before today.
PAST_DAYS: Final = 28
# Less than half a pair a year is nothing expected: a cover made of it would say nothing.
NOTHING_DAILY: Final = 0.5 / 365
LEAST_LOST: Final = 0.5
# So many pairs of other sizes make missing sizes worth a word.
LEAST_LYING: Final = 3
# A colour that sold fewer pairs in PAST_DAYS says nothing about its price.
LEAST_SOLD: Final = 3
# Percent of the price without VAT that must be left above the cost: commission and cargo come out of it, too.
LEAST_MARGIN: Final = 40
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rule:
    """How a model is planned (`analytics.models.PlanningRule`). `own`: it has a rule of its own."""

    lead_days: int
    review_days: int
    service_level: int
    minimum_pairs: int
    lot_pairs: int
    overstock_days: int
    dead_days: int
    own: bool = False

    @property
    def cycle_days(self) -> int:
        """Days that an order of today must last: until the order of the next decision is here."""
        return self.lead_days + self.review_days


@dataclass(frozen=True, slots=True)
class Goods:
    """One barcode. `price` (TRY with VAT) and `cost` (TRY, of a pair, today) may be unknown.

    `orderable`: on sale, still made, and not a bundle, which is packed here.
    """

    variant_id: int
    barcode: str
    product_id: int
    model_code: str
    title: str
    category: str
    colour: str
    size: str
    orderable: bool = True
    price: Decimal | None = None
    cost: Decimal | None = None
    vat_rate: int = 0

    @property
    def margin(self) -> Decimal | None:
        """Percent of the price without VAT that is left above the cost; None while one of them is unknown."""
        return margin_of(self.price, self.cost, self.vat_rate)


@dataclass(frozen=True, slots=True)
class Stock:
    """Pairs now. `available` is on hand − reserved − buffer and may be below zero."""

    on_hand: int
    reserved: int
    buffer: int
    available: int
    coming: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What happened. `last_sold` None: never; `there_since` None: in stock for longer than was looked back."""

    sold_28: int = 0
    days_out: int = 0
    last_sold: date | None = None
    there_since: date | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """Expected pairs and their quantile at the rule's level, over the lead time and over lead + review."""

    expected_lead: float = 0.0
    quantile_lead: float = 0.0
    expected_cycle: float = 0.0
    quantile_cycle: float = 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that advice on one barcode is made of."""

    goods: Goods
    stock: Stock
    past: Past
    demand: Demand


@dataclass(frozen=True, slots=True)
class Colour:
    """All sizes of one colour together. `missing` are core sizes still made of which nothing is there or coming."""

    available: int
    coming: int
    sold_28: int
    daily: float
    cover_days: float | None
    missing: tuple[str, ...]
    lying: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is reckoned for one barcode, in pairs and days. `share` is its size's part of the model."""

    daily: float
    cover_days: float | None
    position: int
    reorder_point: int
    target: int
    shortage: int
    suggested: int
    share: float
    core: bool
    dead: bool
    excess: int
    lost_pairs: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The advice on one barcode, and all it was made of."""

    known: Known
    rule: Rule
    numbers: Numbers
    whole: Colour
    kinds: tuple[AdviceKind, ...]


def advise_colour(sizes: Sequence[Known], *, curve: Shares, rule: Rule, today: date) -> list[Judged]:
    """Advice on each size of one colour of a model; `curve` is `sizes.size_curve` of the model."""
    core = core_sizes(curve)
    dead = [is_dead(known, rule=rule, today=today) for known in sizes]
    needs = [
        _need(known, rule, curve, core, fillable=not is_so) for known, is_so in zip(sizes, dead, strict=True)
    ]
    suggested = order_set(needs, rule.lot_pairs)
    whole = _whole(sizes, needs, rule)
    judged = []
    for known, need, pairs, is_so in zip(sizes, needs, suggested, dead, strict=True):
        numbers = _numbers(known, need, rule, suggested=pairs, dead=is_so)
        judged.append(Judged(known, rule, numbers, whole, tuple(_kinds(known, numbers, whole, rule))))
    return judged


def _need(known: Known, rule: Rule, curve: Shares, core: frozenset[str], *, fillable: bool) -> SizeNeed:
    size = known.goods.size
    return SizeNeed(
        size=size,
        position=known.stock.available + known.stock.coming,
        target=max(whole_pairs(known.demand.quantile_cycle), rule.minimum_pairs),
        share=curve.get(size, 0.0),
        core=size in core,
        orderable=known.goods.orderable,
        fillable=fillable,
    )


def _numbers(known: Known, need: SizeNeed, rule: Rule, *, suggested: int, dead: bool) -> Numbers:
    daily = known.demand.expected_cycle / rule.cycle_days
    return Numbers(
        daily=daily,
        cover_days=cover_of(known.stock.available, daily),
        position=need.position,
        reorder_point=max(whole_pairs(known.demand.quantile_lead), rule.minimum_pairs),
        target=need.target,
        shortage=need.shortage,
        suggested=suggested,
        share=need.share,
        core=need.core,
        dead=dead,
        excess=excess_of(known.stock.available, daily, rule),
        lost_pairs=known.past.days_out * daily if known.goods.orderable else 0.0,
    )


def cover_of(available: int, daily: float) -> float | None:
    """Days that the stock lasts; None where nothing is expected to be sold."""
    return None if daily < NOTHING_DAILY else max(available, 0) / daily


def excess_of(available: int, daily: float, rule: Rule) -> int:
    """Pairs beyond what `overstock_days` sell. A lot, and the least that shall be on hand, is never too much."""
    return max(
        available - max(whole_pairs(daily * rule.overstock_days), rule.lot_pairs, rule.minimum_pairs), 0
    )


def is_dead(known: Known, *, rule: Rule, today: date) -> bool:
    """Stock that was there for `dead_days` without a break and of which nothing was sold in them."""
    limit = today - timedelta(days=rule.dead_days)
    past = known.past
    sold = past.last_sold is not None and past.last_sold >= limit
    had_a_chance = past.there_since is None or past.there_since <= limit
    return known.stock.on_hand > 0 and not sold and had_a_chance


def lost_amount(lost_pairs: float, price: Decimal | None) -> Decimal | None:
    """What the lost pairs would have brought, in TRY with VAT; None without a price."""
    return None if price is None else (Decimal(lost_pairs) * price).quantize(_CENT, ROUND_HALF_UP)


def margin_of(price: Decimal | None, cost: Decimal | None, vat_rate: int) -> Decimal | None:
    """Percent of the price without VAT that is left above the cost of a pair (TRY); None while one is unknown."""
    if price is None or cost is None:
        return None
    net = price * 100 / (100 + vat_rate)
    return ((net - cost) * 100 / net).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _whole(sizes: Sequence[Known], needs: Sequence[SizeNeed], rule: Rule) -> Colour:
    available = sum(max(known.stock.available, 0) for known in sizes)
    daily = sum(known.demand.expected_cycle for known in sizes) / rule.cycle_days
    missing = tuple(need.size for need in needs if need.core and need.orderable and need.position < 1)
    return Colour(
        available=available,
        coming=sum(known.stock.coming for known in sizes),
        sold_28=sum(known.past.sold_28 for known in sizes),
        daily=daily,
        cover_days=cover_of(available, daily),
        missing=missing,
        lying=sum(max(known.stock.available, 0) for known in sizes if known.goods.size not in missing),
    )


# --- which kinds ------------------------------------------------------------------------------------------------------


def _kinds(known: Known, numbers: Numbers, whole: Colour, rule: Rule) -> Iterator[AdviceKind]:
    """In the order of `AdviceKind`."""
    available = known.stock.available
    if known.goods.orderable:
        if available <= 0 and whole_pairs(known.demand.quantile_cycle) >= 1:
            yield AdviceKind.STOCKOUT
        if numbers.suggested > 0:
            yield AdviceKind.REORDER
    if known.goods.size in whole.missing and whole.lying >= LEAST_LYING:
        yield AdviceKind.BROKEN_SIZES
    if numbers.lost_pairs >= LEAST_LOST:
        yield AdviceKind.LOST_SALES
    if numbers.dead:
        yield AdviceKind.DEAD
    too_much = _is_too_much(numbers, rule)
    if too_much:
        yield AdviceKind.OVERSTOCK
    if available > 0 and not too_much and not numbers.dead and _sells_out(whole, rule):
        yield AdviceKind.RAISE_PRICE
    if (too_much or numbers.dead) and _has_room(known, whole, rule):
        yield AdviceKind.LOWER_PRICE


def _is_too_much(numbers: Numbers, rule: Rule) -> bool:
    """Dead stock is not told twice, and where nothing is expected yet nothing can be too much."""
    lasts = numbers.cover_days is not None and numbers.cover_days > rule.overstock_days
    return lasts and numbers.excess > 0 and not numbers.dead


def _sells_out(whole: Colour, rule: Rule) -> bool:
    """The colour is gone before an order of today could be here."""
    lasts = whole.cover_days is not None and whole.cover_days < rule.lead_days
    return lasts and whole.coming == 0 and whole.sold_28 >= LEAST_SOLD


def _has_room(known: Known, whole: Colour, rule: Rule) -> bool:
    """The whole colour is slow (a price is of a colour, not of a size), and a lower price would still be one."""
    slow = whole.cover_days is None or whole.cover_days > rule.overstock_days
    margin = known.goods.margin
    return slow and margin is not None and margin >= LEAST_MARGIN


__all__ = [
    "LEAST_LOST",
    "LEAST_LYING",
    "LEAST_MARGIN",
    "LEAST_SOLD",
    "NOTHING_DAILY",
    "PAST_DAYS",
    "Colour",
    "Demand",
    "Goods",
    "Judged",
    "Known",
    "Numbers",
    "Past",
    "Rule",
    "Stock",
    "advise_colour",
    "cover_of",
    "excess_of",
    "is_dead",
    "lost_amount",
    "margin_of",
]
