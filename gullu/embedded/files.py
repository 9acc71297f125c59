"""The files of one embedded server: their places, the first creation of the cluster, the server's settings."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from gullu.embedded import account as accounts
from gullu.embedded.account import Account
from gullu.embedded.binaries import MAJOR_VERSION, EmbeddedDatabaseError, reason_in, run

Durability = Literal["on", "off"]

SUPERUSER: Final = "gullu"
SOCKET_PORT: Final = 5432  # names the socket file only; no TCP port is opened on POSIX
SOCKET_PATH_LIMIT: Final = 104  # bytes on macOS, with the closing zero; 108 on Linux
LOG_LIMIT_BYTES: Final = 5_000_000
CONFIG_NAME: Final = "gullu.conf"

SETTINGS: Final = {
    "max_connections": "200",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "jit": "off",  # costs more than it gains on queries of a few milliseconds
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'512MB'",
    "log_checkpoints": "off",
    # Statements and details of failed ones carry customers' names and addresses.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything of one server lies under its data folder."""

    root: Path

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def database_mark(self) -> Path:
        """Exists once the product's database was created in the cluster."""
        return self.cluster / "gullu.created"

    @property
    def unfinished(self) -> Path:
        return self.root / "postgres.new"

    @property
    def users(self) -> Path:
        return self.root / "postgres.users"

    @property
    def lock(self) -> Path:
        return self.root / "postgres.lock"

    @property
    def log(self) -> Path:
        return self.root / "pg.log"

    @property
    def password(self) -> Path:
        return self.root / "postgres.password"


def check_owner(files: Files) -> None:
    """Refuse somebody else's database in words; PostgreSQL's own sentence comes much later."""
    if sys.platform == "win32" or not files.cluster.exists():
        return
    owner = files.cluster.stat().st_uid
    if os.geteuid() not in {0, owner}:
        raise EmbeddedDatabaseError(
            f"The database in {files.cluster} belongs to user number {owner}, not to you; "
            "run as that user, or set DATA_DIR to a folder of your own."
        )


def create_cluster(files: Files, *, account: Account | None, durability: Durability) -> None:
    """Make the cluster unless it is there. It appears under its name only when complete."""
    version = files.cluster / "PG_VERSION"
    if version.exists():
        _check_version(files, version.read_text(encoding="ascii").strip())
        if account is not None and files.cluster.stat().st_uid == 0:
            accounts.give_tree(files.cluster, account)  # copied or restored by root
        return
    if files.cluster.exists() and any(files.cluster.iterdir()):
        raise EmbeddedDatabaseError(
            f"{files.cluster} is not a database folder; move it away or set DATA_DIR."
        )
    if files.unfinished.exists():
        shutil.rmtree(files.unfinished)
    _initialize(files, account=account, durability=durability)
    files.unfinished.replace(files.cluster)


def _check_version(files: Files, found: str) -> None:
    if found != MAJOR_VERSION:
        raise EmbeddedDatabaseError(
            f"The database in {files.cluster} was made by PostgreSQL {found}, and this is {MAJOR_VERSION}; "
            "back it up with the older version, then restore it into a new DATA_DIR."
        )


def _initialize(files: Files, *, account: Account | None, durability: Durability) -> None:
    maker = accounts.named_account(account)
    files.unfinished.mkdir(mode=0o700)
    accounts.give(files.unfinished, maker)
    # The builtin provider orders and folds by code point the same way on every system and needs no OS locale.
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += ["--username", SUPERUSER, "--pgdata", str(files.unfinished)]
    if sys.platform == "win32":
        write_private(files.password, secrets.token_urlsafe(24))
        options += ["--auth=scram-sha-256", "--pwfile", str(files.password)]
        rule = "host all all 127.0.0.1/32 scram-sha-256\n"
    else:
        options += ["--auth-local=trust", "--auth-host=reject"]
        rule = "local all all trust\n"  # the socket's folder lets in nobody but its owner
    if durability == "off":
        options.append("--no-sync")
    done = run("initdb", options, account=maker)
    if done.code != 0:
        shutil.rmtree(files.unfinished, ignore_errors=True)
        raise EmbeddedDatabaseError(f"The database in {files.root} cannot be made: {reason_in(done.output)}.")
    write_private(files.unfinished / "pg_hba.conf", rule)
    with (files.unfinished / "postgresql.conf").open("a", encoding="utf-8") as config:
        config.write(f"\ninclude '{CONFIG_NAME}'\n")
    accounts.give_tree(files.unfinished, account)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, and see it on the disk before going on."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_config(
    files: Files, *, socket_folder: Path | None, account: Account | None, durability: Durability
) -> None:
    """The settings of the coming start; they win over postgresql.conf, which includes them last."""
    settings = SETTINGS | (NOT_DURABLE if durability == "off" else {})
    if socket_folder is None:
        settings |= {
            "listen_addresses": "'127.0.0.1'",
            "unix_socket_directories": "''",
            "port": str(_free_port(files)),
        }
    else:
        settings |= {
            "listen_addresses": "''",
            "unix_socket_directories": f"'\"{socket_folder}\"'",
            "unix_socket_permissions": "0700",
            "port": str(SOCKET_PORT),
        }
    path = files.cluster / CONFIG_NAME
    write_private(path, "".join(f"{name} = {value}\n" for name, value in settings.items()))
    accounts.give(path, account)


def _free_port(files: Files) -> int:
    """The port of the last start when it is still free, so that waiting clients find the server again."""
    path = files.cluster / CONFIG_NAME
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    last = next((int(line.partition("=")[2]) for line in lines if line.startswith("port =")), 0)
    for wanted in (last, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedDatabaseError("No free TCP port was found on 127.0.0.1 for the embedded database.")


def prepare_log(files: Files, account: Account | None) -> int:
    """Make the log writable for the server; the old one is kept once. Returns where new lines will begin."""
    if files.log.exists() and files.log.stat().st_size > LOG_LIMIT_BYTES:
        files.log.replace(files.log.with_suffix(".log.1"))
    os.close(os.open(files.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    accounts.give(files.log, account)
    return files.log.stat().st_size


def make_socket_folder(files: Files, account: Account | None) -> Path | None:
    """A short private folder for the socket, the same at each start; None where TCP is used.

    It cannot lie beside the data: a socket's path may have about 100 bytes. /tmp is tried before TMPDIR, so that
    a process with another TMPDIR would choose the same.
    """
    if sys.platform == "win32":
        return None
    owner = os.geteuid() if account is None else account.uid
    digest = hashlib.sha256(os.fsencode(files.cluster)).hexdigest()[:12]
    for parent in dict.fromkeys((Path("/tmp"), Path(tempfile.gettempdir()))):  # noqa: S108 - checked below
        for number in range(10):
            folder = parent / f"gullu-{owner}-{digest}-{number}"
            if _usable_socket_folder(folder, owner=owner, account=account):
                return folder
    raise EmbeddedDatabaseError(
        f"No private folder for the database's socket can be made in {tempfile.gettempdir()}."
    )


def _usable_socket_folder(folder: Path, *, owner: int, account: Account | None) -> bool:
    """Make or accept the folder; one that somebody else put there first is left alone."""
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{SOCKET_PORT}.lock") >= SOCKET_PATH_LIMIT:
        return False
    try:
        folder.mkdir(mode=0o700)
        accounts.give(folder, account)
        accounts.let_walk_to(folder, account)
    except FileExistsError:
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
    except OSError:  # a read-only or full /tmp: the next candidate may do
        return False
    return True
