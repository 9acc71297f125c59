import time
from collections import Counter

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import Client
from .conftest import product


def test_shoppers_buy_only_what_is_for_sale(sandbox: Sandbox) -> None:
    bought = [sandbox.shoppers.act() for _ in range(200)]

    counts = sandbox.shop.counts()
    assert counts["oversold"] == 0
    assert bought.count(None) > 0
    placed = sum(
        -e.change
        for b in sandbox.shop.stock()
        for e in sandbox.shop.journal(b)
        if e.cause.startswith("order")
    )
    returned = sum(
        e.change
        for b in sandbox.shop.stock()
        for e in sandbox.shop.journal(b)
        if e.cause.startswith("cancel")
    )
    assert sum(sandbox.shop.stock().values()) == 70 - placed + returned


def test_shoppers_prefer_one_pair_of_a_few_models(sandbox: Sandbox) -> None:
    sandbox.shop.load_products(product(n, 1000) for n in range(1, 71))
    for _ in range(600):
        sandbox.shoppers.act()

    packages = sandbox.shop.packages.values()
    pairs = Counter(sum(line.quantity for line in package.lines) for package in packages)
    assert pairs[1] > 0.8 * len(packages)
    models = Counter(line.stock_code[:7] for package in packages for line in package.lines)
    assert models["YB-0001"] > 2 * models["YB-0008"]
    statuses = Counter(package.status for package in packages)
    assert {"Created", "Awaiting", "Cancelled"} <= statuses.keys()
    assert any(len(package.histories) == 2 and package.histories[0][1] == "Awaiting" for package in packages)


def test_shoppers_leave_an_empty_shop_alone(sandbox: Sandbox) -> None:
    sandbox.shop.load_products(product(n, 0) for n in range(1, 15))

    assert sandbox.shoppers.act() is None


def test_shoppers_come_at_the_rate_asked_for(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products(product(n, 1000) for n in range(1, 15))
    time.sleep(0.3)
    assert sandbox.shop.packages == {}
    client.control("shoppers", {"per_minute": 1200})
    deadline = time.monotonic() + 5
    while len(sandbox.shop.packages) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    client.control("shoppers", {"per_minute": 0})
    time.sleep(0.2)
    count = len(sandbox.shop.packages)
    time.sleep(0.3)

    assert count >= 5
    assert len(sandbox.shop.packages) == count


@pytest.mark.parametrize("rate", [-1, 6001])
def test_odd_rates_are_refused(sandbox: Sandbox, rate: float) -> None:
    with pytest.raises(ValueError, match="6000"):
        sandbox.shoppers.set_rate(rate)
