"""Runs beside each other and beside orders that change: real threads on real connections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from analytics.facts.services import rebuild_facts, refresh_facts
from analytics.models import ProfitLine, SaleCost
from analytics.profit.services import rebuild_profit, refresh_profit
from analytics.tasks import refresh_facts_job
from orders.enums import OrderState
from orders.models import Order, OrderLine
from tests.analytics.profitkit import make_shop, refresh, sell_one, settle
from tests.concurrency.threads import race

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> list[dict[str, Any]]:
    return list(ProfitLine.objects.order_by("pk").values())


def test_two_runs_at_once_write_every_profit_once_and_keep_every_cost_once() -> None:
    make_shop()
    lines = [sell_one() for _number in range(5)]
    refresh_facts()
    refresh_profit()
    for line in lines:
        settle(line, "90")
    new = sell_one()
    refresh_facts()

    outcomes = race(refresh_profit, refresh_profit)
    refresh_profit()

    assert {one.outcome for one in outcomes} <= {"DONE", "ALREADY_RUNNING"}
    assert sum(one.lines for one in outcomes) == 6
    assert SaleCost.objects.count() == ProfitLine.objects.count() == 6
    assert ProfitLine.objects.get(pk=new.pk).missing == []
    found = everything()
    rebuild_profit()
    assert found == everything()


def test_change_that_commits_late_is_taken_by_the_next_run() -> None:
    make_shop()
    line = sell_one()
    refresh()

    with transaction.atomic():
        settle(line, "90")
        # Runs meanwhile, and sees neither the change nor its note.
        race(refresh_profit)
    during = ProfitLine.objects.get(pk=line.pk).commission
    refresh_profit()

    assert (during, ProfitLine.objects.get(pk=line.pk).commission) == (Decimal(100), Decimal(90))


def test_orders_that_change_while_runs_go_on_are_all_taken() -> None:
    make_shop()
    lines = [sell_one(order_number=f"1045000000{number % 5}") for number in range(12)]
    refresh()

    def change(places: range, rate: int) -> None:
        for place in places:
            line = OrderLine.objects.filter(pk=lines[place].pk)
            line.update(commission_rate=rate, total=400 + place)
            Order.objects.filter(lines=lines[place]).update(desi=rate)
            if place % 4 == 0:
                Order.objects.filter(lines=lines[place]).update(status=OrderState.CANCELLED)
            settle(lines[place], str(rate))

    def run() -> None:
        for _number in range(6):
            refresh_facts_job()

    outcomes = race(
        lambda: change(range(12), 11), lambda: change(range(11, -1, -1), 13), run, run, rebuild_facts
    )
    refresh()
    found = everything()
    rebuild_facts()
    rebuild_profit()

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert (found, len(found)) == (everything(), 9)
    assert {row["commission_basis"] for row in found} == {"SETTLED"}
