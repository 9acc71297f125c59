"""The service of the tests, and settings that point at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.analytics.insights.stub import Stub, running_stub

KEY = "sk-test-secret"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The words of the code itself: what is tested is which words are said."""
    with translation.override("en"):
        yield


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    """A running service; a million tokens read cost 1 $, written 10 $; 5 $ may be spent in a month."""
    with running_stub() as found:
        settings.OPENAI = {
            "API_KEY": KEY,
            "BASE_URL": f"{found.url}/openai/v1",
            "MODEL": "stub-1",
            "MONTHLY_BUDGET_USD": 5.0,
            "PRICE_IN": 1.0,
            "PRICE_OUT": 10.0,
        }
        yield found
