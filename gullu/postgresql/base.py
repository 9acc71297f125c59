"""Django's PostgreSQL backend that starts the embedded server when it is first needed.

Starting on first connect, not on settings import, keeps `manage.py help`, type checks and builds free of side
effects, and lets a forked worker find the server again by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from gullu import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        option = self.settings_dict["EMBEDDED"]
        server = embedded.ensure_running(Path(option["DATA_DIR"]), durability=option["DURABILITY"])
        self.settings_dict.update(HOST=str(server.host), PORT=str(server.port), USER=server.user)
        if server.password:
            self.settings_dict["PASSWORD"] = server.password
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters
