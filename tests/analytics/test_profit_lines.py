"""Profits of lines, each reckoned by hand.

The shop of `profitkit`: cargo 90 out and 80 back, 12 packaging, 6 an order, 60 staff a month, 10 % VAT in sales and 20 %
in services; a pair sells at 500, costs 200 and has 20 % commission.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from analytics.models import CargoTariff, ProfitLine
from orders.enums import Channel, ExchangeReason, OrderSource, OrderState
from orders.models import Exchange, OrderLine
from tests.analytics.profitkit import (
    NOON,
    commission_file,
    make_shop,
    parts,
    parts_of,
    profit_of,
    refresh,
    sell,
    sell_one,
    send_back,
)
from tests.factories import make_order, make_product, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    make_shop()


# --- sales ------------------------------------------------------------------------------------------------------------


def test_kept_sale(shop: None) -> None:
    row = profit_of(sell_one())

    # VAT: 500 × 10/110 = 45,4545; of it paid already (100 + 90 + 6 + 12) × 20/120 = 34,6667 → 10,79.
    # Profit: 500 − 100 − 200 − 60 − 90 − 6 − 12 − 10,79 = 21,21. Withheld: 1 % of 454,55 = 4,55.
    assert parts_of(row) == parts(
        sale="500",
        commission="100",
        product_cost="200",
        staff="60",
        cargo="90",
        service_fee="6",
        packaging="12",
        vat="10.79",
        profit="21.21",
    )
    assert (row.commission_basis, row.withheld, row.withholding_cost, row.missing) == (
        "LINE",
        Decimal("4.55"),
        Decimal(0),
        [],
    )


def test_discount_is_in_what_was_paid(shop: None) -> None:
    line = sell_one(price="450")
    OrderLine.objects.filter(pk=line.pk).update(unit_gross=500, unit_seller_discount=50)

    row = profit_of(line)

    # Commission 20 % of 450; VAT: 450 × 10/110 = 40,9091 − (90 + 90 + 6 + 12) × 20/120 = 33 → 7,91.
    assert parts_of(row) == parts(
        sale="450",
        commission="90",
        product_cost="200",
        staff="60",
        cargo="90",
        service_fee="6",
        packaging="12",
        vat="7.91",
        profit="-15.91",
    )


def test_partial_return(shop: None) -> None:
    line = sell_one((make_variant(), 3))
    send_back(line, disposition="", condition="SOUND")

    row = profit_of(line)

    # 3 pairs sold, 2 kept: sale 1000, cost 400; staff 60 ÷ 3 pairs × 3; packaging for all three; 80 the way back.
    # VAT: 1000 × 10/110 = 90,9091 − (200 + 90 + 6 + 36 + 80) × 20/120 = 68,6667 → 22,24.
    assert parts_of(row) == parts(
        sale="1000",
        commission="200",
        product_cost="400",
        staff="60",
        cargo="90",
        service_fee="6",
        packaging="36",
        return_cost="80",
        vat="22.24",
        profit="105.76",
    )


@pytest.mark.parametrize(
    ("found", "cost"),
    [
        ({"condition": "DAMAGED"}, "280"),
        ({"condition": "MISSING"}, "280"),
        ({"condition": "WORN", "disposition": "WRITTEN_OFF"}, "280"),
        ({"condition": "WORN"}, "80"),
        ({"condition": "SOUND"}, "80"),
        ({}, "80"),
    ],
)
def test_pair_that_cannot_be_sold_again_is_lost(shop: None, found: dict[str, str], cost: str) -> None:
    line = sell_one()
    send_back(line, **found)

    row = profit_of(line)

    # Nothing is paid and nothing is kept; 80 the way back, and 200 for the pair where it is lost.
    # VAT: 0 − (0 + 90 + 6 + 12 + 80) × 20/120 = −31,33: the lost pair gives none back.
    assert parts_of(row) == parts(
        staff="60",
        cargo="90",
        service_fee="6",
        packaging="12",
        return_cost=cost,
        vat="-31.33",
        profit=str(-60 - 90 - 6 - 12 - Decimal(cost) + Decimal("31.33")),
    )


def test_damaged_pair_that_went_back_on_a_shelf_is_not_lost(shop: None) -> None:
    line = sell_one()
    unit = send_back(line, condition="DAMAGED")
    before = profit_of(line).return_cost
    from tests.factories import make_shelf

    unit.disposition, unit.shelf = "RESTOCKED", make_shelf()
    unit.save()

    assert (before, profit_of(line).return_cost) == (Decimal(280), Decimal(80))


def test_return_that_was_refused_costs_nothing(shop: None) -> None:
    line = sell_one()
    send_back(line, status="Rejected", condition="DAMAGED")

    assert profit_of(line).return_cost == Decimal(0)


def test_undelivered_parcel(shop: None) -> None:
    row = profit_of(sell_one((make_variant(), 2), status=OrderState.RETURNED))

    # Everything came back whole: the parcel was paid both ways. VAT: −(90 + 6 + 24 + 80) × 20/120 = −33,33.
    assert parts_of(row) == parts(
        staff="60",
        cargo="90",
        service_fee="6",
        packaging="24",
        return_cost="80",
        vat="-33.33",
        profit="-226.67",
    )


def test_exchange(shop: None) -> None:
    line = sell_one()
    new = sell_one(price="0", rate=None, channel=Channel.MANUAL, package_id=None, source=OrderSource.EXCHANGE)
    assert line.variant is not None
    exchange = Exchange.objects.create(
        line=line,
        old_variant=line.variant,
        new_order=new.order,
        reason=ExchangeReason.TOO_SMALL,
        returned_at=NOON,
        disposition="",
    )

    # The money stays with the first order, its pair does not; the new pair goes out for nothing.
    # Staff: 60 ÷ 2 pairs. VAT: 45,4545 − (100 + 90 + 6 + 12 + 80) × 20/120 = 48 → −2,55.
    assert parts_of(profit_of(line)) == parts(
        sale="500",
        commission="100",
        staff="30",
        cargo="90",
        service_fee="6",
        packaging="12",
        return_cost="80",
        vat="-2.55",
        profit="184.55",
    )
    # VAT: 0 − (90 + 12) × 20/120 = −17.
    assert parts_of(profit_of(new)) == parts(
        product_cost="200", staff="30", cargo="90", packaging="12", vat="-17", profit="-315"
    )

    Exchange.objects.filter(pk=exchange.pk).update(disposition="WRITTEN_OFF")

    assert profit_of(line).return_cost == Decimal(280)


# --- orders -----------------------------------------------------------------------------------------------------------


def test_two_lines_share_their_parcel_and_their_order(shop: None) -> None:
    product = make_product()
    dear = make_variant(product=product, size="36")
    cheap = make_variant(product=product, size="37")
    order = make_order(
        [(dear, 1), (cheap, 2)],
        ordered_at=NOON,
        status=OrderState.DELIVERED,
        unit_price=Decimal(100),
    )
    OrderLine.objects.filter(order=order).update(commission_rate=10)
    OrderLine.objects.filter(order=order, variant=dear).update(total=Decimal(400))
    refresh()

    first, second = ProfitLine.objects.order_by("line_id")

    # Cargo 90 by pairs: 30 and 60. Fee 6 by what was paid, 400 and 200: 4 and 2. Staff 60 ÷ 3 pairs.
    assert [(row.cargo, row.service_fee, row.staff, row.packaging) for row in (first, second)] == [
        (Decimal(30), Decimal(4), Decimal(20), Decimal(12)),
        (Decimal(60), Decimal(2), Decimal(40), Decimal(24)),
    ]


def test_shares_lose_no_kurus(shop: None) -> None:
    CargoTariff.objects.update(price=Decimal(100))
    sell(*[(make_variant(), 1) for _number in range(3)])
    refresh()

    rows = ProfitLine.objects.order_by("line_id")

    assert [row.cargo for row in rows] == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]


def test_packages_of_one_number_pay_one_service_fee_and_a_parcel_each(shop: None) -> None:
    number = {"order_number": "10452345678"}
    first, second = sell_one(price="300", **number), sell_one(price="100", **number)
    commission_file(first.order, "60")
    refresh()

    rows = [ProfitLine.objects.get(pk=line.pk) for line in (first, second)]

    # Fee 6 and commission 60 of the number by what was paid, 300 and 100; each package went out for 90.
    assert [(row.service_fee, row.commission, row.commission_basis, row.cargo) for row in rows] == [
        (Decimal("4.50"), Decimal(45), "FILE", Decimal(90)),
        (Decimal("1.50"), Decimal(15), "FILE", Decimal(90)),
    ]


def test_fee_of_an_order_that_came_back_whole_is_shared_by_pairs(shop: None) -> None:
    lines = sell((make_variant(), 1), (make_variant(), 2), status=OrderState.RETURNED)
    refresh()

    assert [ProfitLine.objects.get(pk=line.pk).service_fee for line in lines] == [Decimal(2), Decimal(4)]


def test_way_back_is_paid_by_the_lines_that_came_back(shop: None) -> None:
    kept, back, twice = sell(*[(make_variant(), 2) for _number in range(3)])
    send_back(back)
    send_back(twice)
    send_back(twice)
    refresh()

    costs = [ProfitLine.objects.get(pk=line.pk).return_cost for line in (kept, back, twice)]

    # One parcel for 80 ₺: a third for the one pair, two thirds for the two.
    assert costs == [Decimal(0), Decimal("26.67"), Decimal("53.33")]


def test_manual_order_pays_no_marketplace(shop: None) -> None:
    row = profit_of(
        sell_one(rate=None, channel=Channel.MANUAL, package_id=None, source=OrderSource.INSTAGRAM)
    )

    # No commission, no fee, nothing withheld. VAT: 45,4545 − (90 + 12) × 20/120 = 17 → 28,45.
    assert parts_of(row) == parts(
        sale="500", product_cost="200", staff="60", cargo="90", packaging="12", vat="28.45", profit="109.55"
    )
    assert (row.commission_basis, row.withheld) == ("NONE", Decimal(0))


def test_cancelled_and_unpaid_lines_have_no_profit(shop: None) -> None:
    line = sell_one()
    sell(status=OrderState.CANCELLED)
    sell(status=OrderState.CREATED, payment_pending=True)
    refresh()

    assert list(ProfitLine.objects.values_list("pk", flat=True)) == [line.pk]
