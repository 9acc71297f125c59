"""What a database holds, in numbers: rows per table and the sums of the stock ledger, all of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from gullu.backup.manifest import Fingerprint

# Their rows would let whoever has the archive in as somebody else; who is signed in signs in again.
LEFT_OUT: Final = ("django_session", "usersessions_usersession")

_TABLES: Final = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
# The digests are over the sums per barcode (I1) and per barcode and shelf (I2): equal digests, equal balances.
_LEDGER: Final = """
WITH moved AS (
    SELECT variant_id, shelf_id, sum(delta) AS pairs FROM inventory_stockmovement GROUP BY 1, 2
), barcode AS (
    SELECT variant_id, sum(pairs) AS pairs FROM moved GROUP BY 1
)
SELECT (SELECT COALESCE(sum(pairs), 0)::bigint FROM moved) AS "I1 ledger",
       (SELECT COALESCE(sum(qty), 0)::bigint FROM inventory_centralstock) AS "I1 balance",
       (SELECT COALESCE(sum(adet), 0)::bigint FROM inventory_rafurun) AS "I2 balance",
       (SELECT encode(sha256(convert_to(COALESCE(string_agg(variant_id || ':' || pairs, ' ' ORDER BY variant_id), ''),
               'UTF8')), 'hex') FROM barcode WHERE pairs <> 0) AS "I1 ledger per barcode",
       (SELECT encode(sha256(convert_to(COALESCE(string_agg(variant_id || ':' || qty, ' ' ORDER BY variant_id), ''),
               'UTF8')), 'hex') FROM inventory_centralstock WHERE qty <> 0) AS "I1 balance per barcode",
       (SELECT encode(sha256(convert_to(COALESCE(string_agg(variant_id || '/' || shelf_id || ':' || pairs, ' '
               ORDER BY variant_id, shelf_id), ''), 'UTF8')), 'hex')
          FROM moved WHERE pairs <> 0) AS "I2 ledger per shelf",
       (SELECT encode(sha256(convert_to(COALESCE(string_agg(variant_id || '/' || shelf_id || ':' || adet, ' '
               ORDER BY variant_id, shelf_id), ''), 'UTF8')), 'hex')
          FROM inventory_rafurun WHERE adet <> 0) AS "I2 balance per shelf"
"""


@contextmanager
def frozen(database: BaseDatabaseWrapper) -> Iterator[tuple[Any, str]]:
    """One moment of the database: a cursor that sees nothing later, and the name under which pg_dump sees the same."""
    with database.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            # The dump may take longer than the server lets a page take.
            cursor.execute(
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
            )
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
        finally:
            cursor.execute("ROLLBACK")


def fingerprint(cursor: Any) -> Fingerprint:
    """Counts and sums as the cursor sees them; two statements and one for the names. Tables left out count 0."""
    cursor.execute(_TABLES)
    names = [name for (name,) in cursor.fetchall()]
    counts = " UNION ALL ".join(_count(name) for name in names)
    cursor.execute(counts)
    tables = {name: int(rows) for name, rows in cursor.fetchall()}
    cursor.execute(_LEDGER)
    ledger = {column.name: value for column, value in zip(cursor.description, cursor.fetchone(), strict=True)}
    return Fingerprint(tables=dict(sorted(tables.items())), ledger=ledger)


def _count(name: str) -> str:
    quoted, text = name.replace('"', '""'), name.replace("'", "''")
    if name in LEFT_OUT:
        return f"SELECT '{text}', 0"
    return f"SELECT '{text}', count(*) FROM \"{quoted}\""  # noqa: S608 - names from the catalogue, quoted


def migrations(cursor: Any) -> tuple[str, ...]:
    """`app.name` of every migration that was applied."""
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
    return tuple(dict.fromkeys(name for (name,) in cursor.fetchall()))


def differences(expected: Fingerprint, found: Fingerprint) -> list[str]:
    """What is not the same, as `name: expected → found`; empty when nothing is."""
    return [
        f"{name}: {before.get(name, '–')} → {after.get(name, '–')}"
        for before, after in ((expected.tables, found.tables), (expected.ledger, found.ledger))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
