"""Locks that span processes and machines: PostgreSQL advisory locks.

* `advisory_lock` is held by a connection of its own, across transactions and network calls; it vanishes
  with the process that holds it, so a killed run never blocks the next one.
* `transaction_lock` is held until the current transaction ends; it serialises short critical sections.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.1


def lock_key(name: str) -> int:
    """Stable signed 64-bit key of a lock name."""
    digest = hashlib.blake2b(f"gullu:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(slots=True)
class Lock:
    """What `advisory_lock` yields. `acquired` is False when somebody else holds it."""

    name: str
    acquired: bool
    _holder: BaseDatabaseWrapper | None = None

    def still_held(self) -> bool:
        """Whether the session that took the lock is still alive: ask before every irreversible step.

        A restarted database server drops the session and with it the lock, while this process lives on.
        """
        if not self.acquired or self._holder is None or self._holder.connection is None:
            return False
        try:
            with self._holder.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return False
        return True


@contextmanager
def advisory_lock(name: str, *, wait_seconds: float = 0) -> Iterator[Lock]:
    """Hold the lock `name` for the block, on a connection of its own.

    Waits up to `wait_seconds`; yields a `Lock` whose `acquired` says whether it was obtained.
    """
    holder = connection.copy()
    try:
        lock = Lock(name=name, acquired=_try_until(holder, lock_key(name), wait_seconds), _holder=holder)
        yield lock
    finally:
        _release(holder, lock_key(name))


def _try_until(holder: BaseDatabaseWrapper, key: int, wait_seconds: float) -> bool:
    deadline = time.monotonic() + wait_seconds
    while True:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            if cursor.fetchone()[0]:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)


def _release(holder: BaseDatabaseWrapper, key: int) -> None:
    try:
        if holder.connection is not None:
            with holder.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_all()")
    except DatabaseError:
        # The session is gone, and the lock went with it.
        logger.info("advisory lock %s was lost with its session", key)
    finally:
        holder.close()


def transaction_lock(name: str) -> datetime:
    """Take the lock `name` until the current transaction ends (waits for its holder).

    Returns the database's clock after the lock was obtained: times taken under one lock are in order, also
    when several machines take it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s), clock_timestamp()", [lock_key(name)])
        _lock, now = cursor.fetchone()
    moment: datetime = now
    return moment
