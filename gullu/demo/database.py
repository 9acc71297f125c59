"""Whose database this is. The demo marks the one it fills, and touches no other."""

from __future__ import annotations

from enum import Enum
from typing import Final

from django.db import connection

from gullu.demo.errors import ForeignDatabase

_MARK: Final = "Made by the Güllü demo; `manage.py demo --reset` may drop it."
_FILLED_BY: Final = ("catalog_variant", "orders_order")


class Owner(Enum):
    """NOBODY: empty, or migrated and without a shop. DEMO: filled by the demo. SOMEBODY: a shop of its own."""

    NOBODY = "NOBODY"
    DEMO = "DEMO"
    SOMEBODY = "SOMEBODY"


def owner() -> Owner:
    """Whose the database is; starts the embedded server if need be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(current_schema()::regnamespace, 'pg_namespace')")
        row = cursor.fetchone()
        if row and row[0] == _MARK:
            return Owner.DEMO
        there = set(connection.introspection.table_names(cursor))
        for table in _FILLED_BY:
            if table in there:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - names from above
                if cursor.fetchone()[0]:
                    return Owner.SOMEBODY
    return Owner.NOBODY


def refuse_foreign() -> Owner:
    """The owner, unless it is somebody else: then raises `ForeignDatabase`."""
    found = owner()
    if found == Owner.SOMEBODY:
        raise ForeignDatabase(database=connection.settings_dict["NAME"])
    return found


def mark_as_demo() -> None:
    """Write the mark. Call it in the transaction that fills the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {_schema()} IS %s", [_MARK])


def drop_everything() -> None:
    """Empty the database, tables and all. Raises `ForeignDatabase` when the demo did not make it."""
    refuse_foreign()
    with connection.cursor() as cursor:
        schema = _schema()
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(connection.ops.quote_name(cursor.fetchone()[0]))
