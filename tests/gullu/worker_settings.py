"""Settings of a worker that looks for due schedules when it begins, and not for the first time 30 seconds later."""

from __future__ import annotations

from gullu.settings import *  # noqa: F403
from gullu.settings import Q_CLUSTER

# The worker counts up by the length of its rounds, and looks at the schedules when the count has come to 30 seconds.
Q_CLUSTER = {**Q_CLUSTER, "guard_cycle": 30}
