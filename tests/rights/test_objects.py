"""Rights that hang on the row: a superuser, another person's file, and a role that is the shop's own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.test import Client
from django.urls import reverse

from gullu.accounts.errors import MoreRights
from gullu.accounts.services import reset_second_factor
from gullu.excel.views import token_of
from gullu.landing import home_of
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, ROLES, WAREHOUSE
from tests.factories import make_order, make_superuser, make_user, make_variant

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


def test_manager_gives_and_takes_over_nothing_beyond_their_own_rights() -> None:
    extra = Group.objects.create(name="Bakım")
    extra.permissions.add(Permission.objects.get(codename="add_group"))
    above, colleague = make_user(OFFICE, is_active=False), make_user(OFFICE)
    above.groups.add(extra)
    manager = make_user(MANAGER)
    client = client_of(manager)
    page, password = "admin:gullu_user_change", "admin:auth_user_password_change"

    offered = (
        client.get(reverse(page, args=[colleague.pk])).context["adminform"].form.fields["groups"].queryset
    )
    for one in (manager, colleague):
        form = {"username": one.username, "is_active": "on", "is_staff": "on", "groups": [extra.pk]}
        client.post(reverse(page, args=[one.pk]), form)
    refused = [
        client.post(
            reverse(page, args=[above.pk]), {"username": above.username, "is_active": "on"}
        ).status_code,
        client.post(
            reverse(password, args=[above.pk]), {"password1": "x" * 14, "password2": "x" * 14}
        ).status_code,
    ]

    assert {group.name for group in offered} == set(ROLES)
    assert list(extra.user_set.all()) == [above]
    assert refused == [403, 403]
    with pytest.raises(MoreRights):
        reset_second_factor(person_id=above.pk, actor=manager)


def test_hidden_columns_are_not_read_by_asking_for_them() -> None:
    """`?shipment_address__phone__startswith=053` would give a masked number away digit by digit."""
    make_order([(make_variant(), 1)])
    asked = {
        "admin:orders_order_changelist": [
            "shipment_address__phone__startswith=0",
            "payload__id__gte=1",
            "total_amount__gte=1",
            "customer_last_name__startswith=A",
            "customer_id__gte=1",
            "search_key__contains=a",
        ],
        "admin:orders_orderline_changelist": ["unit_price__gte=1"],
        "admin:catalog_variant_changelist": ["sale_price__gte=1", "size__regex=("],
    }
    allowed = {
        "admin:orders_order_changelist": [
            "picked_by__id__exact=1&cargo_provider__exact=X&pk__gte=1&city=x",
            "ship_by_at__gte=2026-01-01T00:00:00Z&payment_pending__exact=0&status__in=CREATED,PICKING",
        ],
        "admin:catalog_variant_changelist": ["size__exact=38"],
    }
    depot = client_of(make_user(WAREHOUSE))

    def answers(client: Client, questions: dict[str, list[str]]) -> set[int]:
        return {
            client.get(f"{reverse(name)}?{one}").status_code
            for name, all_ in questions.items()
            for one in all_
        }

    assert answers(depot, asked) == {400}
    assert answers(depot, allowed) == {200}


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
