"""Profits follow whatever changes: what is brought up to date is what would be reckoned anew."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from analytics.caching import DataKind, versions
from analytics.facts.services import refresh_facts
from analytics.models import (
    CargoTariff,
    ProfitChange,
    ProfitLine,
    ProfitMonth,
    SaleCost,
)
from analytics.profit import services
from analytics.profit.services import LOCK, ProfitWritten, rebuild_profit, refresh_profit
from analytics.tasks import refresh_facts_job
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations.models import Settlement
from orders.enums import OrderState
from orders.models import Order, OrderLine
from tests.analytics.profitkit import (
    DAY,
    at,
    make_policy,
    make_shop,
    make_tariff,
    profit_of,
    refresh,
    sell,
    sell_one,
    send_back,
    settle,
)
from tests.factories import make_variant

pytestmark = pytest.mark.django_db


def everything() -> list[dict[str, Any]]:
    return list(ProfitLine.objects.order_by("pk").values())


# --- runs -------------------------------------------------------------------------------------------------------------


def test_first_run_reckons_all_and_the_next_only_what_changed() -> None:
    make_shop()
    lines = [sell_one() for _number in range(3)]
    refresh_facts()

    first = refresh_profit()
    OrderLine.objects.filter(pk=lines[1].pk).update(commission_rate=10)
    refresh_facts()
    second = refresh_profit()
    third = refresh_profit()

    assert (first.rebuilt, first.lines, first.kept) == (True, 3, 3)
    assert (second.rebuilt, second.orders, second.lines, second.kept) == (False, 1, 1, 0)
    assert (third.orders, third.lines, third.spread) == (0, 0, 0)
    commissions = [row.commission for row in ProfitLine.objects.order_by("pk")]
    assert commissions == [Decimal(100), Decimal(50), Decimal(100)]


def test_run_leaves_a_row_and_a_new_version_only_when_something_changed() -> None:
    make_shop()
    sell_one()
    refresh()
    version = versions([DataKind.PROFIT])

    refresh()

    assert versions([DataKind.PROFIT]) == version
    runs = JobRun.objects.filter(name="refresh_profit").order_by("pk")
    assert [(run.state, run.counts["lines"]) for run in runs] == [("DONE", 1), ("DONE", 0)]


def test_second_run_at_once_steps_aside() -> None:
    with advisory_lock(LOCK):
        assert refresh_profit() == rebuild_profit() == ProfitWritten("ALREADY_RUNNING")


def test_failed_run_gives_its_notes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    make_shop()
    line = sell_one()
    refresh()
    settle(line, "90")
    monkeypatch.setattr("analytics.profit.changes.DROP_UNSOLD", "SELECT 1 / 0 WHERE 1 <> ALL(%(orders)s)")
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        refresh_profit()
    monkeypatch.undo()

    written = refresh_profit()

    assert (written.lines, ProfitLine.objects.get().commission) == (1, Decimal(90))


def test_job_refreshes_facts_and_profits() -> None:
    make_shop()
    sell_one()

    counts = refresh_facts_job()

    assert (counts["lines"], counts["profit"]["lines"], ProfitLine.objects.count()) == (1, 1, 1)


def test_command_rebuilds_both() -> None:
    make_shop()
    sell_one()
    out = StringIO()

    call_command("rebuild_facts", "--json", stdout=out)
    figures = json.loads(out.getvalue())

    assert (figures["lines"], figures["profit"]["rebuilt"], figures["profit"]["lines"]) == (1, True, 1)


def test_command_says_that_profits_are_being_reckoned() -> None:
    with advisory_lock(LOCK), override("en"), pytest.raises(CommandError, match="the profits were not"):
        call_command("rebuild_facts", stdout=StringIO())


def test_rebuild_gives_what_was_there_and_mends_what_was_wrong() -> None:
    make_shop()
    line = sell_one()
    refresh()
    before = everything()
    ProfitLine.objects.filter(pk=line.pk).update(cargo=1, staff=2)

    written = rebuild_profit()

    assert (written.rebuilt, written.lines, everything()) == (True, 1, before)
    assert ProfitChange.objects.count() == 0


def test_so_much_changed_that_everything_is_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    make_shop()
    for _number in range(3):
        sell_one()
    refresh()
    monkeypatch.setattr(services, "MANY_ORDERS", 1)
    OrderLine.objects.update(commission_rate=10)
    refresh_facts()

    assert (refresh_profit().rebuilt, set(ProfitLine.objects.values_list("commission", flat=True))) == (
        True,
        {Decimal(50)},
    )


# --- what a profit follows ----------------------------------------------------------------------------------------------


def test_line_that_is_no_longer_sold_or_gone_leaves() -> None:
    make_shop()
    cancelled, gone, kept = sell_one(), sell_one(), sell_one()
    refresh()
    Order.objects.filter(pk=cancelled.order_id).update(status=OrderState.CANCELLED)
    gone.delete()

    refresh_facts()
    written = refresh_profit()

    assert (written.dropped, [row["line_id"] for row in everything()]) == (2, [kept.pk])
    # The cost stays: the line may be sold again.
    assert SaleCost.objects.count() == 3


def test_settled_commission_counts_with_the_next_run_also_when_it_finds_its_line_later() -> None:
    make_shop()
    line, other = sell_one(), sell_one()
    sent = profit_of(line)
    row = Settlement.objects.filter(pk=settle(line, "93.50").pk)
    row.update(line=None)
    without_line = profit_of(line)

    row.update(line=line)
    settled = profit_of(line)
    row.update(line=other)
    moved = [profit_of(one) for one in (line, other)]

    # 93,50 instead of 100 ₺ of commission brings 6,50 more, less the 20 % VAT in it.
    assert [(one.commission_basis, one.commission) for one in (sent, without_line, settled)] == [
        ("LINE", Decimal(100)),
        ("LINE", Decimal(100)),
        ("SETTLED", Decimal("93.50")),
    ]
    assert sent.profit is not None
    assert settled.profit == sent.profit + Decimal("5.42")
    assert [one.commission_basis for one in moved] == ["LINE", "SETTLED"]


def test_package_that_joins_its_number_changes_the_shares_of_the_other() -> None:
    make_shop()
    first = sell_one(order_number="10450000001")
    alone = profit_of(first).service_fee

    sell_one(order_number="10450000001")

    assert (alone, profit_of(first).service_fee) == (Decimal(6), Decimal(3))


def test_line_that_is_gone_gives_its_share_back() -> None:
    make_shop()
    first, second = sell((make_variant(), 1), (make_variant(), 1))
    shared = profit_of(first).cargo
    second.delete()

    assert (shared, profit_of(first).cargo) == (Decimal(45), Decimal(90))


def test_tariff_and_figures_of_the_shop_count_from_their_day() -> None:
    make_shop()
    before, after = sell_one(), sell_one(ordered_at=at(DAY + timedelta(days=5)))
    refresh()

    make_policy(DAY + timedelta(days=5), packaging=Decimal(20))
    CargoTariff.objects.update(price=Decimal(95))
    refresh()

    rows = [ProfitLine.objects.get(pk=line.pk) for line in (before, after)]
    assert [(row.packaging, row.cargo) for row in rows] == [
        (Decimal(12), Decimal(95)),
        (Decimal(20), Decimal(95)),
    ]


def test_figures_from_a_later_day_leave_earlier_lines_alone() -> None:
    make_shop()
    sell_one()
    sell_one(ordered_at=at(DAY + timedelta(days=5)))
    refresh()

    make_policy(DAY + timedelta(days=5))

    assert refresh_profit().orders == 1


# --- staff of the month -------------------------------------------------------------------------------------------------


def test_month_that_is_over_is_spread_over_all_its_pairs() -> None:
    make_shop()
    first = sell_one((make_variant(), 2))
    alone = profit_of(first).staff

    sell_one(ordered_at=at(date(2025, 3, 31)))
    sell_one(ordered_at=at(date(2025, 4, 1)))
    refresh()

    # 60 ÷ 2 pairs × 2; with another pair in March 60 ÷ 3 × 2; April has its own.
    staff = list(ProfitLine.objects.order_by("pk").values_list("staff", flat=True))
    assert (alone, staff) == (Decimal(60), [Decimal(40), Decimal(20), Decimal(60)])


def test_returned_pairs_were_sold_and_bear_their_staff() -> None:
    make_shop()
    line = sell_one((make_variant(), 2))
    send_back(line)

    assert profit_of(line).staff == Decimal(60)


def test_running_month_is_spread_over_the_days_before_today() -> None:
    make_policy(staff=Decimal(3000))
    make_tariff()
    with time_machine.travel(datetime(2025, 6, 1, 8, tzinfo=UTC), tick=False):
        lines = [sell_one((make_variant(), 2), ordered_at=at(date(2025, 6, 1)))]
        first = profit_of(lines[0]).staff
    with time_machine.travel(datetime(2025, 6, 3, 8, tzinfo=UTC), tick=False):
        lines.append(sell_one((make_variant(), 3), ordered_at=at(date(2025, 6, 2))))
        lines.append(sell_one((make_variant(), 1), ordered_at=at(date(2025, 6, 3))))
        refresh()
        third = [ProfitLine.objects.get(pk=line.pk).staff for line in lines]
    with time_machine.travel(datetime(2025, 6, 4, 8, tzinfo=UTC), tick=False):
        # Nothing happened but that a day went by.
        spread = refresh_profit().spread
        fourth = [ProfitLine.objects.get(pk=line.pk).staff for line in lines]

    # On the first: 3000 × 1/30 ÷ 2 pairs = 50. On the third, for two days: 3000 × 2/30 ÷ 5 pairs = 40, also for the
    # pair of today. On the fourth, for three days: 3000 × 3/30 ÷ 6 pairs = 50.
    assert first == Decimal(100)
    assert third == [Decimal(80), Decimal(120), Decimal(40)]
    assert (spread, fourth) == (3, [Decimal(100), Decimal(150), Decimal(50)])


def test_order_of_today_changes_nobody_elses_share() -> None:
    make_policy(staff=Decimal(3000))
    make_tariff()
    with time_machine.travel(datetime(2025, 6, 10, 8, tzinfo=UTC), tick=False):
        sell_one(ordered_at=at(date(2025, 6, 9)))
        refresh()
        sell_one(ordered_at=at(date(2025, 6, 10)))
        refresh_facts()

        written = refresh_profit()

    assert (written.lines, written.spread) == (1, 0)


def test_order_dated_after_today_has_a_share_as_well() -> None:
    make_shop()
    with time_machine.travel(datetime(2025, 6, 30, 20, tzinfo=UTC), tick=False):
        row = profit_of(sell_one(ordered_at=datetime(2025, 7, 1, 9, tzinfo=UTC)))

    # One day of 31: 60 × 1/31 = 1,9355.
    assert row.staff == Decimal("1.94")


def test_month_without_a_sale_is_forgotten() -> None:
    make_shop()
    line = sell_one()
    refresh()
    months = list(ProfitMonth.objects.values_list("month", "through", "pairs"))
    Order.objects.filter(pk=line.order_id).update(status=OrderState.CANCELLED)
    refresh()

    assert months == [(date(2025, 3, 1), date(2025, 3, 31), 1)]
    assert ProfitMonth.objects.count() == 0


def test_run_takes_as_many_statements_for_many_orders_as_for_one() -> None:
    make_shop()
    sell_one()
    refresh()

    def statements(orders: int) -> int:
        for _number in range(orders):
            settle(sell_one((make_variant(), 2)), "50")
        refresh_facts()
        with CaptureQueriesContext(connection) as caught:
            assert refresh_profit().orders == orders
        return len(caught)

    assert statements(1) == statements(7)
