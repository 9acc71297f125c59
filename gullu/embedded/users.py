"""Who uses the server: one file per process, held by an operating-system lock.

A file whose lock can be taken belongs to a process that is gone. A forked child shares its parent's lock, and the
lock is free only when the last of them has ended, in whatever way.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Membership:
    """This process's place among the users of one server."""

    def __init__(self, folder: Path) -> None:
        """Join. The caller holds the server's lock, so nobody sees the file before it is locked."""
        folder.mkdir(exist_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _lock(self._descriptor)

    def leave(self) -> None:
        """Give up our share of the lock; children forked from us keep theirs. The file goes at the next count."""
        # Closing, not unlocking: unlocking would also take the lock from forked children.
        os.close(self._descriptor)


def living(folder: Path, *, besides: Membership | None = None) -> list[int]:
    """The process ids of the users, without `besides`; files of ended processes are removed.

    The caller holds the server's lock. A forked child counts under the id of the process that joined.
    """
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    others = [path for path in paths if besides is None or path != besides.path]
    return [int(path.name.partition("-")[0]) for path in others if not _removed(path)]


def _removed(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        _lock(descriptor)
    except OSError:  # held by a living process
        return False
    finally:
        os.close(descriptor)
    path.unlink()
    return True
