"""Checks the packages this project runs with: pinned, installed exactly so, fitting together, without known weaknesses.

The first three need no network and always count (with `--exact`, nothing else may be installed). The last asks
osv.dev, which holds the advisories of PyPI and GitHub (what pip-audit asks, too), in one request, with nothing to
install. Where it cannot be asked, that is said in one line and is no failure, unless `--online` is given.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

SERVICE: Final = "https://api.osv.dev/v1/querybatch"
FILES: Final = ("requirements.txt", "requirements-dev.txt")
# What a virtual environment brings itself.
TOOLS: Final = frozenset({"pip", "setuptools", "wheel"})
# Advisories that do not concern us, each with the reason.
HARMLESS: Final[dict[str, str]] = {}
_PIN: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)\s*(;[^#]*)?")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: list[str]) -> tuple[dict[str, str], set[str], list[str]]:
    """Name → version, the names wanted on some systems only, and what is not pinned."""
    found: dict[str, str] = {}
    somewhere: set[str] = set()
    loose = []
    for line in (line.partition("#")[0].strip() for line in lines):
        pin = _PIN.fullmatch(line)
        if pin:
            found[canonical(pin[1])] = pin[2]
            somewhere |= {canonical(pin[1])} if pin[3] else set()
        elif line and not line.startswith("-r "):
            loose.append(f"{line}: not pinned with ==")
    return found, somewhere, loose


def differences(
    wanted: dict[str, str], somewhere: set[str], here: dict[str, str], *, exact: bool
) -> list[str]:
    """Where what is installed is not what is written down; `exact` counts what is installed besides."""
    missing = [
        f"{name}=={version}: not installed"
        for name, version in wanted.items()
        if name not in here and name not in somewhere
    ]
    beside = sorted(here.keys() - wanted.keys()) if exact else []
    extra = [f"{name}=={here[name]}: installed, and in no file" for name in beside]
    other = [
        f"{name}: {wanted[name]} written down, {here[name]} installed"
        for name in wanted.keys() & here.keys()
        if wanted[name] != here[name]
    ]
    return sorted([*missing, *extra, *other])


def weaknesses(packages: dict[str, str], answers: list[dict[str, list[dict[str, str]]]]) -> list[str]:
    """What the service knows against these packages; its answers come in their order."""
    known = zip(packages.items(), answers, strict=True)
    return [
        f"{name}=={version}: {entry['id']}"
        for (name, version), answer in known
        for entry in answer.get("vulns", [])
        if entry["id"] not in HARMLESS
    ]


def ask(packages: dict[str, str]) -> list[str]:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in packages.items()
    ]
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(SERVICE, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (a constant https address)
        return weaknesses(packages, json.load(answer)["results"])


def main() -> int:
    """0: nothing against it; 1: something is printed."""
    root = Path(__file__).resolve().parent.parent
    wanted, somewhere, found = pins(
        [line for name in FILES for line in (root / name).read_text("utf-8").splitlines()]
    )
    here = {canonical(row.name): row.version for row in distributions() if canonical(row.name) not in TOOLS}
    found += differences(wanted, somewhere, here, exact="--exact" in sys.argv)
    together = subprocess.run([sys.executable, "-m", "pip", "check"], check=False)
    found += ["pip check: see above"] if together.returncode else []
    try:
        found += ask(here)
        said = "compared with the advisories of osv.dev"
    except (OSError, ValueError, KeyError) as error:
        said = f"osv.dev COULD NOT BE ASKED ({error}), so known weaknesses were not looked for"
        found += ["osv.dev could not be asked"] if "--online" in sys.argv else []
    sys.stdout.write("\n".join([*found, f"{len(here)} packages; {said}."]) + "\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
