"""People and drafts of the guided page, and the browser and devices the desk's pages have."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Product
from catalog.writing import start_draft
from gullu.models import User
from gullu.roles import OFFICE
from tests.desk.conftest import visit  # noqa: F401  (a fixture)
from tests.factories import make_user
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    chromium,
    contexts,
    pytest_collection_modifyitems,
    sign_in,
)


@pytest.fixture
def user() -> User:
    return make_user(OFFICE, first_name="Ayşe", last_name="Işık")


@pytest.fixture
def office(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def draft(user: User) -> Product:
    return start_draft(code="0172", title="Topuklu Ayakkabı", user=user)
