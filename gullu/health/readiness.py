"""Whether this process can serve, and what else does not work. `docs/monitoring.md` says why which part counts."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache as store
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gullu.embedded import EmbeddedDatabaseError
from gullu.health.beats import workers
from gullu.health.definition import FreshnessOf
from gullu.health.probing import probe_connection, speaking_through

logger = logging.getLogger(__name__)

STALE_AFTER: Final = timedelta(minutes=30)
KEEP_SECONDS: Final = 2.0
# A connection that cannot be made, and one that breaks.
UNREACHABLE: Final = (Error, EmbeddedDatabaseError, OSError)


class State(Enum):
    """How a part does. Only DOWN makes this process unfit."""

    OK = "OK"
    UNUSED = "UNUSED"
    STALE = "STALE"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its state in a word and in a sentence, and the seconds since it last gave a sign."""

    name: str
    state: State
    words: str
    age_seconds: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"state": self.state.value, "age_seconds": self.age_seconds, "words": self.words}


@dataclass(frozen=True, slots=True)
class Readiness:
    """All parts at one moment."""

    measured_at: datetime
    parts: tuple[Part, ...]

    @property
    def fit(self) -> bool:
        """Whether requests may be sent here."""
        return not any(part.state is State.DOWN for part in self.parts)

    def as_dict(self, *, details: bool) -> dict[str, Any]:
        """`details` only for those who may see them."""
        said = {"status": "ok" if self.fit else "not ok"}
        if not details:
            return said
        parts = {part.name: part.as_dict() for part in self.parts}
        return {**said, "measured_at": self.measured_at.isoformat(timespec="seconds"), "parts": parts}


def measure(probe: BaseDatabaseWrapper | None = None) -> Readiness:
    """Ask every part now, the database through `probe` (default: a connection of its own with short time limits)."""
    with speaking_through(probe or probe_connection()):
        parts = parts_of_database()
    return Readiness(timezone.now(), (*parts, cache_part()))


def parts_of_database() -> list[Part]:
    """The database, its migrations, and what is known from its tables; over the connection of this thread."""
    database = _asked("database", _database_part, otherwise=State.DOWN)
    if database.state is State.DOWN:
        return [database]
    migrations = _asked("migrations", _migrations_part, otherwise=State.DOWN)
    if migrations.state is State.DOWN:
        return [database, migrations]
    ages = [
        _asked(name, _freshness_part(name, path), otherwise=State.DEGRADED)
        for name, path in settings.READINESS.items()
    ]
    return [database, migrations, _asked("worker", worker_part, otherwise=State.DEGRADED), *ages]


def _asked(name: str, ask: Callable[[], Part], *, otherwise: State) -> Part:
    try:
        return ask()
    except UNREACHABLE as error:
        # The text of the error names the server and its user: it goes to the log only.
        logger.warning("%s did not answer: %s", name, error)
        return Part(name, otherwise, _("No answer (%(error)s)") % {"error": type(error).__name__})


def _database_part() -> Part:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    took = round((time.monotonic() - started) * 1000)
    return Part("database", State.OK, _("Answers in %(milliseconds)s ms") % {"milliseconds": took})


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as the code of this process knows them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _migrations_part() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = sorted(f"{app}.{name}" for app, name in _last_migrations() - applied)
    if missing:
        return Part("migrations", State.DOWN, _("Missing: %(names)s") % {"names": ", ".join(missing[:5])})
    return Part("migrations", State.OK, _("Complete"))


def worker_part() -> Part:
    """Whether a worker lives anywhere."""
    found = workers()
    if not found:
        return Part("worker", State.STALE, _("None has ever been seen"))
    alive = sum(worker.alive for worker in found)
    age = round(min(worker.age_seconds for worker in found))
    if not alive:
        return Part("worker", State.STALE, _("None lives"), age)
    return Part("worker", State.OK, _("%(count)s live") % {"count": alive}, age)


def _freshness_part(name: str, path: str) -> Callable[[], Part]:
    def ask() -> Part:
        of: FreshnessOf = import_string(path)
        known = of()
        if not known.used:
            return Part(name, State.UNUSED, _("Not set up"))
        if known.success_at is None:
            return Part(name, State.STALE, _("Has never succeeded"))
        age = timezone.now() - known.success_at
        state, words = (State.STALE, _("Too long ago")) if age > STALE_AFTER else (State.OK, _("Up to date"))
        return Part(name, state, words, round(age.total_seconds()))

    return ask


def cache_part() -> Part:
    """Whether the shared cache keeps what it is given. Without it the shop is slower, not wrong."""
    if settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        return Part("cache", State.UNUSED, _("In each process by itself"))
    word = secrets.token_hex(8)
    store.set("health:probe", word, 10)
    if store.get("health:probe") is None:
        return Part("cache", State.DEGRADED, _("Redis does not answer"))
    return Part("cache", State.OK, _("Redis answers"))


# --- a flood of probes costs nothing ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Readiness | None = None
    until: float = 0.0


_kept = _Kept()


def current(*, ask: Callable[[], Readiness] = measure) -> Readiness:
    """The state at most `KEEP_SECONDS` old; who comes while one asks waits for that answer."""
    with _kept.lock:
        if _kept.value is None or time.monotonic() >= _kept.until:
            _kept.value = ask()
            _kept.until = time.monotonic() + KEEP_SECONDS
        return _kept.value


def forget() -> None:
    """Ask anew at the next question."""
    _kept.value = None
