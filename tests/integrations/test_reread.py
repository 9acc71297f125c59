"""Reading chosen orders again, at the wish of a person."""

from __future__ import annotations

import time

import pytest

from integrations.models import SyncProblem
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.sync import reread_orders
from orders.enums import Channel, OrderState
from orders.models import Order
from tests.factories import make_order, make_variant
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db


def test_chosen_orders_are_brought_up_to_date(shop: Shop) -> None:
    first, second, left_alone = kit.place(shop), kit.place(shop), kit.place(shop)
    for order in (first, second, left_alone):
        shop.sandbox.shop.ship(order.marketplace_package)

    result = reread_orders([first.pk, second.pk])

    states = dict(Order.objects.values_list("pk", "status"))
    assert (result.asked, result.changed, result.missing) == (2, 2, 0)
    assert [states[order.pk] for order in (first, second, left_alone)] == [
        OrderState.SHIPPED,
        OrderState.SHIPPED,
        OrderState.CREATED,
    ]


def test_finished_orders_are_read_too_and_old_ones_by_their_number(shop: Shop) -> None:
    shop.sandbox.config.quirks.add("ids_obey_window")
    variant, month_ago = shop.sell(5), round((time.time() - 30 * 86_400) * 1000)
    package_id = shop.sandbox.shop.place_order(
        lines=[(variant.barcode, 1)],
        status="Delivered",
        order_number="11900000110",
        ordered_at_ms=month_ago,
        last_modified_ms=month_ago,
    )
    order = make_order(
        [(variant, 1)],
        status=OrderState.DELIVERED,
        package_id=package_id,
        order_number="11900000110",
        remote_modified_at=None,
    )

    result = reread_orders([order.pk])

    order.refresh_from_db()
    assert (result.asked, result.changed, result.missing) == (1, 1, 0)
    assert (order.remote_status, kit.asked(shop, "orders")) == ("Delivered", 2)


def test_many_are_asked_for_in_fifties_and_our_own_orders_not_at_all(shop: Shop) -> None:
    variant = shop.sell(200)
    packages = [shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)]) for _number in range(51)]
    ids = [make_order([(variant, 1)], package_id=package).pk for package in packages]
    own = make_order([(make_variant(), 1)], channel=Channel.MANUAL, package_id=None)

    result = reread_orders([*ids, own.pk])

    assert (result.asked, result.changed, kit.asked(shop, "orders")) == (51, 51, 2)


def test_an_order_trendyol_does_not_know_is_named(shop: Shop) -> None:
    order = make_order([(make_variant(), 1)])

    assert reread_orders([order.pk]).missing == 1
    problem = SyncProblem.objects.get(kind=SyncProblem.Kind.NOT_FOUND, resolved_at=None)
    assert problem.data == {"order_number": order.order_number}


def test_an_outage_is_an_error_for_the_caller(shop: Shop) -> None:
    order = kit.place(shop)
    shop.sandbox.faults.add(endpoint="orders", kind="html_503", times=None)

    with pytest.raises(TrendyolError):
        reread_orders([order.pk])
