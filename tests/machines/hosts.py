"""Hosts: processes of the product with a host name of their own, on one database, one Redis and one practice Trendyol."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests
from django.conf import settings
from django.db import connection, connections

from gullu.processes import _end_with, answers

ROOT = Path(__file__).resolve().parents[2]
CSRF = "c" * 32
HOLDER = "holder of a lock"
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(look: Callable[[], T], *, seconds: float = 120, what: str = "") -> T:
    """The first true thing that `look` sees."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
    return found


def database_url() -> str:
    """The test database, for processes that read the environment."""
    given = connection.settings_dict
    host, port, name = str(given["HOST"]), given["PORT"], given["NAME"]
    if host.startswith("/"):
        return f"postgresql://{given['USER']}@/{name}?host={host}&port={port}"
    return f"postgresql://{given['USER']}:{given['PASSWORD']}@{host}:{port}/{name}"


@dataclass(slots=True)
class Program:
    """One process of the product with its children, and what it logs."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    def kill(self) -> None:
        """What a power cut does: all of it at once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask_to_end(self) -> None:
        """What systemd does with KillMode=mixed: the main process alone is asked."""
        self.process.terminate()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def began(self) -> bool:
        """A worker: all its processes are there. Its guard names the queue when it begins, and when it is done."""
        return self.log.read_bytes().count(b"[gullu]") > 1

    def answers(self) -> bool:
        """A web server: it listens, or was killed."""
        return not self.alive or answers("127.0.0.1", self.port)


@dataclass(slots=True)
class Hosts:
    """Starts programs and ends them all."""

    folder: Path
    environment: dict[str, str]
    programs: list[Program] = field(default_factory=list)

    def web(self, host: str, *, ahead: float = 0) -> Program:
        """A web server that listens; its port is `port`."""
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(port),
            "--workers",
            "1",
        ]
        program = self._start(host, [*command, "--blocking-threads", "4", "gullu.wsgi:application"], ahead)
        program.port = port
        return program

    def worker(self, host: str, *, ahead: float = 0, schedules: bool = True) -> Program:
        """A worker; one without schedules writes none into tables that were emptied."""
        command = [sys.executable, "manage.py", "qcluster", "--skip-checks"]
        return self._start(host, command, ahead, ENABLE_JOBS=str(int(schedules)))

    def _start(self, host: str, command: list[str], ahead: float, **more: str) -> Program:
        log = self.folder / f"{len(self.programs)}-{host}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*_named(host), *command],
                env={**self.environment, "CLOCK_AHEAD": str(ahead), **more},
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A test run that is killed itself leaves nobody behind who would work on the next one's database.
                preexec_fn=_end_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        program = Program(process, log)
        self.programs.append(program)
        return program

    def end(self) -> None:
        for program in self.programs:
            if program.alive:
                program.kill()


def _named(host: str) -> list[str]:
    """A host name of its own, where this machine lets us; names of workers differ by their process anyway."""
    program = shutil.which("unshare")
    if (
        program
        and subprocess.run([program, "-u", "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0
    ):
        return [program, "-u", "sh", "-c", f'hostname {host} && exec "$@"', "sh"]
    return []


@contextmanager
def hosts(folder: Path, *, trendyol: str, redis: str) -> Iterator[Hosts]:
    """An empty set of hosts; whatever still runs at the end is killed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.machines.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "1",
        "ENABLE_JOBS": "1",
        "DATA_DIR": str(folder),
        "LOG_JSON": "0",
        "LOG_LEVEL": "INFO",
        "REDIS_URL": redis,
        "DB_POOL_SIZE": "4",
        "TRENDYOL_BASE_URL": trendyol,
        "TRENDYOL_SELLER_ID": "987654",
        "TRENDYOL_API_KEY": "sandbox-key",
        "TRENDYOL_API_SECRET": "sandbox-secret",
        "EXCHANGE_RATE_URL": "off",
    }
    found = Hosts(folder, environment)
    try:
        yield found
    finally:
        found.end()


def ask(web: Program, method: str, path: str, session: str, **options: Any) -> requests.Response:
    """One request of a person whose session this is; repeated while the answer is 5xx, as devices do."""

    def answer() -> requests.Response | None:
        found = ask_once(web, method, path, session, **options)
        return found if found.status_code < 500 else None

    found = wait_for(answer, what=f"an answer of {path}")
    assert found is not None
    return found


def ask_once(web: Program, method: str, path: str, session: str, **options: Any) -> requests.Response:
    """One request, whatever comes of it."""
    return requests.request(
        method,
        f"http://127.0.0.1:{web.port}{path}",
        cookies={settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF},
        headers={"X-CSRFToken": CSRF, "X-Requested-With": "scan"},
        timeout=30,
        allow_redirects=False,
        **options,
    )


@contextmanager
def held(sql: str) -> Iterator[None]:
    """Hold what this statement locks, on a connection of its own: whoever needs it is stopped in the middle."""
    holder = connections["default"].copy()
    holder.set_autocommit(False)
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT set_config('application_name', %s, false)", [HOLDER])
            cursor.execute(sql)
        yield
    finally:
        holder.rollback()
        holder.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pg_backend_pid() <> pid AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return bool(cursor.fetchone()[0])
