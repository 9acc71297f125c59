"""Every page of the figures, for every role: who may open it, who may change anything, and that all else is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, reverse

from analytics import urls
from analytics.models import Campaign, CargoTariff, CostSheet, ExchangeRate, PlanningRule, ProfitPolicy
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.factories import make_product, make_superuser, make_user
from tests.gullu.test_admin_pages import make_inputs

pytestmark = pytest.mark.django_db

ALL_ROLES: Final = (MANAGER, OFFICE, WAREHOUSE, ANALYST)
SALES: Final = frozenset({MANAGER, OFFICE, ANALYST})
PROFIT: Final = frozenset({MANAGER, ANALYST})
DESK: Final = frozenset({MANAGER, OFFICE})
OWNER: Final = frozenset({MANAGER})
NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """Roles that may read it and roles that may send something to it; None: it knows no such request."""

    get: frozenset[str] | None = None
    post: frozenset[str] | None = None


def _read(space: str, roles: frozenset[str], *names: str) -> dict[str, Page]:
    return {f"{space}:{name}": Page(get=roles) for name in names}


PAGES: Final[dict[str, Page]] = {
    **_read("sales", SALES, "start", "excel", "pdf", "lines", "lines_excel", "lines_pdf"),
    **_read("profit", PROFIT, "start", "excel", "pdf", "lines", "lines_excel", "lines_pdf", "line"),
    **_read("profit", PROFIT, "line_excel", "line_pdf"),
    **_read("profit", PROFIT, "missing", "missing_excel", "missing_pdf"),
    **_read("profit", PROFIT, "simulator", "simulator_excel", "simulator_pdf"),
    **_read("forecasts", SALES, "start", "excel", "pdf", "progress", "model", "model_excel", "model_pdf"),
    "forecasts:begin": Page(post=DESK),
    **_read("advice", SALES, "start", "excel", "pdf", "model", "variant"),
    **_read("advice", SALES, "variant_excel", "variant_pdf"),
    **_read("advice", SALES, "purchase", "purchase_excel", "purchase_pdf"),
    **_read("production", SALES, "start", "plan", "pdf", "excel", "list_excel", "list_pdf"),
    "production:new": Page(get=DESK, post=DESK),
    **{f"production:{name}": Page(post=DESK) for name in ("save", "numbers", "all_made", "state")},
    "insights:start": Page(get=PROFIT, post=PROFIT),
    **_read("insights", PROFIT, "answer", "progress", "excel", "pdf"),
}
# Of the back office: the list and its rows, a new row, changing one, taking one away.
ADMINS: Final[dict[type[Any], tuple[frozenset[str], ...]]] = {
    Campaign: (SALES, DESK, DESK, DESK),
    CargoTariff: (PROFIT, OWNER, OWNER, OWNER),
    CostSheet: (PROFIT, OWNER, OWNER, OWNER),
    ExchangeRate: (PROFIT, OWNER, OWNER, NOBODY),
    PlanningRule: (SALES, DESK, DESK, DESK),
    ProfitPolicy: (PROFIT, OWNER, OWNER, NOBODY),
}


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


def test_every_address_is_in_the_table() -> None:
    assert {name for name, _pattern in patterns()} == set(PAGES)


def test_other_requests_than_meant_change_nothing() -> None:
    client = client_of()

    for name, page in PAGES.items():
        found = {
            "get": client.get(address_of(name)).status_code == 405,
            "post": client.post(address_of(name)).status_code == 405,
        }
        assert (name, found) == (name, {"get": page.get is None, "post": page.post is None})
        others = [getattr(client, method)(address_of(name)).status_code for method in ("put", "delete")]
        assert (name, others) == (name, [405, 405])


def test_nothing_is_taken_from_another_site() -> None:
    client = client_of(enforce_csrf_checks=True)

    answers = {name: client.post(address_of(name)).status_code for name, page in PAGES.items() if page.post}

    assert set(answers.values()) == {403}


# --- the back office --------------------------------------------------------------------------------------------------


def _actions(model: type[Any], *, may_add: bool, may_delete: bool) -> list[str]:
    own = ["carry_on"] if model is CargoTariff and may_add else []
    return [*own, "delete_selected"] if may_delete else own


@pytest.mark.parametrize("role", ALL_ROLES)
def test_each_role_enters_what_it_answers_for(role: str, rf: RequestFactory) -> None:
    make_inputs(make_product())
    client, found = client_of(role), {}
    request = rf.get("/")
    request.user = client.get("/admin/").wsgi_request.user

    for model in ADMINS:
        name, key = f"admin:analytics_{model._meta.model_name}", model._default_manager.get().pk
        change = reverse(f"{name}_change", args=[key])
        found[model] = [
            [client.get(reverse(f"{name}_changelist")).status_code, client.get(change).status_code],
            [client.get(reverse(f"{name}_add")).status_code, client.post(reverse(f"{name}_add")).status_code],
            [client.post(change).status_code],
            [client.get(reverse(f"{name}_delete", args=[key])).status_code],
            sorted(admin.site.get_model_admin(model).get_actions(request)),
        ]

    assert found == {
        model: [
            [200 if role in looks else 403] * 2,
            [200 if role in adds else 403] * 2,
            [200 if role in changes else 403],
            [200 if role in deletes else 403],
            _actions(model, may_add=role in adds, may_delete=role in deletes),
        ]
        for model, (looks, adds, changes, deletes) in ADMINS.items()
    }


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
def test_menu_leads_only_where_the_role_may_go(role: str) -> None:
    client = client_of(role)
    groups = client.get("/admin/").context["sidebar_navigation"]
    links = [item["link"] for group in groups for item in group["items"]]
    figures = {link for link in links if "/analytics/" in link}

    assert [link for link in figures if client.get(link).status_code != 200] == []
    assert {link for link in figures if link.startswith("/analytics/") and "/papers/" not in link} == {
        reverse(name)
        for name, page in PAGES.items()
        if name.endswith((":start", ":simulator")) and role in (page.get or NOBODY)
    }


def test_menu_hides_amounts_from_who_has_only_the_right_for_their_page() -> None:
    client = Client()
    person = make_user(is_staff=True)
    names = ("view_costsheet", "view_cargotariff", "view_profitpolicy", "view_campaign")
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)

    groups = client.get("/admin/").context["sidebar_navigation"]

    links = [item["link"] for group in groups for item in group["items"]]
    assert [link for link in links if "/analytics/" in link] == ["/admin/analytics/campaign/"]
