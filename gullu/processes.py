"""Child processes that are kept alive, and never outlive their parent.

`with Supervisor() as supervisor:` starts children, `watch()` keeps them running until Ctrl-C or SIGTERM, and
leaving the block ends every process they started, however it ends and whether or not they cooperate.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any, Final, Self

import psutil

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.1
SNAPSHOT_SECONDS: Final = 5.0  # looking for descendants reads the whole process table
PR_SET_PDEATHSIG: Final = 1
STOP_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class ProcessError(Exception):
    """A child cannot be kept running; `str()` is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A command to keep running. `environment` is added to ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How restarts are paced, in seconds.

    The pause doubles from `first_pause` to `longest_pause` and starts anew once a child has lived for `healthy`.
    A child that never lived that long is given up after `attempts`: it is misconfigured, and repeating hides it.
    """

    first_pause: float = 1.0
    longest_pause: float = 30.0
    healthy: float = 5.0
    attempts: int = 3


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or the like; not an Exception, so that nothing on the way swallows it."""


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    descendants: list[psutil.Process] = field(default_factory=list)
    snapshot_at: float = 0.0
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = 0
    was_healthy: bool = False


class Supervisor:
    """Runs children. Use it in the main thread, as a context manager."""

    def __init__(self, *, grace_seconds: float = 10.0, patience: Patience | None = None) -> None:
        """`grace_seconds` is what children get between the request to end and the kill."""
        self.grace_seconds = grace_seconds
        self.patience = patience or Patience()
        self._running: list[_Running] = []
        self._old_handlers: dict[int, Any] = {}
        self._stopping = False
        self._hurry = False

    def __enter__(self) -> Self:
        """From here on the stop signals raise StopRequested, which the block may let pass."""
        for number in STOP_SIGNALS:
            self._old_handlers[number] = signal.signal(number, self._request_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """End all children; a stop request ends the block without an error."""
        self._stopping = True
        try:
            self._stop_all()
        finally:
            for number, handler in self._old_handlers.items():
                signal.signal(number, handler)
        return kind is not None and issubclass(kind, StopRequested)

    def start(self, child: Child) -> None:
        """Start a child; from now on it belongs to the supervisor."""
        running = _Running(child)
        self._running.append(running)
        _launch(running)

    def watch(self) -> None:
        """Keep the children running until a stop is requested.

        Raises ProcessError when a child ends again and again without having run properly.
        """
        while True:
            for running in self._running:
                self._look_after(running)
            time.sleep(POLL_SECONDS)

    def wait_for_port(
        self, child_name: str, *, port: int, host: str = "127.0.0.1", seconds: float = 30.0
    ) -> None:
        """Wait until something answers on the port. Raises ProcessError when the child ends first, or in time."""
        running = next(running for running in self._running if running.child.name == child_name)
        deadline = time.monotonic() + seconds
        while not answers(host, port):
            code = running.process.poll() if running.process else None
            if code is not None:
                raise ProcessError(f"{child_name} ended with code {code} before it answered on port {port}.")
            if time.monotonic() > deadline:
                raise ProcessError(f"{child_name} did not answer on port {port} within {seconds:g} seconds.")
            time.sleep(POLL_SECONDS)

    # --- restarting -------------------------------------------------------------------------------------------

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process is None:
            if now >= running.restart_at:
                _launch(running)
            return
        code = running.process.poll()
        lived = now - running.started_at
        if code is None:
            if lived >= self.patience.healthy:
                running.was_healthy, running.failures = True, 0
            if now >= running.snapshot_at:
                running.descendants = _descendants(running.process.pid)
                running.snapshot_at = now + SNAPSHOT_SECONDS
            return
        self._plan_restart(running, code=code)

    def _plan_restart(self, running: _Running, *, code: int) -> None:
        _kill_rest(running)
        running.process = None
        running.failures += 1
        if not running.was_healthy and running.failures >= self.patience.attempts:
            raise ProcessError(
                f"{running.child.name} ended {running.failures} times right after its start, "
                f"last with code {code}; its messages above say why."
            )
        pause = min(self.patience.first_pause * 2 ** (running.failures - 1), self.patience.longest_pause)
        running.restart_at = time.monotonic() + pause
        logger.warning("%s ended with code %s and is started again in %g s", running.child.name, code, pause)

    # --- ending -----------------------------------------------------------------------------------------------

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            raise StopRequested
        self._hurry = True

    def _stop_all(self) -> None:
        """Ask the children, wait, then kill what is left of their trees. A second Ctrl-C shortens the wait."""
        for running in self._running:
            if running.process is not None and running.process.poll() is None:
                running.descendants = _descendants(running.process.pid)
                _ask_to_end(running.process)
        deadline = time.monotonic() + self.grace_seconds
        while self._someone_lives() and time.monotonic() < deadline and not self._hurry:
            time.sleep(POLL_SECONDS / 2)
        for running in self._running:
            _kill_rest(running)

    def _someone_lives(self) -> bool:
        return any(
            running.process is not None and running.process.poll() is None for running in self._running
        )


# --- the operating system ---------------------------------------------------------------------------------------


def _launch(running: _Running) -> None:
    child = running.child
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        # A session of its own: Ctrl-C reaches only us, and the children are asked in order.
        options["start_new_session"] = True
        if sys.platform == "linux":
            options["preexec_fn"] = _end_with(os.getpid())
    try:
        running.process = subprocess.Popen(
            list(child.command),
            env={**os.environ, **child.environment},
            stdin=subprocess.DEVNULL,
            **options,
        )
    except OSError as error:
        raise ProcessError(f"{child.name} cannot be started: {error.strerror} ({error.filename}).") from error
    running.started_at = time.monotonic()
    running.descendants = []


def _end_with(parent: int) -> Callable[[], None]:
    """For the child, before it becomes its program: a SIGTERM when the parent dies, also by `kill -9`."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up here; after the fork as little as possible

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Ask the main process only: it knows the order in which its own workers are to end."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.terminate()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill_rest(running: _Running) -> None:
    """Kill the child if it still runs, its process group, and descendants that had left the group."""
    process = running.process
    if process is None:
        return
    descendants = {*running.descendants, *_descendants(process.pid)}
    if process.poll() is None:
        logger.warning("%s did not end when asked and is killed", running.child.name)
        process.kill()
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):  # nobody is left (macOS: only zombies are)
            os.killpg(process.pid, signal.SIGKILL)
    for descendant in descendants:
        with suppress(psutil.NoSuchProcess):
            descendant.kill()
    process.wait()


def answers(host: str, port: int) -> bool:
    """True when a program listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
