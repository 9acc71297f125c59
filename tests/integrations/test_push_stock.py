"""Stock out, over real HTTP to the sandbox: the marketplace ends with our numbers, whatever goes wrong between."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gullu.locks import advisory_lock
from integrations.models import Listing, SyncProblem
from integrations.selectors import beliefs
from integrations.trendyol.connection import using
from integrations.trendyol.errors import AuthFailed, NotReachable, TrendyolError
from integrations.trendyol.push import PushOutcome, push_stock
from integrations.trendyol.push.plan import Wanted
from integrations.trendyol.push.requests import cut, make_request
from integrations.trendyol.push.run import LOCK, PullStillRunning, PushIncomplete
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sync import orders as sync_module
from integrations.trendyol.sync import sync_orders, sync_products
from inventory.enums import PushItemState
from inventory.locks import create_and_lock_central
from inventory.models import StockPushBatch, StockPushItem, StockPushLog
from inventory.selectors import availability
from inventory.services import adjust_stock
from orders.models import Order
from orders.services import cancel_order, confirm_picking
from tests.factories import make_variant, stock
from tests.integrations.conftest import Shop, client_for

pytestmark = pytest.mark.django_db


def pushes(shop: Shop) -> int:
    return sum(request.endpoint == "price-and-inventory" for request in shop.sandbox.requests)


def test_the_first_push_sends_everything_and_keeps_each_result(shop: Shop) -> None:
    shop.sell(5, there=9)
    shop.sell(0, there=3)

    result = push_stock()

    assert shop.there() == shop.offered() == {"8680000000001": 5, "8680000000002": 0}
    assert (result.outcome, result.evaluated, result.sent, result.quantity, result.failed) == (
        PushOutcome.DONE, 2, 2, 5, 0
    )  # fmt: skip
    log = StockPushLog.objects.get()
    assert (log.success, log.total_items, log.total_quantity, log.error_message) == (True, 2, 5, "")
    assert set(StockPushItem.objects.values_list("state", flat=True)) == {PushItemState.SUCCESS}
    assert {belief.quantity for belief in beliefs().values()} == {5, 0}


def test_a_barcode_that_was_never_counted_here_is_left_as_it_is_there(shop: Shop) -> None:
    """Otherwise the first push would take everything off sale that was just taken over from an existing shop."""
    shop.sell(5)
    shop.list_there(make_variant("8690000000001").barcode, 7)

    result = push_stock(send_all=True)

    assert (result.evaluated, result.sent) == (1, 1)
    assert shop.there() == {"8680000000001": 5, "8690000000001": 7}


def test_the_second_push_sends_nothing_and_says_so_in_a_row(shop: Shop) -> None:
    shop.sell(5)
    push_stock()

    result = push_stock()

    assert (result.sent, result.skipped, pushes(shop)) == (0, 1, 1)
    assert list(StockPushLog.objects.order_by("pk").values_list("total_items", "success")) == [
        (1, True),
        (0, True),
    ]


def test_only_what_changed_is_sent(shop: Shop) -> None:
    for _number in range(5):
        shop.sell(5)
    push_stock()
    adjust_stock(barcode="8680000000003", shelf_code="A-B-03", counted=2, reason="sayım")

    result = push_stock()

    assert (result.sent, result.skipped) == (1, 4)
    assert shop.there() == shop.offered()


def test_all_sends_everything_again(shop: Shop) -> None:
    shop.sell(5)
    shop.sell(6)
    push_stock()

    result = push_stock(send_all=True)

    assert (result.sent, result.failed, result.unknown) == (2, 0, 0)
    assert shop.there() == shop.offered()


def test_all_twice_at_once_repeats_nothing_and_is_no_failure(shop: Shop) -> None:
    shop.sell(5)
    push_stock(send_all=True)

    result = push_stock(send_all=True)

    assert (result.sent, result.failed, result.unknown, pushes(shop)) == (0, 0, 0, 1)


def test_a_dry_run_sends_and_writes_nothing(shop: Shop) -> None:
    shop.sell(5, there=9)

    result = push_stock(dry_run=True)

    assert (result.outcome, result.sent, result.quantity) == (PushOutcome.DRY_RUN, 1, 5)
    assert (pushes(shop), StockPushLog.objects.count(), shop.there()) == (0, 0, {"8680000000001": 9})


def test_sent_is_on_hand_minus_reserved_and_never_below_zero(shop: Shop) -> None:
    one, two = shop.sell(5, there=9), shop.sell(1, there=9)
    shop.sandbox.shop.place_order(lines=[(one.barcode, 2)])
    shop.sandbox.shop.place_order(lines=[(two.barcode, 3)])

    result = push_stock()

    assert shop.there() == {one.barcode: 3, two.barcode: 0}
    assert (result.quantity, result.reserved) == (3, 5)
    assert [row.available for row in availability()] == [3, -2]


def test_the_safety_buffer_is_held_back(shop: Shop) -> None:
    shop.sell(5, safety_buffer=2)

    push_stock()

    assert shop.there() == {"8680000000001": 3}


def test_a_sale_the_marketplace_already_counted_needs_no_push(shop: Shop) -> None:
    variant = shop.sell(5)
    push_stock()
    Listing.objects.update(quantity_effective_at=timezone.now() - timedelta(minutes=10))
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])

    result = push_stock()

    assert (result.sent, shop.there(), beliefs()[variant.barcode].quantity) == (0, {variant.barcode: 4}, 4)


def test_confirming_a_pick_changes_nothing_the_marketplace_must_hear(shop: Shop) -> None:
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    push_stock()

    confirm_picking(order_id=Order.objects.get().pk)

    assert push_stock().sent == 0
    assert shop.there() == {variant.barcode: 4}


def test_a_cancellation_makes_the_belief_unknown_and_the_true_number_is_sent(shop: Shop) -> None:
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    push_stock()
    shop.sandbox.shop.cancel(package_id)
    sync_orders()
    assert beliefs()[variant.barcode].basis == "CANCELLED_SINCE"

    push_stock()

    assert shop.there() == shop.offered() == {variant.barcode: 5}


def test_a_shopper_who_buys_between_pull_and_push_is_never_sold_a_pair_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = shop.sell(1)
    shopper = Shopper(shop, variant.barcode)
    inventory = shop.sandbox.shop.inventory
    monkeypatch.setattr(inventory, "submit", shopper.before(inventory.submit))

    result = push_stock(send_all=True)

    assert shopper.bought == 1
    assert shop.there() == shop.offered() == {variant.barcode: 0}
    assert Order.objects.count() == 1
    assert StockPushBatch.objects.filter(push_id=result.log_id).order_by("pk").last().round == 2  # type: ignore[union-attr]
    with pytest.raises(Exception, match=variant.barcode):
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])


class Shopper:
    """Buys one pair at a chosen moment of the conversation."""

    def __init__(self, shop: Shop, barcode: str) -> None:
        self.shop, self.barcode, self.bought = shop, barcode, 0

    def before(self, action: Any) -> Any:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if not self.bought:
                self.bought += 1
                self.shop.sandbox.shop.place_order(lines=[(self.barcode, 1)])
            return action(*args, **kwargs)

        return wrapped


def test_a_refused_barcode_is_kept_with_its_reason_and_does_not_stop_the_others(shop: Shop) -> None:
    shop.sell(5, there=1)
    shop.sell(6, there=1, approved=False)

    result = push_stock()

    assert (result.sent, result.failed) == (2, 1)
    assert StockPushItem.objects.get(state=PushItemState.FAILED).reason != ""
    assert shop.there()["8680000000001"] == 5
    assert beliefs()["8680000000002"].quantity is None
    assert push_stock().sent == 1  # tried again


def test_products_that_are_not_approved_are_not_sent_once_that_is_known(shop: Shop) -> None:
    shop.sell(5, there=1)
    shop.sell(6, there=1, approved=False)
    shop.sell(7, there=1, archived=True)
    sync_products()

    result = push_stock()

    assert (result.evaluated, result.sent, result.failed) == (1, 1, 0)


def test_more_than_a_thousand_barcodes_go_in_independent_requests(shop: Shop) -> None:
    from catalog.models import Product, Variant

    product = Product.objects.create(code="M1", title="Bot")
    Variant.objects.bulk_create(
        Variant(product=product, barcode=f"869{number:010d}", colour="Siyah", size=str(number))
        for number in range(1050)
    )
    create_and_lock_central(list(Variant.objects.values_list("pk", flat=True)))
    for number in range(1050):
        shop.list_there(f"869{number:010d}", 3)
    shop.sandbox.faults.add(endpoint="price-and-inventory", kind="429", times=1)

    with pytest.raises(TrendyolError):
        push_stock()
    push_stock()

    assert shop.there() == shop.offered()


@pytest.mark.parametrize(
    "kind", ["timeout_before", "timeout_after", "drop_after", "html_502", "500", "truncated"]
)
def test_an_answer_that_never_comes_leaves_the_belief_unknown_and_the_next_push_repairs_it(
    shop: Shop, kind: str
) -> None:
    shop.sell(5, there=9)
    shop.sell(2, there=9)
    shop.sandbox.faults.add(endpoint="price-and-inventory", kind=kind, times=1)

    with pytest.raises(PushIncomplete) as caught:
        push_stock()

    log = StockPushLog.objects.get()
    assert (log.success, log.unknown, log.error_message) == (False, 2, str(caught.value))
    assert {belief.quantity for belief in beliefs().values()} == {None}
    result = push_stock()  # within the 15 minutes: must not repeat the identical body
    assert (result.failed, result.unknown) == (0, 0)
    assert shop.there() == shop.offered() == {"8680000000001": 5, "8680000000002": 2}


def test_a_single_barcode_with_an_unknown_outcome_is_repaired_at_once(shop: Shop) -> None:
    shop.sell(5, there=5)
    shop.sell(2, there=2)
    push_stock()
    adjust_stock(barcode="8680000000002", shelf_code="A-B-03", counted=1, reason="sayım")
    shop.sandbox.faults.add(endpoint="price-and-inventory", kind="timeout_after", times=1)
    with pytest.raises(PushIncomplete):
        push_stock()

    result = push_stock()

    assert (result.sent, result.failed, result.unknown) == (2, 0, 0)  # with an unchanged companion
    assert shop.there() == shop.offered()


@pytest.mark.parametrize("kind", ["429", "html_503"])
def test_a_refusal_before_anything_happened_fails_the_run_and_the_next_one_sends(
    shop: Shop, kind: str
) -> None:
    shop.sell(5, there=9)
    shop.sandbox.faults.add(endpoint="price-and-inventory", kind=kind, times=1)

    with pytest.raises(TrendyolError):
        push_stock()
    assert (StockPushLog.objects.get().success, pushes(shop)) == (False, 1)

    push_stock()
    assert shop.there() == shop.offered()


def test_when_orders_cannot_be_read_no_stock_is_sent(shop: Shop) -> None:
    shop.sell(5, there=9)
    shop.sandbox.faults.add(endpoint="orders-stream", kind="500", times=None)

    with pytest.raises(TrendyolError):
        push_stock()

    assert (pushes(shop), StockPushLog.objects.get().success) == (0, False)


def test_when_the_result_cannot_be_read_the_next_push_reads_it(shop: Shop) -> None:
    shop.sell(5, there=9)
    shop.sandbox.faults.add(endpoint="batch-requests", kind="500", times=None)
    with pytest.raises(PushIncomplete):
        push_stock()
    shop.sandbox.faults.clear()

    result = push_stock()

    assert (result.sent, beliefs()["8680000000001"].quantity) == (0, 5)
    assert StockPushBatch.objects.get().state == StockPushBatch.State.DONE


@pytest.mark.usefixtures("impatient")
def test_a_batch_that_does_not_finish_is_no_success_and_is_read_later(shop: Shop) -> None:
    shop.sell(5, there=9)
    shop.sandbox.config.batch_delay_seconds = 3600

    with pytest.raises(PushIncomplete):
        push_stock()
    assert beliefs()["8680000000001"].quantity is None
    shop.sandbox.advance(3601)

    assert push_stock().sent == 0
    assert shop.there() == shop.offered()


@pytest.mark.usefixtures("impatient")
def test_a_result_that_is_gone_after_four_hours_is_sent_again(shop: Shop) -> None:
    shop.sell(5, there=9)
    shop.sandbox.config.batch_delay_seconds = 3600
    with pytest.raises(PushIncomplete):
        push_stock()
    StockPushBatch.objects.update(sent_at=timezone.now() - timedelta(hours=5))
    shop.sandbox.config.batch_delay_seconds = 0
    shop.sandbox.advance(5 * 3600)

    push_stock()

    assert StockPushBatch.objects.order_by("pk").first().state == StockPushBatch.State.UNKNOWN  # type: ignore[union-attr]
    assert shop.there() == shop.offered()


@pytest.mark.usefixtures("impatient")
def test_a_late_old_request_cannot_overrule_what_is_known_of_a_newer_one(shop: Shop) -> None:
    variant, other = shop.sell(5, there=9), shop.sell(2)
    shop.sandbox.config.batch_delay_seconds = 3600
    with pytest.raises(PushIncomplete):
        push_stock()
    adjust_stock(barcode=variant.barcode, shelf_code="A-B-03", counted=3, reason="sayım")
    shop.sandbox.config.batch_delay_seconds = 0
    push_stock()
    assert shop.there() == {variant.barcode: 3, other.barcode: 2}

    shop.sandbox.advance(3601)  # now the old request takes effect there: 5 again
    assert shop.there() == {variant.barcode: 5, other.barcode: 2}
    push_stock()

    assert shop.there() == shop.offered() == {variant.barcode: 3, other.barcode: 2}


def test_a_second_run_at_the_same_time_says_so_and_does_nothing(shop: Shop) -> None:
    shop.sell(5, there=9)

    with advisory_lock(LOCK):
        result = push_stock()

    assert (result.outcome, StockPushLog.objects.count(), pushes(shop)) == (PushOutcome.ALREADY_RUNNING, 0, 0)


def test_a_pull_that_hangs_stops_the_push(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.trendyol.push.run.PULL_WAIT_SECONDS", 0.2)
    shop.sell(5, there=9)

    with advisory_lock(sync_module.LOCK), pytest.raises(PullStillRunning):
        push_stock()

    assert pushes(shop) == 0


def test_wrong_credentials_and_no_network_are_one_sentence_and_a_failed_row(shop: Shop) -> None:
    shop.sell(5, there=9)
    with using(client_for(shop.sandbox, api_key="wrong")), pytest.raises(AuthFailed):
        push_stock()
    client = client_for(shop.sandbox)
    shop.sandbox.stop()
    with using(client), pytest.raises(NotReachable):
        push_stock()

    rows = StockPushLog.objects.order_by("pk")
    assert [row.success for row in rows] == [False, False]
    assert all(len(row.error_message.splitlines()) == 1 for row in rows)


def test_parked_orders_and_missed_picks_stay_subtracted(shop: Shop) -> None:
    one, two = shop.sell(5), shop.sell(5)
    parked = shop.sandbox.shop.place_order(lines=[(one.barcode, 1)])
    missed = shop.sandbox.shop.place_order(lines=[(two.barcode, 1)])
    shop.sandbox.shop.ship(missed)
    sync_orders()
    from orders.services import park_order

    park_order(order_id=Order.objects.get(package_id=parked).pk, reason="NO_STOCK")

    push_stock()

    assert shop.there() == shop.offered() == {one.barcode: 4, two.barcode: 4}


def test_cancelling_here_ends_with_the_same_number_there(shop: Shop) -> None:
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 2)])
    push_stock()
    cancel_order(order_id=Order.objects.get().pk, reason="hasarlı")

    push_stock()

    assert shop.there() == shop.offered() == {variant.barcode: 5}


def test_goods_in_are_offered_by_the_next_push(shop: Shop) -> None:
    variant = shop.sell(0)
    push_stock()
    stock(variant, shop.shelf, 4)

    assert push_stock().sent == 1
    assert shop.there() == {variant.barcode: 4}


def test_the_read_back_lists_a_drift_and_the_next_push_corrects_it(shop: Shop) -> None:
    variant, other = shop.sell(5), shop.sell(2)
    push_stock()
    shop.sandbox.shop.catalogue.load([_as_listed(shop, variant.barcode, 2)])

    result = sync_products()

    assert result.drifts == 1
    assert shop.there()[variant.barcode] == 2
    push_stock()
    assert shop.there() == {variant.barcode: 5, other.barcode: 2}
    sync_products()
    assert SyncProblem.objects.get(kind=SyncProblem.Kind.QUANTITY_DRIFT).resolved_at is not None


def _as_listed(shop: Shop, barcode: str, quantity: int) -> Any:
    from integrations.trendyol.sandbox.catalogue import ProductSpec

    del shop
    return ProductSpec(barcode=barcode, product_main_id=barcode[-4:], title="Topuklu Ayakkabı", colour="Siyah",
                       quantity=quantity)  # fmt: skip


def test_bodies_are_never_repeated() -> None:
    items = [Wanted(number, f"B{number}", number, None) for number in range(4)]
    sent = {
        make_request(items).fingerprint,
        make_request(items[:2]).fingerprint,
        make_request(items[:1]).fingerprint,
    }

    requests, waiting = cut(items, companions=[Wanted(9, "B9", 9, 9)], was_sent=sent.__contains__)

    assert [[item.barcode for item in request.items] for request in requests] == [
        ["B0", "B9"],
        ["B1"],
        ["B2", "B3"],
    ]
    assert waiting == []
    assert not sent & {request.fingerprint for request in requests}


def test_what_cannot_be_said_differently_waits() -> None:
    items = [Wanted(1, "B1", 1, None)]

    requests, waiting = cut(items, companions=[], was_sent=lambda fingerprint: True)

    assert (requests, waiting) == ([], items)


def test_the_command_prints_json_and_exits_zero_when_already_running(shop: Shop) -> None:
    shop.sell(5)
    out = StringIO()
    call_command("push_stock", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1])["sent"] == 1

    with advisory_lock(LOCK):
        out = StringIO()
        call_command("push_stock", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1])["outcome"] == "ALREADY_RUNNING"


def test_the_command_fails_with_one_sentence(shop: Shop, sandbox: Sandbox) -> None:
    shop.sell(5)
    sandbox.faults.add(endpoint="price-and-inventory", kind="html_503", times=None)

    with pytest.raises(CommandError) as caught:
        call_command("push_stock")

    assert len(str(caught.value).splitlines()) == 1
