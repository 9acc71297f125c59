"""Start, join, leave and stop the embedded server of a data folder."""

from __future__ import annotations

import atexit
import logging
import multiprocessing.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from filelock import FileLock, Timeout

from gullu.embedded import account as accounts
from gullu.embedded import files as layout
from gullu.embedded import postmaster, users
from gullu.embedded.account import Account
from gullu.embedded.binaries import EmbeddedDatabaseError, install_folder, reason_in, run
from gullu.embedded.files import SUPERUSER, Durability, Files
from gullu.embedded.postmaster import Postmaster

logger = logging.getLogger(__name__)

DATABASE: Final = "gullu"
LOCK_WAIT_SECONDS: Final = 180
START_WAIT_SECONDS: Final = 120  # crash recovery after a power cut takes longer than a start
STOP_WAIT_SECONDS: Final = 30
ORPHANS_WAIT_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """How to reach the server. `host` is a socket folder (POSIX) or 127.0.0.1 (Windows)."""

    host: str
    port: int
    user: str
    dbname: str
    password: str = field(repr=False)
    pid: int

    def libpq_environment(self) -> dict[str, str]:
        """The PG* variables for psql, pg_dump and the like."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": self.dbname,
            "PGPASSWORD": self.password,
        }


@dataclass(frozen=True, slots=True)
class Status:
    """What runs in a data folder: the server if any, and the process ids of its users."""

    server: ServerInfo | None
    users: list[int]


@dataclass(slots=True)
class _Use:
    """This process's use of one server; the process and host are known once it runs."""

    membership: users.Membership
    process: psutil.Process | None = None
    host: str = ""


class _Joined:
    """The servers this process uses. A forked child inherits the entries together with the locks."""

    def __init__(self) -> None:
        self.process_id = os.getpid()
        self.members: dict[Path, _Use] = {}


_joined = _Joined()


def ensure_running(data_dir: Path, *, durability: Durability = "on") -> ServerInfo:
    """Start the server of this data folder unless it runs, and keep it running until this process ends.

    `durability="off"` is for throw-away test data: a power cut may destroy it. It takes effect at a start.
    Raises EmbeddedDatabaseError.
    """
    files = Files(_made(data_dir))
    with _explained(files), _locked(files):
        layout.check_owner(files)
        # Joined first: whatever happens from here on, our exit stops a server that nobody uses.
        _join(files)
        found = postmaster.wait_until_settled(files.cluster, seconds=START_WAIT_SECONDS)
        if found is None:
            found = _start(files, durability=durability)
        info = _info(files, found)
        _create_database(files, info)
        use = _joined.members[files.root]
        use.process, use.host = postmaster.process_of(found, files.cluster), info.host
        return info


def connection_settings(data_dir: Path, *, durability: Durability = "on") -> dict[str, Any]:
    """A Django DATABASES entry for the running server; starts it if needed. Raises EmbeddedDatabaseError."""
    info = ensure_running(data_dir, durability=durability)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.dbname,
        "USER": info.user,
        "PASSWORD": info.password,
        "HOST": info.host,
        "PORT": str(info.port),
    }


def status(data_dir: Path) -> Status:
    """What runs there. Starts nothing and creates nothing."""
    files = Files(data_dir.resolve())
    if not files.cluster.is_dir():
        return Status(None, [])
    with _explained(files), _locked(files):
        layout.check_owner(files)
        found = postmaster.wait_until_settled(files.cluster, seconds=START_WAIT_SECONDS)
        return Status(_info(files, found) if found else None, users.living(files.users))


def stop(data_dir: Path, *, force: bool = False) -> bool:
    """Stop the server; False when none was running.

    Refuses with EmbeddedDatabaseError while other processes use it, unless forced.
    """
    files = Files(data_dir.resolve())
    if not files.cluster.is_dir():
        return False
    with _explained(files), _locked(files):
        layout.check_owner(files)
        if postmaster.process_of(postmaster.read(files.cluster), files.cluster) is None:
            return False
        own = _joined.members.get(files.root)
        others = users.living(files.users, besides=own.membership if own else None)
        if others and not force:
            listed = ", ".join(map(str, others))
            raise EmbeddedDatabaseError(
                f"The database in {files.root} is in use by process {listed}; end it first."
            )
        return _stop(files)


# --- joining and leaving --------------------------------------------------------------------------------------


def _join(files: Files) -> None:
    old = _joined.members.get(files.root)
    if old is not None:
        if old.membership.path.exists():
            return
        old.membership.leave()  # the data folder was deleted and made again
    if not _joined.members:
        atexit.register(_leave_at_exit)
        multiprocessing.util.register_after_fork(_joined, _leave_at_end)
        _leave_at_end(_joined)
    _joined.members[files.root] = _Use(users.Membership(files.users))


def _leave_at_end(joined: _Joined) -> None:
    """Leave when this process ends: after its workers were joined, and also in a worker, which skips atexit."""
    joined.process_id = os.getpid()
    multiprocessing.util.Finalize(None, _leave_all, exitpriority=-100)


def _leave_at_exit() -> None:
    """The same for the child of a plain `os.fork`, which ignores its parent's finalizers."""
    if os.getpid() != _joined.process_id:
        _leave_all()


def _leave_all() -> None:
    for root in list(_joined.members):
        use = _joined.members.pop(root)
        try:
            _leave(Files(root), use)
        except EmbeddedDatabaseError as error:
            logger.warning("The embedded database was left running: %s", error)


def _leave(files: Files, use: _Use) -> None:
    if not files.cluster.is_dir():
        use.membership.leave()
        _end_without_folder(use)
        return
    with _explained(files), _locked(files):
        use.membership.leave()
        if not users.living(files.users):
            _stop(files)


def _end_without_folder(use: _Use) -> None:
    """End a server whose data folder was deleted under it; there is nothing left that it could save."""
    if use.process is None or not use.process.is_running():
        return
    if sys.platform == "win32":
        use.process.kill()
    else:
        use.process.send_signal(signal.SIGQUIT)  # an immediate shutdown, which takes the socket away
    psutil.wait_procs([use.process], timeout=1)
    _remove_socket_folder(use.host)


# --- starting and stopping; the caller holds the lock -----------------------------------------------------------


def _start(files: Files, *, durability: Durability) -> Postmaster:
    account = accounts.server_account(files.cluster)
    accounts.let_read_programs(install_folder(), account)
    accounts.let_walk_to(files.cluster, account)
    layout.create_cluster(files, account=account, durability=durability)
    socket_folder = layout.make_socket_folder(files, account)
    layout.write_config(files, socket_folder=socket_folder, account=account, durability=durability)
    deadline = time.monotonic() + ORPHANS_WAIT_SECONDS
    while True:
        postmaster.disarm_stale_files(files.cluster, socket_folder=socket_folder)
        reason = _try_start(files, account)
        found = postmaster.read(files.cluster)
        if not reason and found is not None:
            return found
        # Workers of a killed server need a moment to notice; starting beside them would be fatal.
        if "shared memory block" not in reason or time.monotonic() > deadline:
            _remove_socket_folder(str(socket_folder or ""))
            raise EmbeddedDatabaseError(
                f"The database in {files.root} does not start: {reason} (see {files.log})."
            )
        time.sleep(0.2)


def _try_start(files: Files, account: Account | None) -> str:
    """Run pg_ctl; the reason when it fails, else ""."""
    offset = layout.prepare_log(files, account)
    wait = ["--wait", "--timeout", str(START_WAIT_SECONDS)]
    done = run("pg_ctl", ["start", *wait, "--pgdata", files.cluster, "--log", files.log], account=account)
    if done.code == 0:
        return ""
    with files.log.open("rb") as log:
        log.seek(offset)
        return reason_in(log.read().decode(errors="replace") or done.output)


def _stop(files: Files) -> bool:
    found = postmaster.read(files.cluster)
    server = postmaster.process_of(found, files.cluster)
    if found is None or server is None:
        return False
    account = accounts.server_account(files.cluster)
    for mode in ("fast", "immediate"):
        run("pg_ctl", ["stop", "--no-wait", "--mode", mode, "--pgdata", files.cluster], account=account)
        # pg_ctl would look ten times a second only, and every command's end waits for this.
        if postmaster.is_gone(files.cluster, seconds=STOP_WAIT_SECONDS):
            break
    else:
        server.kill()
    _remove_socket_folder(found.host)
    return True


def _remove_socket_folder(host: str) -> None:
    """`host` is a folder with a slash in front, or an address, or empty when the server was never reached."""
    if host.startswith("/") and Path(host).is_dir() and not any(Path(host).iterdir()):
        Path(host).rmdir()


def _create_database(files: Files, info: ServerInfo) -> None:
    """Once per cluster; the mark is set last, so that a process killed in between is made good by the next."""
    if files.database_mark.exists():
        return
    with psycopg.connect(_conninfo(info), dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [info.dbname]).fetchone():
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
    files.database_mark.touch()


def _conninfo(info: ServerInfo) -> str:
    return psycopg.conninfo.make_conninfo(
        "", host=info.host, port=info.port, user=info.user, password=info.password
    )


def _info(files: Files, found: Postmaster) -> ServerInfo:
    password = files.password.read_text(encoding="utf-8") if sys.platform == "win32" else ""
    return ServerInfo(found.host, found.port, SUPERUSER, DATABASE, password, found.pid)


# --- locking and explaining -------------------------------------------------------------------------------------


def _made(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The data folder {data_dir} cannot be made: {error.strerror}."
        ) from error
    return data_dir.resolve()


@contextmanager
def _locked(files: Files) -> Iterator[None]:
    with FileLock(files.lock, timeout=LOCK_WAIT_SECONDS):
        yield


@contextmanager
def _explained(files: Files) -> Iterator[None]:
    """Turn what can go wrong around the server into one sentence."""
    try:
        yield
    except Timeout as error:
        message = f"Another process has been starting or stopping the database in {files.root} for too long."
        raise EmbeddedDatabaseError(message) from error
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        message = f"The database in {files.root} neither starts nor stops; see {files.log}."
        raise EmbeddedDatabaseError(message) from error
    except psycopg.OperationalError as error:
        message = f"The database in {files.root} does not answer: {reason_in(str(error))}."
        raise EmbeddedDatabaseError(message) from error
    except OSError as error:
        message = (
            f"The database in {files.root} cannot be used: {error.strerror or error} ({error.filename})."
        )
        raise EmbeddedDatabaseError(message) from error
