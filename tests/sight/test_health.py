"""/healthz, /readyz and the page of the system: who is told what, and what makes a process unfit."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gullu.health import readiness
from gullu.health.beats import SILENT_SECONDS, silent_hosts, workers, write_beat
from gullu.health.broker import BeatingBroker
from gullu.health.readiness import Part, Readiness, State, current, measure, parts_of_database
from gullu.jobs import enqueue
from gullu.models import JobRun, WorkerBeat
from gullu.roles import MANAGER, OFFICE
from inventory.models import StockPushLog
from tests.factories import make_user

TOKEN = "a-monitor-knows-this-word"


@pytest.fixture(autouse=True)
def nothing_kept() -> Any:
    readiness.forget()
    yield
    readiness.forget()


def keep(*parts: Part) -> None:
    """Let the next questions be answered by this."""
    readiness._kept.value, readiness._kept.until = Readiness(timezone.now(), parts), float("inf")


def state_of(parts: Any) -> dict[str, State]:
    return {part.name: part.state for part in parts}


# --- healthz ----------------------------------------------------------------------------------------------------


def test_healthz_answers_a_proxy_that_asks_by_number_and_without_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["shop.example"]

    answer = Client().get("/healthz", headers={"host": "10.0.0.7:8000"})

    # Without a database fixture a statement would have failed the test.
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"ok", "text/plain")
    assert answer.cookies == {}


# --- readyz -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (State.DOWN, 503, "not ok"),
        (State.DEGRADED, 200, "ok"),
        (State.STALE, 200, "ok"),
        (State.UNUSED, 200, "ok"),
        (State.OK, 200, "ok"),
    ],
)
def test_only_a_part_that_is_down_takes_the_process_out(state: State, status: int, words: str) -> None:
    keep(Part("database", state, "words about our server"))

    answer = Client().get("/readyz", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.json()) == (status, {"status": words})


def test_readyz_tells_a_monitor_with_the_token_everything(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    keep(Part("worker", State.STALE, "None lives", 90))

    told = [
        Client().get("/readyz", headers={"authorization": f"Bearer {word}"}).json().get("parts")
        for word in (TOKEN, TOKEN[:-1], "", "ü")
    ]

    assert told == [
        {"worker": {"state": "STALE", "age_seconds": 90, "words": "None lives"}},
        None,
        None,
        None,
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "told"), [(MANAGER, True), (OFFICE, False)])
def test_readyz_tells_people_with_the_right_everything(client: Client, role: str, told: bool) -> None:
    client.force_login(make_user(role))
    keep(Part("worker", State.OK, "1 live"))

    assert ("parts" in client.get("/readyz").json()) is told


def test_flood_of_probes_asks_once() -> None:
    asked = []

    def ask() -> Readiness:
        asked.append(1)
        return Readiness(timezone.now(), ())

    current(ask=ask)
    readiness._kept.until = float("inf")
    for _ in range(50):
        current(ask=ask)

    assert len(asked) == 1


def nowhere() -> DatabaseWrapper:
    """A connection to a port nobody listens on."""
    port = {"HOST": "127.0.0.1", "PORT": "9", "USER": "nobody", "PASSWORD": "hunter2", "NAME": "none"}
    return DatabaseWrapper({**connection.settings_dict, **port, "OPTIONS": {"connect_timeout": 2}}, "default")


@pytest.mark.django_db
def test_database_that_is_gone_makes_the_process_unfit_and_no_word_tells_its_address() -> None:
    state = measure(nowhere())

    assert (state.fit, state_of(state.parts)) == (False, {"database": State.DOWN, "cache": State.UNUSED})
    assert "OperationalError" in state.parts[0].words
    assert "hunter2" not in str(state.as_dict(details=True))


@pytest.mark.django_db
def test_missing_migration_makes_the_process_unfit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'gullu' AND name = '0009_sessions'")

    parts = parts_of_database()

    assert state_of(parts) == {"database": State.OK, "migrations": State.DOWN}
    assert "gullu.0009_sessions" in parts[1].words


@pytest.mark.django_db
def test_ages_are_judged_and_take_nobody_out(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    before = state_of(parts_of_database())
    write_beat(host="depo", pid=7, first=True)
    at = now - timedelta(minutes=29)
    JobRun.objects.create(name="sync_orders", trigger="SCHEDULE", state="DONE", started_at=at, ended_at=at)
    StockPushLog.objects.create(push_time=now - timedelta(minutes=31), success=True)

    with django_assert_num_queries(5):
        parts = parts_of_database()

    assert before | {"database": State.OK, "migrations": State.OK} == before
    assert [before[name] for name in ("worker", "pull", "push")] == [State.STALE] * 3
    assert state_of(parts) == {
        "database": State.OK,
        "migrations": State.OK,
        "worker": State.OK,
        "pull": State.OK,
        "push": State.STALE,
    }
    assert Readiness(now, tuple(parts)).fit
    ages = {part.name: part.age_seconds for part in parts}
    assert ages["pull"] // 60 == 29
    assert ages["push"] // 60 == 31


@pytest.mark.django_db
def test_shop_without_a_marketplace_is_not_late(settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": ""}

    states = state_of(parts_of_database())

    assert (states["pull"], states["push"]) == (State.UNUSED, State.UNUSED)


@pytest.mark.django_db(transaction=True)
def test_readyz_measures_over_a_connection_with_short_limits() -> None:
    seen: dict[str, Any] = {}

    def ask() -> Readiness:
        state = measure()
        seen["after"] = connection.settings_dict["OPTIONS"]
        return state

    state = current(ask=ask)

    assert (state.fit, state_of(state.parts)["migrations"]) == (True, State.OK)
    # The thread has its usual connection back.
    assert seen["after"] == settings.DATABASES["default"]["OPTIONS"]


def test_redis_that_does_not_answer_is_degraded(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1},
        }
    }

    assert readiness.cache_part().state is State.DEGRADED


# --- signs of life ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_worker_that_was_killed_is_silent_until_its_machine_has_another_one() -> None:
    for host, pid, seconds in (("a", 1, SILENT_SECONDS + 5), ("b", 2, 3), ("b", 3, SILENT_SECONDS + 90)):
        write_beat(host=host, pid=pid, first=False)
        seen_at = timezone.now() - timedelta(seconds=seconds)
        WorkerBeat.objects.filter(host=host, pid=pid).update(seen_at=seen_at)

    assert [(worker.host, worker.pid) for worker in silent_hosts(workers())] == [("a", 1)]

    write_beat(host="a", pid=4, first=True)

    assert silent_hosts(workers()) == []
    assert [(worker.host, worker.pid) for worker in workers()] == [("a", 4), ("b", 2), ("b", 3)]


@pytest.mark.django_db
def test_guard_writes_rarely_however_often_it_reports() -> None:
    broker = BeatingBroker()
    for _ in range(10):
        broker.set_stat("key", "value", 3)

    beat = WorkerBeat.objects.get()
    assert beat.seen_at == beat.started_at


@pytest.mark.django_db
def test_worker_that_ends_as_asked_is_not_missed_and_one_that_breaks_is() -> None:
    write_beat(host=socket.gethostname(), pid=os.getpid(), first=True)

    try:
        int("no number")
    except ValueError:
        BeatingBroker.end()
    broken = WorkerBeat.objects.count()
    BeatingBroker.end()

    assert (broken, WorkerBeat.objects.count()) == (1, 0)


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_of_the_system_takes_as_many_statements_for_a_busy_shop_as_for_an_empty_one(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(make_user(MANAGER))
    url = reverse("system_state")
    keep(Part("database", State.OK, "Answers"), Part("worker", State.STALE, "None", 90))
    with django_assert_max_num_queries(40) as empty:
        assert client.get(url).status_code == 200
    now = timezone.now()
    for number, name in enumerate(("sync_orders", "check_stock", "backup")):
        write_beat(host=f"host{number}", pid=number, first=True)
        JobRun.objects.create(name=name, trigger="SCHEDULE", state="FAILED", started_at=now, error="503")
        enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")

    with django_assert_max_num_queries(len(empty)):
        page = client.get(url)

    state = page.context["state"]
    assert [(row.standing.name, row.standing.failures) for row in state.jobs] == [
        ("backup", 1),
        ("check_stock", 1),
        ("sync_orders", 1),
    ]
    assert (state.queue.waiting, state.queue.taken, len(state.workers)) == (3, 0, 3)
    assert state.queue.oldest_name == "integrations.tasks.pull_orders_job"


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [(MANAGER, 200), (OFFICE, 403)])
def test_page_of_the_system_is_for_those_with_the_right(client: Client, role: str, status: int) -> None:
    client.force_login(make_user(role))
    keep(Part("database", State.OK, "Answers"))

    assert client.get(reverse("system_state")).status_code == status
