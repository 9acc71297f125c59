"""Sessions in the database, read by a prepared statement: every request begins with this.

Beside what Django keeps, each row says whose session it is, on which device, and when it ends
(`gullu.accounts.policy`). The end is settled at the sign-in and kept in the row, so that a request need not know the
person's role; a session in use is written every few minutes only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from gullu import origin
from gullu.accounts.policy import BADGE_KEY, NOBODY, TOUCHED_EVERY, limits_of
from gullu.accounts.records import Session
from gullu.prepared import Prepared

_READ: Final = Prepared(
    "SELECT session_data, last_seen_at FROM gullu_session WHERE session_key = $1 AND expire_date > $2",
    ("text", "timestamptz"),
)
_TOUCH: Final = Prepared(
    "UPDATE gullu_session SET last_seen_at = $2, expire_date = LEAST(ends_at, $2 + idle) WHERE session_key = $1",
    ("text", "timestamptz"),
)
# Where a session keeps what was settled at its sign-in.
_SIGN_IN: Final = "sign_in"


class SessionStore(db.SessionStore):
    """Django's own, which plans the same look-up anew for each request and does not know whose a session is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing for one that is unknown or ended, which also loses its key."""
        now = timezone.now()
        row = _READ.one(self.session_key, now)
        if row is None:
            self._session_key = None
            return {}
        if now - row[1] > TOUCHED_EVERY:
            _TOUCH.run(self.session_key, now)
        data: dict[str, Any] = self.decode(row[0])
        return data

    def save(self, must_create: bool = False) -> None:
        """As Django's; a person who is new in this session begins with the limits of their roles."""
        if self.session_key is not None:
            _settle(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        super().save(must_create)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row: everything beside the data itself follows from the data."""
        now = timezone.now()
        signed_in = data.get(_SIGN_IN, {})
        started_at = _moment(signed_in["started"]) if signed_in else now
        idle = timedelta(seconds=signed_in["idle"]) if signed_in else NOBODY.idle
        ends_at = _moment(signed_in["ends"]) if signed_in else now + NOBODY.whole
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=min(ends_at, now + idle),
            user_id=int(signed_in["user"]) if signed_in else None,
            started_at=started_at,
            last_seen_at=now,
            ends_at=ends_at,
            idle=idle,
            address=signed_in.get("address"),
            device=signed_in.get("device", ""),
        )


def _settle(data: dict[str, Any]) -> None:
    user, badge = data.get(SESSION_KEY), bool(data.get(BADGE_KEY))
    if user is None:
        data.pop(_SIGN_IN, None)
        return
    known = data.get(_SIGN_IN)
    # A badge on a device where the same person had signed in by password makes it a shared device.
    if known is None or (known["user"], known["badge"]) != (user, badge):
        data[_SIGN_IN] = _sign_in(user, badge=badge)


def _sign_in(user: str, *, badge: bool) -> dict[str, Any]:
    now, limits, where = timezone.now(), limits_of(int(user), badge=badge), origin.current()
    return {
        "user": user,
        "badge": badge,
        "started": now.timestamp(),
        "ends": (now + limits.whole).timestamp(),
        "idle": limits.idle.total_seconds(),
        "address": where.address if where else None,
        "device": where.device if where else "",
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
