from typing import Any

import pytest

from integrations.trendyol.sandbox import NO_AGES, Ages, Sandbox

from .client import ORDERS, Client
from .conftest import NOW, barcode, product

HOUR = 3600
NOW_MS = round(NOW * 1000)
STRAIGHT = Ages(collection_share=0, undelivered_share=0)


def picked(sandbox: Sandbox) -> int:
    package_id = sandbox.shop.place_order([(barcode(1), 1)])
    package = sandbox.shop.packages[package_id]
    sandbox.shop.operations.update_status(
        package_id, status="Picking", lines=[(package.lines[0].line_id, 1)], invoice_number=None
    )
    return package_id


@pytest.mark.parametrize(
    ("ages", "path"),
    [
        (STRAIGHT, ["Created", "Picking", "Shipped", "Delivered"]),
        (
            Ages(collection_share=1, undelivered_share=0),
            ["Created", "Picking", "Shipped", "AtCollectionPoint", "Delivered"],
        ),
        (Ages(undelivered_share=1), ["Created", "Picking", "Shipped", "UnDelivered", "Returned"]),
        (NO_AGES, ["Created", "Picking"]),
    ],
)
def test_picked_package_goes_its_way_by_itself(make_sandbox: Any, ages: Ages, path: list[str]) -> None:
    sandbox = make_sandbox(ages=ages)
    sandbox.shop.load_products([product(1)])
    package_id = picked(sandbox)
    sandbox.advance(30 * 24 * HOUR)

    package = sandbox.shop.packages[package_id]
    assert [status for _, status in package.histories] == path
    assert package.status == path[-1]


def test_steps_happen_at_their_own_time(make_sandbox: Any) -> None:
    sandbox = make_sandbox(ages=STRAIGHT)
    sandbox.shop.load_products([product(1)])
    package_id = picked(sandbox)
    sandbox.advance(6 * HOUR - 1)
    assert sandbox.shop.packages[package_id].status == "Picking"
    # Nobody looks for days; the history still says when it happened.
    sandbox.advance(20 * 24 * HOUR)

    times = {status: at_ms for at_ms, status in sandbox.shop.packages[package_id].histories}
    assert times["Shipped"] == NOW_MS + 6 * HOUR * 1000
    assert times["Delivered"] == times["Shipped"] + 48 * HOUR * 1000
    assert sandbox.shop.packages[package_id].last_modified_ms == times["Delivered"]


def test_created_package_waits_for_the_seller(make_sandbox: Any) -> None:
    sandbox = make_sandbox(ages=STRAIGHT)
    sandbox.shop.load_products([product(1)])
    package_id = sandbox.shop.place_order([(barcode(1), 1)])
    sandbox.advance(30 * 24 * HOUR)

    assert sandbox.shop.packages[package_id].status == "Created"


def test_step_by_hand_replaces_the_planned_one(make_sandbox: Any) -> None:
    sandbox = make_sandbox(ages=STRAIGHT)
    sandbox.shop.load_products([product(1)])
    package_id = picked(sandbox)
    sandbox.shop.ship(package_id)
    sandbox.advance(6 * HOUR)
    assert sandbox.shop.packages[package_id].status == "Shipped"
    sandbox.advance(42 * HOUR)

    assert sandbox.shop.packages[package_id].status == "Delivered"
    shown = Client(sandbox).get(ORDERS, shipmentPackageIds=package_id).json["content"]
    assert [package["status"] for package in shown] == ["Delivered"]


def test_by_hand_through_every_status(sandbox: Sandbox) -> None:
    shop = sandbox.shop
    package_id = shop.place_order([(barcode(1), 1)])
    for step in (shop.ship, shop.collect, shop.undeliver, shop.return_package):
        step(package_id)

    statuses = [status for _, status in shop.packages[package_id].histories]
    assert statuses == ["Created", "Shipped", "AtCollectionPoint", "UnDelivered", "Returned"]
    times = [at_ms for at_ms, _ in shop.packages[package_id].histories]
    assert times == sorted(set(times))


def test_clock_does_not_go_back(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="geri"):
        sandbox.advance(-1)
