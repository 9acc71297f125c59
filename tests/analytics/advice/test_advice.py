"""What the advice reads: stock, sales, plans, rules, costs and the forecast, in a fixed number of statements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.advice.entry import VariantAdvice
from analytics.advice.kinds import AdviceKind
from analytics.advice.selectors import advice, give_advice
from analytics.enums import CostKind, PlanState
from analytics.facts.services import refresh_facts
from analytics.forecasts.history import stockout_days
from analytics.models import (
    CostPart,
    CostSheet,
    ExchangeRate,
    PlanningRule,
    ProductionPlan,
    ProductionPlanLine,
)
from catalog.models import BundlePart, Currency, Product, Variant
from inventory.models import StockPolicy
from inventory.services import move_stock
from orders.enums import OrderState
from tests.analytics.advice.shop import (
    IN_SPRING,
    TODAY,
    make_colour,
    make_forecast,
    noon,
    november,
    run_out,
    sell,
    small_shop,
)
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db

K = AdviceKind
ISTANBUL: Final = ZoneInfo("Europe/Istanbul")


def of(variant: Variant, **options: Any) -> VariantAdvice:
    return next(row for row in advice(**options) if row.variant_id == variant.pk)


def plan(variant: Variant, planned: int, made: int = 0, state: PlanState = PlanState.WORKING) -> None:
    one = ProductionPlan.objects.create(name="Hafta", state=state, first_day=TODAY, days=5, daily_capacity=20)
    ProductionPlanLine.objects.create(plan=one, variant=variant, planned=planned, made=made)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_advice_has_every_figure_of_a_barcode() -> None:
    goods = small_shop()
    make_order([(goods["b36"], 1)])
    plan(goods["b36"], planned=8, made=5)
    row = of(goods["b36"])

    assert (row.on_hand, row.reserved, row.available, row.coming) == (4, 1, 3, 3)
    assert (row.barcode, row.model_code, row.title) == (goods["b36"].barcode, "0172", "Bağcıklı Bot")
    assert (row.category, row.colour, row.size) == ("Bot", "Siyah", "36")
    assert (row.product_id, row.variant_id) == (goods["b36"].product_id, goods["b36"].pk)
    # Two pairs in 28 days are 1.5 in 21; the plain average, as no forecast was made.
    assert (row.sold_28, row.daily, row.judged.known.demand.expected_cycle) == (2, 1.5 / 21, 1.5)
    assert row.by_average


def test_sold_pairs_are_those_of_the_28_days_before_today() -> None:
    goods = small_shop()

    # The sale of today and that of the 29th day before do not count; what came back later does.
    assert [of(goods[name]).sold_28 for name in ("b36", "b37", "b38", "w36")] == [2, 14, 1, 0]


def test_pairs_held_back_are_not_available() -> None:
    goods = small_shop()
    StockPolicy.objects.update_or_create(pk=1, defaults={"safety_buffer": 1})

    assert (of(goods["w36"]).available, of(goods["b37"]).available) == (4, -1)


def test_days_out_of_stock_lose_sales() -> None:
    goods = small_shop()
    row = of(goods["b37"])

    # Gone at noon of 10 November: 11 to 19 are nine whole days. 14 pairs in 28 days are half a pair a day.
    assert (row.judged.known.past.days_out, row.lost_pairs) == (9, 4.5)
    assert row.lost_amount == Decimal("2250.00")
    assert row.kinds == (K.STOCKOUT, K.REORDER, K.BROKEN_SIZES, K.LOST_SALES)
    assert row.reason == "Nothing is left to sell; 10,5 pairs are expected in the next 21 days."


def test_coming_pairs_are_those_of_plans_that_are_worked_on() -> None:
    goods = small_shop()
    plan(goods["b37"], planned=6, made=2)
    plan(goods["b37"], planned=10, made=10)
    plan(goods["b37"], planned=50, state=PlanState.DRAFT)

    assert of(goods["b37"]).coming == 4


def test_dead_is_what_was_here_all_the_time_and_not_sold() -> None:
    goods = small_shop()
    shelf = make_shelf()
    new = make_colour(make_product(), "Beyaz", (5, 5, 5), shelf, received=november(1))
    back = make_colour(make_product(), "Beyaz", (5, 5, 5), shelf)
    run_out(back[0], shelf, november(2))
    stock(back[0], shelf, 3)
    found = {row.variant_id: row for row in advice()}

    # A pair of w36 was sold today; 37 and 38 never were.
    assert [K.DEAD in found[goods[name].pk].kinds for name in ("w36", "w37", "w38")] == [False, True, True]
    assert [K.DEAD in found[one.pk].kinds for one in new] == [False, False, False]
    assert [K.DEAD in found[one.pk].kinds for one in back] == [False, True, True]
    assert found[back[0].pk].judged.known.past.there_since == TODAY
    assert found[goods["w37"].pk].judged.known.past.there_since is None


def test_days_out_are_those_the_forecast_learns_from() -> None:
    shelf = make_shelf()
    variants = make_colour(make_product(), "Beyaz", (5, 5, 0), shelf)
    new = make_colour(make_product(), "Beyaz", (5, 5, 5), shelf, received=november(5))
    before = make_colour(make_product(), "Siyah", (5, 5, 5), shelf)
    for day, one in ((3, variants[0]), (10, variants[1]), (8, new[0])):
        run_out(one, shelf, november(day))
    for one in before:
        run_out(one, shelf, date(2026, 6, 1))
    with time_machine.travel(noon(november(12)), tick=False):
        stock(variants[0], shelf, 2)
        stock(before[0], shelf, 2)
    with time_machine.travel(datetime(2026, 11, 15, tzinfo=ISTANBUL), tick=False):
        stock(before[1], shelf, 2)
    run_out(before[1], shelf, november(17))
    first = TODAY - timedelta(days=28)
    learnt = {key: len(days) for key, days in stockout_days(first, TODAY - timedelta(days=1)).items()}
    found = {row.variant_id: row.judged.known.past.days_out for row in advice()}

    # Gone 3 to 12, from 10 on, from 8 on; always but from 12 on; but 15 and 16; always.
    assert {key: days for key, days in found.items() if days} == learnt
    assert [found[one.pk] for one in (variants[0], variants[1], new[0], *before)] == [8, 9, 11, 20, 25, 28]


def test_moving_to_another_shelf_is_no_break() -> None:

    goods = small_shop()
    other = make_shelf("A-02")
    move_stock(barcode=goods["w37"].barcode, from_shelf="A-01", to_shelf=other.code, quantity=5)

    assert of(goods["w37"]).judged.known.past.there_since is None


# --- which goods ------------------------------------------------------------------------------------------------------


def test_drafts_are_left_out_and_the_order_is_by_model_colour_and_size() -> None:
    goods = small_shop()
    make_variant(product=make_product("0100", draft=True))

    assert [row.variant_id for row in advice()] == [
        goods[name].pk for name in ("b36", "b37", "b38", "w36", "w37", "w38")
    ]


def test_only_the_models_asked_for_are_advised_on() -> None:
    goods = small_shop()
    whole = {row.variant_id: row for row in advice()}
    one = advice(products=[goods["b36"].product_id])

    assert [row.variant_id for row in one] == [goods[name].pk for name in ("b36", "b37", "b38")]
    assert [row.judged for row in one] == [whole[row.variant_id].judged for row in one]
    assert advice(products=[]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda goods: Product.objects.filter(pk=goods.product_id).update(discontinued=True),
        lambda goods: Product.objects.filter(pk=goods.product_id).update(active=False),
        lambda goods: Variant.objects.filter(pk=goods.pk).update(discontinued=True),
        lambda goods: Variant.objects.filter(pk=goods.pk).update(active=False),
        lambda goods: BundlePart.objects.create(
            bundle=goods, part=make_variant(product=goods.product, size="40"), quantity=6
        ),
    ],
)
def test_what_is_off_sale_no_longer_made_or_packed_here_is_not_ordered(change: Any) -> None:
    goods = small_shop()
    before = of(goods["b37"]).suggested
    change(goods["b37"])

    assert (before, of(goods["b37"]).suggested) == (16, 0)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rule_of_the_model_comes_before_the_general_one() -> None:
    goods = small_shop()
    plain = of(goods["b37"]).judged.rule
    PlanningRule.objects.create(lead_days=20)
    PlanningRule.objects.create(product=goods["b37"].product, lead_days=30, lot_pairs=6, service_level=99)
    own, general = of(goods["b37"]), of(goods["w36"])

    assert (plain.lead_days, plain.review_days, plain.service_level, plain.own) == (14, 7, 90, False)
    assert (general.judged.rule.lead_days, general.judged.rule.own) == (20, False)
    assert (own.judged.rule.lead_days, own.judged.rule.own, own.suggested % 6) == (30, True, 0)
    # Half a pair a day over 30 + 7 days.
    assert own.judged.known.demand.expected_cycle == 18.5


def test_longest_time_until_dead_is_looked_back() -> None:
    goods = small_shop()
    PlanningRule.objects.create(product=goods["w36"].product, dead_days=250)
    row = of(goods["w37"])

    assert (row.judged.known.past.there_since, K.DEAD in row.kinds) == (IN_SPRING, False)


# --- costs ------------------------------------------------------------------------------------------------------------


def cost_of(variant: Variant) -> Decimal | None:
    return of(variant).judged.known.goods.cost


def test_cost_is_that_of_the_sheet_that_holds_today() -> None:
    goods = small_shop()
    model = goods["b36"].product
    for day, amount in ((IN_SPRING, 1), (november(1), 2), (TODAY + timedelta(days=1), 3)):
        sheet = CostSheet.objects.create(product=model, valid_from=day)
        CostPart.objects.create(sheet=sheet, kind=CostKind.SOLE, amount=100 * amount)
        CostPart.objects.create(sheet=sheet, kind=CostKind.UPPER, amount=2, currency=Currency.USD)
    unknown = cost_of(goods["b36"])
    ExchangeRate.objects.create(currency=Currency.USD, day=november(5), rate=40)
    ExchangeRate.objects.create(currency=Currency.USD, day=TODAY + timedelta(days=1), rate=50)

    assert (unknown, cost_of(goods["b36"]), cost_of(goods["w36"])) == (None, Decimal(280), Decimal(200))


def test_cost_of_a_barcode_in_dollars_is_at_todays_rate() -> None:
    goods = small_shop()
    Variant.objects.filter(pk=goods["w36"].pk).update(cost=10, cost_currency=Currency.USD)
    Variant.objects.filter(pk=goods["w37"].pk).update(cost=None)
    unknown = cost_of(goods["w36"])
    ExchangeRate.objects.create(currency=Currency.USD, day=november(5), rate=40)

    assert (unknown, cost_of(goods["w36"]), cost_of(goods["w37"])) == (None, Decimal(400), None)


# --- the forecast -----------------------------------------------------------------------------------------------------


def test_demand_is_that_of_the_forecast() -> None:
    goods = small_shop()
    run = make_forecast({goods["b36"]: 28.0, goods["b37"]: 2.8}, last_day=november(19))
    found = {row.variant_id: row for row in give_advice().variants}
    row = found[goods["b36"].pk]

    # One a day: 14 in the lead time and 21 in the cycle; Poisson says 19 and 27 are enough nine times out of ten.
    assert (row.expected_lead, row.quantile_lead, row.reorder_point) == pytest.approx((14.0, 19.0, 19))
    assert (row.judged.numbers.target, row.judged.numbers.shortage, row.suggested) == (27, 23, 24)
    assert (row.by_average, give_advice().run) == (False, run)
    # Nothing is known of b38: its own average holds.
    assert (found[goods["b38"].pk].by_average, found[goods["b38"].pk].sold_28) == (True, 1)


def test_size_curve_is_that_of_the_model_and_its_category() -> None:
    goods = small_shop()
    shelf = make_shelf()
    other = make_colour(make_product("0173", category="Bot"), "Siyah", (1, 1, 1), shelf)
    men = make_colour(make_product("0174", category="Bot", age_group="MEN"), "Siyah", (1, 1, 1), shelf)
    sell(other[2], 20, november(1))
    sell(men[2], 500, november(1))
    sell(other[0], 500, date(2025, 11, 19))
    refresh_facts()
    shares = [of(goods[name]).judged.numbers.share for name in ("b36", "b37", "b38")]

    # Own: 2, 14 and 4 pairs. Women's boots: 2, 14 and 24 of 40, as 20 pairs: 1, 7 and 12.
    assert shares == pytest.approx([3 / 40, 21 / 40, 16 / 40])


def test_a_carton_is_no_size_of_its_colour() -> None:
    goods = small_shop()
    before = [of(goods[name]).judged for name in ("b36", "b37", "b38")]
    carton = make_variant(product=goods["b36"].product, colour="Siyah", size="36-38")
    BundlePart.objects.create(bundle=carton, part=goods["b36"], quantity=8)
    stock(carton, make_shelf(), 50)
    sell(carton, 30, november(2))
    refresh_facts()
    after = [of(goods[name]).judged for name in ("b36", "b37", "b38")]

    assert [one.numbers for one in after] == [one.numbers for one in before]
    assert [one.whole for one in after] == [one.whole for one in before]
    assert (of(carton).suggested, of(carton).judged.numbers.core) == (0, False)


# --- how many statements ----------------------------------------------------------------------------------------------


def statements() -> int:
    with CaptureQueriesContext(connection) as captured:
        advice()
    return len(captured)


def test_statements_do_not_depend_on_the_number_of_goods() -> None:
    goods = small_shop()
    make_forecast(dict.fromkeys(goods.values(), 5.0), last_day=november(19))
    few = statements()
    shelf = make_shelf()
    for number in range(8):
        more = make_colour(make_product(), f"Renk {number}", (3, 0, 2), shelf)
        sell(more[0], 2, november(15))
        PlanningRule.objects.create(product=more[0].product, lot_pairs=4)
    refresh_facts()

    assert (few, statements()) == (16, 16)


def test_without_goods_there_is_no_advice() -> None:
    assert advice() == []


def test_cancelled_sales_are_no_demand() -> None:
    goods = small_shop()
    make_order(
        [(goods["w38"], 9)], ordered_at=noon(november(18)), status=OrderState.CANCELLED, cancelled_by="HERE"
    )
    refresh_facts()

    assert of(goods["w38"]).sold_28 == 0
