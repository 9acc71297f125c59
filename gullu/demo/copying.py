"""Filling tables fast: PostgreSQL's COPY with ids taken from the table's own sequence. Constraints stay in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` new primary keys of the table, in ascending order."""
    options = model._meta  # noqa: SLF001 - Django's own name for a public interface
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [options.db_table, options.pk.column, count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows. `columns` are column names (`order_id`, not `order`) and must cover all that have no default.

    Values are what psycopg writes: str, int, bool, datetime, None; money and JSON as text.
    """
    quote = connection.ops.quote_name
    table = model._meta.db_table  # noqa: SLF001
    names = ", ".join(quote(column) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
