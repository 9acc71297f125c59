"""The page "Satış Analizi": who may see what, the numbers, the lines behind each number, and Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.models import Count
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.facts.services import refresh_facts
from analytics.models import Campaign, SaleLine
from analytics.sales import selectors
from analytics.sales.asked import read
from analytics.sales.dimensions import Dimension, expression, key_of
from analytics.sales.measures import Figures, Measure, change, change_in_words
from analytics.sales.periods import Preset, Span, period_of
from analytics.sales.selectors import Series
from analytics.sales.sources import OF_DAYS
from catalog.models import Product, Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from orders.enums import OrderState
from orders.models import Order, ReturnUnit
from tests.factories import make_order, make_product, make_superuser, make_user, make_variant

pytestmark = pytest.mark.django_db

PAGE = "/analytics/sales/"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The words of the code itself: what is tested is which words are said."""
    with translation.override("en"):
        yield


FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOVEMBER = "from=2026-11-01&to=2026-11-30"


def client_of(role: str | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    return client


def opened(query: str = "", *, address: str = PAGE, role: str | None = None) -> Any:
    """The context of the page, after the facts were brought up to date."""
    refresh_facts()
    answer = client_of(role).get(f"{address}?{query}")
    assert answer.status_code == 200
    return answer.context


def tiles(query: str, role: str | None = None) -> dict[str, str]:
    return {tile.name: tile.cell.words for tile in opened(query, role=role)["tiles"]}


def table(query: str) -> dict[str, list[str]]:
    rows = opened(query)["table"].rows
    return {row.label: [cell.words for cell in row.cells] for row in rows}


def small_shop() -> tuple[Variant, Variant]:
    """A week of two models: seven pairs sold, one returned, one cancelled."""
    boot = make_product("0172", title="Bot", category="Bot", brand="Güllü")
    sandal = make_product("0300", title="Sandalet", category="Sandalet", brand="Şıkça")
    Product.objects.update(created_at=NOON - timedelta(days=400))
    b37, s38 = make_variant(product=boot, size="37"), make_variant(product=sandal, size="38")
    delivered = {"status": OrderState.DELIVERED}
    make_order([(b37, 3)], unit_price=Decimal(100), ordered_at=NOON, city="Van", **delivered)
    make_order([(b37, 1)], unit_price=Decimal(90), ordered_at=NOON - timedelta(days=1), city="Iğdır")
    back = make_order([(s38, 3)], unit_price=Decimal(50), ordered_at=NOON, city="Van", **delivered)
    make_order([(s38, 1)], ordered_at=NOON, city="Van", status=OrderState.CANCELLED, cancelled_by="HERE")
    line = back.lines.get()
    ReturnUnit.objects.create(
        claim_item_id="u1",
        claim_id="c1",
        order_number=back.order_number,
        order=back,
        line=line,
        barcode=line.barcode,
        status="Accepted",
        reason_id=501,
        reason="Küçük geldi",
        claimed_at=NOON,
        remote_modified_at=NOON,
    )
    return b37, s38


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "lines/", "excel/", "lines/excel/"])
@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (ANALYST, 200), (WAREHOUSE, 403)]
)
def test_page_is_for_those_who_may_see_sales(path: str, role: str, status: int) -> None:
    assert client_of(role).get(PAGE + path).status_code == status


def test_page_asks_to_sign_in() -> None:
    answer = Client().get(PAGE)

    assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)


def test_right_without_staff_opens_nothing() -> None:
    person = make_user()
    person.user_permissions.add(Permission.objects.get(codename="view_saleline"))
    client = Client()
    client.force_login(person)

    assert client.get(PAGE).status_code == 403


def without_money() -> Client:
    person = make_user(WAREHOUSE)
    person.user_permissions.add(Permission.objects.get(codename="view_saleline"))
    client = Client()
    client.force_login(person)
    return client


def test_amounts_are_only_for_those_who_may_see_them() -> None:
    small_shop()
    refresh_facts()
    client = without_money()
    query = f"?{NOVEMBER}&rows=MODEL&measure=AMOUNT"

    pages = [client.get(PAGE + path + query) for path in ("", "lines/")]
    books = [
        load_workbook(BytesIO(client.get(PAGE + path + query).content)) for path in ("excel/", "lines/excel/")
    ]

    assert [tile.name for tile in pages[0].context["tiles"]] == [
        "Pairs",
        "Orders",
        "Cancellation rate",
        "Return rate",
    ]
    assert pages[0].context["problems"] == ("You cannot see amounts: pairs are shown.",)
    assert [page.content.decode().count("₺") for page in pages] == [0, 0]
    headings = {cell.value for book in books for sheet in book.worksheets for cell in sheet[1]}
    assert headings & {"Amount", "Average per order", "Total", "Gross", "Our discount", "Paid back"} == set()


def test_orders_are_linked_for_those_who_may_open_them() -> None:
    small_shop()
    refresh_facts()
    query = f"{PAGE}lines/?{NOVEMBER}"

    linked = [
        "/admin/orders/order/" in re.sub(r"<nav.*?</nav>", "", body, flags=re.DOTALL).partition("sa-page")[2]
        for body in (client_of(role).get(query).content.decode() for role in (OFFICE, ANALYST))
    ]

    assert linked == [True, False]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_tiles_are_net_of_cancellations_and_returns() -> None:
    small_shop()

    # 3 × 100 + 1 × 90 + 2 of 3 × 50 in three orders; one of eight cancelled; one of seven returned.
    assert tiles(NOVEMBER) == {
        "Pairs": "6",
        "Amount": "490,00 ₺",
        "Orders": "3",
        "Average per order": "163,33 ₺",
        "Cancellation rate": "%12,5",
        "Return rate": "%14,3",
    }


def test_table_by_model_has_every_measure_and_a_total() -> None:
    small_shop()

    context = opened(f"{NOVEMBER}&rows=MODEL")

    assert {row.label: [cell.words for cell in row.cells] for row in context["table"].rows} == {
        "0172 Bot": ["4", "390,00 ₺", "2", "195,00 ₺", "%0,0", "%0,0"],
        "0300 Sandalet": ["2", "100,00 ₺", "1", "100,00 ₺", "%25,0", "%33,3"],
    }
    assert [cell.words for cell in context["table"].total] == [
        "6", "490,00 ₺", "3", "163,33 ₺", "%12,5", "%14,3",
    ]  # fmt: skip


def test_two_dimensions_stand_side_by_side() -> None:
    small_shop()

    context = opened(f"{NOVEMBER}&rows=CITY&series=SIZE&measure=AMOUNT")

    assert context["table"].columns == ("37", "38", "Total")
    assert {row.label: [cell.words for cell in row.cells] for row in context["table"].rows} == {
        "Van": ["300,00 ₺", "100,00 ₺", "400,00 ₺"],
        "Iğdır": ["90,00 ₺", "0,00 ₺", "90,00 ₺"],
    }


def test_days_without_a_sale_are_there_too() -> None:
    small_shop()

    rows = table("from=2026-11-18&to=2026-11-20&rows=DAY")

    assert {label: cells[0] for label, cells in rows.items()} == {
        "18.11.2026": "0",
        "19.11.2026": "1",
        "20.11.2026": "5",
    }


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ("WEEK", ["16.11 – 22.11.2026"]),
        ("MONTH", ["November 2026"]),
        ("CATEGORY", ["Bot", "Sandalet"]),
        ("CARRIER", ["Trendyol Express"]),
        ("CHANNEL", ["Trendyol"]),
        ("COLOUR", ["Siyah"]),
        ("STATUS", ["Delivered", "New", "Cancelled"]),
        ("SIZE", ["37", "38"]),
    ],
)
def test_groups_are_named_for_people(rows: str, labels: list[str]) -> None:
    small_shop()

    assert list(table(f"from=2026-11-16&to=2026-11-22&rows={rows}")) == labels


def test_weekdays_and_hours_are_complete() -> None:
    small_shop()

    weekdays, hours = table(f"{NOVEMBER}&rows=WEEKDAY"), table(f"{NOVEMBER}&rows=HOUR")

    assert next(iter(weekdays)) == "Monday"
    assert [cells[0] for cells in weekdays.values()] == ["0", "0", "0", "1", "5", "0", "0"]
    assert (len(hours), hours["12:00"][0]) == (24, "6")


def test_many_series_end_in_others_with_the_same_sum() -> None:
    product = make_product("0500")
    for number in range(15):
        variant = make_variant(product=product, size=str(30 + number))
        make_order([(variant, number + 1)], ordered_at=NOON)

    context = opened(f"{NOVEMBER}&rows=MODEL&series=SIZE")
    (row,) = context["table"].rows

    # The eight strongest are 8 to 15 pairs; the others are 1 + … + 7.
    assert [cell.words for cell in row.cells] == [str(number) for number in range(8, 16)] + ["28", "120"]
    assert context["table"].columns[-2:] == ("Others", "Total")
    assert [cell.words for cell in context["table"].total] == [cell.words for cell in row.cells]


def test_period_is_compared_with_the_one_before_and_the_year_before() -> None:
    for pairs, day in ((6, FRIDAY), (4, FRIDAY - timedelta(days=7)), (3, date(2025, 11, 20))):
        make_order(
            [(make_variant(), pairs)], ordered_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        )

    pairs = opened("from=2026-11-14&to=2026-11-20")["tiles"][0]

    assert [(one.words, one.change) for one in pairs.compared] == [("4", "+%50,0"), ("3", "+%100,0")]


def test_search_finds_turkish_words_in_any_case() -> None:
    small_shop()

    found = [tiles(f"{NOVEMBER}&{query}")["Pairs"] for query in ("model=0172", "brand=SIKÇA", "category=BOT")]

    assert found == ["4", "2", "4"]


def test_best_and_worst_sellers_name_the_silent_ones() -> None:
    small_shop()
    make_product("0900", title="Yalnız")
    make_product("0901", title="Taslak", draft=True)
    Product.objects.update(created_at=NOON - timedelta(days=400))

    context = opened(NOVEMBER)

    assert [(one.label, one.record.figures.pairs) for one in context["best"]] == [
        ("0172 Bot", 4),
        ("0300 Sandalet", 2),
    ]
    assert [one.label for one in context["worst"]] == ["0900 Yalnız", "0300 Sandalet", "0172 Bot"]
    assert context["silent"] == 1


def test_size_curve_is_of_a_hundred_pairs_of_the_model() -> None:
    product = make_product("0172")
    for size, pairs in (("36", 1), ("37", 2), ("38", 1)):
        make_order([(make_variant(product=product, size=size), pairs)], ordered_at=NOON)

    (curve,) = opened(NOVEMBER)["curves"]

    assert [(cell.label, cell.record.pairs, cell.record.share) for cell in curve.record] == [
        ("36", 1, Decimal("25.0")),
        ("37", 2, Decimal("50.0")),
        ("38", 1, Decimal("25.0")),
    ]


def test_reasons_are_counted_in_pairs() -> None:
    small_shop()
    make_order([(make_variant(), 2)], ordered_at=NOON, status=OrderState.RETURNED)

    context = opened(NOVEMBER)

    assert [(one.label, one.record.pairs) for one in context["cancel_reasons"]] == [("Us", 1)]
    assert [(one.label, one.record.pairs) for one in context["return_reasons"]] == [
        ("Could not be delivered", 2),
        ("Küçük geldi", 1),
    ]


def test_picking_counts_by_the_day_of_picking() -> None:
    person = make_user(first_name="Ayşe", last_name="Kaya")
    for days, pairs in ((0, 2), (1, 3), (40, 7)):
        order = make_order([(make_variant(), pairs)], ordered_at=NOON - timedelta(days=60))
        Order.objects.filter(pk=order.pk).update(picked_at=NOON - timedelta(days=days), picked_by=person)

    (row,) = opened(NOVEMBER)["pickers"]
    behind = opened(urlsplit(row.address).query, address=urlsplit(row.address).path)

    assert (row.label, row.record.pairs, row.record.packages, row.record.days) == ("Ayşe Kaya", 5, 2, 2)
    assert row.record.pairs_per_day == Decimal("2.5")
    assert sum(line.quantity for line in behind["page"].object_list) == 5


def test_packages_picked_are_counted_once() -> None:
    person = make_user()
    for pairs in (1, 2, 3):
        order = make_order([(make_variant(), 1) for _number in range(pairs)], ordered_at=NOON)
        Order.objects.filter(pk=order.pk).update(picked_at=NOON, picked_by=person)

    (row,) = opened(NOVEMBER)["pickers"]

    assert (row.record.pairs, row.record.packages, row.record.days) == (6, 3, 1)


# --- the lines behind a number ----------------------------------------------------------------------------------------


def behind(address: str) -> list[SaleLine]:
    parts = urlsplit(address)
    return list(opened(parts.query, address=parts.path)["page"].object_list)


@pytest.mark.parametrize("query", ["rows=MODEL", "rows=DAY", "rows=CITY", "rows=MODEL&series=CITY"])
def test_every_pair_of_the_table_is_behind_its_number(query: str) -> None:
    small_shop()

    cells = [
        cell
        for row in opened(f"{NOVEMBER}&{query}")["table"].rows
        for cell in (row.cells if "series" in query else row.cells[:1])
        if cell.address
    ]

    assert cells
    assert [str(sum(line.net_quantity for line in behind(cell.address))) for cell in cells] == [
        cell.words for cell in cells
    ]


def test_lines_behind_others_leave_the_named_series_out() -> None:
    product = make_product("0500")
    for number in range(15):
        variant = make_variant(product=product, size=str(30 + number))
        make_order([(variant, number + 1)], ordered_at=NOON)

    (row,) = opened(f"{NOVEMBER}&rows=MODEL&series=SIZE")["table"].rows

    assert sorted(line.quantity for line in behind(row.cells[-2].address)) == [1, 2, 3, 4, 5, 6, 7]


def test_rates_lead_to_what_they_count() -> None:
    small_shop()
    cells = {tile.name: tile.cell for tile in opened(NOVEMBER)["tiles"]}

    cancelled = behind(cells["Cancellation rate"].address)
    returned = behind(cells["Return rate"].address)

    assert [(line.state, line.quantity) for line in cancelled] == [("CANCELLED", 1)]
    assert [(line.returned_quantity, line.returned_total) for line in returned] == [(1, Decimal("50.00"))]


def test_points_of_the_chart_lead_where_the_table_leads() -> None:
    small_shop()

    context = opened(f"{NOVEMBER}&rows=MODEL")
    (trace,) = context["chart"]["traces"]

    assert context["chart"]["labels"] == ["0172 Bot", "0300 Sandalet"]
    assert (trace["values"], trace["words"]) == ([4.0, 2.0], ["4", "2"])
    assert trace["links"] == [row.cells[0].address for row in context["table"].rows]


def test_group_is_opened_on_the_page_and_taken_away_again() -> None:
    small_shop()
    (van, _other) = opened(f"{NOVEMBER}&rows=CITY")["table"].rows

    context = opened(urlsplit(van.inside).query)

    assert [chip["value"] for chip in context["chips"]] == ["Van"]
    assert context["tiles"][0].cell.words == "5"
    assert "in_city" not in parse_qs(urlsplit(context["chips"][0]["off"]).query)


# --- wrong and empty --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("rows=MOON", "“MOON” is no choice here: the usual is shown."),
        ("measure=x", "“x” is no choice here: the usual is shown."),
        ("rows=CITY&series=CITY", "The columns were left out: they are the same as the rows."),
        ("from=2026-11-01", "Give both days, like 01.11.2026: the last 28 days are shown."),
        ("from=2026-02-30&to=x", "Give both days, like 01.11.2026: the last 28 days are shown."),
        ("from=2026-11-20&to=2026-11-01", "The two days were taken the other way round."),
        ("from=1026-11-20&to=2026-11-01", "These days span more than ten years: the last 28 days are shown."),
        (
            "from=9999-12-01&to=9999-12-31&rows=WEEK",
            "These days span more than ten years: the last 28 days are shown.",
        ),
        ("in_hour=25", "“25” is not known as Hour: it was left out."),
        ("in_day=yesterday", "“yesterday” is not known as Day: it was left out."),
        (f"model={'x' * 61}", "Only the first 60 letters of a search are taken."),
    ],
)
def test_wrong_address_falls_back_and_says_so(query: str, sentence: str) -> None:
    for address in (PAGE, f"{PAGE}lines/"):
        assert opened(query, address=address)["problems"] == (sentence,)


def test_page_number_out_of_range_shows_a_page() -> None:
    assert [opened(f"page={text}")["table"].page.number for text in ("0", "999", "x", "²")] == [1, 1, 1, 1]


def test_empty_shop_says_that_nothing_fits() -> None:
    body = client_of().get(PAGE).content.decode()

    assert "There is no sale in these days that fits." in body
    assert "The figures were not built yet." in body
    assert "sa-chart-data" not in body


def test_number_of_statements_does_not_depend_on_the_history() -> None:
    client = client_of()
    counts = []
    for number in range(3):
        for place in range(number * 4 + 1):
            variant = make_variant(size=str(30 + place))
            make_order(
                [(variant, 1)], ordered_at=timezone.now() - timedelta(hours=number), picked_by=make_user()
            )
        Order.objects.update(picked_at=timezone.now())
        refresh_facts()
        client.get(f"{PAGE}?rows=MODEL&series=SIZE")
        for query in ("", "?rows=MODEL&series=VARIANT&in_city=%C4%B0zmir"):
            with CaptureQueriesContext(connection) as caught:
                client.get(PAGE + query)
            with CaptureQueriesContext(connection) as of_lines:
                client.get(f"{PAGE}lines/{query}")
            counts.append((len(caught), len(of_lines)))

    # More series than can be shown side by side have a sum of what is left: one statement.
    assert counts[::2] == [counts[0]] * 3
    assert [of_page - counts[1][0] for of_page, _of_lines in counts[1::2]] == [0, 0, 1]
    assert [of_lines for _of_page, of_lines in counts] == [counts[0][1]] * 6
    assert max(max(pair) for pair in counts) <= 29


# --- two ways to the same figures ---------------------------------------------------------------------------------------


def history() -> None:
    """Orders of one and of several lines, split over days and packages, by two channels, some cancelled or returned."""
    goods = [make_variant(product=make_product(category=name), size="37") for name in ("Bot", "Sandalet", "")]
    campaign = Campaign.objects.create(
        name="Kış", first_day=FRIDAY - timedelta(days=9), last_day=FRIDAY - timedelta(days=2)
    )
    campaign.products.set([goods[0].product])
    for number in range(12):
        at = NOON - timedelta(days=number)
        make_order([(one, 1 + number % 2) for one in goods[: 1 + number % 3]], ordered_at=at)
        make_order([(goods[1], 1)], ordered_at=at, channel="MANUAL", package_id=None)
        make_order([(goods[2], 2)], ordered_at=at, status=OrderState.CANCELLED)
        make_order([(goods[0], 1)], ordered_at=at, order_number=f"split-{number // 4}")
        make_order([("8699999999991", 1)], ordered_at=at, status=OrderState.RETURNED)
    refresh_facts()


@pytest.mark.parametrize("only", ["", "&in_category=Bot", "&not_campaign=K%C4%B1%C5%9F&in_channel=TRENDYOL"])
def test_days_and_lines_give_the_same_figures(only: str) -> None:
    history()
    asked = read(QueryDict(f"{NOVEMBER}{only}"), today=FRIDAY, may_see_money=True).asked
    by_days = asked.source()
    by_lines = replace(by_days, days=None)
    series = Series(Dimension.CHANNEL, ("TRENDYOL",), others=True)

    assert by_days.days is not None
    assert selectors.totals(by_days) == selectors.totals(by_lines) != Figures()
    for dimension in OF_DAYS:
        assert selectors.groups(by_days, dimension) == selectors.groups(by_lines, dimension)
        assert selectors.cells(by_days, dimension, series) == selectors.cells(by_lines, dimension, series)


def test_orders_are_counted_once_in_each_group() -> None:
    history()
    asked = read(QueryDict(NOVEMBER), today=FRIDAY, may_see_money=True).asked
    sold = SaleLine.objects.filter(state="SOLD")

    for dimension in (Dimension.CITY, Dimension.CATEGORY, Dimension.WEEK, Dimension.SIZE, Dimension.CAMPAIGN):
        rows = sold.values_list(expression(dimension)).annotate(Count("order_number", distinct=True))
        found = selectors.groups(asked.source(), dimension)
        assert {key: one.orders for key, one in found.items() if one.orders} == {
            key_of(key): orders for key, orders in rows
        }
    assert selectors.totals(asked.source()).orders == len(set(sold.values_list("order_number", flat=True)))


def test_finer_questions_are_answered_from_the_lines() -> None:
    asked = read(QueryDict(f"{NOVEMBER}&in_city=Van"), today=FRIDAY, may_see_money=True).asked

    assert (asked.source().days, asked.without_only(Dimension.CITY).source().days is None) == (None, False)


# --- figures kept ready ---------------------------------------------------------------------------------------------


def statements(client: Client, query: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"{PAGE}?{query}").status_code == 200
    return len(caught)


def test_same_question_is_read_once_until_a_sale_changes() -> None:
    small_shop()
    refresh_facts()
    client = client_of()
    query = f"{NOVEMBER}&rows=CITY&series=SIZE"
    client.get(PAGE)

    first, again = statements(client, query), statements(client, query)
    Order.objects.filter(city="Van").update(city="Muş")
    refresh_facts()
    after = statements(client, query)

    # Three spans, rows, series, cells, models, curves, two kinds of reasons and people.
    assert (first - again, after) == (11, first)
    assert [row.label for row in client.get(f"{PAGE}?{query}").context["table"].rows] == ["Muş", "Iğdır"]


def test_who_sees_no_amounts_shares_no_figures_with_who_does() -> None:
    small_shop()
    refresh_facts()
    query = f"{NOVEMBER}&rows=SIZE"
    owner, other = client_of(), without_money()
    for client in (owner, other):
        client.get(PAGE)

    counts = [statements(client, query) for client in (owner, owner, other, other)]

    assert (counts[0] > counts[1], counts[2] > counts[3]) == (True, True)


def test_searched_words_follow_the_catalogue_at_once() -> None:
    small_shop()
    before = tiles(f"{NOVEMBER}&brand=Güllü")["Pairs"]

    Product.objects.update(brand="Güllü")

    assert (before, tiles(f"{NOVEMBER}&brand=Güllü")["Pairs"]) == ("4", "6")


# --- campaigns ------------------------------------------------------------------------------------------------------


def test_campaign_is_a_dimension_like_others() -> None:
    b37, _s38 = small_shop()
    campaign = Campaign.objects.create(name="Kış İndirimi", first_day=FRIDAY, last_day=FRIDAY)
    campaign.products.set([b37.product])

    context = opened(f"{NOVEMBER}&rows=CAMPAIGN")
    rows = {row.label: row for row in context["table"].rows}
    inside = opened(urlsplit(rows["Kış İndirimi"].inside).query)

    assert {label: [cell.words for cell in row.cells][:2] for label, row in rows.items()} == {
        "Kış İndirimi": ["3", "300,00 ₺"],
        "No campaign": ["3", "190,00 ₺"],
    }
    assert (inside["chips"][0]["value"], inside["tiles"][0].cell.words) == ("Kış İndirimi", "3")
    assert [line.barcode for line in behind(rows["Kış İndirimi"].cells[0].address)] == [b37.barcode]
    assert [row[0] for row in sheets("excel/", f"{NOVEMBER}&rows=CAMPAIGN")["Campaign"][1:-1]] == [
        "No campaign",
        "Kış İndirimi",
    ]


# --- Excel ------------------------------------------------------------------------------------------------------------


def sheets(path: str, query: str) -> dict[str, list[tuple[Any, ...]]]:
    refresh_facts()
    answer = client_of().get(f"{PAGE}{path}?{query}")
    book = load_workbook(BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_workbook_has_the_figures_of_the_page() -> None:
    small_shop()

    found = sheets("excel/", f"{NOVEMBER}&rows=MODEL&series=CITY")

    assert found["Model"] == [
        ("Model", "Pairs", "Sold pairs", "Returned pairs", "Exchanged pairs", "Cancelled pairs", "Orders",
         "Cancellation rate", "Return rate", "Amount", "Average per order"),
        ("0172 Bot", 4, 4, 0, 0, 0, 2, 0, 0, 390, 195),
        ("0300 Sandalet", 2, 3, 1, 0, 1, 1, 25, 33.3, 100, 100),
        ("Total", 6, 7, 1, 0, 1, 3, 12.5, 14.3, 490, 163.33),
    ]  # fmt: skip
    assert [row[:3] for row in found["Model – City"][1:]] == [
        ("0172 Bot", "Van", 3),
        ("0172 Bot", "Iğdır", 1),
        ("0300 Sandalet", "Van", 2),
    ]


def test_workbook_has_the_tables_below_the_figures() -> None:
    small_shop()

    found = sheets("excel/", f"{NOVEMBER}&rows=DAY")

    assert list(found) == [
        "Summary", "Day", "Best sellers", "Worst sellers", "Size curves of the best sellers",
        "Why orders were cancelled", "Why pairs came back",
    ]  # fmt: skip
    assert found["Best sellers"][1:] == [("0172 Bot", 4, 0), ("0300 Sandalet", 2, 33.3)]
    assert found["Size curves of the best sellers"] == [("Model", "37", "38"), ("0172", 4, 0), ("0300", 0, 2)]


def test_workbook_of_lines_has_every_line_behind_the_number() -> None:
    small_shop()

    rows = sheets("lines/excel/", f"{NOVEMBER}&in_model=0300&what=SOLD")["Sold lines"]

    assert len(rows) == 2
    assert dict(zip(rows[0], rows[1], strict=True))["Paid back"] == 50


# --- small parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "span", "before", "year"),
    [
        ("TODAY", ("2026-03-31", "2026-03-31"), ("2026-03-30", "2026-03-30"), ("2025-03-31", "2025-03-31")),
        ("DAYS_7", ("2026-03-25", "2026-03-31"), ("2026-03-18", "2026-03-24"), ("2025-03-25", "2025-03-31")),
        ("THIS_MONTH", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
        ("LAST_MONTH", ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31"), ("2025-02-01", "2025-02-28")),
        ("THIS_YEAR", ("2026-01-01", "2026-03-31"), ("2025-01-01", "2025-03-31"), ("2025-01-01", "2025-03-31")),
    ],
)  # fmt: skip
def test_periods_and_what_they_are_compared_with(
    preset: str, span: tuple[str, str], before: tuple[str, str], year: tuple[str, str]
) -> None:
    period = period_of(Preset(preset), today=date(2026, 3, 31))

    assert [
        tuple(day.isoformat() for day in (one.first, one.last))
        for one in (period.span, period.before, period.year_before)
    ] == [span, before, year]


def test_leap_day_is_compared_with_the_last_of_february() -> None:
    asked = read(QueryDict("from=2024-02-29&to=2024-02-29"), today=FRIDAY, may_see_money=True).asked

    assert asked.period.year_before == Span(date(2023, 2, 28), date(2023, 2, 28))


def test_change_of_nothing_is_not_a_number() -> None:
    pairs = Measure.PAIRS

    assert [change(pairs, 3, 0), change(pairs, None, 3), change(pairs, 3, 4), Figures().average] == [
        None,
        None,
        Decimal("-25.0"),
        None,
    ]


def test_rates_differ_by_points() -> None:
    difference = change(Measure.RETURNED, Decimal("4.0"), Decimal("4.4"))

    assert change_in_words(Measure.RETURNED, difference) == "−0,4 points"


def test_plotly_is_served_by_us_and_nothing_else_of_its_package() -> None:
    assert str(finders.find("plotly/plotly.min.js")).endswith("package_data/plotly.min.js")
    assert finders.find("plotly/widgetbundle.js") is None
