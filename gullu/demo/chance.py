from __future__ import annotations

from random import Random


def dice(seed: int, name: str) -> Random:
    """A stream of chance of its own per subject, so that a change in one does not shake the others."""
    return Random(f"{seed}-{name}")  # noqa: S311 - invented data, no secrets
