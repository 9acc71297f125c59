"""Two hosts with a web server and a worker each, started once for all tests here."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.trendyol.sandbox import NO_AGES, Sandbox
from tests.machines.hosts import Hosts, Program, free_port, hosts, wait_for

# The clock of the second host is a day ahead: nothing that hosts agree about may depend on it.
DAY = 86_400.0


@dataclass(slots=True)
class Redis:
    """A Redis that a test may kill."""

    process: subprocess.Popen[bytes]
    url: str


@dataclass(slots=True)
class Site:
    """What runs. `webs` and `workers` are by host: 0 has the right clock, 1 is a day ahead."""

    hosts: Hosts
    webs: list[Program]
    workers: list[Program]
    redis: Redis | None
    sandbox: Sandbox
    fired: dict[str, int]
    next_runs: dict[str, datetime]

    def live_worker(self, *, not_on: Program | None = None) -> Program:
        return next(it for it in self.workers if it.alive and it is not not_on)


@contextmanager
def _redis(folder: Path) -> Iterator[Redis | None]:
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("redis-server is missing on the CI machine")
        yield None
        return
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        yield Redis(process, f"redis://127.0.0.1:{port}/0")
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Two web servers, two workers, one Redis, one practice Trendyol with its real limits.

    The workers find an empty table of schedules: both write it and fire what is due. What they fired is kept.
    """
    folder = tmp_path_factory.mktemp("site")
    with (
        _redis(folder) as redis,
        Sandbox(batch_delay_seconds=0, split_delay_seconds=0, hang_seconds=60, ages=NO_AGES) as sandbox,
        hosts(folder, trendyol=sandbox.base_url, redis=redis.url if redis else "") as started,
    ):
        workers = [started.worker("host-a"), started.worker("host-b", ahead=DAY)]
        webs = [started.web("host-a"), started.web("host-b")]
        found = Site(started, webs, workers, redis, sandbox, {}, {})
        with django_db_blocker.unblock():
            _watch_schedules(found)
        yield found


def _watch_schedules(site: Site) -> None:
    from django.test import TransactionTestCase
    from django_q.models import OrmQ, Schedule, Task

    for worker in site.workers:
        wait_for(worker.began, what=f"the start of {worker.log}")
    wait_for(lambda: Task.objects.exists() and not OrmQ.objects.exists(), what="the first schedules")
    time.sleep(1)  # whoever fires a second time does it now
    site.fired = dict(Counter(Task.objects.values_list("group", flat=True)))
    site.next_runs = dict(Schedule.objects.values_list("name", "next_run"))
    TransactionTestCase._fixture_teardown(None)  # type: ignore[attr-defined]


@pytest.fixture
def ready(site: Site, transactional_db: Any) -> Site:
    """The site, once its web servers and a worker answer; a dead worker is replaced by one that may still begin."""
    for place, worker in enumerate(site.workers):
        if not worker.alive:
            site.workers[place] = site.hosts.worker("host-c", schedules=False)
    wait_for(lambda: any(worker.began() for worker in site.workers), what="the start of a worker")
    for web in site.webs:
        wait_for(web.answers, what="the web servers")
    return site


@pytest.fixture
def both(ready: Site) -> Site:
    """The site with two workers that look for work."""
    for worker in ready.workers:
        wait_for(worker.began, what=f"the start of {worker.log}")
    return ready
