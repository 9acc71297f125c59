"""One shop for all tests of this folder, in which every text that people write is hostile already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Made once: every test is rolled back to it."""
    from tests.web.planting import plant

    with django_db_blocker.unblock(), transaction.atomic():
        plant()
        yield
        transaction.set_rollback(True)
