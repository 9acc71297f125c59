"""Querysets put together once and planned once: for the large statements of a scan, both cost more than running them.

The queryset is written with the stand-ins `USER`, `ORDER` and `NOW`; `Compiled.run` puts the real values in their
place. So the rules stay where they are written (querysets), and the pages pay for a cursor alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet

from gullu.prepared import Prepared

# Values that no row has, so that they are recognised among the parameters.
USER: Final = -1_000_000_007
ORDER: Final = -1_000_000_009
NOW: Final = datetime(1900, 1, 1, 0, 0, 1, tzinfo=UTC)

_PLACES: Final = {USER: "$1", ORDER: "$2", NOW: "$3"}
_TYPES: Final = ("bigint", "bigint", "timestamptz")
_PERCENT: Final = re.compile("%[s%]")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement about a person (`$1`), an order (`$2`) and the time (`$3`)."""

    statement: Prepared

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Self:
        """Compile a queryset; one that locks rows must be compiled inside a transaction."""
        return cls.sql(as_sql(rows))

    @classmethod
    def sql(cls, text: str) -> Self:
        return cls(Prepared(text, _TYPES))

    def run(
        self, *, user_id: int = 0, order_id: int = 0, now: datetime | None = None
    ) -> list[tuple[Any, ...]]:
        """The rows as the database sends them: JSON arrives as text."""
        return self.statement.run(user_id, order_id, now)


def as_sql(rows: QuerySet[Any, Any]) -> str:
    """The queryset's SQL with its constants written in and `$1`, `$2`, `$3` for the stand-ins."""
    sql, parameters = rows.query.sql_with_params()
    values = iter(parameters)
    return _PERCENT.sub(lambda mark: "%" if mark[0] == "%%" else _written(next(values)), sql)


def _written(value: Any) -> str:
    if isinstance(value, int | datetime) and not isinstance(value, bool) and value in _PLACES:
        return _PLACES[value]
    return mogrify("%s", [value], connection)
