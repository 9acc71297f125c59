"""Advice on the whole catalogue, or on some models of it, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.utils import timezone

from analytics.advice import statements
from analytics.advice.demand import Demands, demands
from analytics.advice.entry import VariantAdvice
from analytics.advice.rules import PAST_DAYS, Goods, Known, Past, Rule, Stock, advise_colour
from analytics.advice.sizes import size_curve
from analytics.advice.statements import Gone, Row, SizeSale
from analytics.models import ForecastRun
from analytics.production.selectors import coming
from inventory.selectors import Availability, availability
from inventory.stock_grid import size_order


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice on every barcode: by model code, colour and size. `run`: the forecast it stands on, None without one."""

    today: date
    run: ForecastRun | None
    variants: tuple[VariantAdvice, ...]


def advice(*, products: Collection[int] | None = None, today: date | None = None) -> list[VariantAdvice]:
    """Advice on each barcode of these models, of all without any, by model code, colour and size.

    Drafts are left out; what is no longer made is in it, with nothing suggested. Days are counted before `today`
    (Istanbul's, by default).
    """
    return list(give_advice(products=products, today=today).variants)


def give_advice(*, products: Collection[int] | None = None, today: date | None = None) -> Advice:
    """The same with what it stands on."""
    day = today or timezone.localdate()
    rows = statements.catalogue(products)
    variants = None if products is None else [row.variant_id for row in rows]
    facts = _read(rows, variants, day)
    return Advice(day, facts.demand.run, tuple(_judged(rows, facts, day)))


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything that is known beside the catalogue, by variant; rules by model."""

    rules: Mapping[int | None, Rule]
    demand: Demands
    stock: Mapping[str, Availability]
    coming: Mapping[int, int]
    costs: Mapping[int, Decimal | None]
    past: Mapping[int, Past]
    by_size: Sequence[SizeSale]

    def rule(self, product: int) -> Rule:
        return self.rules.get(product) or self.rules[None]


def _read(rows: list[Row], variants: list[int] | None, today: date) -> _Facts:
    rules = statements.rules()
    by_variant = {row.variant_id: rules.get(row.product_id) or rules[None] for row in rows}
    sold = statements.sold_pairs(today, variants)
    return _Facts(
        rules=rules,
        demand=demands(by_variant, sold, today=today),
        stock={
            row.barcode: row for row in availability(None if variants is None else [r.barcode for r in rows])
        },
        coming=coming(),
        costs=statements.costs(today, variants),
        past=_past(by_variant, sold, variants, today),
        by_size=statements.sold_by_size(today),
    )


def _past(
    rules: Mapping[int, Rule], sold: Mapping[int, int], variants: list[int] | None, today: date
) -> dict[int, Past]:
    longest = max([PAST_DAYS, *(rule.dead_days for rule in rules.values())])
    gone = statements.gone(first=today - timedelta(days=longest), today=today, variants=variants)
    last = statements.last_sold(today, variants)
    always = Gone(0, None)
    return {
        variant: Past(
            sold_28=sold.get(variant, 0),
            days_out=gone.get(variant, always).days_out,
            last_sold=last.get(variant),
            there_since=gone.get(variant, always).there_since,
        )
        for variant in rules
    }


# --- put together -----------------------------------------------------------------------------------------------------


def _judged(rows: list[Row], facts: _Facts, today: date) -> Iterator[VariantAdvice]:
    own, usual = _sold_by_model(facts.by_size), _sold_by_category(facts.by_size)
    for product, of_model in groupby(rows, key=lambda row: row.product_id):
        model = list(of_model)
        first, rule = model[0], facts.rule(product)
        sold = {row.size: own.get((product, row.size), 0.0) for row in model if not row.bundle}
        curve = size_curve(sold, usual.get((first.category, first.age_group), {}))
        # A closed carton is no size of its colour: it is judged by itself, after the pairs.
        by_colour = sorted(model, key=lambda row: (row.colour, row.bundle))
        for _colour, of_colour in groupby(by_colour, key=lambda row: (row.colour, row.bundle)):
            known = [_known(row, facts) for row in sorted(of_colour, key=lambda row: size_order(row.size))]
            for judged in advise_colour(known, curve=curve, rule=rule, today=today):
                averaged = judged.known.goods.variant_id in facts.demand.averaged
                yield VariantAdvice(judged, by_average=averaged)


def _sold_by_model(sales: Sequence[SizeSale]) -> dict[tuple[int, str], float]:
    found: dict[tuple[int, str], float] = {}
    for sale in sales:
        key = (sale.product_id, sale.size)
        found[key] = found.get(key, 0.0) + sale.pairs
    return found


def _sold_by_category(sales: Sequence[SizeSale]) -> dict[tuple[str, str], dict[str, float]]:
    """Sizes of women and of children say nothing about each other, in whatever category."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for sale in sales:
        sizes = found.setdefault((sale.category, sale.age_group), {})
        sizes[sale.size] = sizes.get(sale.size, 0.0) + sale.pairs
    return found


def _known(row: Row, facts: _Facts) -> Known:
    stock = facts.stock[row.barcode]
    return Known(
        goods=Goods(
            variant_id=row.variant_id,
            barcode=row.barcode,
            product_id=row.product_id,
            model_code=row.model_code,
            title=row.title,
            category=row.category,
            colour=row.colour,
            size=row.size,
            orderable=row.orderable,
            price=row.price,
            cost=facts.costs.get(row.variant_id),
            vat_rate=row.vat_rate,
        ),
        stock=Stock(
            stock.on_hand, stock.reserved, stock.buffer, stock.available, facts.coming.get(row.variant_id, 0)
        ),
        past=facts.past[row.variant_id],
        demand=facts.demand.of[row.variant_id],
    )


__all__ = ["Advice", "advice", "give_advice"]
