"""The figures of the page: orders read page by page, and everything kept ready until its data changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analytics.caching import DataKind, bump
from analytics.facts.services import refresh_facts
from analytics.models import ProfitLine
from analytics.profit import figures
from analytics.profit.asked import Asked, Sort, read
from analytics.profit.figures import figures_of, grouped
from analytics.profit.reports import figures_report
from catalog.models import Product
from tests.analytics.profit_pages.kit import (
    BOOTS,
    NO_COST,
    NOON,
    NOVEMBER,
    SANDAL,
    client_of,
    earn,
    opened,
    small_shop,
    sold,
)
from tests.factories import make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


def asked(query: str) -> Asked:
    return read(QueryDict(f"{NOVEMBER}&{query}"), today=date(2026, 11, 21)).asked


def several_orders() -> None:
    """Eight orders: two earn alike, two lose alike, one of two lines loses less, two are not known."""
    goods = make_variant()
    plan: list[Any] = [
        (BOOTS, 500),
        (BOOTS, 500),
        (SANDAL, 150),
        (SANDAL, 150),
        (SANDAL, 170),
        (NO_COST, 300),
    ]
    orders = [(sold(goods, 2, price, at=NOON - timedelta(hours=1)), parts) for parts, price in plan]
    number = orders[-2][0].order_number
    orders.append((sold(goods, 1, 300, order_number=number), NO_COST))
    orders.append((sold(goods, 1, 400), NO_COST))
    refresh_facts()
    for order, parts in orders:
        earn(order, parts)


@pytest.mark.parametrize("sort", Sort.values)
def test_pages_of_orders_are_parts_of_the_whole_list(sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    several_orders()
    monkeypatch.setattr(figures, "ROWS_PER_PAGE", 3)
    whole = grouped(asked(f"by=ORDER&sort={sort}"))

    pages = [figures_of(asked(f"by=ORDER&sort={sort}&page={page}")).groups for page in (1, 2, 3)]

    assert len(whole) == 7
    assert [group for page in pages for group in page.rows] == whole
    assert [(page.count, page.losses, page.bars) for page in pages] == [(7, 3, whole[:3])] * 3


def test_orders_of_other_pages_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    several_orders()
    monkeypatch.setattr(figures, "ROWS_PER_PAGE", 2)

    with CaptureQueriesContext(connection) as caught:
        figures_of(asked("by=ORDER"))

    # The state of the data; orders counted, cut and summed; three sums of whole spans.
    assert len(caught) == 7
    assert sum("LIMIT 2" in query["sql"] for query in caught) == 1


def test_file_of_orders_is_cut_and_says_so() -> None:
    several_orders()

    (table,) = figures_report(asked("by=ORDER"), most_orders=2).tables
    (all_of_them,) = figures_report(asked("by=ORDER")).tables

    assert [group.label for group in table.rows] == [group.label for group in all_of_them.rows][:2]  # type: ignore[index]
    assert table.note.endswith(
        "The first 2 of 7 orders; the total is of all. Choose fewer days to get the others."
    )
    assert all_of_them.note == "Parts and profit are of the lines whose profit is known."


def statements(query: str) -> int:
    client = client_of()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/analytics/profit/?{NOVEMBER}&{query}").status_code == 200
    return len(caught)


@pytest.mark.parametrize("by", ["DAY", "MODEL", "ORDER"])
def test_figures_are_kept_ready_until_a_profit_changes(by: str) -> None:
    rows = small_shop()
    bump(DataKind.PROFIT)

    cold, ready = statements(f"by={by}"), statements(f"by={by}")
    ProfitLine.objects.filter(pk=rows[0].pk).update(cargo=70)
    kept = opened(f"{NOVEMBER}&by={by}")["whole"].profit
    bump(DataKind.PROFIT)

    assert cold - ready >= 4
    assert (kept, opened(f"{NOVEMBER}&by={by}")["whole"].profit) == (140, 130)


@pytest.mark.parametrize(
    "other", ["sort=LOSS", "page=2", "by=DAY", "in_model=0300", "not_model=0300", "order=1"]
)
def test_other_questions_have_figures_of_their_own(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small_shop()
    bump(DataKind.PROFIT)
    monkeypatch.setattr(figures, "ROWS_PER_PAGE", 1)
    before = figures_of(asked(""))

    assert figures_of(asked(other)) == figures.read_figures(asked(other)) != before


def test_new_title_of_a_model_is_shown_at_once() -> None:
    small_shop()
    bump(DataKind.PROFIT)
    before = [row.label for row in opened(NOVEMBER)["table"].rows]
    Product.objects.filter(code="0172").update(title="Çizme")

    context = opened(NOVEMBER)

    assert before == ["0172 Bot", "0300 Sandalet"]
    assert [row.label for row in context["table"].rows] == ["0172 Çizme", "0300 Sandalet"]
    assert context["chart"]["labels"] == ["0172 Çizme", "0300 Sandalet"]
