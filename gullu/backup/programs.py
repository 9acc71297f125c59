"""pg_dump and psql as streams."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from gullu.backup.connections import libpq_environment
from gullu.backup.errors import DumpFailed, RestoreFailed, ServerTooNew
from gullu.backup.snapshot import LEFT_OUT
from gullu.embedded.binaries import MAJOR_VERSION, binary, reason_in
from gullu.env_variables import BY_NAME

# Our pg_dump writes it for every server, and servers before 17 do not know it.
_TIMEOUT_LINE: Final = b"\nSET transaction_timeout = 0;\n"
_HEAD_BYTES: Final = 8_192


def require_readable(database: BaseDatabaseWrapper) -> int:
    """The server's version as a number (180004). Raises `ServerTooNew`: pg_dump reads no server newer than itself."""
    with database.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    if version // 10_000 > int(MAJOR_VERSION):
        raise ServerTooNew(server=version // 10_000, ours=MAJOR_VERSION)
    return version


@contextmanager
def dumping(database: BaseDatabaseWrapper, *, snapshot: str) -> Iterator[IO[bytes]]:
    """The database as gzipped SQL, of the moment of `snapshot`. Raises `DumpFailed`."""
    options = ["--format=plain", "--compress=gzip:5", f"--snapshot={snapshot}", "--no-password"]
    options += ["--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions"]
    options += ["--lock-wait-timeout=60000", *(f"--exclude-table-data={name}" for name in LEFT_OUT)]
    with tempfile.TemporaryFile() as complaints:
        process = _start("pg_dump", options, database, stdout=subprocess.PIPE, stderr=complaints)
        assert process.stdout is not None  # noqa: S101 - for the type: a pipe was asked for
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            process.wait()
        if process.returncode != 0:
            raise DumpFailed(reason=_complaint(complaints))


class Loading:
    """Feeds SQL to psql inside one transaction. Without `commit` nothing remains, however this process ends."""

    def __init__(
        self, process: subprocess.Popen[bytes], complaints: IO[bytes], *, drop_timeout: bool
    ) -> None:
        self._process, self._complaints = process, complaints
        self._head: bytes | None = b"" if drop_timeout else None
        self.committed = False

    def write(self, sql: bytes) -> None:
        """Raises `RestoreFailed` with psql's reason when it has given up."""
        if self._head is not None:
            self._head += sql
            if len(self._head) < _HEAD_BYTES:
                return
            sql, self._head = self._head.replace(_TIMEOUT_LINE, b"\n", 1), None
        self._send(sql)

    def commit(self) -> None:
        """Make it lasting; raises `RestoreFailed` when the server refuses."""
        if self._head is not None:
            self._send(self._head.replace(_TIMEOUT_LINE, b"\n", 1))
        # An end of the input commits nothing: only this line does.
        self._send(b"\nCOMMIT;\n")
        self._close()
        if self._process.wait() != 0:
            self._fail()
        self.committed = True

    def abandon(self) -> None:
        """Let go of what was sent."""
        self._process.kill()
        self._close()
        self._process.wait()

    def _send(self, sql: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - for the type: a pipe was asked for
        try:
            self._process.stdin.write(sql)
        except BrokenPipeError:
            self._fail()

    def _close(self) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def _fail(self) -> None:
        self._process.wait()
        raise RestoreFailed(reason=_complaint(self._complaints))


@contextmanager
def loading(database: BaseDatabaseWrapper) -> Iterator[Loading]:
    """A transaction into which a dump is loaded; given up unless `commit` was called. Raises `RestoreFailed`."""
    with database.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"]
    with tempfile.TemporaryFile() as complaints:
        process = _start(
            "psql", options, database, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints
        )
        load = Loading(process, complaints, drop_timeout=version < 170_000)
        try:
            load._send(b"BEGIN;\n")  # noqa: SLF001 - its own beginning
            yield load
        finally:
            if not load.committed:
                load.abandon()


def _start(
    name: str, options: list[str], database: BaseDatabaseWrapper, **streams: Any
) -> subprocess.Popen[bytes]:
    # The shop's own secrets are none of theirs.
    ours = {key: value for key, value in os.environ.items() if not (key in BY_NAME and BY_NAME[key].secret)}
    environment = {**ours, **libpq_environment(database), "LC_ALL": "C"}
    return subprocess.Popen([str(binary(name)), *options], env=environment, **streams)


def _complaint(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return reason_in(complaints.read().decode(errors="replace"))
