"""Which version of this program runs."""

from __future__ import annotations

import tomllib
from functools import cache

from gullu.env_variables import ROOT


@cache
def version() -> str:
    """As `pyproject.toml` says, for example `0.1.0`."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: str = tomllib.load(file)["project"]["version"]
    return found
