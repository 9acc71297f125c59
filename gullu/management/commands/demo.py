"""`manage.py demo`: the whole shop with a practice Trendyol, from nothing, in one command."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections
from django.utils.translation import gettext as _
from rich.console import Console

from gullu.demo import run
from gullu.demo.practice import Practice, free_port, is_real_account
from gullu.demo.sign_ins import SignIn
from gullu.demo.static_files import collect_if_changed
from gullu.embedded import EmbeddedDatabaseError
from gullu.errors import DomainError
from gullu.management.commands.serve import web, worker
from gullu.processes import Child, ProcessError, Supervisor


class Command(BaseCommand):
    help = "Run an invented shoe shop of the real size beside a practice Trendyol, until Ctrl-C."
    # The demo prepares what the checks would miss.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do the work, compare the stock, and end")
        parser.add_argument("--reset", action="store_true", help="drop the demo's shop and start over")
        parser.add_argument(
            "--port", type=int, default=8000, help="port of the web pages (default: %(default)s)"
        )
        parser.add_argument(
            "--sandbox-port",
            type=int,
            default=8090,
            help="port of the practice Trendyol (default: %(default)s)",
        )
        parser.add_argument(
            "--shoppers",
            type=float,
            default=0.5,
            metavar="RATE",
            help="new orders per minute (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._started = time.monotonic()
        # One line per call to the marketplace would bury the steps.
        logging.getLogger("integrations").setLevel(logging.WARNING)
        folder = run.demo_folder()
        try:
            with run.only_demo(folder), Supervisor() as supervisor:
                self._run(supervisor, folder, options)
                return
        except (DomainError, ProcessError, EmbeddedDatabaseError, OperationalError) as error:
            raise CommandError(str(error).strip()) from error
        # The supervisor ends the block quietly at Ctrl-C: that is how a running demo ends, but no result of --once.
        if options["once"]:
            raise CommandError(_("Interrupted before the work was done."), returncode=130)

    def _run(self, supervisor: Supervisor, folder: Path, options: Mapping[str, Any]) -> None:
        if is_real_account(settings.TRENDYOL):
            self._say(
                _(
                    "A real Trendyol account is configured; the demo does not use it and talks to its own sandbox."
                )
            )
        if options["reset"]:
            self._step(_("Dropping the old demo"))
            run.reset(folder)
        sign_ins = run.prepare(folder, step=self._step)
        practice = Practice(port=self._port(options["sandbox_port"]), folder=folder)
        self._step(_("Starting the practice Trendyol"))
        supervisor.start(practice.child())
        supervisor.wait_for_port("sandbox", port=practice.port, seconds=60)
        done = run.exchange(practice, step=self._step)
        self._summary(done)
        if options["once"]:
            run.require_agreement(done)
            return
        self._serve(supervisor, practice, sign_ins, options)

    def _serve(
        self, supervisor: Supervisor, practice: Practice, sign_ins: list[SignIn], options: Mapping[str, Any]
    ) -> None:
        self._step(_("Collecting static files"))
        collect_if_changed(practice.folder / "static-files")
        port = self._port(options["port"])
        practice.register_hook(port)
        if run.ask_for_forecasts():
            self._say(_("The worker forecasts the sales in the background; that takes some minutes."))
        # From here on this process only supervises: it holds no connection while others fork.
        for connection in connections.all():
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
        self._step(_("Starting web and worker"))
        supervisor.start(self._in(practice, web(host="127.0.0.1", port=port, processes=1), port))
        supervisor.wait_for_port("web", port=port, seconds=60)
        supervisor.start(self._in(practice, worker(), port))
        practice.set_shoppers(options["shoppers"])
        self._addresses(practice, sign_ins, port)
        supervisor.watch()

    def _in(self, practice: Practice, child: Child, port: int) -> Child:
        return Child(
            name=child.name,
            command=child.command,
            environment={
                **child.environment,
                **practice.environment(),
                **practice.webhook_environment(port),
            },
        )

    def _port(self, wanted: int) -> int:
        port = free_port(wanted)
        if port != wanted:
            self._say(
                _("Port %(wanted)s is taken, %(port)s is used instead.") % {"wanted": wanted, "port": port}
            )
        return port

    # -- telling -------------------------------------------------------------------------------------

    def _step(self, text: str) -> None:
        self._say(f"{time.monotonic() - self._started:5.1f} s  {text}", style="dim")

    def _say(self, text: str, *, style: str = "") -> None:
        """Colour on a terminal, plain lines elsewhere; texts and passwords are never read as markup."""
        self._console.print(text, style=style, markup=False)
        self._console.file.flush()

    def _summary(self, done: run.Exchange) -> None:
        now = run.waiting()
        self._say("")
        self._say(_("Orders in:  %(new)s new") % {"new": done.new_orders})
        self._say(
            _(
                "Stock out:  %(sent)s barcodes sent (%(quantity)s pairs), %(failed)s refused, %(skipped)s unchanged"
            )
            % done.push
        )
        self._say(
            _(
                "To prepare: %(ready)s orders, %(late)s late, %(urgent)s urgent, %(unpaid)s waiting for payment"
            )
            % {"ready": now.to_prepare, "late": now.late, "urgent": now.urgent, "unpaid": now.payment_pending}
        )
        if not done.differing:
            self._say(_("Both sides show the same stock."))

    def _addresses(self, practice: Practice, sign_ins: list[SignIn], port: int) -> None:
        self._say("")
        self._say(_("Open:       %(url)s") % {"url": f"http://127.0.0.1:{port}/"})
        self._say(_("Trendyol:   %(url)s") % {"url": f"{practice.base_url}/control"})
        for sign_in in sign_ins:
            self._say(f"  {sign_in.role:<10} {sign_in.username:<10} {sign_in.password}")
        self._say(_("Ctrl-C ends everything; the next start goes on from here."))
