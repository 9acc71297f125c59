"""Sessions in the database, read by a prepared statement: every request begins with this."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.utils import timezone

from gullu.prepared import Prepared

_READ: Final = Prepared(
    "SELECT session_data FROM django_session WHERE session_key = $1 AND expire_date > $2",
    ("text", "timestamptz"),
)


class SessionStore(db.SessionStore):
    """Django's own, which plans the same look-up anew for each request."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing for one that is unknown or expired, which also loses its key."""
        row = _READ.one(self.session_key, timezone.now())
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data
