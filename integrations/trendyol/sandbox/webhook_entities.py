"""A webhook, and an event on its way to one."""

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

API_KEY, BASIC = "API_KEY", "BASIC_AUTHENTICATION"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class Hook:
    """One webhook. `errors` are the failures since the last success; at 13 it is made passive."""

    hook_id: str
    created_ms: int
    modified_ms: int | None
    url: str
    authentication: str
    username: str | None
    password: str | None
    api_key: str | None
    statuses: list[str]
    active: bool = True
    errors: int = 0

    @property
    def local(self) -> bool:
        """Whether it is on this machine: nothing is ever sent anywhere else."""
        return (urlsplit(self.url).hostname or "") in LOOPBACK

    def shown(self) -> Json:
        """As the list shows it: without its secrets."""
        return {
            "id": self.hook_id,
            "createdDate": self.created_ms,
            "lastModifiedDate": self.modified_ms,
            "url": self.url,
            "username": self.username,
            "authenticationType": self.authentication,
            "status": "ACTIVE" if self.active else "PASSIVE",
            "subscribedStatuses": self.statuses or None,
        }


@dataclass(slots=True, eq=False)
class Delivery:
    """One event for one webhook: the whole package as it was when it changed."""

    hook_id: str
    package_id: int
    body: bytes
    due_ms: int
    serial: int = field(default_factory=itertools.count().__next__)
    attempts: int = 0
