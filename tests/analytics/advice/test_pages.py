"""The page "Stok Zekası": who may see what, filters, the numbers behind, the purchase list, and files."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from analytics.advice.groups import ROWS_PER_PAGE
from analytics.facts.services import refresh_facts
from analytics.models import PlanningRule
from catalog.models import Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.analytics.advice.shop import make_colour, make_forecast, november, sell, small_shop
from tests.factories import make_product, make_shelf, make_superuser, make_user

pytestmark = pytest.mark.django_db

PAGE = "/analytics/advice/"
PATHS = (
    "",
    "excel/",
    "pdf/",
    "model/{product}/",
    "variant/{variant}/",
    "purchase/",
    "purchase/excel/",
    "purchase/pdf/",
)


def client_of(role: str | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    return client


def without_money() -> Client:
    person = make_user(WAREHOUSE)
    person.user_permissions.add(Permission.objects.get(codename="view_variantforecast"))
    client = Client()
    client.force_login(person)
    return client


def opened(query: str = "", *, path: str = "", client: Client | None = None) -> Any:
    """The context of a page."""
    answer = (client or client_of()).get(f"{PAGE}{path}?{query}")
    assert answer.status_code == 200
    return answer.context


def shown(query: str = "") -> list[tuple[str, str, str]]:
    """Model, colour and size of each row."""
    found = opened(query)["groups"]
    return [(row.model_code, row.colour, row.size) for group in found for row in group.rows]


def path_of(path: str, goods: dict[str, Variant]) -> str:
    return PAGE + path.format(product=goods["b36"].product_id, variant=goods["b36"].pk)


BOOTS = [("0172", "Siyah", size) for size in ("36", "37", "38")]
SANDALS = [("0300", "Beyaz", size) for size in ("36", "37", "38")]


# --- rights -----------------------------------------------------------------------------------------------------------


def test_page_asks_to_sign_in() -> None:
    answer = Client().get(PAGE)

    assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)


def test_page_only_answers_to_get() -> None:
    assert client_of().post(PAGE).status_code == 405


def test_amounts_are_only_for_those_who_may_see_them() -> None:
    goods = small_shop()
    client = without_money()
    pages = [client.get(path_of(path, goods)) for path in PATHS if not path.endswith(("excel/", "pdf/"))]
    lost = opened("kind=LOST_SALES", client=client)
    books = [client.get(f"{PAGE}{path}").content for path in ("excel/", "purchase/excel/")]

    assert [answer.status_code for answer in pages] == [200] * 4
    assert [
        page for page in pages if "₺" in page.content.decode() or "Gross margin" in page.content.decode()
    ] == []
    assert lost["chart"]["title"] == "Lost pairs by model"
    assert lost["tiles"][3].note == "5 pairs lost"
    headings = [
        cell
        for book in books
        for sheet in load_workbook(BytesIO(book))
        for cell in sheet.iter_rows(max_row=1, values_only=True)
    ]
    assert not {"Lost amount", "Cost", "Cost per pair"} & {text for row in headings for text in row}


def test_links_are_only_for_those_who_may_follow_them() -> None:
    goods = small_shop()
    path = path_of("variant/{variant}/", goods)
    manager, poor = client_of(MANAGER).get(path).content.decode(), without_money().get(path).content.decode()
    links = [
        f"/admin/catalog/variant/{goods['b36'].pk}/change/",
        "/analytics/sales/lines/?from=2026-10-23",
        f"/analytics/forecasts/{goods['b36'].product_id}/",
        f"/admin/analytics/planningrule/add/?product={goods['b36'].product_id}",
    ]

    assert [link in manager for link in links] == [True] * 4
    # The warehouse may see stock cards.
    assert [link in poor for link in links] == [True, False, False, False]


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", BOOTS + SANDALS),
        ("sort=STOCK", SANDALS + BOOTS),
        ("sort=MODEL", BOOTS + SANDALS),
        ("sort=COVER", BOOTS + SANDALS),
        ("sort=SOLD", BOOTS + SANDALS),
        ("sort=LOST", BOOTS + SANDALS),
        ("kind=STOCKOUT", BOOTS[1:2]),
        ("kind=BROKEN_SIZES", BOOTS[1:2]),
        ("kind=LOST_SALES", BOOTS[1:2]),
        ("kind=DEAD", SANDALS[1:]),
        ("kind=RAISE_PRICE", [BOOTS[0], BOOTS[2]]),
        ("kind=OVERSTOCK", []),
        ("model=bağcıklı", BOOTS),
        ("model=BAGCIKLI+0172", BOOTS),
        ("model=0300+bot", []),
        ("category=Sandalet", SANDALS),
        ("suggested=1&model=0172", BOOTS[1:]),
        ("suggested=1&model=0300", []),
        ("cover=OUT", BOOTS[1:2]),
        ("cover=NO_DEMAND", SANDALS),
    ],
)
def test_filters_and_sorting(query: str, rows: list[tuple[str, str, str]]) -> None:
    small_shop()

    assert shown(query) == rows


def test_chosen_models_are_shown_alone() -> None:
    goods = small_shop()

    assert shown(f"product={goods['w36'].product_id}") == SANDALS
    assert shown("product=999999") == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("kind=NOTHING", "“NOTHING” is no choice here: the usual is shown."),
        ("cover=OUTER", "“OUTER” is no choice here: the usual is shown."),
        ("product=x&product=", "“x” is no model: it was left out."),
        ("product=²", "“²” is no model: it was left out."),
        (f"model={'a' * 61}", "Only the first 60 letters of a search are taken."),
    ],
)
def test_wrong_parts_of_an_address_are_named(query: str, problem: str) -> None:
    small_shop()

    assert opened(query)["problems"] == (problem,)


def test_reason_is_that_of_the_kind_asked_for() -> None:
    small_shop()
    pressing = "Nothing is left to sell; 10,5 pairs are expected in the next 21 days."
    lost = "Out of stock on 9 of the last 28 days: about 4,5 pairs were not sold."

    assert [line for _row, line in opened("cover=OUT")["groups"][0].lines] == [pressing]
    assert [line for _row, line in opened("kind=LOST_SALES")["groups"][0].lines] == [lost]


def test_page_number_that_does_not_exist_shows_a_page() -> None:
    small_shop()

    assert [len(opened(f"page={page}")["groups"]) for page in ("0", "-1", "x", "99")] == [2, 2, 2, 2]


def test_models_are_not_torn_apart_by_pages() -> None:
    shelf = make_shelf()
    for number in range(25):
        make_colour(make_product(f"M{number:02d}"), "Siyah", (1, 1, 1), shelf)
    first, second = opened("sort=MODEL"), opened("sort=MODEL&page=2")

    assert len(first["groups"]) * 3 == ROWS_PER_PAGE
    assert [group.model_code for group in second["groups"]] == ["M20", "M21", "M22", "M23", "M24"]


def test_what_narrows_by_a_click_can_be_taken_away() -> None:
    goods = small_shop()
    number = goods["b36"].product_id
    found = opened(f"cover=OUT&product={number}&model=0172")["chips"]

    assert [(chip.words, parse_qs(urlsplit(chip.off).query)) for chip in found] == [
        ("Nothing left", {"model": ["0172"], "product": [str(number)]}),
        ("1 chosen model", {"cover": ["OUT"], "model": ["0172"]}),
    ]


# --- tiles and charts -------------------------------------------------------------------------------------------------


def test_tiles_count_the_barcodes_of_each_kind() -> None:
    small_shop()
    found = {tile.label: (tile.value, tile.note, tile.chosen) for tile in opened("kind=DEAD")["tiles"]}

    assert found == {
        "Sold out": ("1", "0 pairs coming", False),
        "To be ordered": ("2", "18 pairs suggested", False),
        "Broken sizes": ("1", "1 colour", False),
        "Lost sales": ("1", "5 pairs lost, 2.250,00 ₺", False),
        "Dead stock": ("2", "10 pairs on hand", True),
        "Too much stock": ("0", "0 pairs too many", False),
        "Raise the price": ("2", "6 pairs on hand", False),
        "Lower the price": ("2", "10 pairs on hand", False),
    }


def test_tile_leads_to_its_kind_and_back() -> None:
    small_shop()
    tiles = {tile.label: tile.address for tile in opened("kind=DEAD&model=0300")["tiles"]}

    assert parse_qs(urlsplit(tiles["Sold out"]).query) == {"kind": ["STOCKOUT"], "model": ["0300"]}
    assert parse_qs(urlsplit(tiles["Dead stock"]).query) == {"model": ["0300"]}


def test_chart_counts_barcodes_by_cover_and_a_bar_leads_to_them() -> None:
    small_shop()
    chart = opened()["chart"]
    bars = dict(zip(chart["labels"], chart["traces"][0]["values"], strict=True))

    # Cover: 4 pairs ÷ 1.5/21 = 56 days, nothing, 2 ÷ 0.75/21 = 56 days; sandals sold nothing in the 28 days.
    assert {label: count for label, count in bars.items() if count} == {
        "Nothing left": 1,
        "31–60 days": 2,
        "No demand expected": 3,
    }
    assert chart["traces"][0]["links"][0] == f"{PAGE}?cover=OUT"


def test_chart_of_lost_sales_is_by_model() -> None:
    goods = small_shop()
    chart = opened("kind=LOST_SALES")["chart"]

    assert (chart["title"], chart["labels"]) == ("Lost amount by model", ["0172 Bağcıklı Bot"])
    assert chart["traces"][0]["words"] == ["2.250,00 ₺"]
    assert chart["traces"][0]["links"] == [f"{PAGE}model/{goods['b36'].product_id}/"]


# --- one model, one barcode -------------------------------------------------------------------------------------------


def test_grid_of_a_model_shows_what_is_missing() -> None:
    goods = small_shop()
    page = opened(path=f"model/{goods['b36'].product_id}/")
    row = page["grid"].rows[0]

    assert (row.colour, row.missing, row.sums.available) == ("Siyah", "37", 6)
    assert [(cell.row.available, cell.tone) for cell in row.cells] == [
        (4, "none"),
        (0, "danger"),
        (2, "warning"),
    ]
    assert [row.size for row in page["advised"]] == ["36", "37", "38"]


def test_model_is_kept_as_a_workbook_and_printed() -> None:
    goods = small_shop()
    product = goods["b36"].product_id
    client = client_of(OFFICE)
    page = client.get(f"{PAGE}model/{product}/").content.decode()
    links = re.findall(r'href="(/analytics/advice/(?:excel|pdf)/[^"]*)"', page)

    assert links == [f"/analytics/advice/{kind}/?product={product}" for kind in ("excel", "pdf")]
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_numbers_behind_a_barcode_are_kept_as_a_workbook_and_printed() -> None:
    variant = small_shop()["b37"].pk
    page = client_of(OFFICE).get(f"{PAGE}variant/{variant}/").content.decode()
    sheets = load_workbook(BytesIO(client_of().get(f"{PAGE}variant/{variant}/excel/").content))
    paper = client_of().get(f"{PAGE}variant/{variant}/pdf/")

    assert [f"{PAGE}variant/{variant}/{kind}/" in page for kind in ("excel", "pdf")] == [True, True]
    stock = {row[0]: row[1:3] for row in sheets["Stock"].iter_rows(values_only=True)}
    assert stock["Available"] == ("0 on hand − 0 reserved − 0 held back", "0")
    assert paper.content[:5] == b"%PDF-"


def test_amounts_behind_a_barcode_stay_out_of_files_for_whom_they_are_hidden() -> None:
    variant = small_shop()["b37"].pk
    right = Permission.objects.get(codename="view_variantforecast")
    person = make_user(is_staff=True)
    person.user_permissions.add(right)
    client = Client()
    client.force_login(person)

    def sheets(client: Client) -> list[str]:
        content = client.get(f"{PAGE}variant/{variant}/excel/").content
        return list(load_workbook(BytesIO(content)).sheetnames)

    assert ("Price" in sheets(client_of()), "Price" in sheets(client)) == (True, False)


def test_numbers_behind_a_barcode_have_their_formulas() -> None:
    goods = small_shop()
    parts = opened(path=f"variant/{goods['b37'].pk}/")["parts"]
    lines = {line.name: (line.formula, line.value) for part in parts for line in part.lines}

    assert lines["Available"] == ("0 on hand − 0 reserved − 0 held back", "0")
    assert lines["Expected in 21 days"] == (
        "14 days of lead time + 7 days until the next decision; average of the last 28 days",
        "10,50",
    )
    assert lines["Needed in 21 days"] == ("enough with a probability of %90", "15")
    assert lines["Expected per day"] == ("10,50 ÷ 21", "0,500")
    assert lines["Reorder point"] == ("the larger of 10 needed and 0, the least on hand", "10")
    assert lines["Shortage"] == ("target 15 − there or coming 0", "15")
    assert lines["Suggested"] == ("in lots of 2, rounded off to a set of the colour", "16")
    assert lines["Lost pairs"] == ("9 days × 0,500 a day", "4,50")
    assert lines["Lost amount"] == ("4,50 × 500,00 ₺", "2.250,00 ₺")
    # 500 with 10 % VAT are 454.55; a cost of 200 leaves 254.55.
    assert lines["Gross margin"][1] == "%56,0"


def test_own_rule_of_the_model_is_linked() -> None:
    goods = small_shop()
    rule = PlanningRule.objects.create(product=goods["b36"].product, lead_days=30)
    page = client_of(OFFICE).get(path_of("model/{product}/", goods)).content.decode()

    assert f"/admin/analytics/planningrule/{rule.pk}/change/" in page
    assert "Planned with: 30 days until goods are here" in page


@pytest.mark.parametrize("path", ["model/999999/", "variant/999999/"])
def test_what_does_not_exist_is_not_found(path: str) -> None:
    assert client_of().get(PAGE + path).status_code == 404


def test_barcode_of_a_draft_is_not_found() -> None:
    draft = make_colour(make_product(draft=True), "Siyah", (0, 0, 0), make_shelf())

    assert client_of().get(f"{PAGE}variant/{draft[0].pk}/").status_code == 404


# --- the purchase list ------------------------------------------------------------------------------------------------


def test_purchase_list_has_what_is_suggested_by_colour_and_size() -> None:
    goods = small_shop()
    page = opened(path="purchase/")

    assert [(one.first.model_code, one.first.colour, one.sizes) for one in page["colours"]] == [
        ("0172", "Siyah", "37: 16 · 38: 2")
    ]
    assert [(one.label, one.words) for one in page["figures"]] == [
        ("Models", "1"),
        ("Suggested pairs", "18"),
        ("Cost", "3.600,00 ₺"),
    ]
    assert page["production_address"] == f"/analytics/production/new/?product={goods['b36'].product_id}"


def test_purchase_list_is_of_the_chosen_models() -> None:
    goods = small_shop()

    assert opened(f"product={goods['w36'].product_id}", path="purchase/")["colours"] == []
    assert len(opened(f"product={goods['b36'].product_id}", path="purchase/")["colours"]) == 1


def test_cost_of_a_list_with_an_unknown_cost_is_not_given_as_a_whole() -> None:
    goods = small_shop()
    Variant.objects.filter(pk=goods["b38"].pk).update(cost=None)
    page = opened(path="purchase/")

    assert page["colours"][0].cost is None
    assert page["figures"][2].note == "without 2 pairs whose cost is not known"


def test_only_planners_are_led_to_production() -> None:
    small_shop()

    assert opened(path="purchase/", client=client_of(ANALYST))["production_address"] == ""


# --- files ------------------------------------------------------------------------------------------------------------


def book_of(path: str) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(client_of().get(PAGE + path).content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_purchase_workbook_has_colours_and_barcodes() -> None:
    goods = small_shop()
    book = book_of("purchase/excel/")
    by_colour, by_barcode = book["By colour"], book["By barcode"]

    assert list(book) == ["Summary", "By colour", "By barcode"]
    assert by_colour[1] == ("0172", "Bağcıklı Bot", "Siyah", "37: 16 · 38: 2", 18, 3600)
    assert by_colour[2] == ("Total", None, None, None, 18, 3600)
    assert by_barcode[1][:8] == ("0172", "Bağcıklı Bot", "Siyah", "37", goods["b37"].barcode, 0, 0, 16)
    assert by_barcode[1][8:10] == (200, 3200)


def test_advice_workbook_has_every_barcode_that_fits() -> None:
    small_shop()
    sheet = book_of("excel/?kind=LOST_SALES")["Stock advice"]
    row = dict(zip(sheet[0], sheet[1], strict=True))

    assert len(sheet) == 2
    assert (row["Size"], row["Sold in 28 days"], row["Suggested"], row["Lost pairs"]) == ("37", 14, 16, 4.5)
    assert (row["Lost amount"], row["Days of cover"]) == (2250, 0)
    assert row["Advice"] == "Sold out, To be ordered, Broken sizes, Lost sales"


@pytest.mark.parametrize(("path", "name"), [("pdf/", "stock-advice"), ("purchase/pdf/", "purchase-list")])
def test_lists_are_printed(path: str, name: str) -> None:
    small_shop()
    answer = client_of().get(PAGE + path)

    assert answer.content[:5] == b"%PDF-"
    assert answer["Content-Disposition"] == f'inline; filename="{name}-2026-11-20.pdf"'


# --- empty, source, statements ----------------------------------------------------------------------------------------


def test_empty_shop_says_what_is_missing() -> None:
    page = client_of().get(PAGE).content.decode()

    assert "There is no model yet." in page
    assert client_of().get(f"{PAGE}purchase/").context["colours"] == []
    assert client_of().get(f"{PAGE}excel/").status_code == client_of().get(f"{PAGE}pdf/").status_code == 200


def test_page_says_where_the_demand_comes_from() -> None:
    goods = small_shop()
    before = opened()["source"]
    make_forecast({goods["b36"]: 28.0}, last_day=november(19))

    assert before == "There is no forecast yet: the demand is the plain average of the last 28 days."
    assert opened()["source"] == "The demand is that of the forecast of 19.11.2026."


@pytest.mark.parametrize("path", PATHS)
def test_statements_do_not_depend_on_the_number_of_goods(path: str) -> None:
    goods = small_shop()
    make_forecast(dict.fromkeys(goods.values(), 5.0), last_day=november(19))
    client = client_of()
    address = path_of(path, goods)
    client.get(address)  # the rights of the person are read once

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = statements()
    shelf = make_shelf()
    for number in range(4):
        more = make_colour(make_product(), f"Renk {number}", (3, 0, 2), shelf)
        sell(more[0], 2, november(15))
    make_colour(goods["b36"].product, "Bordo", (3, 0, 2), shelf)
    refresh_facts()

    assert statements() == few
