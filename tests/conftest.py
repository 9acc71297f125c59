"""Fixtures every test may use, and the rule that no test leaves stock that disagrees with its ledger."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Make the template of the test database before the first test, whose time limit would else count this, too."""
    # What was imported by now stays: searching it for rubbish again and again took a fifth of the tests' time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    items = getattr(session, "items", [])  # pytest-xdist's main process has none
    if session.config.option.collectonly or not any(map(uses_database, items)):
        return
    from pytest_django.plugin import blocking_manager_key

    from tests.database import use_template

    with session.config.stash[blocking_manager_key].unblock():
        use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; whoever still has it open at the end (a thread of the live server, say) is shown out."""
    from django.db import connection
    from django.test import Client, TransactionTestCase

    from tests.database import emptying
    from tests.sessions import sign_in

    with django_db_blocker.unblock():
        instead = emptying()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", instead)
        patch.setattr(Client, "force_login", sign_in)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


# Files that take longest. They begin first, so that no worker is left alone with one of them at the end.
LONG_FILES = (
    "machines/test_two_hosts.py",
    "faults/test_server_killed.py",
    "web/test_crawler.py",
    "rights/test_addresses.py",
    "gullu/test_embedded.py",
    "gullu/test_admin_pages.py",
    "integrations/product_create/test_listing_browser.py",
    "scan/test_shell_browser.py",
    "scan/test_warehouse_browser.py",
    "scan/test_shell_offline_browser.py",
    "analytics/profit_pages/test_profit_browser.py",
    "integrations/product_create/test_create_browser.py",
    "faults/test_kill.py",
    "gullu/test_demo_shop.py",
    "integrations/test_courier.py",
    "orders/test_order_filters.py",
    "orders/test_stock_machine.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Goes with `--no-loadscope-reorder`: without it, files with many tests begin first, however short they are."""
    folder = Path(__file__).parent
    places = {folder / name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


_DATABASE_FIXTURES = {"db", "transactional_db"}


def uses_database(item: Any) -> bool:
    return bool(_DATABASE_FIXTURES & set(item.fixturenames) or item.get_closest_marker("django_db"))


@pytest.fixture(autouse=True)
def stock_stays_true(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that has a database, I1 to I5 hold; tests that break them on purpose are marked."""
    has_database = uses_database(request.node)
    if has_database:
        # Asked for here, so that it is taken down after the check.
        transactional = request.node.get_closest_marker("django_db")
        name = "transactional_db" if transactional and transactional.kwargs.get("transaction") else "db"
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else name)
    yield
    if has_database and not request.node.get_closest_marker("breaks_stock"):
        from inventory.selectors import check_stock
        from tests.database import holds_stock

        assert not holds_stock() or check_stock().violations == ()


@pytest.fixture(autouse=True)
def menu_without_numbers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine numbers beside menu entries are two fifths of the work of a page; `menu_numbers` marks who looks at them."""
    if uses_database(request.node) and not request.node.get_closest_marker("menu_numbers"):
        from gullu import menu_badges

        monkeypatch.setattr(menu_badges, "texts", lambda _names: {})
