"""Rights that hang on the row: a superuser, another person's file, and a role that is the shop's own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core import signing
from django.test import Client
from django.urls import reverse

from gullu.excel.views import token_of
from gullu.landing import home_of
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_superuser_is_changed_by_no_manager() -> None:
    owner, manager = make_superuser(), client_of(make_user(MANAGER))
    page = reverse("admin:gullu_user_change", args=[owner.pk])
    password = reverse("admin:auth_user_password_change", args=[owner.pk])

    answers = [
        manager.post(page, {"username": "ele-gecirildi", "is_active": ""}).status_code,
        manager.get(password).status_code,
        manager.post(password, {"password1": "x" * 14, "password2": "x" * 14}).status_code,
    ]

    before = (owner.username, owner.password)
    owner.refresh_from_db()
    assert answers == [403] * 3
    assert (owner.username, owner.password, owner.is_active) == (*before, True)


def test_manager_makes_nobody_a_superuser() -> None:
    colleague, manager = make_user(OFFICE), client_of(make_user(MANAGER))
    page = reverse("admin:gullu_user_change", args=[colleague.pk])
    office = Group.objects.get(name=OFFICE)

    manager.post(
        page,
        {
            "username": colleague.username,
            "is_active": "on",
            "is_staff": "on",
            "is_superuser": "on",
            "groups": [office.pk],
        },
    )

    colleague.refresh_from_db()
    assert colleague.is_superuser is False


def test_roles_of_the_shop_are_changed_by_nobody() -> None:
    role = Group.objects.get(name=WAREHOUSE)
    rights = role.permissions.count()

    for user in (make_superuser(), make_user(MANAGER)):
        page = reverse("admin:auth_group_change", args=[role.pk])
        assert client_of(user).post(page, {"name": role.name, "permissions": []}).status_code == 403

    assert role.permissions.count() == rights


def test_papers_and_sheets_of_somebody_else_are_not_there() -> None:
    owner, other = make_user(MANAGER), client_of(make_user(MANAGER))
    paper = signing.dumps(["0" * 32, owner.pk], salt="analytics.papers")

    answers = {
        name: other.get(
            reverse(name, args=[token_of("none", owner) if name.startswith("excel") else paper])
        ).status_code
        for name in ("excel:file", "excel:progress", "excel:left_out", "papers:waiting", "papers:file")
    }

    assert set(answers.values()) == {404}


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (MANAGER, "/admin/"),
        (OFFICE, "/admin/"),
        (ANALYST, "/admin/"),
        (WAREHOUSE, "/scan/"),
        (None, "/scan/"),
    ],
)
def test_everybody_begins_where_their_work_is(role: str | None, home: str) -> None:
    user = make_user(role)

    answer = client_of(user).get("/")

    assert (home_of(user), answer.status_code, answer["Location"]) == (home, 302, home)


def test_owner_and_stranger_begin_in_the_back_office_and_at_the_sign_in() -> None:
    assert home_of(make_superuser()) == "/admin/"
    assert Client().get("/")["Location"].endswith("?next=/")
