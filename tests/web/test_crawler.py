"""Somebody of each role opens every page and sends every form with hostile values: nothing breaks, nothing leaks.

Every page is drawn whole once; afterwards the skin's menu, the same on all of them, is left out: it is half the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from gullu import menu
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.factories import make_user
from tests.web.crawling import Crawler
from tests.web.hostile import TEXTS, at_once, in_turns, is_filled_in
from tests.web.planting import COSTS, PHONES, PRICES, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), pytest.mark.usefixtures("shop")]
HOMES: Final = ("/admin/", "/scan/", "/")
SHEETS: Final = ("products", "prices", "costs", "counts", "placements", "cargo-tariffs")
DOWNLOADS: Final = tuple(
    f"/excel/download/{slug}/?{query}" for slug in SHEETS for query in ("as=csv", "as=xlsx&q=")
)
CUSTOMER: Final = (*PHONES, STREET)
ASKED: Final = "sent admin:orders_order_unmask"
# What a role has no right to see. The office and the manager see customers only where they ask for one.
HIDDEN: Final = {
    OFFICE: (),
    WAREHOUSE: (*PRICES, *COSTS, *CUSTOMER),
    ANALYST: CUSTOMER,
    None: (*PRICES, *COSTS, *CUSTOMER),
}
# Fewer than these were not the whole house. They grow with it.
LEAST_VIEWS, LEAST_FORMS, LEAST_SUBMISSIONS, LEAST_SHEETS = 220, 250, 380, 16


@pytest.fixture
def without_menu(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and pages are drawn without the menu from then on."""
    return lambda: monkeypatch.setattr(menu, "MENU", menu.MENU[:1])


def test_hostile_values_break_no_page_and_no_role_sees_what_it_may_not(without_menu: Any) -> None:
    manager = Crawler(make_user(MANAGER), secrets=secrets(), sought=(*PRICES, *COSTS, *CUSTOMER))
    links = manager.homes(HOMES)
    without_menu()
    manager.crawl([*links, *DOWNLOADS])
    for number, form in enumerate(manager.forms()):
        manager.submit(form, at_once(form, number), kind_of(number))
        if form.method == "post" and is_filled_in(form):
            manager.submit(form, in_turns(form, number), "in turns")
    others = [visit(role, manager, share) for share, role in enumerate((OFFICE, WAREHOUSE, ANALYST, None))]

    notes = manager.notes
    print(
        f"{len(notes.pages)} views, {len(notes.forms)} forms, {notes.submissions} submissions",
        sorted(notes.sheets),
    )
    print(
        *(
            f"{person.name}: {len(person.notes.opened)} views, {person.notes.submissions} sent"
            for person in others
        ),
        sep="\n",
    )
    wrong = [*notes.wrong, *(finding for person in others for finding in person.notes.wrong)]
    if wrong:
        pytest.fail("\n\n".join(wrong))
    # The crawler looks: what others may not see, the manager saw; every kind of attack was tried, and forms were read.
    assert {sum(word in notes.seen for word in words) > 0 for words in (PRICES, COSTS)} == {True}
    # Customers are on one page alone, which writes down who asked for it, and the office finds them nowhere else.
    assert {place for word in CUSTOMER for place in notes.seen[word]} == {ASKED}
    assert {place for one in others for places in one.notes.seen.values() for place in places} <= {ASKED}
    assert set(TEXTS) <= set(notes.kinds)
    assert len(notes.sheets) >= LEAST_SHEETS
    assert {200, 302, 400, 422} <= set(notes.statuses)
    assert len(notes.pages) >= LEAST_VIEWS
    assert len(notes.forms) >= LEAST_FORMS
    assert notes.submissions >= LEAST_SUBMISSIONS
    for person, least in zip(others, (150, 70, 50, 2), strict=True):
        assert len(person.notes.opened) >= least
    assert others[3].notes.opened == {"account_login", "badge:enter"}


def visit(role: str | None, manager: Crawler, share: int) -> Crawler:
    """Open what the manager found, and send every fourth form he found; much of it is refused."""
    user = make_user(role) if role else None
    person = Crawler(user, forbidden=HIDDEN[role], secrets=secrets(), sought=CUSTOMER)
    if role is None:
        person.crawl(HOMES)
    for address in manager.notes.pages.values():
        person.get(address)
    for number, form in enumerate(manager.forms()):
        if form.method == "post" and number % 4 == share:
            person.submit(form, at_once(form, number + 7), kind_of(number + 7))
    return person


def kind_of(number: int) -> str:
    return list(TEXTS)[number % len(TEXTS)]


def secrets() -> tuple[str, ...]:
    """What stands in the settings and on no page."""
    from django.conf import settings

    return (settings.SECRET_KEY, settings.TRENDYOL["API_SECRET"])
