"""Listings and returns, over real HTTP from the sandbox."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gullu.roles import MANAGER
from integrations.models import Listing, SyncProblem
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.sync import sync_orders, sync_products, sync_returns
from orders.models import Order, ReturnUnit
from orders.privacy.people import key_of
from orders.privacy.services import erase_customer
from tests.factories import make_user, make_variant
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db


def states() -> dict[str, str]:
    return dict(Listing.objects.values_list("barcode", "state"))


def test_listings_follow_what_trendyol_lists(shop: Shop) -> None:
    one = shop.sell(5)
    shop.sell(5, archived=True)
    shop.sell(5, approved=False)
    shop.sell(5, approved=False, reject_reason="Görsel uygun değil")
    shop.list_there("8699999999999", 7)

    result = sync_products()

    assert states() == {
        "8680000000001": "APPROVED",
        "8680000000002": "ARCHIVED",
        "8680000000003": "PENDING",
        "8680000000004": "REJECTED",
        "8699999999999": "APPROVED",
    }
    assert (result.approved, result.unapproved, result.unknown_here, result.gone) == (3, 2, 1, 0)
    listing = Listing.objects.get(barcode=one.barcode)
    assert (listing.variant, listing.observed_quantity, listing.remote_quantity) == (one, 5, None)


def test_a_missing_quantity_is_unknown_not_zero(shop: Shop) -> None:
    for _number in range(30):
        shop.sell(5)
    shop.sandbox.config.quirks.add("missing_quantity")

    sync_products()

    seen = set(Listing.objects.values_list("observed_quantity", flat=True))
    assert seen == {5, None}


def test_a_failed_product_page_deactivates_nothing(shop: Shop) -> None:
    for _number in range(3):
        shop.sell(5)
    sync_products()
    shop.sandbox.faults.add(endpoint="products-approved", kind="500", times=None)

    with pytest.raises(TrendyolError):
        sync_products()

    assert set(states().values()) == {"APPROVED"}


def test_a_barcode_gone_from_a_complete_listing_is_marked_and_comes_back(shop: Shop) -> None:
    shop.sell(5)
    Listing.objects.create(
        barcode="8688888888888", state=Listing.State.APPROVED, variant=make_variant("8688888888888")
    )

    assert sync_products().gone == 1
    assert states()["8688888888888"] == "MISSING"
    shop.list_there("8688888888888", 3)
    sync_products()

    assert states()["8688888888888"] == "APPROVED"
    assert Listing.objects.count() == 2


def test_a_product_that_arrives_here_later_is_connected(shop: Shop) -> None:
    shop.list_there("8699999999999", 7)
    sync_products()
    variant = make_variant("8699999999999")

    sync_products()

    assert Listing.objects.get().variant == variant


def test_more_than_one_page_is_read_with_a_constant_number_of_writes(
    shop: Shop, django_assert_max_num_queries: Any
) -> None:
    for number in range(250):
        shop.list_there(f"8690000{number:06d}", 3, product_main_id=f"M{number}")

    with django_assert_max_num_queries(66):
        result = sync_products()

    assert result.approved == 250


def delivered(shop: Shop, quantity: int = 1) -> Order:
    variant = shop.sell(9)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, quantity)])
    shop.sandbox.shop.ship(package_id)
    shop.sandbox.shop.deliver(package_id)
    sync_orders()
    return Order.objects.get(package_id=package_id)


def test_returns_come_in_per_unit_and_are_updated(shop: Shop) -> None:
    order = delivered(shop, quantity=2)
    claim_id = shop.sandbox.shop.claim(order.marketplace_package, reason_id=501, note="küçük geldi")

    result = sync_returns()

    assert (result.claims, result.units) == (1, 2)
    unit = ReturnUnit.objects.first()
    assert unit is not None
    assert (unit.order, unit.line, unit.claim_id, unit.reason_id, unit.customer_note) == (
        order, order.lines.get(), claim_id, 501, "küçük geldi",
    )  # fmt: skip
    shop.sandbox.shop.set_claim_status(claim_id, "WaitingInAction")
    assert sync_returns().to_decide == 2
    assert ReturnUnit.objects.count() == 2
    assert ReturnUnit.objects.exclude(act_by_at=None).count() == 2


def test_a_note_of_an_erased_customer_is_not_brought_back(shop: Shop) -> None:
    order = delivered(shop)
    shop.sandbox.shop.claim(order.marketplace_package, reason_id=501, note="Perihan Hanıma dar geldi")
    sync_returns()
    erase_customer(key=key_of(order), actor=make_user(MANAGER))

    sync_returns()

    assert list(ReturnUnit.objects.values_list("order", "customer_note")) == [(order.pk, "")]


def test_no_returns_is_null_there_and_nothing_here(shop: Shop) -> None:
    result = sync_returns()

    assert (result.claims, result.units, ReturnUnit.objects.count()) == (0, 0, 0)


def test_500_claims_in_one_window_are_not_cut(shop: Shop) -> None:
    order = delivered(shop)
    variant = order.lines.get().variant
    assert variant is not None
    for number in range(620):
        package_id = shop.sandbox.shop.place_order(
            lines=[(variant.barcode, 1)], status="Delivered", takes_stock=False, package_id=7_000_000 + number
        )
        shop.sandbox.shop.claim(package_id, claimed_ms=int(time.time() * 1000) - number * 3_600_000)

    result = sync_returns()

    assert ReturnUnit.objects.count() == 620
    assert result.problems == 0


def test_a_failed_claims_page_fails_the_pull(shop: Shop) -> None:
    shop.sandbox.faults.add(endpoint="claims", kind="html_502", times=None)

    with pytest.raises(TrendyolError):
        sync_returns()

    assert SyncProblem.objects.count() == 0
