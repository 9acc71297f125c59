"""The sandbox's own clock: real time plus an offset that tests and the control page may push forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

ISTANBUL = timezone(timedelta(hours=3))
ISTANBUL_SHIFT_MS = 3 * 3600 * 1000
SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class SandboxClock:
    """Epoch milliseconds. `source` gives epoch seconds and defaults to the system clock."""

    def __init__(self, source: Callable[[], float] | None = None) -> None:
        self._source = source
        self.offset_seconds = 0.0

    def now_ms(self) -> int:
        # time.time is looked up on each call so that a test may freeze it.
        seconds = self._source() if self._source is not None else time.time()
        return round((seconds + self.offset_seconds) * 1000)

    def advance(self, seconds: float) -> None:
        """Move forward. Raises ValueError for a step back: package dates must never go backwards."""
        if seconds < 0:
            raise ValueError("Saat geri alınamaz.")
        self.offset_seconds += seconds


def end_of_day_ms(moment_ms: int, *, days: int) -> int:
    """23:59 Istanbul time `days` after the day of `moment_ms`, the usual agreedDeliveryDate."""
    day = datetime.fromtimestamp(moment_ms / 1000, ISTANBUL) + timedelta(days=days)
    return round(day.replace(hour=23, minute=59, second=0, microsecond=0).timestamp() * 1000)


def iso_utc(moment_ms: int) -> str:
    """ISO-8601 with `+00:00`, as updateRequestDate is written."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds")
