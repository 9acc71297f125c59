"""Costs of sales: found by the day, kept once, never looked up again, corrected on purpose alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from analytics.facts.services import rebuild_facts
from analytics.models import CostPart, CostSheet, ExchangeRate, ProfitLine, SaleCost, VariantCost
from analytics.profit.errors import DaysSwapped, ProfitBusy
from analytics.profit.services import LOCK, correct_costs, rebuild_profit
from catalog.models import Product, Variant
from gullu.locks import advisory_lock
from gullu.models import JobRun
from orders.enums import OrderState
from orders.models import Order, OrderLine
from tests.analytics.profitkit import DAY, at, make_shop, profit_of, refresh, sell_one
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


def rate(day: date, value: str) -> None:
    ExchangeRate.objects.create(day=day, rate=Decimal(value))


def noted(variant: Variant, *costs: tuple[date, str | None, str]) -> None:
    """The costs of a barcode, as if they had been noted on these days."""
    VariantCost.objects.filter(variant=variant).delete()
    for day, cost, currency in costs:
        VariantCost.objects.create(
            variant=variant, valid_from=day, cost=None if cost is None else Decimal(cost), currency=currency
        )


def sheet(product: Product, valid_from: date, *parts: tuple[str, str]) -> CostSheet:
    made = CostSheet.objects.create(product=product, valid_from=valid_from)
    for amount, currency in parts:
        CostPart.objects.create(sheet=made, kind="SOLE", amount=Decimal(amount), currency=currency)
    return made


def kept(line: OrderLine) -> tuple[Any, ...] | None:
    refresh()
    columns = ("unit_cost", "try_part", "usd_part", "usd_rate", "basis")
    return SaleCost.objects.filter(pk=line.pk).values_list(*columns).first()


def in_lira(amount: str, basis: str = "VARIANT") -> tuple[Any, ...]:
    return (Decimal(amount), Decimal(amount), Decimal(0), None, basis)


# --- what is noted at a barcode ---------------------------------------------------------------------------------------


def costs_of(variant: Variant) -> list[tuple[Decimal | None, str]]:
    rows = VariantCost.objects.filter(variant=variant).order_by("valid_from")
    return list(rows.values_list("cost", "currency"))


def today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Europe/Istanbul')::date")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def test_cost_of_a_new_barcode_is_noted() -> None:
    variant, without = make_variant(), make_variant(cost=None)

    row = VariantCost.objects.get(variant=variant)

    assert (row.valid_from, row.cost, row.currency) == (today(), Decimal(200), "TRY")
    assert costs_of(without) == []


def test_last_cost_of_a_day_counts_whoever_changes_it() -> None:
    variant = make_variant()

    Variant.objects.filter(pk=variant.pk).update(cost=Decimal(210))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_variant SET cost = 9, cost_currency = 'USD' WHERE id = %s", [variant.pk]
        )

    assert costs_of(variant) == [(Decimal(9), "USD")]


def test_cost_of_another_day_is_a_row_of_its_own() -> None:
    variant = make_variant()
    VariantCost.objects.filter(variant=variant).update(valid_from=today() - ONE_DAY)

    Variant.objects.filter(pk=variant.pk).update(sale_price=Decimal(450))
    unchanged = costs_of(variant)
    Variant.objects.filter(pk=variant.pk).update(cost=None)

    assert unchanged == [(Decimal(200), "TRY")]
    assert costs_of(variant) == [(Decimal(200), "TRY"), (None, "TRY")]


# --- which cost counts ------------------------------------------------------------------------------------------------


def test_cost_noted_at_the_barcode_by_day() -> None:
    variant = make_variant()
    noted(variant, (DAY, "100", "TRY"), (DAY + ONE_DAY, "120", "TRY"), (DAY + 3 * ONE_DAY, None, "TRY"))

    days = [DAY - 30 * ONE_DAY, DAY, DAY + ONE_DAY, DAY + 2 * ONE_DAY, DAY + 3 * ONE_DAY]
    found = [kept(sell_one((variant, 1), ordered_at=at(day))) for day in days]

    # The first cost ever noted holds for the days before it; a cost that was taken away is unknown from then on.
    assert found == [in_lira("100"), in_lira("100"), in_lira("120"), in_lira("120"), None]


def test_sheet_of_the_model_comes_first_from_its_day_on() -> None:
    variant = make_variant()
    sheet(variant.product, DAY, ("80", "TRY"), ("40.5", "TRY"))
    sheet(variant.product, DAY + 2 * ONE_DAY, ("150", "TRY"))
    sheet(variant.product, DAY + 3 * ONE_DAY)

    days = [DAY - ONE_DAY, DAY, DAY + ONE_DAY, DAY + 2 * ONE_DAY, DAY + 3 * ONE_DAY]
    found = [kept(sell_one((variant, 1), ordered_at=at(day))) for day in days]

    # A sheet without parts says nothing: the one before it goes on.
    assert found == [
        in_lira("200"),
        in_lira("120.5", "SHEET"),
        in_lira("120.5", "SHEET"),
        in_lira("150", "SHEET"),
        in_lira("150", "SHEET"),
    ]


def test_dollars_at_the_rate_of_the_day_or_of_the_last_day_before() -> None:
    variant = make_variant(cost=Decimal(10), cost_currency="USD")
    # Friday and Monday; the days between have no rate.
    rate(date(2025, 3, 7), "36.4025")
    rate(date(2025, 3, 10), "36.5")
    rate(date(2025, 3, 26), "37")

    days = [date(2025, 3, day) for day in (6, 7, 8, 9, 10, 25)]
    lines = [sell_one((variant, 1), ordered_at=at(day)) for day in days]
    refresh()

    costs = [
        SaleCost.objects.filter(pk=line.pk).values_list("unit_cost", "usd_rate").first() for line in lines
    ]
    friday, monday = (Decimal("364.025"), Decimal("36.4025")), (Decimal(365), Decimal("36.5"))
    assert costs == [None, friday, friday, friday, monday, monday]
    assert ProfitLine.objects.get(pk=lines[0].pk).missing[0] == "RATE"


def test_parts_in_both_currencies() -> None:
    variant = make_variant(cost=None)
    sheet(variant.product, DAY, ("100.25", "TRY"), ("2.5", "USD"), ("1.5", "USD"))
    rate(DAY, "36.1234")

    # 100,25 + 4 × 36,1234 = 244,7436.
    assert kept(sell_one((variant, 1))) == (
        Decimal("244.7436"),
        Decimal("100.25"),
        Decimal(4),
        Decimal("36.1234"),
        "SHEET",
    )


# --- kept for ever ----------------------------------------------------------------------------------------------------


def test_cost_changed_today_leaves_past_sales() -> None:
    make_shop()
    variant = make_variant()
    line = sell_one((variant, 1))
    before = profit_of(line)

    Variant.objects.filter(pk=variant.pk).update(cost=Decimal(333))
    noted(variant, (date(2025, 1, 1), "333", "TRY"))
    sheet(variant.product, date(2025, 1, 1), ("444", "TRY"))
    rate(DAY, "99")
    after = profit_of(line)
    rebuild_facts()
    rebuild_profit()
    rebuilt = ProfitLine.objects.get(pk=line.pk)
    later = profit_of(sell_one((variant, 1)))

    costs = [row.product_cost for row in (before, after, rebuilt, later)]
    assert costs == [Decimal(200), Decimal(200), Decimal(200), Decimal(444)]


def test_cost_is_kept_when_a_line_is_sold_and_stays_when_it_is_not() -> None:
    line = sell_one(status=OrderState.CREATED, payment_pending=True)
    waiting = kept(line)
    Order.objects.filter(pk=line.order_id).update(payment_pending=False)
    sold = kept(line)
    Order.objects.filter(pk=line.order_id).update(status=OrderState.CANCELLED)

    assert (waiting, sold, kept(line)) == (None, in_lira("200"), in_lira("200"))


def test_cost_entered_later_fills_what_was_missing() -> None:
    make_shop()
    variant = make_variant(cost=None)
    line = sell_one((variant, 1))
    missing = profit_of(line).missing

    Variant.objects.filter(pk=variant.pk).update(cost=Decimal(180))
    row = profit_of(line)

    assert (missing, row.missing, row.product_cost) == (["COST"], [], Decimal(180))


def test_rate_entered_later_fills_what_was_missing() -> None:
    make_shop()
    line = sell_one((make_variant(cost=Decimal(5), cost_currency="USD"), 1))
    missing = profit_of(line).missing

    rate(DAY - 3 * ONE_DAY, "36")
    row = profit_of(line)

    assert (missing, row.missing, row.product_cost) == (["RATE"], [], Decimal(180))


def test_dollars_wait_for_the_rate_of_their_day_and_are_kept_with_it() -> None:
    make_shop()
    line = sell_one((make_variant(cost=Decimal(5), cost_currency="USD"), 1))
    rate(DAY - 3 * ONE_DAY, "36")
    morning = profit_of(line)
    waiting = SaleCost.objects.exists()

    rate(DAY, "38")
    evening = profit_of(line)
    ExchangeRate.objects.update(rate=99)
    corrected = profit_of(line)

    assert (waiting, morning.missing) == (False, [])
    costs = [row.product_cost for row in (morning, evening, corrected)]
    assert costs == [Decimal(180), Decimal(190), Decimal(190)]
    assert SaleCost.objects.get().usd_rate == Decimal(38)


def test_dollars_of_a_weekend_are_kept_when_the_next_rate_is_told() -> None:
    make_shop()
    line = sell_one((make_variant(cost=Decimal(5), cost_currency="USD"), 1))
    rate(DAY - ONE_DAY, "36")
    refresh()

    rate(DAY + ONE_DAY, "38")

    assert kept(line) == (Decimal(180), Decimal(0), Decimal(5), Decimal(36), "VARIANT")


# --- corrected on purpose ---------------------------------------------------------------------------------------------


def test_correction_replaces_kept_costs_of_these_days_and_says_who_did_it() -> None:
    make_shop()
    product = make_product()
    variant, other = make_variant(product=product, size="36"), make_variant()
    days = [DAY, DAY + ONE_DAY, DAY + 2 * ONE_DAY]
    lines = [sell_one((variant, 1), ordered_at=at(day)) for day in days]
    elsewhere = sell_one((other, 1))
    refresh()
    first = SaleCost.objects.get(pk=lines[0].pk)
    sheet(product, date(2025, 1, 1), ("250", "TRY"))
    sheet(other.product, date(2025, 1, 1), ("250", "TRY"))
    person = make_user()

    done = correct_costs(product_id=product.pk, first_day=DAY, last_day=DAY + ONE_DAY, actor=person)

    assert (done.lines, done.changed, done.unknown) == (2, 2, 0)
    costs = [ProfitLine.objects.get(pk=line.pk).product_cost for line in (*lines, elsewhere)]
    assert costs == [Decimal(250), Decimal(250), Decimal(200), Decimal(200)]
    run = JobRun.objects.get(name="correct_costs")
    assert (run.actor, run.trigger, run.state, run.counts["changed"]) == (person, "STAFF", "DONE", 2)
    assert (run.counts["product_id"], run.counts["first_day"]) == (product.pk, "2025-03-10")
    old = first.history.get()  # type: ignore[attr-defined]
    assert (old.unit_cost, old.basis, old.kept_at) == (Decimal(200), "VARIANT", first.kept_at)


def test_correction_finds_what_was_missing_and_counts_what_still_is() -> None:
    make_shop()
    product = make_product()
    line = sell_one((make_variant(product=product, cost=None, size="36"), 1))
    before = profit_of(line).missing
    again = correct_costs(product_id=product.pk, first_day=DAY, last_day=DAY, actor=None)
    sheet(product, DAY, ("150", "TRY"))

    done = correct_costs(product_id=product.pk, first_day=DAY, last_day=DAY, actor=None)

    assert (before, again.changed, again.unknown) == (["COST"], 0, 1)
    assert (done.changed, done.unknown) == (1, 0)
    assert ProfitLine.objects.get(pk=line.pk).missing == []


def test_correction_that_finds_nothing_leaves_what_was_kept() -> None:
    line = sell_one()
    refresh()
    assert line.variant is not None
    noted(line.variant)

    done = correct_costs(product_id=line.variant.product_id, first_day=DAY, last_day=DAY, actor=None)

    assert (done.lines, done.changed, done.unknown) == (1, 0, 1)
    assert SaleCost.objects.get().unit_cost == Decimal(200)


def test_correction_that_finds_the_same_changes_nothing() -> None:
    line = sell_one()
    refresh()
    assert line.variant is not None

    done = correct_costs(product_id=line.variant.product_id, first_day=DAY, last_day=DAY, actor=None)

    assert (done.lines, done.changed) == (1, 0)
    assert SaleCost.objects.get().history.count() == 0  # type: ignore[attr-defined]


def test_correction_refuses_days_that_are_swapped() -> None:
    with pytest.raises(DaysSwapped):
        correct_costs(product_id=1, first_day=DAY, last_day=DAY - ONE_DAY, actor=None)


def test_correction_waits_for_another_run_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.profit.services.WAIT_SECONDS", 0)
    with advisory_lock(LOCK), pytest.raises(ProfitBusy):
        correct_costs(product_id=1, first_day=DAY, last_day=DAY, actor=None)
