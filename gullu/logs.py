"""Logging: one line per event, JSON where machines read it. No customer data, no secrets.

Every line says where it comes from: the number of the request with the person's number and address, or the job with
its number (`gullu.origin`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gullu.scrubbing import clean, clean_value

if TYPE_CHECKING:
    from django.http import HttpRequest

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "where"}

_served: ContextVar[HttpRequest | None] = ContextVar("served", default=None)


@contextmanager
def serving(request: HttpRequest) -> Iterator[None]:
    """Let lines of the block name who is at the page, as soon as that is known."""
    token = _served.set(request)
    try:
        yield
    finally:
        _served.reset(token)


def person_id() -> int | None:
    """Number of the person at the page that is being served; None while nobody asked who that is.

    Read from where `AuthenticationMiddleware` keeps it, because `request.user` would ask the database.
    """
    request = _served.get()
    user = None if request is None else vars(request).get("_cached_user")
    return getattr(user, "pk", None)


def origin_fields() -> dict[str, Any]:
    """Where the running work comes from, in the names log lines and error reports use."""
    from gullu import origin  # noqa: PLC0415  (settings import this module, and `origin` reads settings)

    where = origin.current()
    if where is None:
        return {}
    fields: dict[str, Any] = {"source": where.source.value}
    if where.source is origin.Source.WEB:
        fields |= {"request": where.reference, "person": person_id(), "address": where.address}
    else:
        fields |= {where.source.value.lower(): where.name, "run": where.reference}
    return {name: value for name, value in fields.items() if value is not None}


class OriginFilter(logging.Filter):
    """Adds the origin to each record; what a caller gave under the same name through `extra` stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        fields = origin_fields()
        for name, value in fields.items():
            if not hasattr(record, name):
                setattr(record, name, value)
        shown = " ".join(
            f"{name}={value}" for name, value in fields.items() if name not in {"source", "address"}
        )
        record.where = f" [{shown}]" if shown else ""
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line; fields given through `extra` appear beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(clean_value(entry), ensure_ascii=False, default=lambda value: clean(str(value)))


class LineFormatter(logging.Formatter):
    """One line per event, and its traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """A `dictConfig` that writes to stderr, so that stdout stays free for command output."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"origin": {"()": "gullu.logs.OriginFilter"}},
        "formatters": {
            "line": {
                "()": "gullu.logs.LineFormatter",
                "format": "{asctime} {levelname} {name}: {message}{where}",
                "style": "{",
            },
            "json": {"()": "gullu.logs.JsonFormatter"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "line",
                "filters": ["origin"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": "INFO"},
            "urllib3": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
        },
    }
