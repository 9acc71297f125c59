"""The test database: copied from a template, and emptied quickly after tests with real transactions.

* The migrations run once, into a template; every worker of every run gets a copy, until a migration or a permission
  changes. Running them takes longer than most test files.
* The roles of `gullu.roles` are there from the start, as they are after an installation.
* Only tables that hold something are emptied. Django's own way cuts off all of them, which makes hundreds of new
  files, and then writes the same permissions again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from filelock import FileLock

from gullu.roles import setup_roles

TEMPLATE = "test_gullu_template"
# Part of the database from the start; tests with real transactions must leave them as they are.
KEPT = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def use_template() -> None:
    """Let the test database be made as a copy; the first one that comes makes the template, others wait for it."""
    key = _key()
    with FileLock(settings.DATA_DIR / "test-template.lock"):
        if _key_of_template() != key:
            _make_template()
            # Last: a template that was left half made has no key.
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{key}'")
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


def _key() -> str:
    """Changes with every migration, and with the permissions, which are written after the last migration."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            found.update(path.read_bytes())
    for model in apps.get_models():
        options = model._meta
        found.update(repr((options.label, options.default_permissions, options.permissions)).encode())
    return found.hexdigest()


def _key_of_template() -> str | None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE]
        )
        return next((key for (key,) in cursor.fetchall()), None)


def _make_template() -> None:
    with _changed(connection.settings_dict["TEST"], NAME=TEMPLATE):
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        teardown_databases(made, verbosity=0, keepdb=True)
    # Nobody may be connected to a database that is copied.
    connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def _changed(values: dict[str, Any], **changes: Any) -> Iterator[None]:
    before = {name: values[name] for name in changes}
    values.update(changes)
    yield
    values.update(before)


def holds_stock() -> bool:
    """Whether there is anything I1 to I5 say something about: a balance, a movement, a line of an order."""
    tables = ("inventory_centralstock", "inventory_rafurun", "inventory_stockmovement", "orders_orderline")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " OR ".join(f"EXISTS (SELECT FROM {table})" for table in tables))
        return bool(cursor.fetchone()[0])


# --- emptying -------------------------------------------------------------------------------------------------


def emptying() -> Callable[[TransactionTestCase], None]:
    """Write the roles, and return what takes the place of `TransactionTestCase._fixture_teardown`.

    Neither foreign keys nor the triggers that protect ledgers may have a say when tables are emptied, and only a
    superuser may switch them off; the embedded server's user is one. Elsewhere Django's own way remains.
    """
    setup_roles()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            return _flush
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables, kept = sorted({*names} - {*KEPT, "django_migrations"}), _state_of_kept()

    def empty(_case: TransactionTestCase) -> None:
        _empty(tables)
        assert _state_of_kept() == kept, f"a test with real transactions changed one of {KEPT}"

    return empty


def _empty(tables: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Waits for requests that still write, as TRUNCATE would.
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        )
        deletes = "".join(f"DELETE FROM {name};" for (name,) in cursor.fetchall())
        cursor.execute(f"SET LOCAL session_replication_role = replica; {deletes}")


def _state_of_kept() -> tuple[Any, ...]:
    sums = ", ".join(f"(SELECT sum(hashtext(row::text)) FROM {name} AS row)" for name in KEPT)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums}")
        found: tuple[Any, ...] = cursor.fetchone()
        return found


_flush_by_django = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _flush(case: TransactionTestCase) -> None:
    # Django truncates, which histories and ledgers refuse.
    with pgtrigger.ignore():
        _flush_by_django(case)
    setup_roles()
