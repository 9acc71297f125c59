"""Who does the work of this moment, for the history: each change names its piece of work (`pghistory.context`).

Pages are announced by `gullu.audit.middleware`, tasks of the worker and commands here. A run inside one of them
(`gullu.jobs.record_run`) is a piece of work of its own, with all that is known of the one around it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import pghistory
from pghistory import runtime

from gullu.origin import Origin, Source, coming_from, new_reference

# Commands that serve others, or whose statements may not be preceded by anything.
_NOT_ANNOUNCED: Final = frozenset(
    {"demo", "migrate", "qcluster", "runserver", "serve", "test", "trendyol_sandbox"}
)


def described(origin: Origin) -> dict[str, Any]:
    """What the history keeps of an origin; nothing that is not known."""
    known = {
        "source": origin.source.value,
        "reference": origin.reference,
        "place": origin.name,
        "address": origin.address,
        "device": origin.device,
    }
    return {name: value for name, value in known.items() if value}


@contextmanager
def work(**known: Any) -> Iterator[None]:
    """A piece of work; inside another one it has a number of its own, so that neither is mistaken for the other."""
    tracker = runtime._tracker  # noqa: SLF001 - pghistory lets nothing begin anew inside what has begun
    outer = getattr(tracker, "value", None)
    if outer is None:
        with pghistory.context(**known):
            yield
        return
    tracker.value = runtime.Context(id=uuid.uuid4(), metadata={**outer.metadata, **known})
    try:
        yield
    finally:
        tracker.value = outer


@contextmanager
def announced(origin: Origin, **known: Any) -> Iterator[None]:
    """Work that comes from `origin`, for the logs, the history and the activities alike."""
    with coming_from(origin), work(**described(origin), **known):
        yield


@contextmanager
def command(arguments: list[str]) -> Iterator[None]:
    """What `manage.py` does; `arguments` as given to it. Nothing is announced for commands that serve others."""
    name = arguments[1] if len(arguments) > 1 else ""
    if not name or name.startswith("-") or name in _NOT_ANNOUNCED:
        yield
        return
    with announced(Origin(source=Source.COMMAND, reference=new_reference(), name=name)):
        yield


# --- tasks of the worker: django-q2 tells when one begins and ends -------------------------------------------------

_task = ExitStack()


def begin_task(*, task: Mapping[str, Any], **_: Any) -> None:
    """A task begins in this process."""
    _task.close()  # a task that was broken off never ended
    function = task["func"]
    name = function if isinstance(function, str) else f"{function.__module__}.{function.__qualname__}"
    origin = Origin(source=Source.JOB, reference=str(task["id"]), name=name.rpartition(".")[2])
    person = (task.get("kwargs") or {}).get("actor_id")
    _task.enter_context(announced(origin, **({} if person is None else {"user": person})))


def end_task(**_: Any) -> None:
    """The task ended, however."""
    _task.close()


__all__ = ["announced", "begin_task", "command", "described", "end_task", "work"]
