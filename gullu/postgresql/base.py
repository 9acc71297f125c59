"""Django's PostgreSQL backend that starts the embedded server when it is first needed.

Starting on first connect, not on settings import, keeps `manage.py help`, type checks and builds free of side
effects, and lets a forked worker find the server again by itself.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from gullu import embedded
from gullu.embedded.files import Durability


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        option = self.settings_dict["EMBEDDED"]
        server = _running(Path(option["DATA_DIR"]), durability=option["DURABILITY"])
        self.settings_dict.update(HOST=str(server.host), PORT=str(server.port), USER=server.user)
        if server.password:
            self.settings_dict["PASSWORD"] = server.password
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters


# Looking takes a file lock that all processes share: enough for each request to wait for another.
_LOOK_EVERY_SECONDS = 1.0
_seen: dict[tuple[int, Path], tuple[float, embedded.ServerInfo]] = {}


def _running(data_dir: Path, *, durability: Durability) -> embedded.ServerInfo:
    """The server, started if it does not run; looked after at most once a second by each process."""
    key, now = (os.getpid(), data_dir), time.monotonic()
    looked_at, server = _seen.get(key, (0.0, None))
    if server is None or now - looked_at > _LOOK_EVERY_SECONDS:
        server = embedded.ensure_running(data_dir, durability=durability)
        _seen[key] = now, server
    return server
