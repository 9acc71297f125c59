"""Counts of several web processes, added up: each keeps its own in a file, and whoever is asked reads them all.

prometheus-client decides at its first import how it keeps values, so this module must not import it, and `share` must
be called before anything else does.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Final

import psutil

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def share(data_dir: Path) -> bool:
    """Keep the counts of this process where its siblings find them; False where it is too late for that.

    What processes left behind that have ended is removed: counts begin anew with a start, as Prometheus expects.
    """
    if "prometheus_client" in sys.modules:
        return False
    folder = data_dir / "metrics" / socket.gethostname()
    folder.mkdir(parents=True, exist_ok=True)
    forget_ended(folder)
    os.environ[VARIABLE] = str(folder)
    return True


def forget_ended(folder: Path) -> int:
    """Remove files such as `counter_4711.db` whose process has ended; returns how many."""
    ended = [path for path in folder.glob("*_*.db") if not _lives(path)]
    for path in ended:
        path.unlink(missing_ok=True)
    return len(ended)


def _lives(path: Path) -> bool:
    pid = path.stem.rpartition("_")[2]
    return pid.isdecimal() and psutil.pid_exists(int(pid))
