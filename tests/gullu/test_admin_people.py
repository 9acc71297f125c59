from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation
from django_q.models import Schedule

from gullu.command_search import find
from gullu.models import User
from gullu.permission_words import permission_words
from gullu.roles import MANAGER, OFFICE, ROLES, WAREHOUSE, setup_roles
from tests.factories import make_order, make_product, make_superuser, make_user, make_variant
from tests.rights.table import PERSONS, read_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(MANAGER))
    return client


def user_form(user: User, **changes: Any) -> dict[str, Any]:
    return {
        "username": user.username,
        "first_name": "",
        "last_name": "",
        "email": "",
        "is_active": "on",
        **changes,
    }


def test_manager_adds_a_person_with_a_role(manager: Client) -> None:
    group = Group.objects.get(name=WAREHOUSE)

    manager.post(
        reverse("admin:gullu_user_add"),
        {
            "username": "yeni",
            "password1": "uzun-bir-parola-42",
            "password2": "uzun-bir-parola-42",
            "is_staff": "on",
            "groups": [group.pk],
        },
    )

    person = User.objects.get(username="yeni")
    assert (person.is_staff, list(person.groups.all()), person.check_password("uzun-bir-parola-42")) == (
        True,
        [group],
        True,
    )


def test_manager_cannot_make_anyone_a_superuser(manager: Client) -> None:
    person = make_user(OFFICE)

    manager.post(reverse("admin:gullu_user_change", args=[person.pk]), user_form(person, is_superuser="on"))

    person.refresh_from_db()
    assert person.is_superuser is False


def test_manager_cannot_give_single_permissions(manager: Client) -> None:
    person = make_user(OFFICE)
    right = Permission.objects.get(codename="delete_order")

    manager.post(
        reverse("admin:gullu_user_change", args=[person.pk]), user_form(person, user_permissions=[right.pk])
    )

    assert person.user_permissions.count() == 0


def test_manager_cannot_touch_a_superuser(manager: Client) -> None:
    owner = make_superuser()

    answers = [
        manager.post(
            reverse("admin:gullu_user_change", args=[owner.pk]), user_form(owner, is_active="")
        ).status_code,
        manager.post(
            reverse("admin:auth_user_password_change", args=[owner.pk]),
            {"password1": "gizli-parola-42", "password2": "gizli-parola-42"},
        ).status_code,
    ]

    owner.refresh_from_db()
    assert (answers, owner.is_active) == ([403, 403], True)


def test_nobody_deletes_people(client: Client) -> None:
    person = make_user(OFFICE)
    client.force_login(make_superuser())

    response = client.post(reverse("admin:gullu_user_delete", args=[person.pk]), {"post": "yes"})

    assert (response.status_code, User.objects.filter(pk=person.pk).exists()) == (403, True)


def test_roles_of_the_shop_are_changed_by_nobody_here(client: Client) -> None:
    setup_roles()
    group = Group.objects.get(name=WAREHOUSE)
    client.force_login(make_superuser())

    response = client.post(
        reverse("admin:auth_group_change", args=[group.pk]), {"name": "X", "permissions": []}
    )

    group.refresh_from_db()
    assert (response.status_code, group.name, group.permissions.count()) == (
        403,
        WAREHOUSE,
        len(ROLES[WAREHOUSE]),
    )


def test_deactivated_person_is_out_at_once(client: Client) -> None:
    person = make_user(OFFICE)
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get(reverse("admin:index")).status_code == 302


def test_schedule_may_be_moved_but_not_pointed_at_other_code(manager: Client) -> None:
    schedule = Schedule.objects.create(
        name="pull", func="integrations.tasks.pull_orders_job", schedule_type="I", minutes=4
    )

    response = manager.post(
        reverse("admin:django_q_schedule_change", args=[schedule.pk]),
        {
            "name": "x",
            "func": "os.system",
            "kwargs": "x=1",
            "schedule_type": "I",
            "minutes": "9",
            "cron": "",
            "repeats": "-1",
            "next_run_0": "21.11.2026",
            "next_run_1": "10:00",
        },
    )

    schedule.refresh_from_db()
    assert (response.status_code, schedule.func, schedule.name, schedule.minutes) == (
        302,
        "integrations.tasks.pull_orders_job",
        "pull",
        9,
    )


# --- menu and command palette -----------------------------------------------------------------------------------


def menu(client: Client) -> set[str]:
    groups = client.get(reverse("admin:index")).context["sidebar_navigation"]
    return {item["link"] for group in groups for item in group["items"]}


@pytest.mark.parametrize("role", list(ROLES))
def test_menu_shows_only_pages_that_open(client: Client, role: str) -> None:
    """What the table of addresses says is asked of each address in tests/rights."""
    client.force_login(make_user(role))
    table = read_table("Addresses", PERSONS)

    closed = [link for link in menu(client) if "G" not in table[resolve(link).view_name][role]]

    assert closed == []


def test_command_palette_finds_orders_and_variants(rf: Any) -> None:
    variant = make_variant("8681", product=make_product("0172"))
    order = make_order([(variant, 1)], customer_first_name="Şükrü", customer_last_name="İnce")
    request = rf.get("/")
    request.user = make_user(OFFICE)

    found = [[row.link for row in find(request, term)] for term in ("sukru", "İNCE".lower(), "8681", "01")]

    order_link = reverse("admin:orders_order_change", args=[order.pk])
    variant_link = reverse("admin:catalog_variant_change", args=[variant.pk])
    assert found == [[order_link], [order_link], [order_link, variant_link], []]


def test_command_palette_shows_only_what_may_be_opened(rf: Any) -> None:
    make_order([(make_variant("8681"), 1)])
    request = rf.get("/")
    request.user = make_user("Analist")

    assert [row.icon for row in find(request, "8681")] == ["barcode"]


def test_rights_of_a_role_are_told_in_our_words(manager: Client) -> None:
    group = Group.objects.get(name=WAREHOUSE)

    with translation.override("tr"):
        text = manager.get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()

    assert "Can view" not in text
    assert text.count("<li>") >= group.permissions.count() > 10


def test_own_rights_and_rights_on_tables_have_words() -> None:
    rights = Permission.objects.select_related("content_type")
    own, table = rights.get(codename="pick_orders"), rights.get(codename="view_order")

    with translation.override("en"):
        words = permission_words(own), permission_words(table)

    assert words == ("Can prepare orders on the scan pages", "Orders: look at")


def test_superuser_chooses_rights_by_our_words(client: Client) -> None:
    client.force_login(make_superuser())

    with translation.override("tr"):
        form = client.get(reverse("admin:auth_group_add")).context["adminform"].form
        labels = [label for _value, label in form.fields["permissions"].choices]

    assert [label for label in labels if label.startswith(("Can view", "Can add"))] == []
