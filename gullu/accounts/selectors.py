"""What is open in somebody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from gullu.accounts.devices import device_words
from gullu.accounts.records import Session
from gullu.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One signed-in device. `mark` names it on pages: the key itself would be as good as the password."""

    key: str
    mark: str
    device: str
    address: str | None
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime

    def __repr__(self) -> str:
        return f"OpenSession({self.mark})"


def sessions_of(person: User) -> list[OpenSession]:
    """The sessions that have not ended, the one used last first. One statement."""
    rows = Session.objects.filter(user=person, expire_date__gt=timezone.now()).order_by(
        "-last_seen_at", "session_key"
    )
    return [
        OpenSession(
            key=row.session_key,
            mark=mark_of(row.session_key),
            device=device_words(row.device),
            address=row.address,
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            ends_at=row.expire_date,
        )
        for row in rows
    ]


def mark_of(key: str) -> str:
    """A name for a session from which its key cannot be found."""
    return sha256(key.encode()).hexdigest()[:16]
