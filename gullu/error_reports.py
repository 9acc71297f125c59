"""Error reports to Sentry: where and why something broke, and nothing about customers.

Nothing is sent without SENTRY_DSN. With it, a report holds the kind of the error, the lines of the program, and the
number of the request or job. Names, addresses, what was typed, headers, cookies, values of variables, the text of
statements and log lines before the error stay here.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from gullu.logs import origin_fields
from gullu.scrubbing import clean
from gullu.version import version

_CUT: Final = "…"
# PostgreSQL repeats the row here.
_DETAIL: Final = re.compile(r"\n(DETAIL|CONTEXT|LINE \d+):.*", re.DOTALL)
# Telephones, order, card and tax numbers; a line of the program has fewer digits.
_NUMBER: Final = re.compile(r"\+?\d(?:[\d ()-]{4,}\d)")
_QUOTED: Final = re.compile(r"(['\"“«]).*?(['\"”»])", re.DOTALL)
_KEPT: Final = (
    "event_id",
    "timestamp",
    "level",
    "platform",
    "logger",
    "release",
    "environment",
    "sdk",
)
_FRAME: Final = (
    "abs_path",
    "filename",
    "function",
    "module",
    "lineno",
    "in_app",
    "pre_context",
    "context_line",
    "post_context",
)


def sentry_options(*, dsn: str, production: bool) -> dict[str, Any]:
    """What `sentry_sdk.init` is given."""
    return {
        "dsn": dsn,
        "release": f"gullu@{version()}",
        "environment": "production" if production else "development",
        "include_local_variables": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "before_send": before_send,
        "server_name": "",
    }


def before_send(event: Any, _hint: dict[str, Any]) -> Any:
    """The report as it leaves: made anew from what is known to be harmless."""
    fields = origin_fields()
    sent: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    if event.get("transaction"):
        # Of an address nobody has, this is the address itself.
        sent["transaction"] = harmless(str(event["transaction"]))
    sent["tags"] = {
        name: str(value)
        for name, value in fields.items()
        if name in {"source", "request", "job", "command", "run"}
    }
    if "person" in fields:
        sent["user"] = {"id": str(fields["person"])}
    if "request" in event:
        sent["request"] = _request(event["request"])
    if "exception" in event:
        sent["exception"] = {"values": [_error(error) for error in event["exception"].get("values", [])]}
    if "logentry" in event:
        # The sentence without what was filled in.
        sent["logentry"] = {"message": harmless(str(event["logentry"].get("message", "")))}
    return sent


def _request(request: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(str(request.get("url", "")))
    return {
        "method": request.get("method", ""),
        "url": f"{parts.scheme}://{parts.netloc}{harmless(parts.path)}",
    }


def _error(error: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: error[name] for name in ("type", "module", "mechanism") if name in error}
    found["value"] = harmless(str(error.get("value", "")))
    frames = (error.get("stacktrace") or {}).get("frames", [])
    found["stacktrace"] = {
        "frames": [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
    }
    return found


def harmless(text: str) -> str:
    """The text without secrets and data of customers, without quoted values and long numbers."""
    return _NUMBER.sub(_CUT, _QUOTED.sub(rf"\1{_CUT}\2", clean(_DETAIL.sub("", text))))
