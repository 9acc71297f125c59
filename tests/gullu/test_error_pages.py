"""Pages of mistakes speak the shop's language, need nothing that may be broken, and lead on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error

from gullu.roles import WAREHOUSE
from tests.factories import make_user


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.django_db
def test_what_is_gone_and_what_is_not_allowed_have_pages_of_ours() -> None:
    client = Client()
    client.force_login(make_user(WAREHOUSE))

    gone = client.get("/product_grid/999999/")
    closed = client.get(reverse("product_create:start"))

    assert (gone.status_code, closed.status_code) == (404, 403)
    assert [next(part.name for part in page.templates) for page in (gone, closed)] == ["404.html", "403.html"]
    assert "There is no such page" in gone.content.decode()
    assert "ask the manager" in closed.content.decode()


@pytest.mark.django_db
def test_page_that_is_too_old_to_be_sent_says_so() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(WAREHOUSE))

    response = strict.post("/admin/logout/")

    assert (response.status_code, "nothing was written" in response.content.decode()) == (403, True)


def test_page_of_our_own_mistakes_needs_neither_a_person_nor_a_database(rf: RequestFactory) -> None:
    response = server_error(rf.get("/excel/"))

    text = response.content.decode()
    assert (response.status_code, "Something went wrong here" in text, 'href="/"' in text) == (
        500,
        True,
        True,
    )
