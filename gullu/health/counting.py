"""What each web process counts while it serves. See `gullu.health.shared_counts` for how the counts come together."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary
from prometheus_client.multiprocess import MultiProcessCollector

from gullu.health.shared_counts import VARIABLE

_OWN: Final = CollectorRegistry()
# Around the promise that a scan is answered within 200 ms.
_SCAN_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS: Final = Counter(
    "gullu_http_requests", "Requests answered.", ["view", "method", "status"], registry=_OWN
)
SECONDS: Final = Summary("gullu_http_seconds", "Seconds until the answer began.", ["view"], registry=_OWN)
SCANS: Final = Histogram(
    "gullu_scan_seconds",
    "Seconds until a scan was answered.",
    ["page"],
    registry=_OWN,
    buckets=_SCAN_BUCKETS,
)


def count_request(*, view: str, method: str, status: int, seconds: float) -> None:
    """Count one answer; what was sent to a scan page is a scan."""
    known = method if method in _METHODS else "OTHER"
    REQUESTS.labels(view=view, method=known, status=str(status)).inc()
    SECONDS.labels(view=view).observe(seconds)
    if known == "POST" and view.startswith("scan:"):
        SCANS.labels(page=view.removeprefix("scan:")).observe(seconds)


def counted() -> CollectorRegistry:
    """The counts of all web processes of this machine, or of this one where they are not shared."""
    if VARIABLE not in os.environ:
        return _OWN
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
