"""What the demo's office has entered: plausible, with history, and with the gaps people must see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from analytics.enums import PlanState
from analytics.inputs.costs import with_totals, without_cost
from analytics.inputs.tariffs import meeting
from analytics.models import (
    Campaign,
    CargoTariff,
    CommissionRate,
    CostSheet,
    ExchangeRate,
    ForecastRun,
    PlanningRule,
    ProductionPlan,
    ProfitPolicy,
)
from catalog.models import Product
from gullu.demo.catalogue import make_catalogue
from gullu.demo.days import named_campaigns
from gullu.demo.history import DemoShop, make_shop
from gullu.demo.inputs import cargo_tariffs, cost_sheets, dollar_rates
from gullu.demo.load import load_shop
from gullu.demo.load_inputs import load_commission_rates, load_inputs
from gullu.demo.orders import CARRIERS
from gullu.demo.run import ask_for_forecasts

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TODAY, FIRST = date(2026, 11, 21), date(2024, 11, 22)


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return make_shop(now=NOW, days=200, orders=600)


def test_dollar_rises_in_small_steps_on_working_days_only() -> None:
    rates = dollar_rates(seed=172, first=FIRST, today=TODAY)

    days, values = [day for day, _ in rates], [rate for _, rate in rates]
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert date(2026, 5, 27) not in days  # a feast
    assert all(abs(b / a - 1) < 0.03 for a, b in pairwise(values))
    assert (330_000 < values[0] < 360_000, 420_000 < values[-1] < 445_000) == (True, True)


def test_a_third_of_the_models_has_sheets_that_changed() -> None:
    catalogue = make_catalogue(seed=172, days=730)

    sheets = cost_sheets(catalogue, seed=172, first=FIRST, today=TODAY)

    models = {sheet.model for sheet in sheets}
    assert 30 <= len(models) <= 50
    assert len(sheets) > 2 * len(models) * 0.8
    assert {part.currency for sheet in sheets for part in sheet.parts} == {"TRY", "USD"}
    assert [sheet for sheet in sheets if catalogue.models[sheet.model].cost is None] == []


def test_every_carrier_has_every_parcel_in_every_period() -> None:
    rows = cargo_tariffs(first=FIRST, today=TODAY)

    named = {row.carrier for row in rows}
    periods = sorted({(row.first, row.last) for row in rows})
    assert named == {name for _, _, name, _ in CARRIERS} | {""}
    assert [begun for begun, _ in periods[1:]] == [
        last + timedelta(days=1) for _, last in periods[:-1] if last
    ]
    assert (periods[0][0], periods[-1][1]) == (FIRST, None)
    assert {row.carrier for row in rows if row.return_price is None} == {"PTT Kargo Marketplace"}


def test_campaigns_of_two_years_have_names_and_come_in_order() -> None:
    found = named_campaigns(FIRST, TODAY)

    names = [campaign.name for campaign in found if campaign.first.year == 2026]
    assert names[:4] == ["Sevgililer Günü", "Bayram Alışverişi", "Kadınlar Günü", "Anneler Günü"]
    assert names.count("Efsane Günler") == 1
    assert [c.first for c in found] == sorted(c.first for c in found)


def test_inputs_are_written_once_and_leave_the_gaps(db: None, shop: DemoShop) -> None:
    load_shop(shop)

    loaded = load_inputs(shop)

    assert (ExchangeRate.objects.count(), CostSheet.objects.count()) == (loaded.rates, loaded.sheets)
    assert (CargoTariff.objects.count(), Campaign.objects.count()) == (loaded.tariffs, loaded.campaigns)
    assert [row for row in CargoTariff.objects.all()[:80] if meeting(row) is not None] == []
    assert 5 <= without_cost().count() < Product.objects.count() / 4
    assert ProfitPolicy.objects.count() == 2
    assert PlanningRule.objects.filter(product=None).count() == 1
    plan = ProductionPlan.objects.get()
    assert (plan.state, plan.lines.count()) == (PlanState.WORKING, loaded.plan_lines)
    costs = [sheet.in_lira for sheet in with_totals(CostSheet.objects.all())]  # type: ignore[attr-defined]
    assert Decimal(100) < min(costs) < max(costs) < Decimal(1600)


def test_rates_of_the_marketplace_come_from_a_file(db: None, shop: DemoShop) -> None:
    load_shop(shop)

    assert load_commission_rates(shop) == CommissionRate.objects.count() == 17


def test_forecasts_are_asked_for_until_there_is_one_of_yesterday(db: None) -> None:
    asked = ask_for_forecasts()
    run = ForecastRun.objects.get()
    ForecastRun.objects.update(state=ForecastRun.State.DONE, ended_at=run.started_at)

    assert (asked, ask_for_forecasts(), ForecastRun.objects.count()) == (True, False, 1)
