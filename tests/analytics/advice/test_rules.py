"""The arithmetic of the advice on cases reckoned by hand; every rule of docs/advice.md has one here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from analytics.advice.entry import VariantAdvice
from analytics.advice.kinds import AdviceKind
from analytics.advice.rules import Known, Numbers, lost_amount, margin_of
from tests.analytics.advice.kit import RULE, TODAY, judged, judged_alone, known

K = AdviceKind


# --- orders -----------------------------------------------------------------------------------------------------------


def test_order_fills_up_to_what_is_needed_until_the_next_order_is_here() -> None:
    # Needed 15 in 21 days; 4 available, 3 coming: 8 lack, which are four lots of 2.
    advice = judged_alone(known(available=4, coming=3, expected=10.5, quantile=15, lead=(7.0, 10)))

    assert advice.numbers == Numbers(
        daily=0.5,
        cover_days=8.0,
        position=7,
        reorder_point=10,
        target=15,
        shortage=8,
        suggested=8,
        share=1.0,
        core=True,
        dead=False,
        excess=0,
        lost_pairs=0.0,
    )
    assert advice.kinds == (K.REORDER,)


def test_order_is_rounded_up_to_lots() -> None:
    advice = judged_alone(known(available=4, expected=6, quantile=9), lot_pairs=6)

    assert (advice.numbers.shortage, advice.numbers.suggested) == (5, 6)


def test_nothing_is_ordered_while_enough_is_there_or_coming() -> None:
    advice = judged_alone(known(available=5, coming=4, expected=6, quantile=9))

    assert (advice.numbers.suggested, advice.kinds) == (0, ())


def test_least_on_hand_is_ordered_without_any_demand() -> None:
    advice = judged_alone(known(available=1), minimum_pairs=4)

    assert (advice.numbers.target, advice.numbers.reorder_point, advice.numbers.suggested) == (4, 4, 4)


def test_promised_pairs_that_are_not_there_are_ordered_too() -> None:
    advice = judged_alone(known(available=-3, expected=2, quantile=4))

    assert (advice.numbers.shortage, advice.numbers.suggested, advice.numbers.cover_days) == (7, 8, 0.0)


def test_what_is_no_longer_made_is_not_ordered() -> None:
    advice = judged_alone(known(available=0, expected=6, quantile=9, out=28, orderable=False))

    assert (advice.numbers.shortage, advice.numbers.suggested, advice.numbers.lost_pairs) == (0, 0, 0.0)
    assert advice.kinds == ()


# --- sold out and lost ------------------------------------------------------------------------------------------------


def test_sold_out_is_what_has_nothing_left_and_is_needed() -> None:
    gone = judged_alone(known(expected=0.5, quantile=1))
    not_needed = judged_alone(known(expected=0.05, quantile=0))
    comes = judged_alone(known(coming=5, expected=0.5, quantile=1))

    assert gone.kinds == (K.STOCKOUT, K.REORDER)
    assert not_needed.kinds == ()
    assert comes.kinds == (K.STOCKOUT,)


def test_lost_pairs_are_days_out_of_stock_times_the_demand_of_a_day() -> None:
    # 10.5 in 21 days are half a pair a day; 9 days out.
    advice = judged_alone(known(available=20, expected=10.5, quantile=15, out=9))

    assert (advice.numbers.lost_pairs, advice.kinds) == (4.5, (K.LOST_SALES,))
    assert lost_amount(advice.numbers.lost_pairs, Decimal("550.00")) == Decimal("2475.00")


def test_less_than_half_a_pair_is_no_lost_sale() -> None:
    advice = judged_alone(known(available=20, expected=1.05, quantile=3, out=9))

    assert (round(advice.numbers.lost_pairs, 2), K.LOST_SALES in advice.kinds) == (0.45, False)


def test_lost_amount_is_not_known_without_a_price() -> None:
    assert lost_amount(4.5, None) is None


# --- what lies too long -----------------------------------------------------------------------------------------------

LONG_AGO = TODAY - timedelta(days=91)
ON_THE_DAY = TODAY - timedelta(days=90)


@pytest.mark.parametrize(
    ("last_sold", "there_since", "dead"),
    [
        (None, None, True),
        (LONG_AGO, None, True),
        (ON_THE_DAY, None, False),
        (None, ON_THE_DAY, True),
        (None, ON_THE_DAY + timedelta(days=1), False),
    ],
)
def test_dead_is_what_had_its_chance_and_was_not_sold(
    last_sold: date | None, there_since: date | None, dead: bool
) -> None:
    advice = judged_alone(known(available=3, last_sold=last_sold, there_since=there_since, cost=None))

    assert advice.kinds == ((K.DEAD,) if dead else ())


def test_without_stock_nothing_is_dead() -> None:
    assert judged_alone(known(available=0, last_sold=None)).kinds == ()


def test_too_much_is_what_lasts_longer_than_the_rule_allows() -> None:
    # A tenth of a pair a day: 90 days need 9 of the 30 pairs.
    advice = judged_alone(known(available=30, expected=2.1, quantile=5, cost=None))

    assert (advice.numbers.cover_days, advice.numbers.excess) == (300.0, 21)
    assert advice.kinds == (K.OVERSTOCK,)


def test_a_lot_and_the_least_on_hand_are_never_too_much() -> None:
    lot = judged_alone(known(available=2, expected=0.21, quantile=1))
    least = judged_alone(known(available=6, expected=0.21, quantile=1), minimum_pairs=6)

    assert (lot.numbers.cover_days, lot.kinds, least.kinds) == (200.0, (), ())


def test_dead_stock_is_not_told_twice() -> None:
    advice = judged_alone(known(available=30, expected=2.1, quantile=5, last_sold=None, cost=None))

    assert advice.kinds == (K.DEAD,)


def test_where_nothing_is_expected_there_is_no_cover() -> None:
    advice = judged_alone(known(available=30, expected=0.02, there_since=TODAY))

    assert (advice.numbers.cover_days, advice.kinds) == (None, ())


# --- sizes of a colour ------------------------------------------------------------------------------------------------


def colour(**available: int) -> list[Known]:
    """All five sizes; each sells as much as it has a share of 20 pairs in 21 days."""
    shares = {"35": 1, "36": 5, "37": 8, "38": 5, "39": 1}
    return [
        known(size, available=available.get(f"s{size}", 0), expected=pairs, quantile=pairs)
        for size, pairs in shares.items()
    ]


def test_missing_core_sizes_break_a_colour_while_others_lie() -> None:
    advice = judged(*colour(s36=2, s38=1))

    assert advice[0].whole.missing == ("37",)
    assert advice[0].whole.lying == 3
    assert [K.BROKEN_SIZES in one.kinds for one in advice] == [False, False, True, False, False]


def test_a_colour_is_not_broken_by_a_size_that_is_no_longer_made() -> None:
    sizes = colour(s36=2, s38=1)
    sizes[2] = replace(sizes[2], goods=replace(sizes[2].goods, orderable=False))

    assert [(one.whole.missing, K.BROKEN_SIZES in one.kinds) for one in judged(*sizes)] == [((), False)] * 5


def test_a_colour_is_not_broken_by_a_size_that_comes_or_with_too_little_left() -> None:
    comes = [replace(one, stock=replace(one.stock, coming=2)) for one in colour(s36=2, s38=1)]
    little = colour(s36=2)

    assert [one.whole.missing for one in judged(*comes)] == [()] * 5
    assert [K.BROKEN_SIZES in one.kinds for one in judged(*little)] == [False] * 5


def test_order_is_rounded_off_to_a_set() -> None:
    # 37 lacks 4 and gets 4. The colour then has 1+3+8+5+1 pairs in its targets; 36 shall have a quarter of 20.
    sizes = [
        known("35", available=1, quantile=1),
        known("36", available=2, quantile=2),
        known("37", available=4, quantile=8),
        known("38", available=7, quantile=5),
        known("39", available=1, quantile=1),
    ]
    advice = judged(*sizes)

    # After: 1 + 2 + 8 + 5 + 1 = 17 pairs; shares 0.85, 4.25, 6.8, 4.25, 0.85: size 36 lacks a whole lot.
    assert [one.numbers.suggested for one in advice] == [0, 2, 4, 0, 0]
    assert [one.numbers.shortage for one in advice] == [0, 0, 4, 0, 0]


def test_order_brings_a_lot_of_a_core_size_that_is_gone() -> None:
    sizes = [known("36", available=0), known("37", available=2, quantile=4), known("35", available=0)]

    assert [one.numbers.suggested for one in judged(*sizes)] == [2, 2, 0]


def test_dead_sizes_are_not_filled_up() -> None:
    sizes = [known("36", available=1, last_sold=None), known("37", available=0, quantile=20)]

    assert [one.numbers.suggested for one in judged(*sizes)] == [0, 20]


# --- prices -----------------------------------------------------------------------------------------------------------


def test_price_may_rise_where_the_colour_is_gone_before_an_order_is_here() -> None:
    # Half a pair a day and 6 pairs: 12 days, an order takes 14.
    advice = judged_alone(known(available=6, expected=10.5, quantile=6, sold=14))

    assert (advice.numbers.cover_days, advice.kinds) == (12.0, (K.RAISE_PRICE,))


@pytest.mark.parametrize("change", [{"coming": 1}, {"sold": 2}, {"available": 7}])
def test_price_stays_where_goods_come_or_little_is_sold_or_enough_is_there(change: dict[str, int]) -> None:
    values = {"available": 6, "expected": 10.5, "quantile": 6, "sold": 14, **change}

    assert K.RAISE_PRICE not in judged_alone(known(**values)).kinds


def test_price_of_a_size_that_lies_too_long_does_not_rise_with_its_colour() -> None:
    slow = known("35", available=3, expected=0.21, quantile=1, sold=0)
    quick = known("37", available=2, expected=21, quantile=2, sold=14)

    assert [one.kinds for one in judged(slow, quick)] == [(K.OVERSTOCK,), (K.RAISE_PRICE,)]


def test_price_may_fall_where_too_much_lies_and_the_cost_leaves_room() -> None:
    # 550 with 10 % VAT are 500; a cost of 300 leaves 40 %.
    room = judged_alone(known(available=30, expected=2.1, quantile=5, cost=Decimal(300)))
    none = judged_alone(known(available=30, expected=2.1, quantile=5, cost=Decimal(301)))
    unknown = judged_alone(known(available=30, expected=2.1, quantile=5, cost=None))
    dead = judged_alone(known(available=30, last_sold=None, cost=Decimal(300)))

    assert room.kinds == (K.OVERSTOCK, K.LOWER_PRICE)
    assert none.kinds == unknown.kinds == (K.OVERSTOCK,)
    assert dead.kinds == (K.DEAD, K.LOWER_PRICE)


def test_price_of_one_slow_size_stays_while_the_colour_sells() -> None:
    slow = known("35", available=30, expected=2.1, quantile=5)
    quick = known("37", available=10, expected=21, quantile=10)

    assert [one.kinds for one in judged(slow, quick)] == [(K.OVERSTOCK,), ()]


def test_margin_is_of_the_price_without_vat() -> None:
    assert margin_of(Decimal(550), Decimal(200), 10) == Decimal("60.0")
    assert margin_of(Decimal(550), None, 10) is None
    assert margin_of(None, Decimal(200), 10) is None


def test_rule_counts_the_days_until_the_next_order_is_here() -> None:
    assert RULE.cycle_days == 21


# --- words ------------------------------------------------------------------------------------------------------------

OUT = known(available=0, expected=10.5, quantile=15, lead=(7.0, 10), out=9)


@pytest.mark.parametrize(
    ("one", "rule", "sentence"),
    [
        (OUT, {}, "Nothing is left to sell; 10,5 pairs are expected in the next 21 days."),
        (
            replace(OUT, stock=replace(OUT.stock, coming=3)),
            {},
            "Nothing is left to sell, coming: 3; 10,5 pairs are expected in the next 21 days.",
        ),
        (
            known(available=10, expected=10.5, quantile=15, lead=(7.0, 10)),
            {},
            "There or coming: 10; up to 10 pairs may be sold in the 14 days an order takes.",
        ),
        (
            known(available=11, expected=10.5, quantile=15, lead=(7.0, 10)),
            {},
            "There or coming: 11; enough until an order is here, but up to 15 may be sold before the next one.",
        ),
        (known(available=1), {"minimum_pairs": 4}, "There or coming: 1; the rule asks for at least 4."),
        (
            known(available=3, last_sold=None),
            {},
            "In stock for 90 days or longer without a single sale; on hand: 3.",
        ),
        (
            known(available=3, last_sold=date(2026, 8, 1)),
            {},
            "Last sold on 01.08.2026, more than 90 days ago; on hand: 3.",
        ),
        (
            known(available=30, expected=2.1, quantile=5),
            {},
            "The stock of 30 lasts for 300 days; 21 of it is more than 90 days need.",
        ),
        (
            known(available=6, expected=10.5, quantile=6, sold=14),
            {},
            "The stock of this colour (6) lasts for 12 days, an order takes 14, and nothing is coming.",
        ),
    ],
)
def test_most_pressing_reason_in_one_sentence(one: Known, rule: dict[str, int], sentence: str) -> None:
    assert VariantAdvice(judged_alone(one, **rule), by_average=False).reason == sentence


def test_each_kind_has_its_sentence() -> None:
    gone = VariantAdvice(judged(*colour(s36=2, s38=1))[2], by_average=False)
    slow = VariantAdvice(judged_alone(known(available=30, expected=2.1, quantile=5)), by_average=False)
    dead = VariantAdvice(judged_alone(known(available=30, last_sold=None)), by_average=False)
    filled = VariantAdvice(
        judged(known("36", available=0), known("37", available=2, quantile=4))[0], by_average=False
    )

    assert [reason.kind for reason in gone.reasons] == [K.STOCKOUT, K.REORDER, K.BROKEN_SIZES]
    assert gone.reasons[2].sentence == "Of this colour 3 pairs lie here, but these sizes are gone: 37."
    assert slow.reasons[1].sentence == (
        "The stock of this colour (30) lasts for 300 days, and the price leaves room above the cost."
    )
    assert dead.reasons[1].sentence == (
        "Nothing of this colour is expected to be sold, and the price leaves room above the cost."
    )
    assert filled.reason == "This size is %25,0 of the model: 2 pairs round off the order of its colour."
    assert VariantAdvice(judged_alone(known(available=9)), by_average=False).reason == ""
