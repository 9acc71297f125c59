"""The words of the code itself, on a fixed day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.analytics.advice.shop import TODAY, noon


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(noon(TODAY), tick=False):
        yield
