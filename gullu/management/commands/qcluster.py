from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import connection
from django_q.management.commands import qcluster

from gullu import queue
from gullu.locks import advisory_lock
from gullu.schedules import setup_jobs

logger = logging.getLogger("gullu.worker")


class Command(qcluster.Command):
    help = "Run the worker: the queue, and with ENABLE_JOBS the schedules."

    def handle(self, *args: Any, **options: Any) -> None:
        logger.info("%s", start_scheduler())
        logger.info("Worker %s.", queue.name_worker())
        queue.prepare()
        connection.close()  # forked processes open their own
        super().handle(*args, **options)


def start_scheduler() -> str:
    """Make sure the schedule rows exist, if this worker may run them; returns the line for the log.

    Any number of workers may do this: one at a time writes the rows, and a due row is locked by whoever fires it.
    """
    if not settings.ENABLE_JOBS:
        return "Scheduler off (ENABLE_JOBS=off)."
    with advisory_lock("scheduler.setup", wait_seconds=30) as lock:
        if not lock.acquired:
            return "Scheduler started (ENABLE_JOBS=on, leader busy)."
        setup_jobs()
    return "Scheduler started (ENABLE_JOBS=on, leader ok)."
