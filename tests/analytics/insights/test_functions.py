"""The queries the language model may make: figures are those of the pages, arguments are checked, nobody is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from analytics.advice.selectors import give_advice
from analytics.facts.services import refresh_facts
from analytics.insights.functions import FUNCTIONS, Answer, call
from analytics.models import ForecastRun, ModelForecast, VariantForecast
from orders.enums import CancelledBy, OrderState
from orders.models import Order, OrderLine
from tests.analytics.profitkit import make_shop, refresh, sell_one, send_back
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_variant, stock

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
MARCH = {"period": "FREE", "first_day": "2025-03-01", "last_day": "2025-03-31"}


def asked(name: str, today: date = TODAY, **given: Any) -> Any:
    """The data of an answer."""
    answer = call(name, given, functions=FUNCTIONS, today=today)
    assert isinstance(answer, Answer), answer
    return answer.data


def page_of(name: str, **given: Any) -> str:
    """The page an answer names, opened by somebody who may see everything."""
    answer = call(name, given, functions=FUNCTIONS, today=TODAY)
    assert isinstance(answer, Answer), answer
    client = Client()
    client.force_login(make_superuser())
    reply = client.get(answer.address)
    assert reply.status_code == 200
    return reply.content.decode()


def sold(code: str, pairs: int, *, at: datetime = NOON, **fields: Any) -> Order:
    product = fields.pop("product", None) or make_product(code, title=f"Model {code}")
    variant = make_variant(product=product, size=fields.pop("size", "37"))
    return make_order(
        [(variant, pairs)], ordered_at=at, status=OrderState.DELIVERED, unit_price=Decimal(400), **fields
    )


# --- sales ------------------------------------------------------------------------------------------------------------


def test_sales_by_model_with_the_days_before() -> None:
    sold("AAA", 5)
    sold("BBB", 2)
    sold("CCC", 4, at=NOON - timedelta(days=7))
    refresh_facts()

    data = asked("sales", period="DAYS_7", by="MODEL", compare="BEFORE", limit=1)

    assert data["period"] == {"first_day": "2026-11-14", "last_day": "2026-11-20", "days": 7}
    assert (data["total"]["pairs"], data["total"]["amount_try"], data["total"]["orders"]) == (7, 2800, 2)
    assert [(row["label"], row["model"], row["pairs"]) for row in data["rows"]] == [
        ("AAA Model AAA", "AAA", 5)
    ]
    assert data["rows_left_out"] == 1
    before = data["compared_with"]
    assert (before["total"]["pairs"], before["change"]["pairs_percent"]) == (4, 75)


def test_sales_lead_to_the_page_of_the_very_same_days() -> None:
    sold("AAA", 5)
    refresh_facts()
    answer = call(
        "sales",
        {"period": "LAST_MONTH", "compare": "BEFORE", "model": "AAA"},
        functions=FUNCTIONS,
        today=TODAY,
    )

    assert isinstance(answer, Answer)
    assert answer.address == (
        "/analytics/sales/?period=FREE&from=2026-10-01&to=2026-10-31&rows=MODEL&measure=PAIRS&in_model=AAA"
    )
    assert "from=2026-09-01&to=2026-09-30" in answer.compared_address


def test_sales_of_least_and_of_time() -> None:
    sold("AAA", 5)
    sold("BBB", 2)
    refresh_facts()

    assert [row["model"] for row in asked("sales", order="least")["rows"]] == ["BBB", "AAA"]
    days = asked("sales", period="DAYS_7", by="DAY")["rows"]
    assert [row["pairs"] for row in days] == [0, 0, 0, 0, 7, 0, 0]


def test_cities_of_few_orders_are_added_up() -> None:
    product = make_product("AAA")
    for _order in range(5):
        sold("", 1, product=product, city="Ankara", size=str(_order + 36))
    sold("BBB", 2, city="Ardahan")
    refresh_facts()

    data = asked("sales", by="CITY")

    assert [(row["label"], row["pairs"]) for row in data["rows"]] == [("Ankara", 5)]
    assert (data["cities_not_listed"], data["pairs_of_cities_not_listed"]) == (1, 2)
    assert data["amount_of_cities_not_listed_try"] == 800
    assert "Ardahan" not in json.dumps(data, ensure_ascii=False)


def test_reasons_of_returns_and_common_cancellations_only() -> None:
    order = sold("AAA", 3)
    line = order.lines.get()
    send_back(line, reason="Beden küçük geldi", claimed_at=NOON, remote_modified_at=NOON)
    for _number in range(5):
        _cancelled("Stokta kalmadı")
    _cancelled("Ayşe Hanım aradı, istemedi")
    refresh_facts()

    returns = asked("reasons")
    assert [(row["reason"], row["pairs"], row["share_percent"]) for row in returns["rows"]] == [
        ("Beden küçük geldi", 1, 100)
    ]
    cancelled = asked("reasons", kind="CANCELLATIONS")
    assert [(row["reason"], row["pairs"]) for row in cancelled["rows"]] == [("Stokta kalmadı", 5)]
    assert cancelled["pairs_of_other_reasons"] == 1


def _cancelled(reason: str) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.CANCELLED, ordered_at=NOON)
    Order.objects.filter(pk=order.pk).update(cancelled_by=CancelledBy.MARKETPLACE)
    OrderLine.objects.filter(order=order).update(cancel_reason=reason)


def test_size_curves_of_the_best_models() -> None:
    product = make_product("AAA")
    sold("", 3, product=product, size="37")
    sold("", 1, product=product, size="38")
    refresh_facts()

    data = asked("size_curves")

    assert data["total"] == {"pairs": 4, "sizes": [{"size": "37", "pairs": 3}, {"size": "38", "pairs": 1}]}
    [row] = data["rows"]
    assert row["sizes"] == [
        {"size": "37", "pairs": 3, "share_percent": 75},
        {"size": "38", "pairs": 1, "share_percent": 25},
    ]


# --- profit -----------------------------------------------------------------------------------------------------------


def test_profit_by_model_with_losses_and_what_is_not_known() -> None:
    make_shop()
    good = make_variant(product=make_product("GOOD"), cost=Decimal(50))
    bad = make_variant(product=make_product("BAD"), cost=Decimal(450))
    unknown = make_variant(product=make_product("NONE"), cost=None)
    for variant in (good, bad, unknown):
        sell_one((variant, 1))
    refresh()

    data = asked("profit", **MARCH)
    losing = asked("profit", **MARCH, only_losing=True)

    assert [row["model"] for row in data["rows"]] == ["GOOD", "BAD"]
    assert [row["profit_try"] > 0 for row in data["rows"]] == [True, False]
    assert (data["rows_without_known_profit"], data["total"]["lines_without_known_profit"]) == (1, 1)
    assert data["total"]["profit_try"] == pytest.approx(sum(row["profit_try"] for row in data["rows"]))
    assert [row["model"] for row in losing["rows"]] == ["BAD"]
    assert losing["loss_of_rows_with_loss_try"] == losing["rows"][0]["profit_try"]


def test_profit_that_is_not_known_is_null_and_never_zero() -> None:
    make_shop()
    sell_one((make_variant(cost=None), 1))
    refresh()

    data = asked("profit", **MARCH)

    assert (data["total"]["profit_try"], data["total"]["margin_percent"], data["rows"]) == (None, None, [])
    assert data["total"]["sale_without_known_profit_try"] == 500


def test_missing_costs_name_the_model() -> None:
    make_shop()
    sell_one((make_variant(product=make_product("NOCOST"), cost=None), 1))
    refresh()

    data = asked("missing_costs", **MARCH)

    [row] = data["rows"]
    assert (row["missing"], row["lines"], row["pairs"], row["sale_try"]) == ("Product cost", 1, 1, 500)
    assert row["of"].startswith("NOCOST")
    assert "NOCOST" in page_of("missing_costs", **MARCH)


def test_profit_leads_to_its_page() -> None:
    make_shop()
    sell_one((make_variant(product=make_product("GOOD"), cost=Decimal(50)), 1))
    refresh()

    assert "GOOD" in page_of("profit", **MARCH)


# --- stock, advice, forecasts -----------------------------------------------------------------------------------------


def test_stock_levels_by_model_and_barcode() -> None:
    shelf = make_shelf()
    boot = make_product("BOT", title="Bot")
    full, empty = make_variant(product=boot, size="37"), make_variant(product=boot, size="38")
    stock(full, shelf, 6)
    make_order([(full, 2)])

    by_model = asked("stock_levels")
    by_barcode = asked("stock_levels", by="BARCODE", only="NOTHING_AVAILABLE")

    assert by_model["rows"] == [
        {
            "model": "BOT",
            "title": "Bot",
            "barcodes": 2,
            "on_hand": 6,
            "reserved": 2,
            "buffer": 0,
            "available": 4,
        }
    ]
    assert [(row["barcode"], row["size"], row["available"]) for row in by_barcode["rows"]] == [
        (empty.barcode, "38", 0)
    ]
    assert "BOT" in page_of("stock_levels", model="BOT")


def test_advice_is_that_of_the_page() -> None:
    shelf = make_shelf()
    variant = make_variant(product=make_product("DEAD"))
    stock(variant, shelf, 40)
    sold_long_ago = timezone.now() - timedelta(days=10)
    make_order([(variant, 30)], ordered_at=sold_long_ago, status=OrderState.DELIVERED)
    refresh_facts()
    today = timezone.localdate()

    data = asked("stock_advice", today)

    [row] = [one for one in give_advice(today=today).variants if one.available or one.kinds]
    assert data["total"]["available"] == 40
    assert [(one["barcode"], one["suggested_pairs"], one["kinds"]) for one in data["rows"]] == [
        (variant.barcode, row.suggested, [kind.value for kind in row.kinds])
    ]
    page_of("stock_advice", words="DEAD")


def test_forecasts_are_those_of_the_newest_run() -> None:
    assert asked("forecasts") == {"missing": "no forecast was made yet", "rows": []}
    variant = make_variant(product=make_product("BOT", title="Bot"))
    run = ForecastRun.objects.create(
        state="DONE", last_day=date(2026, 11, 19), started_at=timezone.now(), ended_at=timezone.now()
    )
    for horizon, expected in ((14, 6.26), (28, 12.0)):
        values = {
            "run": run,
            "horizon": horizon,
            "method": "PROPHET",
            "expected": expected,
            "q90": expected * 2,
        }
        ModelForecast.objects.create(product=variant.product, wape=0.5, bias=-0.1, **values)
        VariantForecast.objects.create(variant=variant, dispersion=0.1, **values)

    models, barcodes = asked("forecasts"), asked("forecasts", model="BOT")

    assert (models["known_up_to"], models["days_28_end"]) == ("2026-11-19", "2026-12-17")
    [row] = models["rows"]
    assert (row["model"], row["expected_in_14_days_pairs"], row["expected_in_28_days_pairs"]) == (
        "BOT",
        6.3,
        12,
    )
    assert (row["enough_9_times_of_10_in_28_days_pairs"], row["error_before_percent"]) == (24, 50)
    assert models["total"]["expected_in_28_days_pairs"] == 12
    assert [(row["barcode"], row["expected_in_28_days_pairs"]) for row in barcodes["rows"]] == [
        (variant.barcode, 12)
    ]
    assert asked("forecasts", model="NOTHING")["missing"] == "no such model"
    assert "BOT" in page_of("forecasts", words="bot")
    assert "BOT" in page_of("forecasts", model="BOT")
