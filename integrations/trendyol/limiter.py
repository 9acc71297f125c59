"""One rate limiter per credential, shared by every process and machine through the database.

A sliding window per quota: the times of the last calls lie in one row, which is locked for the moment of asking.
Sliding windows never let more through than any fixed window of the marketplace allows.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from integrations.models import RateWindow
from integrations.trendyol.client import Credentials
from integrations.trendyol.errors import RateLimited
from integrations.trendyol.quotas import Quota

# Longest a caller waits for its turn: a minute quota frees itself within a minute.
PATIENCE_SECONDS = 70.0
# Clocks and the network blur the edges of a window.
MARGIN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class _Window:
    key: str
    calls: int
    seconds: float


def scope_of(*, seller_id: str, api_key: str) -> str:
    """What the keys of one credential's rows begin with; the credential itself cannot be read from it."""
    digest = hashlib.sha256(f"{seller_id}:{api_key}".encode()).hexdigest()
    return f"trendyol:{digest[:16]}"


class DatabaseLimiter:
    """Implements the client's `Limiter`. Must not be used inside a transaction: it waits."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._scope = scope_of(seller_id=credentials.seller_id, api_key=credentials.api_key)
        self._patience = patience_seconds
        self._sleep = sleep

    def acquire(self, quota: Quota) -> None:
        """Wait until one call is allowed; raises `RateLimited` when that would take longer than the patience.

        A quota that `never_waits` has none: the caller comes back after `retry_after`.
        """
        waited = 0.0
        patience = 0.0 if quota.never_waits else self._patience
        while (wait := self._ask(quota)) > 0:
            if waited + wait > patience:
                raise RateLimited(endpoint=quota.endpoint, retry_after=wait, detail="our own limit")
            self._sleep(wait)
            waited += wait

    def penalize(self, quota: Quota, seconds: float) -> None:
        """Let nobody call this group for `seconds`: the marketplace has said that it is too much."""
        with transaction.atomic(durable=True):
            rows = self._lock([self._group_key(quota)])
            until = _now() + seconds
            for row in rows:
                if row.blocked_until < until:
                    row.blocked_until = until
                    row.save(update_fields=["blocked_until"])

    def _ask(self, quota: Quota) -> float:
        """Book the call and return 0, or return the seconds to wait before asking again."""
        windows = {window.key: window for window in self._windows(quota)}
        with transaction.atomic(durable=True):
            rows = self._lock([*windows, self._group_key(quota)])
            now = _now()
            wait = max((self._wait(row, windows.get(row.key), now) for row in rows), default=0.0)
            if wait > 0:
                return wait
            for row in rows:
                if window := windows.get(row.key):
                    row.hits = [*self._recent(row, window, now), now]
                    row.save(update_fields=["hits"])
        return 0.0

    def _windows(self, quota: Quota) -> Iterator[_Window]:
        yield _Window(f"{self._scope}:burst:{quota.endpoint}", quota.burst, quota.burst_seconds)
        if quota.per_minute is not None:
            yield _Window(f"{self._scope}:minute:{quota.group}", quota.per_minute, 60.0)
        if quota.min_interval:
            yield _Window(f"{self._scope}:interval:{quota.endpoint}", 1, quota.min_interval)

    def _group_key(self, quota: Quota) -> str:
        return f"{self._scope}:blocked:{quota.group}"

    @staticmethod
    def _lock(keys: list[str]) -> list[RateWindow]:
        RateWindow.objects.bulk_create([RateWindow(key=key) for key in sorted(keys)], ignore_conflicts=True)
        return list(RateWindow.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("key"))

    @staticmethod
    def _recent(row: RateWindow, window: _Window, now: float) -> list[float]:
        return [hit for hit in row.hits if hit > now - window.seconds - MARGIN_SECONDS]

    def _wait(self, row: RateWindow, window: _Window | None, now: float) -> float:
        blocked = row.blocked_until - now
        if window is None:
            return blocked
        recent = self._recent(row, window, now)
        if len(recent) < window.calls:
            return blocked
        return max(blocked, recent[-window.calls] + window.seconds + MARGIN_SECONDS - now)


def _now() -> float:
    """The database's clock, the only one all machines share. Call after locking."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (now,) = cursor.fetchone()
        return float(now)
