"""Real threads on real connections, started at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def race(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at once, each in a thread of its own; returns results or exceptions in their order."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = action()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, action)) for place, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=50)
    assert not any(thread.is_alive() for thread in threads), (
        "a thread hangs: a deadlock, or a lock nobody gives back"
    )
    return results
