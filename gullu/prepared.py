"""Statements the database plans once per connection instead of every time.

Planning a statement that joins ten tables takes the database several times as long as running it, and Django never
prepares anything. A scan is made of the same few statements all day long, so these are prepared by name (`PREPARE`,
`EXECUTE`) on each connection that needs them. `plan_cache_mode` in the settings keeps the plan; it is made anew by the
database when a table was analysed or changed.

A pooler that hands out another server connection for each transaction (PgBouncer in transaction mode) cannot be used;
the locks of the jobs forbid it anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Prepared:
    """SQL with `$1`, `$2` … for values of these SQL types. It may not change a table whose history is kept."""

    sql: str
    types: tuple[str, ...]

    def run(self, *values: Any) -> list[tuple[Any, ...]]:
        """Its rows as the database sends them (JSON is text); none where it returns nothing. One statement."""
        with connection.cursor() as cursor:
            self._prepare_once()
            # pghistory sends who and where along with each statement, except with those of named cursors.
            vars(cursor)["name"] = self.name
            cursor.execute(self._call, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        return rows

    def one(self, *values: Any) -> tuple[Any, ...] | None:
        """Its first row."""
        return next(iter(self.run(*values)), None)

    @cached_property
    def name(self) -> str:
        return "gullu_" + blake2b(f"{self.types}{self.sql}".encode(), digest_size=12).hexdigest()

    @cached_property
    def _call(self) -> str:
        return f"EXECUTE {self.name} ({', '.join(['%s'] * len(self.types))})"

    def _prepare_once(self) -> None:
        """Not through Django's cursor: this belongs to opening the connection, as it does where a driver prepares."""
        session = connection.connection
        known: set[str] = vars(session).setdefault("gullu_prepared", set())
        if self.name not in known:
            with connection.wrap_database_errors:
                session.execute(f"PREPARE {self.name} ({', '.join(self.types)}) AS {self.sql}")
            known.add(self.name)


def columns(model: type[Model], alias: str, only: tuple[str, ...] = ()) -> str:
    """`alias.id, alias.code, …`: what `instance` takes, in its order; all columns, or only those named."""
    return ", ".join(f"{alias}.{name}" for name in _names(model, only))


def instance(model: type[M], values: Iterator[Any], only: tuple[str, ...] = ()) -> M:
    """An instance as if Django had read it; what belongs to the next model is left in `values`.

    The fields that were not read are read when they are asked for. JSON cannot be among those that were: it arrives as
    text here.
    """
    names = _names(model, only)
    return model.from_db(connection.alias, names, list(islice(values, len(names))))


@cache
def _names(model: type[Model], only: tuple[str, ...]) -> list[str]:
    """In the order of the model, which is the one `from_db` expects."""
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001  (public by another name)
    return [name for name in names if not only or name in only]
