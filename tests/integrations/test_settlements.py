"""The accounts: read over real HTTP from the sandbox, matched, and compared with what the orders promised."""

from __future__ import annotations

import io
import json
import time
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gullu.models import JobRun
from integrations.models import Settlement, SyncCursor, SyncProblem
from integrations.settlement_kinds import BY_NAME, KINDS, Service, kind_label
from integrations.tasks import pull_settlements_job
from integrations.trendyol.client import FinancePage
from integrations.trendyol.errors import Rejected, TrendyolError
from integrations.trendyol.sandbox import LineSpec
from integrations.trendyol.sandbox.finance_search import OTHER_TYPES, SETTLEMENT_TYPES
from integrations.trendyol.schemas import SettlementRow
from integrations.trendyol.sync import settlements as module
from integrations.trendyol.sync import sync_orders, sync_settlements
from integrations.trendyol.sync.orders import SyncOutcome
from integrations.trendyol.sync.settlement_rows import expected_commission, find_matches, to_settlement
from orders.enums import Channel, OrderState
from orders.models import Order, OrderLine
from tests.factories import make_order, make_variant
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
SALE = BY_NAME["Sale"]


def sell(shop: Shop, *, days_ago: float = 3, quantity: int = 1, price: float = 1000, **line: Any) -> int:
    """A package delivered `days_ago` in the sandbox."""
    variant = shop.sell(9)
    now_ms = round(time.time() * 1000)
    return shop.sandbox.shop.place_order(
        [LineSpec(barcode=variant.barcode, quantity=quantity, price=price, **line)],
        "Delivered",
        ordered_at_ms=now_ms - round((days_ago + 3) * DAY_MS),
        last_modified_ms=now_ms - round(days_ago * DAY_MS),
        takes_stock=False,
    )


def correct_books(shop: Shop) -> None:
    shop.sandbox.config.commission_error_share = 0


# --- kinds ------------------------------------------------------------------------------------------------------


def test_every_kind_is_one_the_marketplace_has() -> None:
    known = {Service.SETTLEMENTS: SETTLEMENT_TYPES, Service.OTHER: OTHER_TYPES}

    assert [kind.name for kind in KINDS if kind.name not in known[kind.service]] == []
    assert len(BY_NAME) == len(KINDS)
    assert {kind.service for kind in KINDS if kind.rated} == {Service.SETTLEMENTS}
    assert BY_NAME["Sale"].rated
    assert kind_label("SomethingNew") == "SomethingNew"


# --- reading ----------------------------------------------------------------------------------------------------


def test_rows_come_in_matched_to_order_and_line(shop: Shop) -> None:
    correct_books(shop)
    package_id = sell(shop, quantity=2, discount=100)
    sync_orders()

    result = sync_settlements()

    order = Order.objects.get(package_id=package_id)
    rows = Settlement.objects.filter(package_id=package_id).order_by("kind", "pk")
    assert [(row.kind, row.order, row.line) for row in rows] == [
        (kind, order, order.lines.get()) for kind in ("Discount", "Discount", "Sale", "Sale")
    ]
    sale, discount = rows.filter(kind="Sale")[0], rows.filter(kind="Discount")[0]
    assert (
        sale.credit,
        sale.debt,
        sale.commission_amount,
        sale.expected_commission,
        sale.seller_revenue,
    ) == (
        Decimal("1000.00"),
        Decimal("0.00"),
        Decimal("190.00"),
        Decimal("190.00"),
        Decimal("810.00"),
    )
    assert (discount.credit, discount.debt, discount.expected_commission) == (
        Decimal("0.00"),
        Decimal("100.00"),
        Decimal("19.00"),
    )
    assert (sale.label, sale.payment_order_id, sale.order_number) == ("Satış", "", order.order_number)
    assert (result.outcome, result.matched, result.problems) == (SyncOutcome.DONE, 4, 0)
    assert list(order.settlements.order_by("pk")) == list(rows.order_by("pk"))


def test_reading_again_changes_nothing_and_adds_nothing(shop: Shop) -> None:
    sell(shop)
    first = sync_settlements()
    before = sorted(Settlement.objects.values_list("kind", "record_id"))

    second = sync_settlements()

    assert sorted(Settlement.objects.values_list("kind", "record_id")) == before
    assert (first.new, second.new, second.rows) == (len(before), 0, first.rows)


def test_accepted_return_gives_its_commission_back(shop: Shop) -> None:
    correct_books(shop)
    package_id = sell(shop)
    sync_orders()
    shop.sandbox.shop.claim(package_id, status="Accepted", decided_ms=round(time.time() * 1000) - DAY_MS)

    sync_settlements()

    back = Settlement.objects.get(kind="Return")
    assert (back.debt, back.credit, back.commission_amount, back.expected_commission) == (
        Decimal("1000.00"),
        Decimal("0.00"),
        Decimal("190.00"),
        Decimal("190.00"),
    )


def test_payment_arrives_on_rows_that_were_read_long_before(shop: Shop) -> None:
    package_id = sell(shop, days_ago=60)
    sync_settlements()
    paid = Settlement.objects.get(package_id=package_id)
    payment = Settlement.objects.get(kind="PaymentOrder")
    assert paid.payment_order_id == payment.payment_order_id != ""
    # As it was read before its payment.
    Settlement.objects.filter(pk=paid.pk).update(payment_order_id="", payment_date=None)

    sync_settlements()

    row = Settlement.objects.get(package_id=package_id)
    assert row.payment_order_id == payment.payment_order_id
    assert row.payment_date == timezone.localdate(payment.transaction_at)
    taken_off = Settlement.objects.filter(kind="DeductionInvoices", payment_order_id=payment.payment_order_id)
    assert payment.debt == row.seller_revenue - sum(deduction.debt for deduction in taken_off)


def test_wrong_rate_of_the_marketplace_is_seen(shop: Shop) -> None:
    shop.sandbox.config.commission_error_share = 1
    sell(shop)
    sync_orders()

    sync_settlements()

    row = Settlement.objects.get(kind="Sale")
    assert row.expected_commission == Decimal("190.00")
    assert row.commission_amount != row.expected_commission


def test_rows_of_orders_that_are_not_here_are_kept_without_a_promise(shop: Shop) -> None:
    sell(shop)

    result = sync_settlements()

    row = Settlement.objects.get(kind="Sale")
    assert (row.order, row.line, row.expected_commission, result.matched) == (None, None, None, 0)
    assert row.order_number != ""
    sync_orders()
    sync_settlements()
    row.refresh_from_db()
    assert (row.order is not None, row.expected_commission) == (True, Decimal("190.00"))


def test_position_moves_only_after_everything_was_read(shop: Shop) -> None:
    shop.sandbox.faults.add(endpoint="otherfinancials", kind="500", times=None)

    with pytest.raises(TrendyolError):
        sync_settlements()

    assert SyncCursor.objects.get(name=module.CURSOR).position is None
    assert JobRun.objects.get(name="sync_settlements").state == JobRun.State.FAILED


@pytest.mark.parametrize(("days", "moved"), [(10, False), (100, True)])
def test_first_reading_from_a_late_day_leaves_the_position(shop: Shop, days: int, moved: bool) -> None:
    sync_settlements(since=timezone.localdate() - timedelta(days=days))

    assert (SyncCursor.objects.get(name=module.CURSOR).position is not None) is moved


def test_since_reads_older_rows_again(shop: Shop) -> None:
    sync_settlements()
    package_id = sell(shop, days_ago=40)
    sync_settlements()
    assert Settlement.objects.filter(package_id=package_id).count() == 0

    sync_settlements(since=timezone.localdate() - timedelta(days=50))

    assert Settlement.objects.filter(package_id=package_id).count() == 1


def test_page_is_written_with_a_constant_number_of_statements(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    raws = [raw_row(id=str(number), orderNumber=f"no-{number}") for number in range(300)]
    for number in range(0, 300, 50):
        make_order([("868", 1)], order_number=f"no-{number}", status=OrderState.DELIVERED)
    result = module.SettlementsResult()
    with CaptureQueriesContext(connection) as one:
        module._store(raws[:1], SALE, result)

    with django_assert_num_queries(len(one)):
        module._store(raws, SALE, result)

    assert (result.rows, result.new, result.matched) == (301, 300, 7)


def test_row_that_cannot_be_read_costs_one_problem(shop: Shop) -> None:
    result = module.SettlementsResult()

    module._store([raw_row(id="1"), raw_row(id="7", credit="viel"), raw_row(id=None)], SALE, result)

    assert (result.rows, result.problems) == (1, 2)
    references = SyncProblem.objects.values_list("reference", flat=True)
    assert sorted(references) == ["settlement Sale #2", "settlement Sale 7"]


def test_second_reading_at_the_same_time_is_refused(shop: Shop) -> None:
    from gullu.locks import advisory_lock

    with advisory_lock(module.LOCK):
        assert sync_settlements().outcome is SyncOutcome.ALREADY_RUNNING


# --- windows and spellings --------------------------------------------------------------------------------------


def test_windows_are_short_enough_and_overlap() -> None:
    end = timezone.now()
    start = end - timedelta(days=90)

    windows = list(module._windows(start, end))

    assert (windows[0][0], windows[-1][1]) == (start, end)
    assert max(stop - begin for begin, stop in windows) < timedelta(days=15)
    gaps = [begin - stop for (_first, stop), (begin, _last) in pairwise(windows)]
    assert set(gaps) == {timedelta(hours=-4)}
    assert list(module._windows(end, end)) == []


class Speller:
    """Stands for an API that knows one spelling of a kind only."""

    def __init__(self, known: str) -> None:
        self.known, self.asked = known, []

    def settlements(self, kinds: list[str], **_: Any) -> FinancePage:
        self.asked += kinds
        if kinds != [self.known]:
            raise Rejected(endpoint="finance.settlements", status=400)
        return FinancePage(content=[], total_elements=0, total_pages=0, page=0, size=1000)


@pytest.mark.parametrize(("known", "asked"), [("ManualRefund", 1), ("ManuelRefund", 2)])
def test_other_spelling_is_tried_when_the_first_is_refused(known: str, asked: int) -> None:
    api, now = Speller(known), timezone.now()

    module._page(api, BY_NAME["ManualRefund"], (now, now), 0)

    assert len(api.asked) == asked


def test_kind_that_is_refused_in_every_spelling_fails_the_reading() -> None:
    now = timezone.now()

    with pytest.raises(Rejected):
        module._page(Speller("neither"), BY_NAME["ManualRefund"], (now, now), 0)


# --- rows -------------------------------------------------------------------------------------------------------


def raw_row(**fields: Any) -> dict[str, Any]:
    return {
        "id": "725041340",
        "transactionDate": 1794486600000,
        "barcode": "868",
        "transactionType": "Satış",
        "debt": 0.0,
        "credit": 2450.0,
        "commissionRate": 19.0,
        "commissionAmount": 465.5,
        "sellerRevenue": 1984.5,
        "orderNumber": "11900000110",
        "paymentOrderId": None,
        "paymentDate": 1796905800000,
        "currency": "TRY",
        "shipmentPackageId": None,
        "storeAddress": "Bir sokak",
        **fields,
    }


def settlement(kind: str = "Sale", **fields: Any) -> Settlement:
    raw = raw_row(**fields)
    row = SettlementRow.model_validate(raw)
    return to_settlement(row, BY_NAME[kind], find_matches([row]), raw=raw, read_at=timezone.now())


def order_with_rate(rate: str | None, **fields: Any) -> Order:
    order = make_order([("868", 1)], status=OrderState.DELIVERED, **fields)
    OrderLine.objects.filter(order=order).update(commission_rate=rate)
    return order


def test_times_are_true_and_the_payment_day_is_istanbuls() -> None:
    # 21:30 UTC on the 17th is 00:30 on the 18th in Istanbul.
    at = datetime.fromisoformat("2026-11-17T21:30:00+00:00")
    row = settlement(transactionDate=round(at.timestamp() * 1000), paymentDate=round(at.timestamp() * 1000))

    assert (row.transaction_at, f"{row.payment_date}") == (at, "2026-11-18")


def test_address_is_not_kept() -> None:
    assert "storeAddress" not in settlement().payload


@pytest.mark.parametrize(
    ("kind", "debt", "credit", "expected"),
    [
        ("Sale", 0, 2450, "465.50"),
        ("Return", 2450, 0, "465.50"),
        ("Discount", 245, 0, "46.55"),
        ("DiscountCancel", 0, 245, "46.55"),
        ("Coupon", 33.33, 0, "6.33"),
        ("Coupon", 0, 33.33, "6.33"),
        ("TYDiscount", 245, 0, None),
        ("CommissionNegative", 10, 0, None),
        ("PaymentOrder", 2450, 0, None),
    ],
)
def test_commission_is_expected_from_the_rate_of_the_line(
    kind: str, debt: float, credit: float, expected: str | None
) -> None:
    order_with_rate("19", order_number="11900000110")

    row = settlement(kind, debt=debt, credit=credit)

    assert row.expected_commission == (None if expected is None else Decimal(expected))


def test_half_a_kurus_is_rounded_up() -> None:
    lines = [OrderLine(commission_rate=Decimal("19.5"))]

    assert expected_commission(Decimal("0.10"), lines) == Decimal("0.02")
    assert expected_commission(Decimal("12345.67"), lines) == Decimal("2407.41")


@pytest.mark.parametrize("rates", [[], [None], [Decimal(19), Decimal(20)], [Decimal(19), None]])
def test_commission_of_unclear_rates_is_not_guessed(rates: list[Decimal | None]) -> None:
    lines = [OrderLine(commission_rate=rate) for rate in rates]

    assert expected_commission(Decimal(100), lines) is None


def test_package_decides_before_the_number() -> None:
    order_with_rate("10", order_number="11900000110")
    right = order_with_rate("19", order_number="11900000110")

    assert settlement(shipmentPackageId=right.package_id).order == right


def test_number_of_several_packages_decides_only_where_one_fits() -> None:
    order_with_rate("19", order_number="11900000110", superseded=True)
    right = order_with_rate("19", order_number="11900000110")
    other = make_order([("other", 1)], status=OrderState.DELIVERED, order_number="11900000110")

    assert settlement().order == right
    assert settlement(barcode="other").order == other
    assert settlement(barcode=None).order is None


def test_manual_order_with_the_same_number_is_not_the_marketplaces() -> None:
    order_with_rate("19", order_number="11900000110", channel=Channel.MANUAL, package_id=None)

    assert settlement().order is None


def test_unreadable_numbers_do_not_break_the_page() -> None:
    row = settlement(shipmentPackageId=2**70, commissionRate=5000, debt=None, credit=None)

    assert (row.package_id, row.commission_rate) == (None, None)
    assert (row.debt, row.credit) == (Decimal(0), Decimal(0))


# --- callers ----------------------------------------------------------------------------------------------------


def test_command_reads_and_prints_its_figures(shop: Shop) -> None:
    sell(shop)
    out = io.StringIO()

    call_command("sync_settlements", "--json", "--since", "01.11.2026", stdout=out)

    assert json.loads(out.getvalue())["outcome"] == "DONE"


def test_command_refuses_a_day_that_is_none() -> None:
    with pytest.raises(CommandError, match="--since gestern"):
        call_command("sync_settlements", "--since", "gestern")


def test_nightly_job_reads_and_leaves_a_row(shop: Shop) -> None:
    make_variant()

    assert pull_settlements_job()["outcome"] == "DONE"
    run = JobRun.objects.get(name="sync_settlements")
    assert (run.state, run.trigger) == (JobRun.State.DONE, JobRun.Trigger.SCHEDULE)


def test_nightly_job_waits_until_trendyol_is_set_up(settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": ""}

    assert pull_settlements_job() == {"outcome": "NOT_CONFIGURED"}
