#!/usr/bin/env python
"""Django's command line; a wrong setting or a database that cannot start is one sentence, not a traceback."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def main() -> int:
    """Run a management command; 1 when the environment does not allow it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gullu.settings")
    try:
        from django.core.management import execute_from_command_line

        from gullu.audit.work import command
        from gullu.embedded import EmbeddedDatabaseError
        from gullu.env import ConfigError
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"{error.name} is missing in {sys.executable}; run `make setup` and use .venv/bin/python.\n"
        )
        return 1
    end_in_order_on_sigterm()
    try:
        with command(sys.argv):
            execute_from_command_line(sys.argv)
    except (ConfigError, EmbeddedDatabaseError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def end_in_order_on_sigterm() -> None:
    """Let SIGTERM run the exit handlers, so that the last user of the embedded database stops it.

    Forked workers inherit the handler, and are to end at once as they would without it.
    """
    main_process = os.getpid()

    def handler(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != main_process:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, handler)


if __name__ == "__main__":
    sys.exit(main())
