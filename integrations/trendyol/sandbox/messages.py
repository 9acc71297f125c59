"""Requests and replies between the HTTP server and what stands behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, the path is still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply. `hang_seconds` is waited first; `ending` "close" or "reset" sends nothing at all."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    ending: str = ""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One line of the request log; `status` 0 means the caller got no answer."""

    at_ms: int
    method: str
    path: str
    query: str
    status: int
    endpoint: str
    fault: str = ""


def json_reply(value: Any, *, status: int = 200) -> Reply:
    """A JSON reply; text is taken as JSON already written."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Reply(status=status, body=text.encode())
