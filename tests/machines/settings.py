"""Settings of a host of these tests: looks often, and its clock is wrong by `CLOCK_AHEAD` seconds."""

from __future__ import annotations

import os
import time

import time_machine

from gullu.settings import *  # noqa: F403
from gullu.settings import Q_CLUSTER

# Schedules are looked at when the worker begins, not for the first time 30 seconds later.
Q_CLUSTER = {**Q_CLUSTER, "guard_cycle": 30, "look_seconds": 1}

if ahead := float(os.environ.get("CLOCK_AHEAD", "0")):
    time_machine.travel(time.time() + ahead, tick=True).start()
