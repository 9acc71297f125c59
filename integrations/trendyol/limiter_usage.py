"""How much of each quota is used up at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.models import RateWindow
from integrations.trendyol.quotas import BURST_REQUESTS, BURST_SECONDS, PER_MINUTE


@dataclass(frozen=True, slots=True)
class Usage:
    """One window: `used` calls of `most`. `blocked_seconds` is how long the marketplace wants to be left alone."""

    window: str
    name: str
    used: int
    most: int | None
    blocked_seconds: float


def usage(*, scope: str, tier: str, now: float) -> list[Usage]:
    """All windows of one credential, in the order of their keys; `now` is the database's clock. One statement.

    `scope` is that of `limiter.scope_of`. The windows that only keep calls apart are left out.
    """
    rows = RateWindow.objects.filter(key__startswith=f"{scope}:").order_by("key")
    found = (_usage(row, row.key.removeprefix(f"{scope}:"), tier=tier, now=now) for row in rows)
    return [row for row in found if row is not None]


_SECONDS: Mapping[str, float] = {"burst": BURST_SECONDS, "minute": 60.0, "blocked": 0.0}


def _usage(row: RateWindow, key: str, *, tier: str, now: float) -> Usage | None:
    window, _sign, name = key.partition(":")
    if window not in _SECONDS:
        return None
    most = {"burst": BURST_REQUESTS, "minute": PER_MINUTE.get(name, {}).get(tier)}.get(window)
    used = sum(hit > now - _SECONDS[window] for hit in row.hits)
    return Usage(window, name, used, most, max(0.0, row.blocked_until - now))
