"""Querysets put together once: for the large statements of a scan, building them costs more than running them.

The queryset is written with the stand-ins `USER`, `ORDER` and `NOW`; `Compiled.run` puts the real values in their
place. So the rules stay where they are written (querysets), and the pages pay for a cursor alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from django.db import connection
from django.db.models import QuerySet

# Values that no row has, so that they are recognised among the parameters.
USER: Final = -1_000_000_007
ORDER: Final = -1_000_000_009
NOW: Final = datetime(1900, 1, 1, 0, 0, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement with stand-ins among its parameters."""

    sql: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Self:
        """Compile a queryset; one that locks rows must be compiled inside a transaction."""
        sql, parameters = rows.query.sql_with_params()
        return cls(sql, tuple(parameters))

    def bind(self, *, user_id: int = 0, order_id: int = 0, now: datetime | None = None) -> list[Any]:
        """The parameters with real values."""
        values = {USER: user_id, ORDER: order_id, NOW: now}
        return [_real(parameter, values) for parameter in self.parameters]

    def run(
        self, *, user_id: int = 0, order_id: int = 0, now: datetime | None = None
    ) -> list[tuple[Any, ...]]:
        """The rows as the database sends them: JSON arrives as text."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.bind(user_id=user_id, order_id=order_id, now=now))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _real(parameter: Any, values: dict[Any, Any]) -> Any:
    if not isinstance(parameter, int | datetime) or isinstance(parameter, bool) or parameter not in values:
        return parameter
    value = values[parameter]
    # Numbers come wrapped in a type that names their size to the database.
    return type(parameter)(value) if isinstance(parameter, int) else value
