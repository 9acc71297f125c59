"""Telling whoever watches how far long work is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """`total` is None while it is not known."""

    def __call__(self, step: str, done: int, total: int | None) -> None: ...


def silent(step: str, done: int, total: int | None) -> None:
    """The progress nobody watches."""
