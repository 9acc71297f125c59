"""`postmaster.pid`: what it says, and whether the process it names is really this folder's server."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

# Above every system's largest process id (Linux: 2**22), so PostgreSQL takes the file for a dead server's.
NOBODYS_PID: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The lines of `postmaster.pid` we need. `host` is a socket folder or an address."""

    pid: int
    port: int
    host: str
    ready: bool


def read(cluster: Path) -> Postmaster | None:
    """What the pid file says; None when there is none or it was cut short by a power failure."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    padded = [line.strip() for line in lines] + [""] * 8
    pid, port, socket_folder, address, state = padded[0], padded[3], padded[4], padded[5], padded[7]
    if not pid.isdigit():
        return None
    return Postmaster(int(pid), int(port or 0), socket_folder or address, ready=state == "ready")


def process_of(found: Postmaster | None, cluster: Path) -> psutil.Process | None:
    """The living server process of this folder, or None when the id is free or belongs to something else."""
    if found is None:
        return None
    try:
        process = psutil.Process(found.pid)
        ours = process.name().startswith("postgres") and Path(process.cwd()) == cluster
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # ended, a zombie, or somebody else's
        return None
    return process if ours else None


def wait_until_settled(cluster: Path, *, seconds: float) -> Postmaster | None:
    """A server that is starting or stopping is given time; the ready server, or None when it is gone.

    Raises TimeoutError when it is neither after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = read(cluster)
        if process_of(found, cluster) is None:
            return None
        if found is not None and found.ready:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def is_gone(cluster: Path, *, seconds: float) -> bool:
    """Whether a server that was told to stop has ended within so many seconds."""
    deadline = time.monotonic() + seconds
    while process_of(read(cluster), cluster) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def disarm_stale_files(cluster: Path, *, socket_folder: Path | None) -> None:
    """Make a dead server's files harmless. Only to be called when `process_of` found no server.

    PostgreSQL copes with a dead id by itself, but takes an id that was reused by any process of the same user
    for a running server, and refuses an empty file. The file is changed, not deleted: it also names the shared
    memory by which PostgreSQL recognises orphans of the dead server that still write to the folder.
    """
    pid_file = cluster / "postmaster.pid"
    found = read(cluster)
    if found is None:
        pid_file.unlink(missing_ok=True)
    elif psutil.pid_exists(found.pid):
        _first, _newline, rest = pid_file.read_text(encoding="utf-8").partition("\n")
        pid_file.write_text(f"{NOBODYS_PID}\n{rest}", encoding="utf-8")
    if socket_folder is not None:
        for path in socket_folder.glob(".s.PGSQL.*"):
            path.unlink()
