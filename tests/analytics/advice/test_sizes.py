"""Size curves and orders of a set: cases by hand, and what must hold for any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.advice.demand import Span, average
from analytics.advice.rules import Demand
from analytics.advice.sizes import SizeNeed, core_sizes, in_lots, order_set, size_curve, whole_pairs
from tests.analytics.advice.kit import CURVE, RULE, judged, known

# Whatever else the machine does meanwhile: nothing here depends on time.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# --- curves -----------------------------------------------------------------------------------------------------------


def test_curve_is_the_models_own_steadied_by_its_category() -> None:
    # 60 pairs of its own, and 20 as the category (3 : 1) spreads them.
    curve = size_curve({"36": 20, "37": 40}, {"36": 30, "37": 10, "45": 900})

    assert curve == {"36": (20 + 15) / 80, "37": (40 + 5) / 80}


def test_curve_of_a_new_model_is_the_usual_one_or_even() -> None:
    assert size_curve({"36": 0, "37": 0}, {"36": 3, "37": 1}) == {"36": 0.75, "37": 0.25}
    assert size_curve({"36": 0, "37": 0}, {}) == {"36": 0.5, "37": 0.5}
    assert size_curve({}, {"36": 1}) == {}


def test_core_sizes_have_half_of_an_even_share() -> None:
    assert core_sizes(CURVE) == {"36", "37", "38"}
    assert core_sizes({"36": 0.9, "37": 0.1}) == {"36"}
    assert core_sizes({"36": 1.0}) == {"36"}
    assert core_sizes({}) == frozenset()


@patient
@given(
    st.dictionaries(st.sampled_from(["35", "36", "37", "38", "39", "40"]), st.integers(0, 500), min_size=1),
    st.dictionaries(st.sampled_from(["35", "36", "37", "38", "39", "40", "41"]), st.integers(0, 5000)),
)
def test_shares_add_up_and_none_is_negative(sold: dict[str, int], usual: dict[str, int]) -> None:
    curve = size_curve(sold, usual)

    assert sum(curve.values()) == pytest.approx(1)
    assert min(curve.values()) >= 0
    assert core_sizes(curve)


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "lot", "whole"), [(0, 2, 0), (-3, 2, 0), (1, 2, 2), (4, 2, 4), (5, 6, 6), (7, 1, 7)]
)
def test_lots_are_rounded_up(pairs: int, lot: int, whole: int) -> None:
    assert in_lots(pairs, lot) == whole


def test_quantiles_are_rounded_up_to_whole_pairs() -> None:
    assert [whole_pairs(value) for value in (0.0, 0.2, 3.0, 3.0000000001, 3.1, -1.0)] == [0, 1, 3, 3, 4, 0]


NEEDS = st.lists(
    st.builds(
        SizeNeed,
        size=st.just("37"),
        position=st.integers(-20, 60),
        target=st.integers(0, 40),
        share=st.floats(0, 0.5),
        core=st.booleans(),
        orderable=st.booleans(),
        fillable=st.booleans(),
    ),
    max_size=8,
)
LOTS = st.integers(1, 12)


@patient
@given(NEEDS, LOTS)
def test_order_covers_each_shortage_in_whole_lots(needs: list[SizeNeed], lot: int) -> None:
    order = order_set(needs, lot)

    assert len(order) == len(needs)
    assert all(pairs >= need.shortage for need, pairs in zip(needs, order, strict=True))
    assert all(pairs % lot == 0 for pairs in order)
    assert all(pairs == 0 for need, pairs in zip(needs, order, strict=True) if not need.orderable)
    assert any(order) == any(need.shortage for need in needs)


@patient
@given(NEEDS, LOTS, st.lists(st.integers(0, 15), min_size=8, max_size=8))
def test_order_never_shrinks_when_targets_grow(needs: list[SizeNeed], lot: int, more: list[int]) -> None:
    grown = [replace(need, target=need.target + extra) for need, extra in zip(needs, more, strict=False)]

    assert all(
        after >= before for before, after in zip(order_set(needs, lot), order_set(grown, lot), strict=True)
    )


@patient
@given(NEEDS, LOTS, st.integers(1, 30))
def test_order_of_a_size_never_grows_with_what_is_coming_of_it(
    needs: list[SizeNeed], lot: int, coming: int
) -> None:
    for place, need in enumerate(needs):
        later = [*needs]
        later[place] = replace(need, position=need.position + coming)
        assert order_set(later, lot)[place] <= order_set(needs, lot)[place]


# --- from the service level to the order ------------------------------------------------------------------------------


@patient
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(-5, 40)), min_size=1, max_size=5),
    st.integers(50, 98),
    st.integers(1, 40),
    LOTS,
)
def test_order_never_shrinks_with_a_higher_service_level(
    sizes: list[tuple[int, int]], level: int, lead: int, lot: int
) -> None:
    def ordered(level: int) -> list[int]:
        sold = {number: pairs for number, (pairs, _available) in enumerate(sizes, start=35)}
        found = average(Span(lead, lead + 7, level / 100), sold)
        rule = replace(RULE, lead_days=lead, service_level=level, lot_pairs=lot)
        known_sizes = [
            replace(known(str(size), available=available), demand=found[size])
            for size, (_pairs, available) in enumerate(sizes, start=35)
        ]
        return [one.numbers.suggested for one in judged(*known_sizes, rule=rule)]

    assert all(after >= before for before, after in zip(ordered(level), ordered(level + 1), strict=True))


def test_average_spreads_like_single_buyers() -> None:
    # 28 pairs in 28 days: one a day. Nine times out of ten 14 days need no more than 19 (Poisson).
    found = average(Span(14, 21, 0.9), {1: 28, 2: 0})

    assert found == {1: Demand(14.0, 19.0, 21.0, 27.0), 2: Demand()}
