"""Fixtures every test may use, and the rule that no test leaves stock that disagrees with its ledger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
