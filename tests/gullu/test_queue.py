"""The queue in the database: whose a task is, and what becomes of one whose workers die or whose database is away."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import django_q.scheduler
import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signals import post_execute_in_worker, pre_execute

from gullu import jobs, queue
from gullu.audit.work import begin_task, end_task
from gullu.embedded.binaries import EmbeddedDatabaseError
from gullu.jobs import enqueue
from gullu.queue import Broker, Presence, begin, take_over

TASK = "integrations.tasks.pull_orders_job"
MINE = "here-1-00000000"


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a worker; its presence is looked at by tests of its own."""
    monkeypatch.setenv("GULLU_WORKER", MINE)
    monkeypatch.setattr(queue, "present", lambda owner: SimpleNamespace(owner=owner))
    monkeypatch.setattr(queue, "LOOK_SECONDS", float("inf"))
    monkeypatch.setattr(Conf, "POLL", 0)


def fetched() -> dict[str, Any]:
    """A task as the process that runs it is given it."""
    if not OrmQ.objects.exists():
        enqueue(TASK)
    ((row, _payload),) = Broker("gullu")._fetch()
    return {"ack_id": row, "func": TASK}


def owner_dies() -> None:
    """Two looks at the queue: nobody holds the lock of the owner."""
    take_over(take_over({}))


@contextmanager
def one_failure(of: str) -> Iterator[list[str]]:
    """The first statement that begins so finds a database that is away."""
    failed: list[str] = []

    def fails_once(execute: Any, sql: str, *given: Any) -> Any:
        if not failed and sql.strip().startswith(of):
            failed.append(sql)
            raise OperationalError("terminating connection due to administrator command")
        return execute(sql, *given)

    with connection.execute_wrapper(fails_once):
        yield failed


@pytest.mark.django_db(transaction=True)
def test_task_that_was_given_to_another_worker_is_not_begun() -> None:
    """A worker that is asked to end has lost its lock, and may still have fetched tasks at hand."""
    task = fetched()
    owner_dies()

    with pytest.raises(SystemExit):
        begin(task=task)
    begin(task=fetched())
    with pytest.raises(SystemExit):
        begin(task={"ack_id": 0, "func": TASK})  # taken off the queue by hand

    assert OrmQ.objects.get().key.startswith(f"gullu#1@{MINE}-")


@pytest.mark.django_db(transaction=True)
def test_task_that_ends_its_worker_each_time_becomes_a_failure(settings: Any) -> None:
    seen = []
    for _time in range(settings.Q_CLUSTER["max_attempts"]):
        begin(task=fetched())
        seen.append(jobs.redelivered.get())
        owner_dies()

    assert (seen, OrmQ.objects.count()) == ([False, True, True], 0)
    failure = Failure.objects.get()
    assert (failure.func, failure.result) == (TASK, "Its worker ended 3 times before it was done.")


@pytest.mark.django_db(transaction=True)
def test_task_that_was_only_fetched_is_not_blamed_for_the_death_of_its_worker() -> None:
    for _time in range(5):
        fetched()
        owner_dies()

    assert (OrmQ.objects.get().key, Failure.objects.count()) == ("gullu", 0)


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_for_a_moment_costs_neither_a_begin_nor_an_end() -> None:
    """Without patience the task would lie there for an hour, or run once more after it."""
    task = fetched()

    with one_failure("UPDATE") as begins:
        begin(task=task)
    with one_failure("DELETE") as ends:
        Broker("gullu").acknowledge(task["ack_id"])

    assert (len(begins), len(ends), OrmQ.objects.count()) == (1, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_schedules_missed_for_days_cost_no_statement_each(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(django_q.scheduler, "timezone", django_q.scheduler.timezone)
    monkeypatch.setattr(django_q.scheduler, "localtime", django_q.scheduler.localtime)
    queue.schedule_by_database_clock()
    then = timezone.now() - timedelta(days=3)
    Schedule.objects.create(func=TASK, schedule_type="I", minutes=1, next_run=then, repeats=-1)

    with django_assert_max_num_queries(8):
        scheduler(Broker("gullu"))

    assert OrmQ.objects.count() == 1
    assert abs(Schedule.objects.get().next_run - timezone.now()) < timedelta(minutes=2)


class _Shaken(Presence):
    """Its first try ends in an error that is none of the database's."""

    tries = 0

    def _hold(self) -> None:
        self.tries += 1
        if self.tries == 1:
            raise EmbeddedDatabaseError("The embedded database cannot be started.")


def test_presence_outlives_every_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "RECONNECT_SECONDS", 0)

    _Shaken("somebody").insist()


class _Absent(Presence):
    tried = False

    def _hold(self) -> None:
        if self.tried:
            threading.Event().wait()
        self.tried = True
        raise OperationalError("too many clients already")


def test_nothing_is_fetched_or_begun_without_presence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE_SECONDS", 0)

    with pytest.raises(OperationalError):
        _Absent("nobody").insist()


def test_spawned_process_of_the_worker_is_hooked_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no fork: nothing the main process connected is known there."""
    monkeypatch.setattr(django_q.scheduler, "timezone", django_q.scheduler.timezone)
    monkeypatch.setattr(django_q.scheduler, "localtime", django_q.scheduler.localtime)
    monkeypatch.setattr(multiprocessing, "parent_process", object)
    settings.FORKS = True

    apps.get_app_config("gullu").ready()

    found = [pre_execute.disconnect(it) for it in (queue.begin, begin_task)]
    assert [*found, post_execute_in_worker.disconnect(end_task)] == [True] * 3
    assert isinstance(django_q.scheduler.timezone, queue._DatabaseClock)
