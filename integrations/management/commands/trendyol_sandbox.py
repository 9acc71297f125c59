"""`manage.py trendyol_sandbox`: a local Trendyol to try the product against."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.trendyol.sandbox import Sandbox, StateFileError
from integrations.trendyol.sandbox.config import AGES
from integrations.trendyol.sandbox.seed import SeedError, load_seed


class Command(BaseCommand):
    help = "Run a local stand-in for Trendyol over HTTP until Ctrl-C."
    # Neither models nor the database are needed, so the command runs before there is one.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, default=8090, help="port, 0 for a free one (default: %(default)s)"
        )
        parser.add_argument("--shoppers", type=float, default=0.0, metavar="RATE", help="orders per minute")
        parser.add_argument(
            "--faults", default="", metavar="SPEC", help="e.g. price-and-inventory:timeout_after:1"
        )
        parser.add_argument("--state", default=None, metavar="PATH", help="file that keeps everything")
        parser.add_argument(
            "--seed", default="", metavar="FILE", help="JSON file for an empty sandbox, or demo"
        )
        parser.add_argument(
            "--batch-delay", type=float, default=2.0, metavar="SECONDS", help="until a batch is done"
        )
        parser.add_argument(
            "--ages", choices=sorted(AGES), default="real", help="how fast parcels move by themselves"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sandbox = self._prepare(options)
        stop = threading.Event()

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._start(sandbox, options)
            stop.wait()
        finally:
            sandbox.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _prepare(self, options: dict[str, Any]) -> Sandbox:
        if options["batch_delay"] < 0:
            raise CommandError("--batch-delay must not be negative.")
        try:
            sandbox = Sandbox(
                host=options["host"],
                port=options["port"],
                state_path=options["state"],
                batch_delay_seconds=options["batch_delay"],
                shoppers_per_minute=options["shoppers"],
                ages=AGES[options["ages"]],
            )
        except (StateFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        return sandbox

    def _start(self, sandbox: Sandbox, options: dict[str, Any]) -> None:
        try:
            sandbox.faults.add_spec(options["faults"])
            if options["seed"] and not sandbox.shop.stock():
                load_seed(sandbox.shop, options["seed"])
            sandbox.start()
        except (SeedError, ValueError, OSError, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Trendyol sandbox: {sandbox.base_url} (control page: {sandbox.base_url}/control)")
        self.stdout.flush()
