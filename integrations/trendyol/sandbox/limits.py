"""Rate limits of contract section 1.1, first column (a listing allowance of 50k)."""

from collections import defaultdict, deque

from .clock import MINUTE_MS, SECOND_MS

BURST_COUNT = 50
BURST_WINDOW_MS = 10 * SECOND_MS


class Limits:
    """Counts accepted requests per endpoint (burst) and per quota group (minute)."""

    def __init__(self) -> None:
        self._bursts: defaultdict[str, deque[int]] = defaultdict(deque)
        self._minutes: defaultdict[str, deque[int]] = defaultdict(deque)

    def allows(self, *, endpoint: str, group: str, per_minute: int | None, now: int) -> bool:
        """Whether this request may pass; a refused one is not counted."""
        burst = _recent(self._bursts[endpoint], now - BURST_WINDOW_MS)
        minute = _recent(self._minutes[group], now - MINUTE_MS)
        if len(burst) >= BURST_COUNT or (per_minute is not None and len(minute) >= per_minute):
            return False
        burst.append(now)
        minute.append(now)
        return True

    def reset(self) -> None:
        self._bursts.clear()
        self._minutes.clear()


def _recent(moments: deque[int], oldest_ms: int) -> deque[int]:
    while moments and moments[0] <= oldest_ms:
        moments.popleft()
    return moments
