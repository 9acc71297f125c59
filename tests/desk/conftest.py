"""The desk's pages in a real browser: the same one, and the same devices, as the scan pages have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gullu.models import User
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    chromium,
    contexts,
    open_page,
    pytest_collection_modifyitems,
    sign_in,
)


@pytest.fixture
def visit(contexts: Callable[..., Any], sign_in: Callable[..., None], live_server: Any) -> Callable[..., Any]:  # noqa: F811
    """Open an address of the back office as a person, on a device of its own."""

    def run(user: User, address: str, *, without: str = "", **options: Any) -> Any:
        context = contexts(**options)
        sign_in(context, user)
        if without:
            context.route(f"**/{without}", lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        return page

    return run
