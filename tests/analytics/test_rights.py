"""Pages of the figures: what all of them refuse, and what the menu shows of them. Who may open each: tests/rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from analytics import urls
from analytics.models import CostSheet
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.factories import make_product, make_superuser, make_user
from tests.gullu.test_admin_pages import make_inputs
from tests.rights.table import PERSONS, read_table

pytestmark = pytest.mark.django_db

ALL_ROLES: Final = (MANAGER, OFFICE, WAREHOUSE, ANALYST)


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """All addresses of figures by their names; the papers have tests of their own."""
    for part in urls.urlpatterns:
        assert isinstance(part, URLResolver)
        for pattern in part.url_patterns:
            if part.namespace != "papers":
                assert isinstance(pattern, URLPattern)
                yield f"{part.namespace}:{pattern.name}", pattern


def address_of(name: str) -> str:
    """With ids of rows that are not there: who may not open a page learns nothing about its rows."""
    converters = dict(patterns())[name].pattern.converters
    return reverse(name, args=[999_999] * len(converters))


def client_of(role: str | None = None, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(make_user(role) if role else make_superuser())
    return client


# --- our own pages ----------------------------------------------------------------------------------------------------


def test_other_requests_than_meant_change_nothing() -> None:
    client = client_of()

    for name, _pattern in patterns():
        others = [getattr(client, method)(address_of(name)).status_code for method in ("put", "delete")]
        assert (name, others) == (name, [405, 405])


def test_nothing_is_taken_from_another_site() -> None:
    client = client_of(enforce_csrf_checks=True)

    answers = {name: client.post(address_of(name)).status_code for name, _pattern in patterns()}

    assert set(answers.values()) == {403}


# --- the back office --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ALL_ROLES)
def test_own_actions_of_the_inputs_are_for_the_manager(role: str) -> None:
    make_inputs(make_product())
    client, sheet = client_of(role), CostSheet.objects.get()
    correct = reverse("admin:analytics_costsheet_correct", args=[sheet.pk])
    read, copy = (reverse(f"admin:analytics_{name}") for name in ("exchangerate_read", "cargotariff_copy"))

    given = [client.post(one).status_code for one in (correct, read, copy)]

    assert given == ([302, 302, 200] if role == MANAGER else [403] * 3)
    assert [client.get(one).status_code for one in (correct, read)] == [403, 403]


@pytest.mark.parametrize("role", ALL_ROLES)
def test_menu_leads_to_every_page_of_figures_the_role_may_open(role: str) -> None:
    table = read_table("Addresses", PERSONS)
    groups = client_of(role).get("/admin/").context["sidebar_navigation"]
    links = {item["link"] for group in groups for item in group["items"]}
    starts = [name for name, _pattern in patterns() if name.endswith((":start", ":simulator"))]

    shown = {name for name in starts if reverse(name) in links}

    assert shown == {name for name in starts if "G" in table[name][role]}


def test_menu_hides_amounts_from_who_has_only_the_right_for_their_page() -> None:
    client = Client()
    person = make_user(is_staff=True)
    names = ("view_costsheet", "view_cargotariff", "view_profitpolicy", "view_campaign")
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)

    groups = client.get("/admin/").context["sidebar_navigation"]

    links = [item["link"] for group in groups for item in group["items"]]
    assert [link for link in links if "/analytics/" in link] == ["/admin/analytics/campaign/"]
