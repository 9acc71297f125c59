"""The embedded PostgreSQL: one server per data folder, started by whoever comes first, stopped by the last.

    ensure_running(data_dir)  joins the users of the server and returns how to reach it
    connection_settings(...)  the same as a Django DATABASES entry
    python -m gullu.embedded  status | stop | psql | env

How it holds together:

* `postgres.lock` is held while somebody starts, joins, leaves or stops the server (server.py).
* Each user holds an operating-system lock on a file of its own in `postgres.users/` (users.py). The kernel gives
  the lock back however the process ends, and forked children keep it, so nothing has to be cleaned up after
  `kill -9`, `os._exit` or a power cut, and a recycled process id cannot be mistaken for a user.
* As root the server runs under a number of its own, because PostgreSQL refuses to run as root (account.py).
"""

from gullu.embedded.binaries import EmbeddedDatabaseError, binary
from gullu.embedded.server import (
    ServerInfo,
    Status,
    connection_settings,
    ensure_running,
    status,
    stop,
)

__all__ = [
    "EmbeddedDatabaseError",
    "ServerInfo",
    "Status",
    "binary",
    "connection_settings",
    "ensure_running",
    "status",
    "stop",
]
