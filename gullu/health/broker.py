"""The queue, whose guard also writes signs of life."""

from __future__ import annotations

import logging
import multiprocessing.util
import os
import socket
import sys
import time
from typing import Any, ClassVar

from django.db import Error, close_old_connections, connection

from gullu.health.beats import BEAT_SECONDS, forget_beat, write_beat
from gullu.queue import Broker

logger = logging.getLogger("gullu.worker")


class BeatingBroker(Broker):
    """The guard process of a worker reports its state twice a second; every `BEAT_SECONDS` we write that it lives.

    The guard, because it goes on while all its workers are busy with long jobs, and ends with the worker.
    """

    _next: ClassVar[dict[int, float]] = {}

    def set_stat(self, key: str, value: str, timeout: int) -> Any:
        """Called by the guard only."""
        self.beat()
        return super().set_stat(key, value, timeout)

    @classmethod
    def beat(cls) -> None:
        """Write a sign of life if it is time. An error of the database is logged by the guard, which goes on."""
        pid, now = os.getpid(), time.monotonic()
        if now < cls._next.get(pid, 0.0):
            return
        first = pid not in cls._next
        cls._next[pid] = now + BEAT_SECONDS
        if not connection.in_atomic_block:
            close_old_connections()
        write_beat(host=socket.gethostname(), pid=pid, first=first)
        if first and multiprocessing.parent_process() is not None:
            # What a child of multiprocessing does last; it runs no `atexit`.
            multiprocessing.util.Finalize(None, cls.end, exitpriority=0)

    @staticmethod
    def end() -> None:
        """Take the sign of life back, unless an error ends this process: then it is to be missed."""
        if sys.exc_info()[0] not in {None, SystemExit}:
            return
        try:
            forget_beat(host=socket.gethostname(), pid=os.getpid())
        except Error as error:
            logger.warning("The end of this worker cannot be written down: %s", error)
