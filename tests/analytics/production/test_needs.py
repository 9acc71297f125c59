"""What is needed of a barcode: stock, what is coming, and its demand with and without a forecast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from analytics.facts.services import refresh_facts
from analytics.models import ForecastRun, ModelForecast, PlanningRule, VariantForecast
from analytics.papers.entries import Filter
from analytics.production.advising import advise
from analytics.production.allocation import Why
from analytics.production.choosing import First, choices, chosen, read_keys
from analytics.production.needs import Known, Span, needs_of
from catalog.models import Variant
from orders.enums import OrderState
from tests.analytics.production.kit import make_plan, terms
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)
SPAN = Span(FRIDAY, 14)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def rule() -> PlanningRule:
    """Goods are on the shelf 14 days after the plan; enough in nine of ten cases."""
    return PlanningRule.objects.create(product=None, lead_days=14, service_level=90)


def sizes(code: str = "0172", colour: str = "Siyah", names: str = "37 38 39") -> dict[str, Variant]:
    product = make_product(code)
    return {name: make_variant(product=product, colour=colour, size=name) for name in names.split()}


def sold(variant: Variant, pairs: int, *, days_ago: int = 3) -> None:
    moment = datetime(2026, 11, 20, 9, 0, tzinfo=UTC) - timedelta(days=days_ago)
    make_order([(variant, pairs)], status=OrderState.DELIVERED, ordered_at=moment)


def forecast_of(expected: dict[Variant, float], *, dispersion: float = 0.0) -> ForecastRun:
    """A run of yesterday that says so many pairs in 28 days, half of them in 14."""
    run = ForecastRun.objects.create(
        state="DONE", last_day=FRIDAY - timedelta(days=1), started_at=timezone.now(), ended_at=timezone.now()
    )
    for days, part in ((14, 0.5), (28, 1.0)):
        for product in {variant.product for variant in expected}:
            whole = sum(pairs for variant, pairs in expected.items() if variant.product == product)
            path = [whole / 28] * 28
            ModelForecast.objects.create(
                run=run, product=product, horizon=days, method="X", expected=whole * part, q90=0, path=path
            )
        for variant, pairs in expected.items():
            VariantForecast.objects.create(
                run=run,
                variant=variant,
                horizon=days,
                method="X",
                expected=pairs * part,
                q90=0,
                dispersion=dispersion,
            )
    return run


def known(*variants: Variant, span: Span = SPAN, **options: Any) -> dict[str, Known]:
    refresh_facts()
    keys = {(variant.product_id, variant.colour) for variant in variants}
    found = needs_of(keys, span, today=FRIDAY, **options)
    return {one.goods.size: one for one in found.known}


# --- demand -----------------------------------------------------------------------------------------------------------


def test_demand_is_that_of_the_forecast_over_plan_and_lead_time() -> None:
    """14 days of work and 14 until the goods are here are the 28 days of the run; of 10 pairs 14 are enough."""
    goods = sizes(names="37")
    forecast_of({goods["37"]: 10.0})

    one = known(*goods.values())["37"]

    assert (one.days, round(one.demand.expected, 6), one.demand.quantile, one.by_average) == (
        28,
        10.0,
        14.0,
        False,
    )


def test_plan_that_begins_later_must_last_the_longer() -> None:
    goods = sizes(names="37")
    forecast_of({goods["37"]: 10.0})

    later = known(*goods.values(), span=Span(FRIDAY + timedelta(days=28), 14))["37"]

    assert (later.days, round(later.demand.expected, 6)) == (56, 20.0)


def test_own_rule_of_a_model_holds_before_the_common_one() -> None:
    goods = sizes(names="37")
    PlanningRule.objects.create(product=goods["37"].product, lead_days=28, service_level=50)
    forecast_of({goods["37"]: 10.0})

    one = known(*goods.values())["37"]

    assert (one.days, round(one.demand.expected, 6), one.demand.quantile) == (42, 15.0, 15.0)


def test_without_a_forecast_the_average_is_shared_by_the_size_curve() -> None:
    """A quarter of the model’s 40 pairs were size 37; of the 10 pairs of the last 28 days it gets a quarter, too."""
    goods = sizes(names="37 38")
    sold(goods["37"], 10, days_ago=100)
    sold(goods["38"], 20, days_ago=100)
    sold(goods["38"], 10, days_ago=3)

    found = known(*goods.values())

    # 40 pairs of the model itself, and 20 spread as usual in its category, which is the model itself: ¼ and ¾.
    assert [round(one.demand.expected, 6) for one in found.values()] == [2.5, 7.5]
    assert [(one.sold_28, one.by_average) for one in found.values()] == [(0, True), (10, True)]


def test_what_was_never_sold_is_not_expected() -> None:
    one = known(*sizes(names="37").values())["37"]

    assert (one.demand.expected, one.demand.quantile, one.need.shortage) == (0.0, 0.0, 0)


# --- stock ------------------------------------------------------------------------------------------------------------


def test_stock_and_pairs_of_other_plans_are_there() -> None:
    goods = sizes(names="37")
    stock(goods["37"], make_shelf(), 5)
    make_order([(goods["37"], 2)])
    own = make_plan({goods["37"]: 4}, state="WORKING")
    make_plan({goods["37"]: 6}, state="WORKING")
    make_plan({goods["37"]: 8})

    one, without = known(*goods.values())["37"], known(*goods.values(), without_plan=own.pk)["37"]

    assert [(found.available, found.coming, found.need.position) for found in (one, without)] == [
        (3, 10, 13),
        (3, 6, 9),
    ]


def test_days_without_stock_are_counted() -> None:
    """Nothing ever lay there before the first movement: nothing is known of those days."""
    goods = sizes(names="37")

    assert known(*goods.values())["37"].days_out == 0


def test_only_chosen_colours_that_are_made_are_looked_at() -> None:
    goods = sizes(names="37 38 39")
    make_variant(product=goods["37"].product, colour="Bej", size="37")
    Variant.objects.filter(pk=goods["38"].pk).update(discontinued=True)
    Variant.objects.filter(pk=goods["39"].pk).update(active=False)

    found = needs_of([(goods["37"].product_id, "Siyah")], SPAN, today=FRIDAY)

    assert ([one.goods.size for one in found.known], found.left_out) == (["37"], 2)


def test_statements_do_not_grow_with_the_barcodes() -> None:
    few, many = sizes("0172", names="37"), sizes("0173", names="35 36 37 38 39 40 41")
    forecast_of(dict.fromkeys((*few.values(), *many.values()), 5.0))
    refresh_facts()

    counts = []
    for goods in (few, many):
        keys = {(variant.product_id, variant.colour) for variant in goods.values()}
        with CaptureQueriesContext(connection) as statements:
            needs_of(keys, SPAN, today=FRIDAY)
        counts.append(len(statements))

    assert counts == [10, 10]


# --- advice -----------------------------------------------------------------------------------------------------------


def test_advice_names_every_number_it_stands_on() -> None:
    goods = sizes(names="37")
    forecast_of({goods["37"]: 4.0})
    stock(goods["37"], make_shelf(), 3)

    advice = advise([(goods["37"].product_id, "Siyah")], terms(days=14), today=FRIDAY)

    line = advice.lines[0]
    assert (line.share.given, line.share.why, dict(advice.pairs)) == (4, Why.COVERED, {goods["37"].pk: 4})
    assert line.reason == (
        "In 28 days 4,0 pairs are expected and 7 are enough; 3 available, 0 coming. 4 lack: 4 in even lots."
    )


def test_advice_stays_within_the_capacity_and_says_what_is_open() -> None:
    goods = sizes(names="37 38")
    forecast_of({goods["37"]: 4.0, goods["38"]: 4.0})
    stock(goods["37"], make_shelf(), 3)

    advice = advise(
        [(goods["37"].product_id, "Siyah")], terms(days=14, daily_capacity=1, lot_most=20), today=FRIDAY
    )
    tight = advise([(goods["37"].product_id, "Siyah")], terms(days=1, daily_capacity=2), today=FRIDAY)

    assert (advice.given, advice.short, advice.open) == (12, 11, 0)
    assert [line.share.given for line in tight.lines] == [0, 2]
    assert [line.reason.rpartition(". ")[2] for line in tight.lines] == [
        "1 lack, but others are sold out sooner: the capacity was used up.",
        "4 lack: 2, then the capacity was used up; 2 stay open.",
    ]


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_what_is_sold_out_first_stands_first() -> None:
    slow, fast, unsold = sizes("0001", names="37"), sizes("0002", names="37"), sizes("0003", names="37")
    shelf = make_shelf()
    for goods in (slow, fast, unsold):
        stock(goods["37"], shelf, 4)
    sold(slow["37"], 2)
    sold(fast["37"], 8)
    refresh_facts()

    found = choices(Filter(), [], first=First.SHORT, today=FRIDAY)
    by_code = choices(Filter(search="000"), [slow["37"].product_id], first=First.CODE, today=FRIDAY)

    assert [(one.entry.code, one.sold, one.cover) for one in found] == [
        ("0002", 8, 14),
        ("0001", 2, 56),
        ("0003", 0, None),
    ]
    assert [one.entry.code for one in by_code] == ["0001"]
    assert [
        one.key for one in chosen([(fast["37"].product_id, "Siyah")], first=First.CODE, today=FRIDAY)
    ] == [f"{fast['37'].product_id}:Siyah"]


def test_keys_that_are_none_are_left_out() -> None:
    assert read_keys(["12:Siyah", "x:Bej", "13", "14:A:B", "٣:Bej", "9" * 30 + ":Bej"]) == [
        (12, "Siyah"),
        (14, "A:B"),
    ]
