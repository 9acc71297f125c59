"""Where the parts of a profit come from: tariffs, commissions, taxes, and what is missing. Reckoned by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analytics.models import CommissionImport, CommissionRate, ProfitLine, ProfitPolicy
from orders.enums import OrderState
from orders.models import OrderLine
from tests.analytics.profitkit import (
    DAY,
    NOON,
    at,
    commission_file,
    make_policy,
    make_shop,
    make_tariff,
    parts,
    parts_of,
    profit_of,
    refresh,
    sell,
    sell_one,
    send_back,
    settle,
)
from tests.factories import make_order, make_product, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    make_shop()


# --- cargo ------------------------------------------------------------------------------------------------------------


def cargo_of(**fields: Any) -> Decimal | None:
    return profit_of(sell_one(**fields)).cargo


def test_cargo_follows_desi_of_the_order_else_of_its_goods() -> None:
    make_policy()
    for desi, price in ((2, 50), (4, 70), (8, 90)):
        make_tariff(desi_to=Decimal(desi), price=Decimal(price))
    boots = make_variant(product=make_product(desi=Decimal("3.5")))

    # 3,5 desi fits up to 4; two pairs are 7 and fit up to 8; what the order itself says counts first; 9 fits nowhere.
    found = [
        profit_of(sell_one((boots, pairs), desi=desi)).cargo
        for pairs, desi in ((1, None), (2, None), (1, Decimal(2)), (1, Decimal(9)))
    ]

    assert found == [Decimal(70), Decimal(90), Decimal(50), None]


def test_cargo_of_a_carrier_with_rows_of_its_own() -> None:
    make_policy()
    make_tariff(price=Decimal(90))
    make_tariff(carrier="Aras Kargo", price=Decimal(75), desi_to=Decimal(3))

    found = [
        cargo_of(cargo_provider=carrier, desi=desi)
        for carrier, desi in (("PTT Kargo", 2), ("Aras Kargo", 2), ("Aras Kargo", 4), ("", 2))
    ]

    # Aras has rows of its own, so the row for all others does not count for it.
    assert found == [Decimal(90), Decimal(75), None, Decimal(90)]


def test_cargo_of_cheap_orders() -> None:
    make_policy()
    make_tariff(price=Decimal(90))
    make_tariff(price=Decimal(60), order_below=Decimal(300))
    make_tariff(price=Decimal(30), order_below=Decimal(150), desi_to=Decimal(2))

    found = [cargo_of(price=price, desi=2) for price in ("100", "149.99", "150", "299.99", "300")]

    assert found == [Decimal(30), Decimal(30), Decimal(60), Decimal(60), Decimal(90)]


def test_cargo_follows_the_day_of_the_order() -> None:
    make_policy()
    make_tariff(price=Decimal(50), valid_to=date(2025, 3, 9))
    make_tariff(price=Decimal(60), valid_from=date(2025, 3, 10), valid_to=date(2025, 3, 20))

    days = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 3, 9), date(2025, 3, 10), date(2025, 3, 21))
    found = [cargo_of(ordered_at=at(day)) for day in days]

    assert found == [None, Decimal(50), Decimal(50), Decimal(60), None]


# --- commission -------------------------------------------------------------------------------------------------------


def test_settled_commission_replaces_the_estimate(shop: None) -> None:
    line = sell_one()
    estimate = profit_of(line)
    settle(line, "107.50")
    settle(line, "5.25", kind="Discount")

    settled = profit_of(line)

    assert (estimate.commission, estimate.commission_basis) == (Decimal(100), "LINE")
    assert (settled.commission, settled.commission_basis) == (Decimal("102.25"), "SETTLED")


def test_rows_without_a_sale_settle_nothing(shop: None) -> None:
    line = sell_one()
    settle(line, "20", kind="Return")

    assert profit_of(line).commission_basis == "LINE"


def test_settled_return_takes_the_commission_back(shop: None) -> None:
    line = sell_one()
    send_back(line)
    settle(line, "100")
    settle(line, "100", kind="Return")

    row = profit_of(line)

    assert (row.sale, row.commission, row.commission_basis) == (Decimal(0), Decimal(0), "SETTLED")


def test_corrections_of_a_commission_go_by_their_name(shop: None) -> None:
    line = sell_one()
    settle(line, "100")
    settle(line, "8", kind="CommissionPositive")
    settle(line, "3", kind="CommissionNegative")

    assert profit_of(line).commission == Decimal(105)


def test_correction_of_our_share_is_not_counted_beside_that_of_the_commission(shop: None) -> None:
    line = sell_one()
    settle(line, "100")
    settle(line, "8", kind="SellerRevenuePositive", credit=Decimal(8), debt=Decimal(0))
    settle(line, "8", kind="CommissionNegative")

    assert profit_of(line).commission == Decimal(92)


def test_two_lines_of_one_barcode_share_what_was_settled_for_it(shop: None) -> None:
    variant = make_variant()
    lines = sell((variant, 1), (variant, 2))
    settle(lines[0], "90")
    refresh()

    rows = [ProfitLine.objects.get(pk=line.pk) for line in lines]

    assert [(row.commission, row.commission_basis) for row in rows] == [
        (Decimal(30), "SETTLED"),
        (Decimal(60), "SETTLED"),
    ]


def test_accounting_file_comes_before_the_rate_of_the_order(shop: None) -> None:
    line = sell_one()
    commission_file(line.order, "81.30")

    row = profit_of(line)

    assert (row.commission, row.commission_basis) == (Decimal("81.30"), "FILE")


def test_rate_of_the_tariff_by_barcode_then_category_at_the_price(shop: None) -> None:
    shoe = make_variant(product=make_product(category="Topuklu  Ayakkabı"))
    boot = make_variant(product=make_product(category="Bot"))
    source = CommissionImport.objects.create(
        kind="TARIFF", state="APPLIED", file_name="t", digest="t", valid_from=DAY, applied_at=NOON
    )
    for target, key, band, rate in (
        ("CATEGORY", "topuklu ayakkabi", (0, 400), 15),
        ("CATEGORY", "topuklu ayakkabi", (400, None), 18),
        ("BARCODE", boot.barcode, (0, None), 12),
    ):
        CommissionRate.objects.create(
            target=target,
            key=key,
            name=key,
            price_from=band[0],
            price_to=band[1],
            rate=rate,
            valid_from=date(2025, 1, 1),
            commission_import=source,
        )

    rows = [
        profit_of(sell_one((goods, pairs), price=price, rate=None))
        for goods, pairs, price in ((shoe, 1, "399"), (shoe, 2, "400"), (boot, 1, "500"))
    ]

    # 15 % of 399; 18 % of 2 × 400 (the band is that of one pair); 12 % of 500.
    assert [(row.commission, row.commission_basis) for row in rows] == [
        (Decimal("59.85"), "TARIFF"),
        (Decimal(144), "TARIFF"),
        (Decimal(60), "TARIFF"),
    ]


# --- VAT and withholding ----------------------------------------------------------------------------------------------


def test_vat_that_is_ignored(shop: None) -> None:
    ProfitPolicy.objects.update(vat_treatment="IGNORED")

    row = profit_of(sell_one())

    assert (row.vat, row.profit) == (Decimal(0), Decimal(32))


def test_vat_in_product_costs_is_deducted(shop: None) -> None:
    ProfitPolicy.objects.update(cost_vat_rate=10)

    # 45,4545 − 34,6667 − 200 × 10/110 = 18,1818 → −7,39.
    assert profit_of(sell_one()).vat == Decimal("-7.39")


def test_withholding_as_a_cost(shop: None) -> None:
    ProfitPolicy.objects.update(withholding_treatment="COST")

    row = profit_of(sell_one())

    assert (row.withheld, row.withholding_cost, row.profit) == (
        Decimal("4.55"),
        Decimal("4.55"),
        Decimal("16.66"),
    )


# --- what is missing --------------------------------------------------------------------------------------------------


def test_every_missing_part_is_named_and_none_is_zero() -> None:
    variant = make_variant(cost=None)
    line = sell_one((variant, 2), rate=None)
    send_back(line)
    OrderLine.objects.filter(pk=line.pk).update(vat_rate=None)

    row = profit_of(line)

    assert row.missing == ["COST", "COMMISSION", "CARGO", "RETURN_CARGO", "POLICY"]
    assert parts_of(row) == parts(sale="500") | dict.fromkeys(
        [name for name in parts() if name != "sale"], None
    )
    assert (row.withheld, row.withholding_cost) == (None, None)


def test_figures_the_shop_does_not_know() -> None:
    make_policy(packaging=None, staff=None, service_fee=None)
    make_tariff(return_price=None)
    line = sell_one((make_variant(), 2))
    send_back(line)
    OrderLine.objects.filter(pk=line.pk).update(vat_rate=None)

    row = profit_of(line)

    assert row.missing == ["RETURN_CARGO", "PACKAGING", "STAFF", "SERVICE_FEE", "VAT_RATE"]
    assert (row.packaging, row.staff, row.service_fee, row.return_cost, row.vat, row.profit) == (None,) * 6
    assert (row.commission, row.product_cost, row.cargo) == (Decimal(100), Decimal(200), Decimal(90))


def test_vat_rate_is_not_missed_where_nothing_is_reckoned_with_it() -> None:
    make_policy(vat_treatment="IGNORED", withholding_rate=0)
    make_tariff()
    line = sell_one()
    OrderLine.objects.filter(pk=line.pk).update(vat_rate=None)

    assert profit_of(line).missing == []


def test_unknown_barcode_has_no_cost_and_no_desi(shop: None) -> None:
    order = make_order([("8699999999991", 1)], ordered_at=NOON, status=OrderState.DELIVERED)
    OrderLine.objects.filter(order=order).update(commission_rate=20)

    row = profit_of(order.lines.get())

    assert (row.missing, row.profit) == (["COST", "CARGO"], None)


def test_figures_of_the_day_count(shop: None) -> None:
    make_policy(date(2025, 3, 11), packaging=Decimal(20))

    found = [profit_of(sell_one(ordered_at=at(day))).packaging for day in (DAY, date(2025, 3, 11))]

    assert found == [Decimal(12), Decimal(20)]
