"""A connection for questions that must be answered at once, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

CONNECT_SECONDS: Final = 3
STATEMENT_MILLISECONDS: Final = 1500


def probe_connection() -> BaseDatabaseWrapper:
    """A connection of its own, outside of the pool: to connect and each statement have a short time limit."""
    probe = connection.copy()
    options: dict[str, Any] = {**probe.settings_dict["OPTIONS"]}
    options.pop("pool", None)
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c lock_timeout={STATEMENT_MILLISECONDS}"
    options["options"] = f"{options.get('options', '')} {limits}".strip()
    options["connect_timeout"] = CONNECT_SECONDS
    # A network that swallows everything ends the wait for an answer, too.
    options["tcp_user_timeout"] = CONNECT_SECONDS * 1000
    probe.settings_dict = {**probe.settings_dict, "OPTIONS": options, "CONN_HEALTH_CHECKS": False}
    return probe


@contextmanager
def speaking_through(probe: BaseDatabaseWrapper) -> Iterator[None]:
    """Let this thread's statements go through `probe` for the block, and close it afterwards."""
    usual = connections["default"]
    connections["default"] = probe
    try:
        yield
    finally:
        connections["default"] = usual
        probe.close()
