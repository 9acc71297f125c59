from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from gullu import roles
from gullu.roles import ANALYST, MANAGER, OFFICE, ROLES, WAREHOUSE, permissions_table, setup_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LEDGERS = (
    "inventory.{}_centralstock",
    "inventory.{}_rafurun",
    "inventory.{}_stockmovement",
    "inventory.{}_stockpushlog",
    "inventory.{}_stockpushbatch",
    "inventory.{}_stockpushitem",
    "orders.{}_orderevent",
    "integrations.{}_listing",
    "integrations.{}_synccursor",
    "gullu.{}_jobrun",
)


@pytest.fixture
def no_roles() -> None:
    """As right after `migrate`: the test database has the roles from the start."""
    Group.objects.all().delete()


def names(group: Group) -> set[str]:
    rows = group.permissions.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


@pytest.mark.usefixtures("no_roles")
def test_setup_roles_gives_each_group_exactly_its_list() -> None:
    setup_roles()

    assert {group.name: names(group) for group in Group.objects.all()} == {
        r: set(p) for r, p in ROLES.items()
    }


def test_setup_roles_repeated_changes_nothing() -> None:
    setup_roles()

    changes = setup_roles()

    assert [(change.created, change.given, change.taken) for change in changes] == [(False, (), ())] * 4


def test_setup_roles_takes_away_what_was_added_by_hand() -> None:
    setup_roles()
    extra = Permission.objects.get(codename="delete_order", content_type__app_label="orders")
    Group.objects.get(name=WAREHOUSE).permissions.add(extra)

    changes = {change.role: change for change in setup_roles()}

    assert changes[WAREHOUSE].taken == ("orders.delete_order",)
    assert names(Group.objects.get(name=WAREHOUSE)) == set(ROLES[WAREHOUSE])


def test_setup_roles_leaves_other_groups_alone() -> None:
    other = Group.objects.create(name="Muhasebe")
    other.permissions.add(Permission.objects.get(codename="view_order", content_type__app_label="orders"))

    setup_roles()

    assert names(other) == {"orders.view_order"}


@pytest.mark.usefixtures("no_roles")
def test_setup_roles_names_a_permission_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, ANALYST, frozenset({"catalog.fly_product"}))

    with pytest.raises(LookupError, match=r"catalog\.fly_product"):
        setup_roles()


@pytest.mark.parametrize("role", [MANAGER, OFFICE, WAREHOUSE, ANALYST])
def test_no_role_may_edit_a_ledger(role: str) -> None:
    forbidden = {name.format(verb) for name in LEDGERS for verb in ("add", "change", "delete")}

    assert ROLES[role] & forbidden == frozenset()


def test_manager_may_do_what_every_other_role_may() -> None:
    assert ROLES[OFFICE] | ROLES[WAREHOUSE] | ROLES[ANALYST] <= ROLES[MANAGER]


@pytest.mark.parametrize(
    ("role", "sees_money"), [(MANAGER, True), (OFFICE, True), (WAREHOUSE, False), (ANALYST, True)]
)
def test_who_sees_money(role: str, sees_money: bool) -> None:
    assert make_user(role).has_perm(roles.VIEW_MONEY) is sees_money


def test_analyst_sees_no_customer() -> None:
    assert not any(name.startswith("orders.") for name in ROLES[ANALYST])


def test_permissions_page_shows_the_roles_as_they_are() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text(encoding="utf-8")

    assert permissions_table() in page


@pytest.mark.usefixtures("no_roles")
def test_command_prints_the_table_without_touching_groups() -> None:
    out = StringIO()

    call_command("setup_roles", "--table", stdout=out)

    assert out.getvalue() == permissions_table()
    assert Group.objects.count() == 0


@pytest.mark.usefixtures("no_roles")
def test_command_reports_each_role() -> None:
    out = StringIO()

    call_command("setup_roles", stdout=out)

    assert [line.partition(":")[0] for line in out.getvalue().splitlines()] == list(ROLES)
