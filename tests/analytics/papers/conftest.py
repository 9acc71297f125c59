"""Every test begins with an empty storage: files are no part of the transaction that is rolled back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    chromium,
    contexts,
    pytest_collection_modifyitems,
    sign_in,
)


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    settings.STORAGES = dict(settings.STORAGES)
