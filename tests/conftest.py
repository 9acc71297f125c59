"""Fixtures every test may use, and the rule that no test leaves stock that disagrees with its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; whoever still has it open at the end (a thread of the live server, say) is shown out."""
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


_DATABASE_FIXTURES = {"db", "transactional_db"}


@pytest.fixture(autouse=True)
def stock_stays_true(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that has a database, I1 to I5 hold; tests that break them on purpose are marked."""
    uses_database = bool(
        _DATABASE_FIXTURES & set(request.fixturenames) or request.node.get_closest_marker("django_db")
    )
    if uses_database:
        # Asked for here, so that it is taken down after the check.
        transactional = request.node.get_closest_marker("django_db")
        name = "transactional_db" if transactional and transactional.kwargs.get("transaction") else "db"
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else name)
    yield
    if uses_database and not request.node.get_closest_marker("breaks_stock"):
        from inventory.selectors import check_stock

        assert check_stock().violations == ()
