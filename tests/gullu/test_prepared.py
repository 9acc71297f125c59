"""Prepared statements, and what every request reads with them: session, person, rights."""

from __future__ import annotations

import gc
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gullu.accounts.records import Session
from gullu.models import User
from gullu.people import Backend
from gullu.prepared import Prepared, columns, instance
from gullu.roles import PICK_ORDERS, WAREHOUSE
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PREPARE = "/scan/prepare/"


@pytest.fixture
def picker() -> User:
    return make_user(WAREHOUSE)


@pytest.fixture
def device(picker: User) -> Client:
    client = Client()
    client.force_login(picker)
    return client


def test_prepared_statement_returns_rows_and_counts_as_one(django_assert_num_queries: Any) -> None:
    doubled = Prepared("SELECT number, number * 2 FROM generate_series(1, $1) AS number", ("int",))

    with django_assert_num_queries(1):
        rows = doubled.run(2)

    assert (rows, doubled.one(0)) == ([(1, 2), (2, 4)], None)


def test_prepared_statement_survives_a_transaction_that_was_taken_back() -> None:
    half = Prepared("SELECT 10 / $1", ("int",))
    with pytest.raises(DatabaseError), transaction.atomic():
        half.run(0)

    assert half.run(5) == [(2,)]


def test_prepared_statement_that_returns_nothing_has_no_rows(picker: User) -> None:
    rename = Prepared("UPDATE gullu_user SET first_name = $2 WHERE id = $1", ("bigint", "text"))

    assert rename.run(picker.pk, "Gülşen") == []
    assert User.objects.get(pk=picker.pk).first_name == "Gülşen"


def test_instance_reads_other_fields_when_they_are_asked_for(
    picker: User, django_assert_num_queries: Any
) -> None:
    only = ("username", "id")
    row = Prepared(f"SELECT {columns(User, 'u', only)}, 7 FROM gullu_user u WHERE id = $1", ("bigint",))
    values = iter(row.run(picker.pk)[0])

    read = instance(User, values, only)

    assert (read.pk, read.username, list(values)) == (picker.pk, picker.username, [7])
    with django_assert_num_queries(1):
        assert read.is_staff == picker.is_staff


def test_backend_reads_a_person_with_their_rights_in_one_statement(
    picker: User, django_assert_num_queries: Any
) -> None:
    by_django = User.objects.get(pk=picker.pk).get_all_permissions()

    with django_assert_num_queries(1):
        read = Backend().get_user(picker.pk)
        assert read is not None
        rights = read.get_all_permissions()

    assert (read, rights) == (picker, by_django)


def test_backend_gives_a_superuser_every_right() -> None:
    boss = Backend().get_user(make_user(is_superuser=True).pk)

    assert boss is not None
    assert (boss.has_perm(PICK_ORDERS), PICK_ORDERS in boss.get_all_permissions()) == (True, True)


def test_backend_knows_nobody_who_is_inactive_or_unknown(picker: User) -> None:
    User.objects.filter(pk=picker.pk).update(is_active=False)

    assert [Backend().get_user(picker.pk), Backend().get_user(picker.pk + 1)] == [None, None]


def test_a_right_taken_away_is_gone_with_the_next_request(device: Client, picker: User) -> None:
    assert device.get(PREPARE).status_code == 200

    picker.groups.remove(Group.objects.get(name=WAREHOUSE))

    assert device.get(PREPARE).status_code == 403


def test_an_expired_session_is_nobodys(device: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert device.get(PREPARE).status_code == 302


def test_no_prepared_statement_changes_what_has_a_history(device: Client) -> None:
    """It tells the database nothing of who and where, so the history would not know."""
    device.get(PREPARE)  # imports the pages
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
        )
        kept = {name for (name,) in cursor.fetchall()}

    gc.unfreeze()  # see tests/conftest.py: what is frozen is not among the objects
    # By their type: asking a lazy object what it is an instance of would wake it.
    statements = [found.sql for found in gc.get_objects() if type(found) is Prepared]
    changed = {table for sql in statements for table in re.findall(r"(?:UPDATE|DELETE FROM)\s+(\w+)", sql)}

    assert {"orders_order", "orders_orderline", "catalog_variant"} <= kept
    assert "inventory_rafurun" in changed
    assert changed & kept == set()
