"""`manage.py serve`: the web server and the worker, kept running together or each on its own."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gullu.env_variables import ROOT
from gullu.processes import Child, ProcessError, Supervisor, answers

CPUS = os.cpu_count() or 1
# A request holds a thread and a connection: threads beyond the pool's size would only wait for one.
THREADS_PER_WEB_PROCESS = min(8, 2 * CPUS + 1)


def web(*, host: str, port: int, processes: int) -> Child:
    """The web server."""
    return Child(
        name="web",
        command=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", host, "--port", str(port)),
            *("--workers", str(processes), "--blocking-threads", str(THREADS_PER_WEB_PROCESS)),
            *(
                "--respawn-failed-workers",
                "--workers-kill-timeout",
                "8",
                "--no-ws",
                "--working-dir",
                str(ROOT),
            ),
            *("--log-level", "warning", "gullu.wsgi:application"),
        ],
    )


def worker() -> Child:
    """The process that runs schedules and queued work."""
    return Child(name="worker", command=[sys.executable, str(ROOT / "manage.py"), "qcluster"])


class Command(BaseCommand):
    """Starts both, restarts what crashes, and ends both at Ctrl-C or SIGTERM."""

    help = "Runs the web server and the worker until Ctrl-C; --only for machines that run one of them."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and how many web processes."""
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--only", choices=["web", "worker"], help="one of the two, not both")
        parser.add_argument("--processes", type=int, default=min(4, CPUS), help="web processes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse an unprepared database in words, then run until asked to stop."""
        self._check_migrations()
        try:
            if options["only"] == "worker":
                self._worker_only()
            else:
                self._web(options, beside_worker=options["only"] is None)
        except ProcessError as error:
            raise CommandError(str(error)) from error

    def _worker_only(self) -> None:
        """Asked to end, it takes nothing new and finishes what it began, as long as a job may take."""
        with Supervisor(grace_seconds=settings.JOB_TIMEOUT_SECONDS + 30) as supervisor:
            supervisor.start(worker())
            self.stdout.write("Worker (Ctrl-C stops it)")
            supervisor.watch()

    def _web(self, options: dict[str, Any], *, beside_worker: bool) -> None:
        host, port = options["host"], options["port"]
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        if answers(reachable, port):
            raise CommandError(
                f"Port {port} is used by another program; end it or choose another with --port."
            )
        with Supervisor() as supervisor:
            supervisor.start(web(host=host, port=port, processes=options["processes"]))
            supervisor.wait_for_port("web", host=reachable, port=port)
            if beside_worker:
                supervisor.start(worker())
            running = "web and worker" if beside_worker else "the web server"
            self.stdout.write(f"http://{reachable}:{port}/  (Ctrl-C stops {running})")
            supervisor.watch()

    def _check_migrations(self) -> None:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        # The parent only supervises: it must hold no connection, above all not across the forks of others.
        connection.close()
        if missing:
            raise CommandError(
                f"{len(missing)} database migrations are missing; run: python manage.py migrate"
            )
