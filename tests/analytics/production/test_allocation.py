"""Who gets the pairs a workshop can make: cases worked out by hand, and what must hold for any."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.production.allocation import FAR_HIGHER, Limits, Need, Share, Why, allocate, wanted_pairs

USUAL = Limits(capacity=100, lot_least=2, lot_most=6)


def need(
    key: int, expected: float, position: int = 0, *, enough: float | None = None, lost: float = 0
) -> Need:
    """Over 28 days."""
    return Need(key, expected, expected if enough is None else enough, position, days=28, lost=lost)


def pairs(needs: list[Need], limits: Limits = USUAL) -> list[int]:
    return [share.given for share in allocate(needs, limits)]


def with_capacity(capacity: int) -> Limits:
    return Limits(capacity, USUAL.lot_least, USUAL.lot_most)


# --- lots -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shortage", "wanted"),
    [
        (-3, 0),
        (0, 0),
        (1, 2),
        (2, 2),
        (3, 4),
        (5, 6),
        (6, 6),
        (7, 6),
        (11, 6),
        (12, 12),
        (17, 12),
        (18, 18),
        (40, 36),
    ],
)
def test_shortage_is_made_in_even_lots(shortage: int, wanted: int) -> None:
    assert wanted_pairs(shortage, USUAL) == wanted


def test_least_lot_is_made_for_a_smaller_shortage() -> None:
    assert wanted_pairs(1, Limits(100, 4, 6)) == 4


@pytest.mark.parametrize(
    ("least", "most", "capacity"), [(3, 6, 9), (2, 5, 9), (6, 4, 9), (0, 4, 9), (2, 6, -1)]
)
def test_limits_that_fit_nothing_are_refused(least: int, most: int, capacity: int) -> None:
    with pytest.raises(ValueError, match="pairs"):
        Limits(capacity, least, most)


# --- one barcode ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "given", "why", "still_open"),
    [
        (need(1, 5.0, 6), 0, Why.NOTHING_NEEDED, 0),
        # 4.2 expected, 7 are enough, 3 there: 4 lack.
        (need(1, 4.2, 3, enough=7.0), 4, Why.COVERED, 0),
        # 5 lack: rounded up to 6.
        (need(1, 5.0), 6, Why.COVERED, 0),
        (need(1, 9.0), 6, Why.LOT_LIMIT, 3),
        (need(1, 13.0), 12, Why.LOT_LIMIT, 1),
        (need(1, 12.0), 12, Why.COVERED, 0),
        # Promised and not there, though nothing is expected any more.
        (need(1, 0.0, -3), 4, Why.COVERED, 0),
        (need(1, 0.0, 0), 0, Why.NOTHING_NEEDED, 0),
    ],
)
def test_one_barcode(one: Need, given: int, why: Why, still_open: int) -> None:
    share = allocate([one], USUAL)[0]

    assert (share.given, share.why, share.open) == (given, why, still_open)


# --- who is first -----------------------------------------------------------------------------------------------------


def test_pairs_go_to_what_is_sold_out_first() -> None:
    """Cover in days: 1 of 4 pairs → 7, 3 of 4 → 21. Two pairs there make it 21 and 21."""
    assert pairs([need(1, 4.0, 3), need(2, 4.0, 1)], with_capacity(2)) == [0, 2]


def test_sizes_of_a_curve_last_equally_long() -> None:
    """Expected 2, 4, 6, 4, 2 in 28 days and nothing there; 12 pairs are made.

    The first lot of each is 10 pairs; then cover is 28, 14, 9⅓, 14, 28 days: the middle size gets the last two.
    """
    curve = [need(key, expected) for key, expected in enumerate([2.0, 4.0, 6.0, 4.0, 2.0])]

    assert pairs(curve, with_capacity(12)) == [2, 2, 4, 2, 2]
    assert pairs(curve, with_capacity(18)) == [2, 4, 6, 4, 2]


def test_expected_shortage_goes_before_a_possible_one() -> None:
    """The first sells slowly and lacks only for safety; the second will be sold out, later than the first's cover."""
    safe = need(1, 1.0, 1, enough=4.0)
    short = need(2, 20.0, 18, enough=20.0)

    assert pairs([safe, short], with_capacity(2)) == [0, 2]


def test_slow_seller_without_stock_waits_for_what_is_expected_to_be_sold() -> None:
    """Of the first a third of a pair is expected: one may lack. Of the second three pairs will lack."""
    assert pairs([need(1, 0.3, enough=1.0), need(2, 8.0, 5, enough=12.0)], with_capacity(2)) == [0, 2]


def test_of_what_only_may_lack_the_better_seller_goes_first() -> None:
    assert pairs([need(1, 0.3, enough=1.0), need(2, 5.0, 5, enough=9.0)], with_capacity(2)) == [0, 2]


def test_promised_pairs_go_first() -> None:
    assert pairs([need(1, 10.0), need(2, 0.0, -1)], with_capacity(2)) == [0, 2]


def test_what_lost_sales_goes_first_of_equals() -> None:
    assert pairs([need(1, 4.0), need(2, 4.0, lost=1.5)], with_capacity(2)) == [0, 2]


def test_second_lots_wait_for_the_first_of_others() -> None:
    """12 pairs lack of the first, 6 of the second: with 6 to make, both last 7 days and more before any has its all."""
    assert pairs([need(1, 12.0), need(2, 6.0)], with_capacity(6)) == [4, 2]


def test_least_lot_that_no_longer_fits_makes_room_for_another() -> None:
    """After the first least lot 2 pairs are left: no other barcode can begin, but the first can go on."""
    limits = Limits(6, 4, 8)

    assert pairs([need(1, 8.0), need(2, 8.0)], limits) == [6, 0]


def test_odd_pair_of_the_capacity_stays() -> None:
    assert pairs([need(1, 6.0)], with_capacity(5)) == [4]


def test_share_says_what_capacity_left_open() -> None:
    shares = allocate([need(1, 6.0), need(2, 6.0)], with_capacity(4))

    assert [(share.given, share.why, share.open) for share in shares] == [
        (2, Why.CAPACITY, 4),
        (2, Why.CAPACITY, 4),
    ]


# --- what must hold for any ---------------------------------------------------------------------------------------------

_amount = st.floats(0, 60, allow_nan=False)
_needs = st.lists(
    st.builds(
        lambda expected, more, position, lost: (expected, expected + more, position, lost),
        _amount,
        st.floats(0, 10),
        st.integers(-10, 60),
        _amount,
    ),
    max_size=14,
).map(lambda rows: [Need(key, row[0], row[1], row[2], 28, row[3]) for key, row in enumerate(rows)])
_limits = st.builds(
    lambda capacity, least, more: Limits(capacity, 2 * least, 2 * (least + more)),
    st.integers(0, 200),
    st.integers(1, 5),
    st.integers(0, 5),
)


@settings(max_examples=200, deadline=None)
@given(_needs, _limits)
def test_any_allocation_keeps_the_rules(needs: list[Need], limits: Limits) -> None:
    shares = allocate(needs, limits)

    assert [share.need for share in shares] == needs
    assert sum(share.given for share in shares) <= limits.capacity
    assert [broken for share in shares if (broken := broken_rules(share, limits))] == []


def broken_rules(share: Share, limits: Limits) -> list[str]:
    shortage, given = share.need.shortage, share.given
    rules = {
        "even": given % 2 == 0,
        "whole lots": given == 0 or given >= limits.lot_least,
        "not below zero": given >= 0,
        "nothing unneeded": shortage > 0 or given == 0,
        "need rounded to a lot": given <= max(shortage + shortage % 2, limits.lot_least),
        "most of a barcode": given <= limits.lot_most or shortage >= FAR_HIGHER * limits.lot_most,
        "open": share.open == max(shortage - given, 0),
    }
    return [rule for rule, holds in rules.items() if not holds]


@settings(max_examples=100, deadline=None)
@given(_needs, _limits)
def test_any_capacity_is_used_up_before_something_lacks(needs: list[Need], limits: Limits) -> None:
    shares = allocate(needs, limits)

    left = limits.capacity - sum(share.given for share in shares)
    lacking = [share for share in shares if share.given < share.wanted]
    assert all(left < (2 if share.given else limits.lot_least) for share in lacking)


@settings(max_examples=100, deadline=None)
@given(_needs, _limits)
def test_any_order_of_the_barcodes_gives_the_same(needs: list[Need], limits: Limits) -> None:
    forwards = {share.need.key: share.given for share in allocate(needs, limits)}
    backwards = {share.need.key: share.given for share in allocate(needs[::-1], limits)}

    assert forwards == backwards
