"""The formula in Python, reckoned by hand; and that the SQL says the same of lines nobody thought of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import ProfitLine
from analytics.profit.definition import PARTS, Inputs, Policy, Result, shares, simulate, staff_per_pair
from orders.enums import Channel
from orders.models import OrderLine
from tests.analytics.profitkit import make_policy, make_tariff, refresh, send_back, settle
from tests.factories import make_order, make_product, make_variant

D = Decimal


def pair(**changes: Any) -> Inputs:
    """The pair of `profitkit`: 500 ₺ with 10 % VAT, 20 % commission, costs 200, 90 cargo, 6 fee, 12 packaging, 60 staff."""
    values: dict[str, Any] = {
        "total": D(500),
        "vat_rate": D(10),
        "unit_cost": D(200),
        "commission_rate": D(20),
        "cargo": D(90),
        "service_fee": D(6),
        "policy": Policy(packaging=D(12), staff_per_pair=D(60)),
    }
    return Inputs(**values | changes)


def test_kept_pair() -> None:
    # VAT: 500 × 10/110 − (100 + 90 + 6 + 12) × 20/120 = 45,4545 − 34,6667; profit 500 − 468 − 10,79.
    assert simulate(pair()) == Result(
        sale=D(500),
        commission=D(100),
        product_cost=D(200),
        staff=D(60),
        cargo=D(90),
        service_fee=D(6),
        packaging=D(12),
        return_cost=D(0),
        vat=D("10.79"),
        withheld=D("4.55"),
        withholding_cost=D(0),
        missing=(),
    )
    assert simulate(pair()).profit == D("21.21")


def test_pair_that_came_back_and_cannot_be_sold_again() -> None:
    found = simulate(pair(returned=1, lost=1, return_cargo=D(80)))

    # Paid back whole: nothing but costs. 80 back and 200 lost; VAT −(90 + 6 + 12 + 80) × 20/120 = −31,33.
    assert (found.sale, found.commission, found.product_cost) == (D(0), D(0), D(0))
    assert (found.return_cost, found.vat, found.profit) == (D(280), D("-31.33"), D("-416.67"))


def test_known_commission_comes_before_a_rate() -> None:
    assert simulate(pair(commission=D("93.20"))).commission == D("93.20")


def test_missing_parts_are_named_and_leave_no_profit() -> None:
    found = simulate(Inputs(total=D(500), returned=0, policy=Policy()))

    assert found.missing == (
        "COST",
        "COMMISSION",
        "CARGO",
        "PACKAGING",
        "STAFF",
        "SERVICE_FEE",
        "VAT_RATE",
    )
    assert (found.product_cost, found.vat, found.withheld, found.profit) == (None,) * 4


def test_nothing_of_something_unknown_is_nothing() -> None:
    found = simulate(pair(returned=1, unit_cost=None, return_cargo=D(80)))

    assert (found.product_cost, found.return_cost, found.missing) == (D(0), D(80), ())


def test_staff_per_pair_by_the_part_of_the_month() -> None:
    # 100.000 a month, 10 of 30 days, 700 pairs: 47,6190 a pair.
    assert staff_per_pair(staff=D(100_000), days_counted=10, days_of_month=30, pairs=700) == D("47.6190")
    assert staff_per_pair(staff=D(100_000), days_counted=1, days_of_month=30, pairs=0) is None


@given(
    st.decimals(-5000, 5000, places=2),
    st.lists(st.integers(0, 500), min_size=1, max_size=6),
)
def test_shares_add_up_to_the_amount(amount: Decimal, weights: list[int]) -> None:
    given_to = shares(amount, weights, otherwise=[1] * len(weights))

    assert sum(given_to) == amount
    assert len(given_to) == len(weights)


# --- the same in SQL --------------------------------------------------------------------------------------------------

MONEY = st.decimals(0, 900, places=2)
MAYBE_MONEY = st.none() | MONEY


@dataclass(frozen=True)
class Line:
    """A line as it is written down: pairs sold and returned, of those lost, and what is known about it."""

    pairs: int
    back: int
    lost: int
    total: Decimal
    vat_rate: Decimal | None
    rate: Decimal | None
    settled: Decimal | None
    cost: Decimal | None


@st.composite
def lines(draw: Any) -> Line:
    pairs = draw(st.integers(1, 4))
    back = draw(st.integers(0, pairs))
    return Line(
        pairs=pairs,
        back=back,
        lost=draw(st.integers(0, back)),
        total=draw(MONEY) * pairs,
        vat_rate=draw(st.sampled_from([None, D(0), D(1), D(10), D(20)])),
        rate=draw(st.none() | st.decimals(0, 40, places=3)),
        settled=draw(MAYBE_MONEY),
        cost=draw(MAYBE_MONEY),
    )


@st.composite
def policies(draw: Any) -> dict[str, Any]:
    percent = st.decimals(0, 30, places=2)
    return {
        "packaging": draw(MAYBE_MONEY),
        "staff": draw(MAYBE_MONEY),
        "service_fee": draw(MAYBE_MONEY),
        "vat_treatment": draw(st.sampled_from(["DEDUCTED", "IGNORED"])),
        "withholding_treatment": draw(st.sampled_from(["PREPAID", "COST"])),
        "service_vat_rate": draw(percent),
        "cost_vat_rate": draw(percent),
        "withholding_rate": draw(percent),
    }


def write_down(number: str, package: list[Line], *, manual: bool) -> list[OrderLine]:
    """A package in the database, with everything known about its lines. Its month has no other sale."""
    from tests.analytics.profitkit import NOON

    source = {"channel": Channel.MANUAL, "package_id": None} if manual else {}
    goods = [(make_variant(product=make_product(), cost=line.cost), line.pairs) for line in package]
    order = make_order(goods, ordered_at=NOON, status="DELIVERED", order_number=number, **source)
    rows = list(order.lines.order_by("pk"))
    for row, line in zip(rows, package, strict=True):
        OrderLine.objects.filter(pk=row.pk).update(
            total=line.total, vat_rate=line.vat_rate, commission_rate=line.rate
        )
        for place in range(line.back):
            send_back(row, condition="DAMAGED" if place < line.lost else "SOUND")
        if line.settled is not None and not manual:
            settle(row, str(line.settled))
    return rows


def by_hand(
    packages: list[list[Line]], policy: dict[str, Any], tariff: tuple[Any, Any], *, manual: bool
) -> list[Result]:
    """What `simulate` says of every line, with the shares of its package and its order number."""
    everything = [line for package in packages for line in package]
    pairs = sum(line.pairs for line in everything)
    sales = [Inputs(total=line.total, quantity=line.pairs, returned=line.back).sale for line in everything]
    figures = {name: value for name, value in policy.items() if name not in {"staff", "service_fee"}}
    staff = policy["staff"]
    per_pair = staff and staff_per_pair(staff=staff, days_counted=31, days_of_month=31, pairs=pairs)
    fees = [None] * len(everything)
    if policy["service_fee"] is not None:
        fees = shares(policy["service_fee"], sales, otherwise=[line.pairs for line in everything])  # type: ignore[assignment]
    found, fee = [], iter(fees)
    for package in packages:
        out = shared(tariff[0], [line.pairs for line in package])
        back = shared(tariff[1], [line.back for line in package])
        for place, line in enumerate(package):
            given_to = Inputs(
                total=line.total,
                quantity=line.pairs,
                returned=line.back,
                lost=line.lost,
                vat_rate=line.vat_rate,
                marketplace=not manual,
                unit_cost=line.cost,
                commission=line.settled,
                commission_rate=line.rate,
                cargo=out[place],
                return_cargo=back[place],
                service_fee=next(fee),
                policy=Policy(**figures, staff_per_pair=D(0) if staff == 0 else per_pair),
            )
            found.append(simulate(given_to))
    return found


def shared(amount: Decimal | None, weights: list[int]) -> list[Decimal | None]:
    if amount is None or not sum(weights):
        return [None] * len(weights)
    return list(shares(amount, weights))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    packages=st.lists(st.lists(lines(), min_size=1, max_size=3), min_size=1, max_size=3),
    policy=policies(),
    price=MONEY,
    return_price=MAYBE_MONEY,
    manual=st.booleans(),
)
def test_sql_says_what_the_formula_says(
    packages: list[list[Line]],
    policy: dict[str, Any],
    price: Decimal,
    return_price: Decimal | None,
    manual: bool,
) -> None:
    with transaction.atomic():
        make_policy(**policy)
        make_tariff(price=price, return_price=return_price)
        rows = [row for package in packages for row in write_down("10450000001", package, manual=manual)]
        refresh()
        written = ProfitLine.objects.in_bulk([row.pk for row in rows])
        transaction.set_rollback(True)

    found = [{name: getattr(written[row.pk], name) for name in (*PARTS, "profit")} for row in rows]
    codes = [tuple(written[row.pk].missing) for row in rows]
    expected = by_hand(packages, policy, (price, return_price), manual=manual)
    assert found == [{name: getattr(one, name) for name in (*PARTS, "profit")} for one in expected]
    assert codes == [one.missing for one in expected]
