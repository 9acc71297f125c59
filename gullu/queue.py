"""The queue in the database, for any number of workers on any number of machines.

django-q2 brings the workers and the table; three things are added to its broker:

* Times are the database's. A worker whose own clock is wrong neither takes what another one works on nor waits for a
  moment that lies a day ahead.
* Every task says whose it is: first of the worker (`qcluster`) that fetched it, then of the process that runs it. An
  owner is alive as long as it holds an advisory lock of its name, which PostgreSQL frees with its connection.
* What a dead owner leaves is given to the next worker within half a minute; django-q2 alone would wait for
  `retry`, an hour. A task that was begun `max_attempts` times and never ended is a failure: it may be what kills them.

The owner stands in the key of the row: `gullu`, `gullu@owner`, and `gullu#2@owner` once it was begun twice.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import django_q.scheduler
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule
from django_q.monitor import save_task
from django_q.signals import post_execute_in_worker, pre_execute

from gullu import clock, jobs
from gullu.audit.work import begin_task, end_task
from gullu.locks import lock_key
from gullu.models import JobRun

logger = logging.getLogger("gullu.worker")
T = TypeVar("T")

KEEP_ALIVE_SECONDS: Final = 3.0
RECONNECT_SECONDS: Final = 1.0
# As long as this the start of some work waits for its own sign of life.
PATIENCE_SECONDS: Final = 30.0
# An owner must be missing at two looks in a row: a lock is gone for a moment while a lost connection is made anew.
LOOK_SECONDS: Final[float] = settings.Q_CLUSTER["look_seconds"]
MOST_TRIES: Final[int] = settings.Q_CLUSTER["max_attempts"]
# A clock that was wrong by less than this is not worth correcting what was written by it.
SLACK: Final = timedelta(minutes=1)

_LONGEST_HOST: Final = 30
# In the environment, because processes that are spawned instead of forked inherit nothing else.
_NAME: Final = "GULLU_WORKER"

# Materialized: a subquery could be run again for each row, and each time take others.
_FETCH: Final = """
    WITH free AS MATERIALIZED (
        SELECT id FROM django_q_ormq
         WHERE split_part(split_part(key, '@', 1), '#', 1) = %(queue)s AND lock <= clock_timestamp()
         ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    UPDATE django_q_ormq AS task
       SET lock = clock_timestamp() + %(retry)s, key = split_part(key, '@', 1) || '@' || %(owner)s
      FROM free WHERE task.id = free.id
    RETURNING task.id, task.payload
"""
_BEGIN: Final = """
    UPDATE django_q_ormq
       SET key = split_part(split_part(key, '@', 1), '#', 1) || '#'
              || coalesce(nullif(split_part(split_part(key, '@', 1), '#', 2), ''), '0')::int + 1 || '@' || %(owner)s
     WHERE id = %(task)s AND split_part(key, '@', 2) = ANY (%(owners)s)
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
        self._held = threading.Event()
        threading.Thread(target=self._keep, name="presence", daemon=True).start()

    def insist(self) -> None:
        """Wait until the lock is held: what is fetched or begun without it would look like a dead owner's.

        Raises OperationalError when that takes too long, for instance because the server has no connection left.
        """
        if not self._held.wait(timeout=PATIENCE_SECONDS):
            raise OperationalError("this worker cannot show that it is alive")

    def _keep(self) -> None:
        while True:
            try:
                self._hold()
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave living work to others
                logger.warning("The database does not answer; trying again: %s", error)
                self._let_go()
                time.sleep(RECONNECT_SECONDS)
            else:
                self._held.set()
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

    def _let_go(self) -> None:
        self._held.clear()
        broken, self._holder = self._holder, None
        if broken is not None:
            with suppress(DatabaseError):
                broken.close()


def owner_key(owner: str) -> int:
    """Key of the lock an owner holds."""
    return lock_key(f"queue.owner.{owner}")


def new_name() -> str:
    """A name for this worker: host, process and chance, as one word."""
    host = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in socket.gethostname())
    return f"{host[:_LONGEST_HOST]}-{os.getpid()}-{secrets.token_hex(4)}"


class _Mine:
    """Who this process is to the queue. Forked processes of one worker never share `presence`."""

    presence: Presence | None = None
    process: int = 0


def present(owner: str) -> Presence:
    """This process's presence under that name, which is held; made once per process. Raises OperationalError."""
    if _Mine.presence is None or _Mine.process != os.getpid():
        _Mine.presence, _Mine.process = Presence(owner), os.getpid()
    _Mine.presence.insist()
    return _Mine.presence


def name_worker() -> str:
    """Name this worker; called by the main process, before it starts others."""
    os.environ[_NAME] = new_name()
    return os.environ[_NAME]


def prepare() -> None:
    """Hook up to django-q2: in the worker's main process, and in each process that it does not fork but spawn."""
    schedule_by_database_clock()
    pre_execute.connect(begin)
    pre_execute.connect(begin_task)
    post_execute_in_worker.connect(end_task)
    post_execute_in_worker.connect(jobs.clean_failure)


def begin(*, task: Mapping[str, Any], **_: Any) -> None:
    """Receiver of django-q2's `pre_execute`, its only hook in the process that runs a task: now the task is ours.

    A task that is not this worker's any more (it was taken for dead, or ended slowly while others went on) is not run:
    the process ends, and its guard starts another one. A database that is away is waited for.
    """
    row = task.get("ack_id")
    if row is None:
        return
    tries = _patiently(lambda: _begun(row))
    if not tries:
        logger.warning("task %s is another worker's by now, and is left to it", row)
        raise SystemExit(0)
    jobs.redelivered.set(tries > 1)


def _patiently(action: Callable[[], T]) -> T:
    """Try until the database answers."""
    while True:
        try:
            return action()
        except DatabaseError as error:
            logger.warning("The database does not answer; trying again: %s", error)
            connection.close()
            time.sleep(Conf.POLL)


def _begun(row: int) -> int:
    """How often this task was begun, with this time; 0 when it is not this worker's."""
    worker = os.environ.get(_NAME, "")
    owner = present(f"{worker}-{os.getpid()}").owner
    with connection.cursor() as cursor:
        # Ours already: the answer to a first try may have been lost.
        cursor.execute(_BEGIN, {"owner": owner, "owners": [worker, owner], "task": row})
        found = cursor.fetchone()
    return _tries(found[0]) if found else 0


def _tries(key: str) -> int:
    return int(key.partition("@")[0].partition("#")[2] or 0)


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

    def acknowledge(self, task_id: int) -> None:
        """Forget a task that ended; waits for a database that is away, or the task would come again in an hour."""
        _patiently(lambda: self.delete(task_id))

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
        owner = present(os.environ.get(_NAME) or new_name()).owner
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
    if _tries(key) >= MOST_TRIES:
        _give_up(row, key)
    elif OrmQ.objects.filter(pk=row, key=key).update(key=waiting, lock=Now()):
        logger.warning("worker %s is gone; its task %s is given to another one", owner, row)


def _give_up(row: int, key: str) -> None:
    """Make it a failure that staff see: its schedule would add another one to it again and again."""
    found = OrmQ.objects.filter(pk=row, key=key).first()
    if found is None:
        return
    task, reason = found.task, f"Its worker ended {_tries(key)} times before it was done."
    logger.error("task %s (%s) is given up: %s", row, task.get("func"), reason)
    if "func" in task:
        save_task({**task, "result": reason, "success": False, "stopped": clock.now()}, Broker())
    OrmQ.objects.filter(pk=row, key=key).delete()


# --- schedules -----------------------------------------------------------------------------------------------------


class _DatabaseClock:
    """Stands where django-q2's scheduler looks at the clock: asked once for all that is due."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def now(self) -> datetime:
        """The beginning of a look at the schedules."""
        self.moment = clock.now()
        return self.moment

    def local(self) -> datetime:
        """Asked in a loop: once for each time that was missed."""
        return timezone.localtime(self.moment or clock.now())


def schedule_by_database_clock() -> None:
    """Let django-q2's scheduler ask the database for the time.

    A host whose clock is a day ahead would fire everything at once and put off all schedules for everybody by a day.
    """
    by_database = _DatabaseClock()
    django_q.scheduler.timezone = by_database
    django_q.scheduler.localtime = by_database.local


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
