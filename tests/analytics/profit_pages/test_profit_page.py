"""The page "Kâr Analizi" and the lines behind each number: who may see it, the numbers, where each leads, files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.facts.services import refresh_facts
from analytics.models import ProfitLine
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.analytics.profit_pages.kit import (
    BOOTS,
    NO_COST,
    NOON,
    NOVEMBER,
    PAGE,
    SANDAL,
    built,
    client_of,
    earn,
    opened,
    small_shop,
    sold,
    with_rights,
)
from tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db

PATHS = ("", "lines/", "missing/", "simulator/", "excel/", "lines/excel/", "missing/excel/")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The words of the code itself: what is tested is which words are said."""
    with translation.override("en"):
        yield


def behind(address: str) -> list[ProfitLine]:
    parts = urlsplit(address)
    answer = client_of().get(address)
    assert (answer.status_code, parts.path) == (200, f"{PAGE}lines/")
    return list(answer.context["page"].object_list)


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 403), (ANALYST, 200), (WAREHOUSE, 403)]
)
def test_pages_are_for_those_who_may_see_profits(path: str, role: str, status: int) -> None:
    assert client_of(role).get(PAGE + path).status_code == status


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("view_profitline",), 403),
        (("view_money",), 403),
        (("view_profitline", "view_money"), 200),
    ],
)
def test_profit_needs_the_right_to_see_amounts_as_well(names: tuple[str, ...], status: int) -> None:
    client = with_rights(*names)

    assert [client.get(PAGE + path).status_code for path in PATHS] == [status] * len(PATHS)


def test_rights_without_staff_open_nothing() -> None:
    client = with_rights("view_profitline", "view_money", is_staff=False)

    assert client.get(PAGE).status_code == 403


def test_pages_ask_to_sign_in() -> None:
    answers = [Client().get(PAGE + path) for path in PATHS]

    assert [(one.status_code, one["Location"].startswith("/sign-in/")) for one in answers] == [
        (302, True)
    ] * len(PATHS)


def test_orders_are_linked_for_those_who_may_open_them() -> None:
    row = small_shop()[0]
    link = f"/admin/orders/order/{row.line.order_id}/change/"

    linked = [
        link in client_of(role).get(f"{PAGE}{path}?{NOVEMBER}").content.decode()
        for role in (MANAGER, ANALYST)
        for path in ("lines/", f"lines/{row.pk}/")
    ]

    assert linked == [True, True, False, False]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_tiles_count_only_what_is_known() -> None:
    small_shop()

    # 140 ₺ of 1.300 ₺ and three pairs; the sandal without a cost is in the sale alone.
    assert {tile.name: tile.cell.words for tile in opened(NOVEMBER)["tiles"]} == {
        "Net sale": "1.600,00 ₺",
        "Profit": "140,00 ₺",
        "Margin": "%10,8",
        "Profit per pair": "46,67 ₺",
        "Lines not known": "1",
        "Sale of lines not known": "300,00 ₺",
    }


def test_table_by_model_has_every_part_and_marks_losses() -> None:
    small_shop()

    table = opened(NOVEMBER)["table"]

    assert table.columns == (
        "Pairs", "Net sale", "Profit", "Margin", "Profit per pair", "Lines not known", "Commission", "Product cost",
        "Staff share", "Cargo", "Service fee", "Packaging", "Return costs", "VAT", "Withholding",
    )  # fmt: skip
    assert [(row.label, row.is_loss, [cell.words for cell in row.cells]) for row in table.rows] == [
        ("0172 Bot", False,
         ["2", "1.000,00 ₺", "200,00 ₺", "%20,0", "100,00 ₺", "0", "200,00 ₺", "400,00 ₺", "40,00 ₺", "60,00 ₺",
          "10,00 ₺", "30,00 ₺", "0,00 ₺", "60,00 ₺", "0,00 ₺"]),
        ("0300 Sandalet", True,
         ["2", "600,00 ₺", "-60,00 ₺", "−%20,0", "-60,00 ₺", "1", "60,00 ₺", "180,00 ₺", "20,00 ₺", "60,00 ₺",
          "10,00 ₺", "15,00 ₺", "0,00 ₺", "15,00 ₺", "0,00 ₺"]),
    ]  # fmt: skip
    assert [cell.words for cell in table.total][2:6] == ["140,00 ₺", "%10,8", "46,67 ₺", "1"]


def test_waterfall_falls_from_the_sale_to_the_profit() -> None:
    small_shop()

    chart = opened(NOVEMBER)["waterfall"]
    (trace,) = chart["traces"]

    assert dict(zip(chart["labels"], trace["values"], strict=True)) == {
        "Net sale": 1600.0,
        "Profit not known": -300.0,
        "Commission": -260.0,
        "Product cost": -580.0,
        "Staff share": -60.0,
        "Cargo": -120.0,
        "Service fee": -20.0,
        "Packaging": -45.0,
        "Return costs": 0.0,
        "VAT": -75.0,
        "Profit": 140.0,
    }
    assert (chart["kind"], chart["totals"]) == ("waterfall", [0, 10])
    assert sum(trace["values"][:-1]) == trace["values"][-1]


def test_withholding_is_a_step_where_it_counts_as_a_cost() -> None:
    order = sold(make_variant(), 1, 500)
    refresh_facts()
    earn(order, {**SANDAL, "withholding_cost": 3})

    chart = opened(NOVEMBER)["waterfall"]

    assert chart["labels"][-2:] == ["Withholding", "Profit"]
    assert chart["traces"][0]["values"][-2:] == [-3.0, 137.0]


@pytest.mark.parametrize(
    ("sort", "labels"),
    [("PROFIT", ["0172 Bot", "0300 Sandalet"]), ("LOSS", ["0300 Sandalet", "0172 Bot"])],
)
def test_groups_are_listed_as_asked(sort: str, labels: list[str]) -> None:
    small_shop()

    context = opened(f"{NOVEMBER}&sort={sort}")

    assert [row.label for row in context["table"].rows] == labels
    assert context["chart"]["labels"] == labels


def test_group_without_a_known_profit_stands_last_without_a_number() -> None:
    small_shop()
    order = sold(make_variant(product=make_product("0900", title="Yeni")), 1, 900)
    refresh_facts()
    earn(order, NO_COST)

    context = opened(f"{NOVEMBER}&sort=LOSS")
    row = context["table"].rows[-1]

    assert (row.label, row.is_loss, [cell.words for cell in row.cells][2:6]) == (
        "0900 Yeni",
        False,
        ["—", "—", "—", "1"],
    )
    assert context["chart"]["traces"][0]["values"] == [-60.0, 200.0, None]


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("WEEK", ["16.11 – 22.11.2026"]),
        ("MONTH", ["November 2026"]),
        ("CATEGORY", ["Bot", "Sandalet"]),
        ("CHANNEL", ["Trendyol"]),
    ],
)
def test_groups_are_named_for_people(by: str, labels: list[str]) -> None:
    small_shop()

    table = opened(f"from=2026-11-16&to=2026-11-22&by={by}")["table"]

    assert [row.label for row in table.rows] == labels


def test_days_without_a_sale_are_there_too() -> None:
    small_shop()

    context = opened("from=2026-11-17&to=2026-11-20&by=DAY")

    assert [(row.label, row.cells[2].words) for row in context["table"].rows] == [
        ("17.11.2026", "—"),
        ("18.11.2026", "—"),
        ("19.11.2026", "-60,00 ₺"),
        ("20.11.2026", "200,00 ₺"),
    ]
    assert (context["chart"]["dates"], context["chart"]["kind"]) == (True, "bar")


def test_orders_and_variants_are_groups_as_well() -> None:
    rows = small_shop()

    orders = opened(f"{NOVEMBER}&by=ORDER")["table"].rows
    variants = opened(f"{NOVEMBER}&by=VARIANT")["table"].rows

    assert sorted(row.label for row in orders) == sorted(row.line.order_number for row in rows)
    assert [row.cells[2].words for row in variants] == ["200,00 ₺", "-60,00 ₺"]


def test_period_is_compared_with_the_one_before_and_the_year_before() -> None:
    earlier = (NOON, NOON - timedelta(days=7), NOON.replace(year=2025))
    orders = [
        sold(make_variant(), 2, price, at=at) for price, at in zip((500, 450, 400), earlier, strict=True)
    ]
    refresh_facts()
    for order in orders:
        earn(order, BOOTS)

    tiles = {tile.name: tile for tile in opened("from=2026-11-14&to=2026-11-20")["tiles"]}

    assert [(one.words, one.change) for one in tiles["Profit"].compared] == [
        ("100,00 ₺", "+%100,0"),
        ("0,00 ₺", ""),
    ]
    assert [(one.words, one.change) for one in tiles["Margin"].compared] == [
        ("%11,1", "+8,9 points"),
        ("%0,0", "+20,0 points"),
    ]


# --- the lines behind a number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "by", ["MODEL", "DAY", "WEEK", "MONTH", "ORDER", "VARIANT", "CATEGORY", "CAMPAIGN", "CHANNEL"]
)
def test_every_number_of_the_table_is_behind_it(by: str) -> None:
    small_shop()

    for row in opened(f"{NOVEMBER}&by={by}")["table"].rows:
        sale, profit, unknown = (row.cells[place] for place in (1, 2, 5))
        if sale.address:
            assert f"{sum(line.sale for line in behind(sale.address)):,.2f} ₺" == english(sale.words)
        if profit.address:
            assert f"{sum(line.profit or 0 for line in behind(profit.address)):,.2f} ₺" == english(
                profit.words
            )
        if unknown.address:
            assert str(len(behind(unknown.address))) == unknown.words


def english(words: str) -> str:
    return words.translate(str.maketrans(".,", ",."))


def test_points_of_the_charts_lead_where_the_table_leads() -> None:
    small_shop()

    context = opened(NOVEMBER)

    assert context["chart"]["traces"][0]["links"] == [row.cells[2].address for row in context["table"].rows]
    links = dict(zip(context["waterfall"]["labels"], context["waterfall"]["traces"][0]["links"], strict=True))
    assert [len(behind(links[name])) for name in ("Net sale", "Profit not known", "Cargo", "Profit")] == [
        3,
        1,
        2,
        2,
    ]


@pytest.mark.parametrize(
    ("query", "profits"),
    [
        ("which=ALL", ["200.00", "-60.00", None]),
        ("which=COMPLETE", ["200.00", "-60.00"]),
        ("which=INCOMPLETE", [None]),
        ("which=LOSS", ["-60.00"]),
        ("missing=COST", [None]),
        ("missing=CARGO", []),
        ("in_model=0172", ["200.00"]),
        ("model=SANDALET&which=LOSS", ["-60.00"]),
    ],
)
def test_lines_are_those_asked_for(query: str, profits: list[str | None]) -> None:
    small_shop()

    rows = opened(f"{NOVEMBER}&{query}", path="lines/")["page"].object_list

    assert [None if row.profit is None else str(row.profit) for row in rows] == profits


def test_lines_name_what_is_missing_and_where_the_commission_is_from() -> None:
    small_shop()

    body = client_of().get(f"{PAGE}lines/?{NOVEMBER}").content.decode()

    assert body.count("Settled by the marketplace") == 3
    assert body.count('<span class="pr-missing">Product cost</span>') == 1


def test_group_is_opened_on_the_page_and_taken_away_again() -> None:
    small_shop()
    (_boots, sandals) = opened(NOVEMBER)["table"].rows

    context = opened(urlsplit(sandals.inside).query)

    assert [chip["value"] for chip in context["chips"]] == ["0300 Sandalet"]
    assert context["asked"].by == "VARIANT"
    assert "in_model" not in context["chips"][0]["off"]


def test_order_number_narrows_and_is_taken_away_again() -> None:
    row = small_shop()[0]
    number = row.line.order_number

    context = opened(f"{NOVEMBER}&order={number}")

    assert [tile.cell.words for tile in context["tiles"]][:2] == ["1.000,00 ₺", "200,00 ₺"]
    assert [(chip["value"], "order=" in chip["off"]) for chip in context["chips"]] == [(number, False)]


# --- wrong and empty --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("by=MOON", "“MOON” is no choice here: the usual is shown."),
        ("sort=x", "“x” is no choice here: the usual is shown."),
        ("which=x", "“x” is no choice here: the usual is shown."),
        ("missing=x", "“x” is no choice here: the usual is shown."),
        ("from=2026-11-01", "Give both days, like 01.11.2026: the last 28 days are shown."),
        ("in_day=yesterday", "“yesterday” is not known as Day: it was left out."),
        (f"model={'x' * 61}", "Only the first 60 letters of a search are taken."),
    ],
)
@pytest.mark.parametrize("path", ["", "lines/", "missing/"])
def test_wrong_address_falls_back_and_says_so(query: str, sentence: str, path: str) -> None:
    assert opened(query, path=path)["problems"] == (sentence,)


def test_page_number_out_of_range_shows_a_page() -> None:
    assert [opened(f"page={text}")["table"].page.number for text in ("0", "999", "x", "²")] == [1, 1, 1, 1]


def test_empty_shop_says_that_nothing_fits() -> None:
    client = client_of()
    page, lines, missing = (client.get(PAGE + path).content.decode() for path in ("", "lines/", "missing/"))

    assert "There is no sale in these days that fits." in page
    assert "The profits were not reckoned yet." in page
    assert "pr-waterfall-data" not in page
    assert "No line fits." in lines
    assert "There is no sale in these days that fits." in missing


def test_number_of_statements_does_not_depend_on_the_history() -> None:
    client = client_of()
    counts = []
    for number in range(3):
        for place in range(number * 4 + 1):
            order = sold(
                make_variant(size=str(30 + place)), 1, 500, at=timezone.now() - timedelta(hours=number)
            )
            refresh_facts()
            earn(order, SANDAL if place % 2 else NO_COST)
        built()
        counts.append([statements(client, path) for path in ("", "?by=DAY", "lines/", "missing/")])

    assert counts == [counts[0]] * 3
    assert max(counts[0]) <= 30


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(PAGE + path).status_code == 200
    return len(caught)


# --- files ------------------------------------------------------------------------------------------------------------


def sheets(path: str, query: str) -> dict[str, list[tuple[Any, ...]]]:
    answer = client_of().get(f"{PAGE}{path}?{query}")
    book = load_workbook(BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_workbook_has_the_figures_of_the_page() -> None:
    small_shop()

    rows = sheets("excel/", NOVEMBER)["Model"]

    assert [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] == [
        {"Model": "0172 Bot", "Pairs": 2, "Net sale": 1000, "Commission": 200, "Product cost": 400, "Staff share": 40,
         "Cargo": 60, "Service fee": 10, "Packaging": 30, "Return costs": 0, "VAT": 60, "Withholding": 0, "Profit": 200,
         "Margin %": 20, "Profit per pair": 100, "Lines not known": 0},
        {"Model": "0300 Sandalet", "Pairs": 2, "Net sale": 600, "Commission": 60, "Product cost": 180, "Staff share": 20,
         "Cargo": 60, "Service fee": 10, "Packaging": 15, "Return costs": 0, "VAT": 15, "Withholding": 0, "Profit": -60,
         "Margin %": -20, "Profit per pair": -60, "Lines not known": 1},
        {"Model": "Total", "Pairs": 4, "Net sale": 1600, "Commission": 260, "Product cost": 580, "Staff share": 60,
         "Cargo": 120, "Service fee": 20, "Packaging": 45, "Return costs": 0, "VAT": 75, "Withholding": 0, "Profit": 140,
         "Margin %": 10.8, "Profit per pair": 46.67, "Lines not known": 1},
    ]  # fmt: skip


def test_workbook_of_lines_leaves_what_is_not_known_empty() -> None:
    small_shop()

    rows = sheets("lines/excel/", f"{NOVEMBER}&which=INCOMPLETE")["Profit not known"]
    (line,) = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    assert (line["Net sale"], line["Commission"], line["Product cost"], line["Profit"], line["Missing"]) == (
        300,
        60,
        None,
        None,
        "Product cost",
    )


@pytest.mark.parametrize("path", ["pdf/", "lines/pdf/", "missing/pdf/"])
def test_pages_are_printed_as_pdf(path: str) -> None:
    small_shop()

    answer = client_of().get(f"{PAGE}{path}?{NOVEMBER}")

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


# --- one line ---------------------------------------------------------------------------------------------------------


def explained(row: ProfitLine) -> dict[str, tuple[str, ...]]:
    context = opened(path=f"lines/{row.pk}/")
    return {part.name: part.words for part in context["explained"].parts}


def test_line_shows_its_profit_as_the_sum_of_its_parts() -> None:
    row = small_shop()[0]

    parts = opened(path=f"lines/{row.pk}/")["explained"]

    amounts = [part.amount for part in parts.parts]
    assert parts.sale.words == ("2 pairs sold for 1.000,00 ₺.",)
    assert parts.sale.amount + sum(amounts, Decimal(0)) == Decimal("200.00")


def test_line_that_lacks_a_cost_says_so() -> None:
    row = small_shop()[2]

    body = client_of().get(f"{PAGE}lines/{row.pk}/").content.decode()

    assert "Not known yet: Product cost. Until it is entered, this line has no profit." in body
    assert explained(row)["Product cost"] == ("No cost was known for the day of the sale.",)


def test_line_that_is_not_there_is_not_found() -> None:
    assert client_of().get(f"{PAGE}lines/1/").status_code == 404
