"""The queue in the database, for any number of workers on any number of machines.

django-q2 brings the workers and the table; three things are added to its broker:

* Times are the database's. A worker whose own clock is wrong neither takes what another one works on nor waits for a
  moment that lies a day ahead.
* Every task says whose it is: first of the worker (`qcluster`) that fetched it, then of the process that runs it. An
  owner is alive as long as it holds an advisory lock of its name, which PostgreSQL frees with its connection.
* What a dead owner leaves is given to the next worker within half a minute; django-q2 alone would wait for
  `retry`, an hour.

The owner stands in the key of the row: `gullu`, `gullu@owner`, and `gullu#2@owner` once two owners have died over it.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import django_q.scheduler
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule

from gullu import clock, jobs
from gullu.locks import lock_key
from gullu.models import JobRun

logger = logging.getLogger("gullu.worker")

KEEP_ALIVE_SECONDS: Final = 3.0
# An owner must be missing at two looks in a row: a lock is gone for a moment while a lost connection is made anew.
LOOK_SECONDS: Final[float] = settings.Q_CLUSTER["look_seconds"]
# A task over which so many owners died may be what kills them: it is tried again as rarely as django-q2 would.
MOST_DEATHS: Final = 3
# A clock that was wrong by less than this is not worth correcting what was written by it.
SLACK: Final = timedelta(minutes=1)

_LONGEST_HOST: Final = 30

_FETCH: Final = """
    UPDATE django_q_ormq SET lock = clock_timestamp() + %(retry)s, key = split_part(key, '@', 1) || '@' || %(owner)s
     WHERE id IN (
        SELECT id FROM django_q_ormq
         WHERE split_part(split_part(key, '@', 1), '#', 1) = %(queue)s AND lock <= clock_timestamp()
         ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id, payload
"""
_BEGIN: Final = """
    UPDATE django_q_ormq SET key = split_part(key, '@', 1) || '@' || %(owner)s WHERE id = %(task)s
    RETURNING key
"""
_ALIVE: Final = """
    SELECT held.classid::bigint << 32 | held.objid::bigint
      FROM pg_locks AS held JOIN pg_database AS base ON base.oid = held.database
     WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1 AND base.datname = current_database()
"""


class Presence:
    """Says that this process is alive, by an advisory lock on a connection of its own, until the process ends.

    A thread looks after the connection: a restarted database server forgets its locks.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._holder: BaseDatabaseWrapper | None = None
        self._ready = threading.Event()
        threading.Thread(target=self._keep, name="presence", daemon=True).start()
        # What is fetched before the lock is held would look like a dead owner's.
        self._ready.wait(timeout=30)

    def _keep(self) -> None:
        while True:
            try:
                self._hold()
                self._ready.set()
            except DatabaseError as error:
                logger.warning("The database does not answer; trying again: %s", error)
                self._holder = None
            time.sleep(KEEP_ALIVE_SECONDS)

    def _hold(self) -> None:
        if self._holder is not None:
            with self._holder.cursor() as cursor:
                cursor.execute("SELECT 1")
            return
        # Assigned first: Django opens the connection with the first cursor.
        holder = connection.copy()
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [owner_key(self.owner)])
        self._holder = holder


def owner_key(owner: str) -> int:
    """Key of the lock an owner holds."""
    return lock_key(f"queue.owner.{owner}")


def new_name() -> str:
    """A name for this worker: host, process and chance, as one word."""
    host = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in socket.gethostname())
    return f"{host[:_LONGEST_HOST]}-{os.getpid()}-{secrets.token_hex(4)}"


class _Mine:
    """Who this process is to the queue. Forked processes of one worker share `worker`, never `presence`."""

    worker: str = ""
    presence: Presence | None = None
    process: int = 0


def present(owner: str) -> Presence:
    """This process's presence under that name; made once per process."""
    if _Mine.presence is None or _Mine.process != os.getpid():
        _Mine.presence, _Mine.process = Presence(owner), os.getpid()
    return _Mine.presence


def name_worker() -> str:
    """Name this worker; called by the main process, before it forks."""
    _Mine.worker = new_name()
    return _Mine.worker


def begin(*, task: Mapping[str, Any], **_: Any) -> None:
    """Receiver of django-q2's `pre_execute`, its only hook in the process that runs a task: now the task is ours."""
    row = task.get("ack_id")
    if row is None:
        return
    presence = present(f"{_Mine.worker}-{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {"owner": presence.owner, "task": row})
        found = cursor.fetchone()
    jobs.redelivered.set(found is not None and "#" in found[0])


class Broker(ORM):
    """The database as the queue of many machines."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key=list_key)
        self._looked_at = 0.0
        self._suspects: dict[int, str] = {}

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        self._looked_at, self._suspects = 0.0, {}

    def queue_size(self) -> int:
        """Tasks that wait for a worker."""
        return self._rows().filter(lock__lte=clock.now()).count()

    def lock_size(self) -> int:
        """Tasks that a worker has."""
        return self._rows().filter(lock__gt=clock.now()).count()

    def _rows(self) -> QuerySet[OrmQ, OrmQ]:
        key = self.list_key
        rows: QuerySet[OrmQ, OrmQ] = self.get_connection()
        return rows.filter(Q(key=key) | Q(key__startswith=f"{key}@") | Q(key__startswith=f"{key}#"))

    def enqueue(self, task: str) -> int:
        """Add a task to the current transaction; its number."""
        row = self.get_connection().create(key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=Now())
        return int(row.pk)

    def dequeue(self) -> list[tuple[int, str]] | None:
        """The next tasks, which are this worker's from now on; waits a moment when there are none.

        A database that is away for a while is waited for: django-q2 would end this process and start another one.
        """
        try:
            self.get_connection()  # closes what broke meanwhile
            found = self._fetch()
        except DatabaseError as error:
            logger.warning("The queue cannot be read, it is tried again: %s", error)
            connection.close()
            found = []
        if not found:
            time.sleep(Conf.POLL)
            return None
        return found

    def _fetch(self) -> list[tuple[int, str]]:
        owner = present(_Mine.worker or new_name()).owner
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self._suspects = take_over(self._suspects)
            mend_times()
        retry = timedelta(seconds=Conf.RETRY)
        given = {"queue": self.list_key, "owner": owner, "retry": retry, "most": Conf.BULK}
        with connection.cursor() as cursor:
            cursor.execute(_FETCH, given)
            found: list[tuple[int, str]] = cursor.fetchall()
        return found


def take_over(suspects: Mapping[int, str]) -> dict[int, str]:
    """Give back to the queue what dead owners had; `suspects` are the rows whose owner was missing at the last look.

    Returns the suspects for the next look.
    """
    missing = _ownerless()
    for row, key in missing.items():
        if suspects.get(row) == key:
            _give_back(row, key)
    return {row: key for row, key in missing.items() if suspects.get(row) != key}


def _ownerless() -> dict[int, str]:
    rows = dict(OrmQ.objects.filter(key__contains="@").values_list("pk", "key"))
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE)
        alive = {key for (key,) in cursor.fetchall()}
    return {row: key for row, key in rows.items() if owner_key(key.partition("@")[2]) not in alive}


def _give_back(row: int, key: str) -> None:
    waiting, _at, owner = key.partition("@")
    queue, _mark, deaths = waiting.partition("#")
    died = int(deaths or 0) + 1
    pause = timedelta() if died < MOST_DEATHS else timedelta(seconds=Conf.RETRY)
    rows = OrmQ.objects.filter(pk=row, key=key)
    if rows.update(key=f"{queue}#{died}", lock=clock.now() + pause):
        logger.warning("worker %s is gone; its task %s is given to another one", owner, row)


# --- schedules -----------------------------------------------------------------------------------------------------


class _DatabaseClock:
    """Stands where django-q2's scheduler looks at the clock."""

    @staticmethod
    def now() -> datetime:
        return clock.now()


def schedule_by_database_clock() -> None:
    """Let django-q2's scheduler ask the database for the time.

    A host whose clock is a day ahead would fire everything at once and put off all schedules for everybody by a day.
    """
    django_q.scheduler.timezone = _DatabaseClock()
    django_q.scheduler.localtime = lambda: timezone.localtime(clock.now())


def mend_times() -> int:
    """After the database's own clock was ahead and was put right: nothing waits for the time it showed.

    A run that began in the future is the proof of that. Returns how many schedules and tasks were moved.
    """
    now = clock.now()
    late = now + timedelta(seconds=Conf.RETRY) + SLACK
    moved: int = OrmQ.objects.filter(lock__gt=late).update(lock=now)
    if not JobRun.objects.filter(started_at__gt=now + SLACK).exists():
        return moved
    for row in Schedule.objects.filter(next_run__gt=now + SLACK):
        interval = _interval(row)
        if interval is not None and row.next_run > now + interval + SLACK:
            ahead = row.next_run - now - interval
            # Daily ones keep their hour.
            back = -(-ahead // interval) * interval if row.schedule_type == Schedule.DAILY else ahead
            moved += Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(
                next_run=row.next_run - back
            )
    return moved


def _interval(row: Schedule) -> timedelta | None:
    if row.schedule_type == Schedule.MINUTES and row.minutes:
        return timedelta(minutes=row.minutes)
    return timedelta(days=1) if row.schedule_type == Schedule.DAILY else None
