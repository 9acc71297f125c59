"""Signs of life of the workers: written by each, read by whoever asks whether one lives.

All times are the database's: the machines' clocks need not agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

BEAT_SECONDS: Final = 15
# Four beats missed: a stopped process, not a slow one.
SILENT_SECONDS: Final = 60
FORGET_SECONDS: Final = 7 * 86_400

_WRITE: Final = """
INSERT INTO gullu_workerbeat AS beat (host, pid, started_at, seen_at)
VALUES (%(host)s, %(pid)s, clock_timestamp(), clock_timestamp())
ON CONFLICT (host, pid) DO UPDATE
   SET seen_at = excluded.seen_at,
       started_at = CASE WHEN %(first)s THEN excluded.started_at ELSE beat.started_at END
"""
# A worker that begins knows that its predecessor on this machine has ended.
_FORGET: Final = """
DELETE FROM gullu_workerbeat
 WHERE (host = %(host)s AND seen_at < clock_timestamp() - make_interval(secs => %(silent)s))
    OR seen_at < clock_timestamp() - make_interval(secs => %(forget)s)
"""
_READ: Final = """
SELECT host, pid, started_at, seen_at, extract(epoch FROM clock_timestamp() - seen_at)::float8
  FROM gullu_workerbeat ORDER BY host, seen_at DESC, pid
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker; `age_seconds` since it was last seen."""

    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    age_seconds: float

    @property
    def alive(self) -> bool:
        return self.age_seconds <= SILENT_SECONDS


def write_beat(*, host: str, pid: int, first: bool) -> None:
    """Say that this worker lives; the `first` time also forget who was here before."""
    with connection.cursor() as cursor:
        if first:
            cursor.execute(_FORGET, {"host": host, "silent": SILENT_SECONDS, "forget": FORGET_SECONDS})
        cursor.execute(_WRITE, {"host": host, "pid": pid, "first": first})


def forget_beat(*, host: str, pid: int) -> None:
    """This worker ends as it was asked to: nobody need miss it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gullu_workerbeat WHERE host = %s AND pid = %s", [host, pid])


def workers() -> list[Worker]:
    """All workers known, by machine, the one seen last first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return [Worker(*row) for row in cursor.fetchall()]


def silent_hosts(found: Sequence[Worker]) -> list[Worker]:
    """Of each machine on which no worker lives any more: the one seen last."""
    last = {worker.host: worker for worker in reversed(found)}
    return [worker for worker in last.values() if not worker.alive]
