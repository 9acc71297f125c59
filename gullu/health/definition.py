"""What the apps tell the base about themselves, as plain data. They are named in the settings by dotted path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import Metric


@dataclass(frozen=True, slots=True)
class Freshness:
    """When something that repeats last succeeded; not `used` where it is not set up at all."""

    used: bool
    success_at: datetime | None


# Named in `settings.READINESS`: one statement at most.
FreshnessOf = Callable[[], Freshness]
# Named in `settings.METRICS`: a constant number of statements.
Collect = Callable[[], Iterable[Metric]]
