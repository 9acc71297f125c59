"""Orders in, over real HTTP from the sandbox."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gullu.models import JobRun
from integrations.models import SyncCursor, SyncProblem
from integrations.trendyol.connection import NotConfigured, using
from integrations.trendyol.errors import AuthFailed, NotReachable, TrendyolError, WrongSeller
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sync import reconcile_orders, sync_orders
from integrations.trendyol.sync.orders import OVERLAP, WINDOW, windows
from inventory.selectors import availability
from orders.enums import OrderState
from orders.models import Order, OrderLine, PutBack
from orders.services import confirm_picking
from tests.factories import make_variant
from tests.integrations.conftest import Shop, client_for

pytestmark = pytest.mark.django_db


def test_an_order_comes_in_complete(shop: Shop) -> None:
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(
        lines=[(variant.barcode, 2)], cargo_number=72602420957047272632
    )

    result = sync_orders()

    assert (result.packages, result.created, result.problems) == (1, 1, 0)
    order = Order.objects.get()
    raw = shop.sandbox.shop.packages[package_id]
    assert (order.package_id, order.order_number, order.status) == (
        package_id,
        raw.order_number,
        OrderState.CREATED,
    )
    assert order.cargo_tracking_number == "72602420957047272632"
    assert order.total_amount == order.lines.get().total > 0
    assert order.lines.get().variant == variant
    assert availability()[0].available == 3


def test_order_times_lose_the_three_hours_and_the_others_keep_theirs(shop: Shop) -> None:
    variant = shop.sell(5)
    before = timezone.now() - timedelta(seconds=10)  # a package is made seconds after its order

    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], agreed_hours=20)
    sync_orders()

    order = Order.objects.get()
    after = timezone.now() + timedelta(seconds=2)
    assert before <= order.ordered_at <= after
    assert order.remote_modified_at is not None
    assert before <= order.remote_modified_at <= after
    assert order.ship_by_at is not None
    assert abs(order.ship_by_at - order.ordered_at - timedelta(hours=20)) < timedelta(minutes=1)


def test_the_second_pull_reads_the_overlap_and_changes_nothing(shop: Shop) -> None:
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    sync_orders()

    again = sync_orders()

    assert (again.packages, again.created, again.updated, again.unchanged) == (1, 0, 0, 1)


def test_many_pages_are_read_to_the_end(shop: Shop) -> None:
    variant = shop.sell(600)
    for _number in range(450):
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])

    result = sync_orders()

    assert (result.pages, result.created) == (3, 450)
    assert availability()[0].available == 150


@pytest.mark.parametrize(
    "kind", ["500", "html_502", "html_503", "truncated", "429", "drop_after", "empty_200"]
)
def test_a_failed_page_of_the_order_list_is_a_failed_pull_and_the_next_healthy_run_catches_up(
    shop: Shop, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.trendyol.sync.orders.MAX_ORDERS_SIZE", 20)
    variant = shop.sell(60)
    for _number in range(25):
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    assert sync_orders().pages == 2
    position = SyncCursor.objects.get().position
    for _number in range(25):
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    shop.sandbox.faults.add(endpoint="orders-stream", kind=kind, times=None)

    with pytest.raises(TrendyolError) as caught:
        sync_orders()

    assert SyncCursor.objects.get().position == position
    run = JobRun.objects.filter(name="sync_orders").latest("pk")
    assert (run.state, run.error) == (JobRun.State.FAILED, str(caught.value))
    calls = [request for request in shop.sandbox.requests if request.fault]
    assert 1 <= len(calls) <= 3  # no retry storm
    shop.sandbox.faults.clear()
    assert sync_orders().created == 25


def test_a_page_that_fails_in_the_middle_moves_no_cursor(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.trendyol.sync.orders.MAX_ORDERS_SIZE", 20)
    variant = shop.sell(60)
    for _number in range(25):
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    reads = iter(range(100))
    real = sync_orders.__globals__["store_page"]

    def fail_on_the_second_page(*args: Any, **kwargs: Any) -> Any:
        if next(reads) == 1:
            raise ConnectionError("cut")
        return real(*args, **kwargs)

    sync_orders.__globals__["store_page"] = fail_on_the_second_page
    try:
        with pytest.raises(ConnectionError):
            sync_orders()
    finally:
        sync_orders.__globals__["store_page"] = real

    assert SyncCursor.objects.get().position is None
    assert Order.objects.count() == 20  # what was read is kept …
    assert sync_orders().created == 5  # … and the rest follows


def test_one_unreadable_package_costs_one_problem_not_the_page(shop: Shop) -> None:
    variant = shop.sell(5)
    good = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    bad = shop.sandbox.shop.place_order(
        lines=[(variant.barcode, 1)], overrides={"lines": [{"lineId": "çok"}]}
    )
    too_big = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], overrides={"orderNumber": ""})

    result = sync_orders()

    assert list(Order.objects.values_list("package_id", flat=True)) == [good]
    assert result.problems == 2
    found = SyncProblem.objects.filter(kind=SyncProblem.Kind.BAD_PAYLOAD, resolved_at=None)
    assert sorted(found.values_list("reference", flat=True)) == sorted(
        [f"package {bad}", f"package {too_big}"]
    )
    assert "customerFirstName" not in json.dumps(found.first().data)  # type: ignore[union-attr]


def test_an_id_beyond_64_bits_costs_one_problem_not_the_page(shop: Shop) -> None:
    variant = shop.sell(5)
    good = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], overrides={"shipmentPackageId": 10**25})

    result = sync_orders()

    assert list(Order.objects.values_list("package_id", flat=True)) == [good]
    assert result.problems == 1


def test_a_problem_disappears_when_the_package_becomes_readable(shop: Shop) -> None:
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], overrides={"orderNumber": ""})
    sync_orders()
    shop.sandbox.shop.packages[package_id].overrides.clear()
    shop.sandbox.shop.touch(package_id)

    sync_orders()

    assert SyncProblem.objects.get().resolved_at is not None
    assert Order.objects.count() == 1


def test_nul_and_hostile_text_are_stored_and_disturb_nothing(shop: Shop) -> None:
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(
        lines=[(variant.barcode, 1)],
        overrides={
            "customerFirstName": "A\x00yşe'; DROP TABLE orders_order;--",
            "customerLastName": "<script>",
        },
    )

    assert sync_orders().created == 1
    order = Order.objects.get()
    assert (order.customer_first_name, order.customer_last_name) == (
        "Ayşe'; DROP TABLE orders_order;--",
        "<script>",
    )


def test_an_unknown_barcode_heals_when_the_product_arrives(shop: Shop) -> None:
    shop.list_there("8699999999999", 4)
    shop.sandbox.shop.place_order(lines=[("8699999999999", 1)])
    sync_orders()
    assert SyncProblem.objects.get(kind=SyncProblem.Kind.UNKNOWN_BARCODE).reference == "8699999999999"

    variant = make_variant("8699999999999")
    result = sync_orders()

    assert result.healed == 1
    assert OrderLine.objects.get().variant == variant
    assert SyncProblem.objects.get().resolved_at is not None


def test_a_split_after_picking_ends_with_the_goods_in_the_new_packages(shop: Shop) -> None:
    one, two = shop.sell(5), shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(one.barcode, 1), (two.barcode, 1)])
    sync_orders()
    confirm_picking(order_id=Order.objects.get().pk)

    shop.sandbox.shop.split(package_id, [(one.barcode, 1)])
    sync_orders()

    states = dict(Order.objects.values_list("package_id", "status"))
    assert states.pop(package_id) == OrderState.CANCELLED
    assert list(states.values()) == [OrderState.PICKING, OrderState.PICKING]
    assert PutBack.objects.filter(state="WAITING").count() == 0
    assert [row.on_hand for row in availability()] == [4, 4]


def test_a_part_cancelled_before_picking_frees_only_that_part(shop: Shop) -> None:
    one, two = shop.sell(5), shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(one.barcode, 1), (two.barcode, 1)])
    sync_orders()

    shop.sandbox.shop.cancel(package_id, [(one.barcode, 1)])
    sync_orders()

    assert [row.available for row in availability()] == [5, 4]
    assert Order.objects.to_prepare().count() == 1


def test_created_to_cancelled_between_two_pulls_leaves_one_row(shop: Shop) -> None:
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    sync_orders()

    shop.sandbox.shop.cancel(package_id)
    sync_orders()

    assert Order.objects.get().status == OrderState.CANCELLED
    assert availability()[0].available == 5


def test_an_awaiting_order_reserves_and_its_mask_is_no_name(shop: Shop) -> None:
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], status="Awaiting")
    sync_orders()
    order = Order.objects.get()
    assert (order.payment_pending, order.customer_name, order.city) == (True, "", "")
    assert availability()[0].available == 4

    shop.sandbox.shop.pay(package_id)
    sync_orders()

    order = Order.objects.get()
    assert (order.payment_pending, bool(order.customer_name)) == (False, True)
    assert availability()[0].available == 4


def test_wrong_credentials_are_one_sentence_and_a_failed_row(shop: Shop) -> None:
    with using(client_for(shop.sandbox, api_secret="wrong")), pytest.raises(AuthFailed):
        sync_orders()
    with using(client_for(shop.sandbox, seller_id="123456")), pytest.raises(WrongSeller):
        sync_orders()

    assert list(JobRun.objects.values_list("state", flat=True)) == [JobRun.State.FAILED] * 2
    assert len(shop.sandbox.requests) == 2
    assert not any("wrong" in error for error in JobRun.objects.values_list("error", flat=True))


def test_no_network_is_one_sentence(shop: Shop) -> None:
    client = client_for(shop.sandbox)
    shop.sandbox.stop()

    with using(client), pytest.raises(NotReachable):
        sync_orders()


def test_without_settings_it_says_which_are_missing(settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "SELLER_ID": "", "API_KEY": "", "API_SECRET": ""}

    with pytest.raises(NotConfigured) as caught:
        sync_orders()

    assert "TRENDYOL_SELLER_ID" in str(caught.value)


def test_an_outage_longer_than_one_window_is_read_in_windows() -> None:
    now = timezone.now()

    found = list(windows(now - timedelta(days=40), now=now))

    assert found[0][0] == now - timedelta(days=40) - OVERLAP
    assert found[-1][1] == now + OVERLAP
    assert all(end - start <= WINDOW for start, end in found)
    assert all(later[0] < earlier[1] for earlier, later in itertools.pairwise(found))


def test_a_restored_backup_older_than_the_history_starts_at_its_edge() -> None:
    now = timezone.now()

    assert next(windows(now - timedelta(days=400), now=now))[0] > now - timedelta(days=90)


def test_reconciling_reads_every_open_order_again_and_reports_the_lost(shop: Shop) -> None:
    variant = shop.sell(50)
    ids = [shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)]) for _number in range(3)]
    sync_orders()
    Order.objects.filter(package_id=ids[0]).update(remote_modified_at=timezone.now() - timedelta(days=9))
    shop.sandbox.shop.cancel(ids[0])
    Order.objects.filter(package_id=ids[2]).update(package_id=999, order_number="888")

    result = reconcile_orders()

    assert (result.asked, result.missing) == (3, 1)
    assert Order.objects.get(package_id=ids[0]).status == OrderState.CANCELLED
    assert SyncProblem.objects.get(kind=SyncProblem.Kind.NOT_FOUND).reference == "package 999"


def test_the_command_prints_one_json_object_last(shop: Shop) -> None:
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    out = StringIO()

    call_command("sync_orders", "--json", stdout=out)

    figures = json.loads(out.getvalue().splitlines()[-1])
    assert (figures["outcome"], figures["created"]) == ("DONE", 1)


def test_the_command_fails_with_one_sentence(shop: Shop, sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="orders-stream", kind="html_503", times=None)
    out = StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("sync_orders", "--json", stdout=out)

    assert len(str(caught.value).splitlines()) == 1
    assert json.loads(out.getvalue().splitlines()[-1])["outcome"] == "FAILED"
