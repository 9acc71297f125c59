"""Figures of profit by hand: what is added up, what is left out, and one statement for each question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from analytics.models import Campaign
from analytics.profit.selectors import ProfitBy, ProfitFigures, groups, missing, rows, totals
from analytics.sales.periods import Span
from orders.enums import Channel
from orders.models import OrderLine
from tests.analytics.profitkit import (
    DAY,
    at,
    make_policy,
    make_shop,
    make_tariff,
    refresh,
    sell,
    sell_one,
    send_back,
)
from tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db

MARCH = Span(date(2025, 3, 1), date(2025, 3, 31))
Queries = Callable[[int], Any]


def three_lines() -> list[OrderLine]:
    """A kept pair, two pairs of which one came back, and a pair whose cost is not known."""
    make_shop()
    bot = make_product("0172", title="Çizgili Bot", category="Bot")
    kept = sell_one((make_variant("8690000000017", product=bot, size="38,5", colour="Şarap"), 1))
    back = sell_one((make_variant(product=bot, size="39"), 2), ordered_at=at(DAY + timedelta(days=6)))
    send_back(back)
    unknown = sell_one(
        (make_variant(cost=None, product=make_product("0300", title="Babet", category="Babet")), 1)
    )
    refresh()
    return [kept, back, unknown]


def test_totals_add_up_parts_of_complete_lines_alone(django_assert_num_queries: Queries) -> None:
    three_lines()

    with django_assert_num_queries(1):
        found = totals(rows(MARCH))

    # Staff 60 ÷ 4 pairs = 15 each. Kept: VAT 45,4545 − 208/6 = 10,79; profit 500 − 100 − 200 − 15 − 90 − 6 − 12 − 10,79.
    # Back: sale 500, VAT 45,4545 − (100 + 90 + 6 + 24 + 80)/6 = −4,55; profit 500 − 100 − 200 − 30 − 90 − 6 − 24 − 80 + 4,55.
    assert found == ProfitFigures(
        lines=3,
        pairs=3,
        orders=3,
        sale=Decimal(1500),
        commission=Decimal(200),
        product_cost=Decimal(400),
        staff=Decimal(45),
        cargo=Decimal(180),
        service_fee=Decimal(12),
        packaging=Decimal(36),
        return_cost=Decimal(80),
        vat=Decimal("6.24"),
        withheld=Decimal("9.10"),
        withholding_cost=Decimal(0),
        profit=Decimal("40.76"),
        complete_lines=2,
        complete_pairs=2,
        complete_sale=Decimal(1000),
        incomplete_lines=1,
        incomplete_sale=Decimal(500),
    )
    assert found.margin == Decimal("0.0408")


def test_nothing_sold_is_nothing_and_has_no_margin() -> None:
    found = totals(rows(MARCH))

    assert (found, found.margin) == (ProfitFigures(), None)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (ProfitBy.DAY, [("2025-03-10", "10.03.2025", 2), ("2025-03-16", "16.03.2025", 1)]),
        (ProfitBy.WEEK, [("2025-03-10", "10.03 – 16.03.2025", 3)]),
        (ProfitBy.MONTH, [("2025-03-01", "March 2025", 3)]),
        (ProfitBy.MODEL, [("0172", "0172 Çizgili Bot", 2), ("0300", "0300 Babet", 1)]),
        (ProfitBy.CATEGORY, [("Bot", "Bot", 2), ("Babet", "Babet", 1)]),
        (ProfitBy.CHANNEL, [("TRENDYOL", "Trendyol", 3)]),
        (ProfitBy.CAMPAIGN, [("", "No campaign", 3)]),
    ],
)
def test_groups(
    by: ProfitBy, expected: list[tuple[str, str, int]], django_assert_num_queries: Queries
) -> None:
    three_lines()

    with override("en"), django_assert_num_queries(1):
        found = groups(rows(MARCH), by)

    assert [(group.key, group.label, group.figures.lines) for group in found] == expected


def test_groups_by_order_and_variant() -> None:
    kept, back, unknown = three_lines()

    orders = [group.key for group in groups(rows(MARCH), ProfitBy.ORDER)]
    variants = {group.key: group.label for group in groups(rows(MARCH), ProfitBy.VARIANT)}

    # Most profit first: 66,21 and −25,45; the one that is not known brings nothing that could be counted.
    assert orders == [kept.order.order_number, unknown.order.order_number, back.order.order_number]
    assert variants["8690000000017"] == "0172 Şarap 38,5 (8690000000017)"


def test_packages_and_lines_of_one_number_are_one_order() -> None:
    make_shop()
    bot, babet = make_product("0172"), make_product("0300")
    sell_one((make_variant(product=bot), 1), order_number="10450000001")
    sell(
        (make_variant(product=bot, size="39"), 1),
        (make_variant(product=babet), 1),
        order_number="10450000001",
    )
    sell_one((make_variant(product=bot, size="40"), 1))
    refresh()

    by_model = {group.key: group.figures.orders for group in groups(rows(MARCH), ProfitBy.MODEL)}

    assert (totals(rows(MARCH)).orders, by_model) == (2, {"0172": 2, "0300": 1})


def test_groups_by_campaign() -> None:
    make_shop()
    Campaign.objects.create(name="Bahar", first_day=DAY, last_day=DAY)
    sell_one()
    sell_one(ordered_at=at(DAY + timedelta(days=1)))
    refresh()

    found = {group.key: group.figures.lines for group in groups(rows(MARCH), ProfitBy.CAMPAIGN)}

    assert found == {"Bahar": 1, "": 1}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 3),
        ("çizgili", 2),
        # Numbers of factories hold no comma.
        ("CIZGILI 38,5", 1),
        ("8690000000017", 1),
        ("babet", 1),
        ("şarap bot", 1),
        ("sandalet", 0),
    ],
)
def test_rows_hold_every_word(text: str, lines: int) -> None:
    three_lines()

    assert rows(MARCH, text=text).count() == lines


def test_rows_of_days_and_of_a_model() -> None:
    kept, back, _unknown = three_lines()
    assert kept.variant is not None

    assert rows(Span(DAY, DAY)).count() == 2
    assert set(rows(MARCH, product=kept.variant.product).values_list("pk", flat=True)) == {kept.pk, back.pk}
    assert rows(MARCH, product=kept.variant.product_id).count() == 2


def test_missing_is_grouped_by_what_it_is_missing_of(django_assert_num_queries: Queries) -> None:
    make_policy(staff=None)
    make_tariff(carrier="Aras Kargo", return_price=None)
    bot = make_product("0172", title="Bot", category="Bot")
    for size, price in (("38", "500"), ("39", "700")):
        sell_one(
            (make_variant(product=bot, cost=None, size=size), 1), price=price, cargo_provider="PTT Kargo"
        )
    line = sell_one((make_variant(product=bot, size="40"), 1), rate=None, cargo_provider="Aras Kargo")
    send_back(line)
    sell_one(channel=Channel.MANUAL, package_id=None, cargo_provider="Aras Kargo")
    refresh()

    with override("en"), django_assert_num_queries(1):
        found = missing(rows(MARCH))

    assert [(one.code, one.key, one.label, one.lines, one.pairs, one.sale) for one in found] == [
        ("COST", "0172", "0172 Bot", 2, 2, Decimal(1200)),
        ("COMMISSION", "Bot", "Bot", 1, 0, Decimal(0)),
        ("CARGO", "PTT Kargo", "PTT Kargo", 2, 2, Decimal(1200)),
        ("RETURN_CARGO", "Aras Kargo", "Aras Kargo", 1, 0, Decimal(0)),
        ("STAFF", "2025-03-01", "March 2025", 4, 3, Decimal(1700)),
    ]


def test_nothing_is_missing() -> None:
    make_shop()
    sell_one()
    refresh()

    assert missing(rows(MARCH)) == []
