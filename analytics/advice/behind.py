"""The numbers behind the advice on one barcode: each with the formula it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.advice import words
from analytics.advice.entry import VariantAdvice
from analytics.advice.rules import LEAST_MARGIN, PAST_DAYS
from gullu.money import format_money, format_number


@dataclass(frozen=True, slots=True)
class Line:
    """A number, how it was reckoned, and what it is."""

    name: str
    formula: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


def behind(row: VariantAdvice, *, may_see_money: bool) -> list[Part]:
    """Every number of the advice. Amounts, and what shows them, only for who may see them."""
    parts = [
        Part(_("Stock"), tuple(_stock(row))),
        Part(_("Demand"), tuple(_demand(row))),
        Part(_("Order"), tuple(_order(row))),
        Part(_("What lies too long"), tuple(_lying(row))),
        Part(_("What was missed"), tuple(_missed(row, may_see_money))),
    ]
    return [*parts, Part(_("Price"), tuple(_price(row)))] if may_see_money else parts


def _whole(value: int) -> str:
    return format_number(value, places=0)


def _part(value: float) -> str:
    return format_number(value, places=2)


def _stock(row: VariantAdvice) -> Iterator[Line]:
    stock = row.judged.known.stock
    yield Line(
        _("Available"),
        _("%(on_hand)s on hand − %(reserved)s reserved − %(buffer)s held back")
        % {"on_hand": stock.on_hand, "reserved": stock.reserved, "buffer": stock.buffer},
        _whole(stock.available),
    )
    yield Line(
        _("There or coming"),
        _("%(available)s available + %(coming)s from production plans")
        % {"available": stock.available, "coming": stock.coming},
        _whole(row.judged.numbers.position),
    )


def _demand(row: VariantAdvice) -> Iterator[Line]:
    demand, rule = row.judged.known.demand, row.judged.rule
    source = _("average of the last %(days)s days") if row.by_average else _("from the forecast")
    yield Line(_("Sold in %(days)s days") % {"days": PAST_DAYS}, _("until yesterday"), _whole(row.sold_28))
    enough = _("enough with a probability of %(level)s")
    level = {"level": f"%{rule.service_level}"}
    spans = (
        (rule.lead_days, _("the lead time"), demand.expected_lead, demand.quantile_lead),
        (
            rule.cycle_days,
            _("%(lead)s days of lead time + %(review)s days until the next decision")
            % {"lead": rule.lead_days, "review": rule.review_days},
            demand.expected_cycle,
            demand.quantile_cycle,
        ),
    )
    for days, name, expected, quantile in spans:
        yield Line(
            _("Expected in %(days)s days") % {"days": days},
            f"{name}; {source % {'days': PAST_DAYS}}",
            _part(expected),
        )
        yield Line(_("Needed in %(days)s days") % {"days": days}, enough % level, words.pairs(quantile))
    yield Line(
        _("Expected per day"),
        f"{_part(demand.expected_cycle)} ÷ {rule.cycle_days}",
        format_number(row.daily, places=3),
    )


def _order(row: VariantAdvice) -> Iterator[Line]:
    numbers, rule, demand = row.judged.numbers, row.judged.rule, row.judged.known.demand
    most = _("the larger of %(needed)s needed and %(minimum)s, the least on hand")
    yield Line(
        _("Reorder point"),
        most % {"needed": words.pairs(demand.quantile_lead), "minimum": rule.minimum_pairs},
        _whole(numbers.reorder_point),
    )
    yield Line(
        _("Target"),
        most % {"needed": words.pairs(demand.quantile_cycle), "minimum": rule.minimum_pairs},
        _whole(numbers.target),
    )
    yield Line(
        _("Shortage"),
        _("target %(target)s − there or coming %(position)s")
        % {"target": numbers.target, "position": numbers.position},
        _whole(numbers.shortage),
    )
    yield Line(
        _("Share of the size"),
        _("core size") if numbers.core else _("no core size"),
        words.percent(numbers.share),
    )
    yield Line(_("Suggested"), _suggested(row), _whole(numbers.suggested))


def _suggested(row: VariantAdvice) -> str:
    if not row.judged.known.goods.orderable:
        return _("not ordered: off sale, no longer made, or a bundle")
    lots = _("in lots of %(lot)s, rounded off to a set of the colour")
    return lots % {"lot": row.judged.rule.lot_pairs}


def _lying(row: VariantAdvice) -> Iterator[Line]:
    numbers, rule, past = row.judged.numbers, row.judged.rule, row.judged.known.past
    yield Line(
        _("Days of cover"),
        _("%(available)s available ÷ %(daily)s a day")
        % {"available": max(row.available, 0), "daily": format_number(row.daily, places=3)},
        words.days(numbers.cover_days),
    )
    yield Line(
        _("Too much"),
        _("pairs beyond %(days)s days, a lot, and the least on hand") % {"days": rule.overstock_days},
        _whole(numbers.excess),
    )
    yield Line(
        _("Last sold"),
        _("dead after %(days)s days without a sale") % {"days": rule.dead_days},
        f"{past.last_sold:%d.%m.%Y}" if past.last_sold else _("never"),
    )
    since = _("longer than it is looked back")
    yield Line(
        _("In stock since"),
        _("without a break"),
        f"{past.there_since:%d.%m.%Y}" if past.there_since else since if row.on_hand else "—",
    )


def _missed(row: VariantAdvice, may_see_money: bool) -> Iterator[Line]:
    past, price = row.judged.known.past, row.judged.known.goods.price
    yield Line(
        _("Days out of stock"),
        _("of the last %(days)s, from midnight to midnight") % {"days": PAST_DAYS},
        _whole(past.days_out),
    )
    yield Line(
        _("Lost pairs"),
        _("%(out)s days × %(daily)s a day")
        % {"out": past.days_out, "daily": format_number(row.daily, places=3)},
        _part(row.lost_pairs),
    )
    if may_see_money:
        formula = f"{_part(row.lost_pairs)} × {format_money(price)}"
        yield Line(_("Lost amount"), formula, format_money(row.lost_amount))


def _price(row: VariantAdvice) -> Iterator[Line]:
    goods, whole = row.judged.known.goods, row.judged.whole
    margin = "—" if goods.margin is None else f"%{format_number(goods.margin, places=1)}"
    yield Line(_("Sale price"), _("with VAT"), format_money(goods.price))
    yield Line(_("Cost"), _("of a pair, today"), format_money(goods.cost))
    yield Line(
        _("Gross margin"),
        _("price without VAT less the cost, before commission and cargo; room from %(least)s on")
        % {"least": f"%{LEAST_MARGIN}"},
        margin,
    )
    yield Line(
        _("Cover of the colour"),
        _("%(available)s available ÷ %(daily)s a day")
        % {"available": whole.available, "daily": format_number(whole.daily, places=3)},
        words.days(whole.cover_days),
    )


__all__ = ["Line", "Part", "behind"]
