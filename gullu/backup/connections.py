"""Connections beside the pool, and the same connections for PostgreSQL's own programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler


@contextmanager
def direct(
    *, name: str | None = None, settings: dict[str, Any] | None = None
) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the shop's database, or to another one (`name`) on its server.

    Never from the pool: a pool belongs to one database, whatever name is asked for. `settings` is a DATABASES entry of
    another server.
    """
    own = connection.copy() if settings is None else ConnectionHandler({"default": settings})["default"]
    options = own.settings_dict["OPTIONS"]
    own.settings_dict["OPTIONS"] = {key: value for key, value in options.items() if key != "pool"}
    if name is not None:
        own.settings_dict["NAME"] = name
    try:
        yield own
    finally:
        own.close()


def libpq_environment(database: BaseDatabaseWrapper) -> dict[str, str]:
    """The PG* variables with which libpq's programs reach the same database in the same way, TLS and all.

    A password handed over like this is not in the list of processes, as one among the arguments would be.
    """
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    given = database.get_connection_params()
    return {
        names[key]: str(value) for key, value in given.items() if key in names and value not in {None, ""}
    }
