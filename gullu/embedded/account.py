"""Running the server when we are root: PostgreSQL refuses, so it gets a user number of its own.

No system account is created. The number has no entry in /etc/passwd, so nobody logs in with it and no other
service owns its files. Only initdb insists on a name; it runs as `nobody` and the files change hands afterwards.
The server's user must be able to walk through the folders above its files; where that right is missing (a clone
in a `mktemp -d`), it is added to them: walking through, not listing or reading.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STAND_IN_UID: Final = 61742
WALK: Final = stat.S_IXOTH
READ_AND_WALK: Final = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group number for the server's processes and files."""

    uid: int
    gid: int


def server_account(cluster: Path) -> Account | None:
    """Who runs the server: None for ourselves, the owner of existing files or the stand-in when we are root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    if cluster.exists():
        found = cluster.stat()
        if found.st_uid != 0:
            return Account(found.st_uid, found.st_gid)
    return Account(STAND_IN_UID, STAND_IN_UID)


def named_account(account: Account | None) -> Account | None:
    """An account that has a name, for initdb."""
    if sys.platform == "win32" or account is None:
        return None
    import pwd  # noqa: PLC0415 - does not exist on Windows

    entries = sorted(pwd.getpwall(), key=lambda entry: entry.pw_name != "nobody")
    return next((Account(entry.pw_uid, entry.pw_gid) for entry in entries if entry.pw_uid != 0), account)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or folder; nothing to do when we run the server ourselves."""
    if sys.platform != "win32" and account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def give_tree(folder: Path, account: Account | None) -> None:
    """Make the account the owner of a folder and everything in it."""
    if account is None:
        return
    give(folder, account)
    for path in folder.rglob("*"):
        give(path, account)


def let_walk_to(path: Path, account: Account | None) -> None:
    """Let the account walk through every folder above `path`."""
    if account is None:
        return
    for folder in path.parents:
        _add_mode(folder, WALK)


def let_read_programs(install: Path, account: Account | None) -> None:
    """Let the account run the programs, also when pip unpacked them under a strict umask."""
    if account is None:
        return
    let_walk_to(install, account)
    for path in _program_files(install):
        _add_mode(path, READ_AND_WALK if path.is_dir() or os.access(path, os.X_OK) else stat.S_IROTH)


def _program_files(install: Path) -> Iterator[Path]:
    libraries = install.parent.with_name(install.parent.name + ".libs")  # where wheels keep bundled libraries
    for folder in (install, libraries):
        # A whole tree is unpacked under one umask, so its top folder speaks for all of it.
        if folder.is_dir() and not folder.stat().st_mode & WALK:
            yield from folder.rglob("*")
            yield folder


def _add_mode(path: Path, bits: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits != bits:
        path.chmod(mode | bits)
