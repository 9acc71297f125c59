"""Running a piece of work in a forked process that is killed (SIGKILL) at a chosen step.

A step is one database statement or one HTTP call of the work. The parent then looks at what is left.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from gullu.http import HttpSession


class Steps:
    """Counts steps and kills its process when it reaches the last one, before or after doing it."""

    def __init__(self, *, die_at: int, after: bool) -> None:
        self.count, self.die_at, self.after = 0, die_at, after

    def around(self, action: Callable[[], Any]) -> Any:
        self.count += 1
        last = self.count == self.die_at
        if last and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = action()
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def run_and_die(work: Callable[[], Any], *, die_at: int, after: bool = False) -> bool:
    """Fork, do the work, die at that step. Returns whether the child was killed (False: it had fewer steps)."""
    process_id = os.fork()
    if process_id == 0:
        _child(work, Steps(die_at=die_at, after=after))
    _pid, status = os.waitpid(process_id, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0, f"the child failed instead of dying: {status}"
    _wait_until_locks_are_free()
    return killed


def _child(work: Callable[[], Any], steps: Steps) -> None:
    try:
        # The parent's sockets must not be spoken on: forget them and open new ones.
        DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]
        for alias in list(connections):
            connections[alias].connection = None
            connections[alias]._pool = None  # type: ignore[attr-defined]
        send = HttpSession.request
        HttpSession.request = lambda self, *a, **k: steps.around(lambda: send(self, *a, **k))  # type: ignore[method-assign]
        with ExitStack() as stack:
            stack.enter_context(
                connection.execute_wrapper(lambda execute, *a: steps.around(lambda: execute(*a)))
            )
            work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  (nothing may leave the forked child)
        import traceback

        traceback.print_exc()
        os._exit(3)


def _wait_until_locks_are_free() -> None:
    """The server notices the death of a client a moment later; its locks go with it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.02)
    raise AssertionError("locks of a killed process stay")
