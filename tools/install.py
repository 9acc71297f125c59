"""Install the packages of requirements files: with uv, which takes seconds where pip takes a minute, else with pip.

    python tools/install.py requirements.txt

uv is put beside the packages, not among them: what is installed stays what the files name. It is told where pip has
been told to look (index, mirrors, folders, certificates). Whatever keeps uv from doing its work, pip does it, and what
is wrong with a requirement is said by pip.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# Option of pip → variable of uv. Several values are apart by spaces in both, except where to look for folders.
SAME: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "no-index": "UV_NO_INDEX",
}


def pip_options() -> dict[str, str]:
    """What files and the environment tell pip: {"index-url": …}; the environment wins, as it does for pip."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    found: dict[str, str] = {}
    for line in listed.splitlines():
        name, _equals, value = line.partition("=")
        section, _dot, option = name.partition(".")
        if option in SAME and section in {"global", "install", ":env:"}:
            found[option] = value.strip("'\"").replace("\\n", " ").strip()
    return found


def environment_for_uv() -> dict[str, str]:
    told = {SAME[option]: value for option, value in pip_options().items() if value}
    if "UV_FIND_LINKS" in told:
        told["UV_FIND_LINKS"] = ",".join(told["UV_FIND_LINKS"].split())
    # As pip does: every index is asked, and the best version of all wins.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", "VIRTUAL_ENV": sys.prefix, **told, **os.environ}


def uv() -> Path | None:
    """The program, fetched at the first call; None where it cannot be had."""
    folder = Path(sys.prefix) / ".uv"
    program = folder / "bin" / ("uv.exe" if sys.platform == "win32" else "uv")
    if not program.exists():
        fetch = [*PIP, "install", "--quiet", "--no-compile", "--target", str(folder), "uv"]
        subprocess.run(fetch, capture_output=True, check=False)
    return program if program.exists() else None


def install(files: list[str]) -> int:
    """Exit code of whoever did the work last."""
    wanted = [part for name in files for part in ("-r", name)]
    program = uv()
    if program:
        done = subprocess.run(
            [program, "pip", "install", "--quiet", *wanted],
            env=environment_for_uv(),
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return 0
    return subprocess.run([*PIP, "install", "--quiet", *wanted], check=False).returncode


if __name__ == "__main__":
    sys.exit(install(sys.argv[1:]))
