"""One limiter for all processes: sliding windows in the database."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from integrations.models import RateWindow
from integrations.trendyol.client import Credentials
from integrations.trendyol.errors import RateLimited
from integrations.trendyol.limiter import MARGIN_SECONDS, DatabaseLimiter
from integrations.trendyol.quotas import Quota


class Sleeps(list[float]):
    """A sleep that notes how long, and moves the shared windows back instead of waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)
        for row in RateWindow.objects.all():
            row.hits = [hit - seconds for hit in row.hits]
            row.blocked_until -= seconds
            row.save()


def limiter(sleep: Any = None, *, key: str = "key", patience: float = 70) -> DatabaseLimiter:
    credentials = Credentials(seller_id="1", api_key=key, api_secret="s")
    return DatabaseLimiter(credentials, patience_seconds=patience, sleep=Sleeps() if sleep is None else sleep)


SMALL = Quota(endpoint="orders.list", group="ORDERS_READ", per_minute=3, burst=50, burst_seconds=10)


@pytest.mark.django_db
def test_calls_within_the_quota_do_not_wait() -> None:
    sleeps = Sleeps()

    for _number in range(3):
        limiter(sleeps).acquire(SMALL)

    assert sleeps == []


@pytest.mark.django_db
def test_the_fourth_of_three_waits_until_the_first_leaves_the_window() -> None:
    sleeps = Sleeps()
    for _number in range(4):
        limiter(sleeps).acquire(SMALL)

    assert len(sleeps) == 1
    assert 59 < sleeps[0] <= 60 + MARGIN_SECONDS


@pytest.mark.django_db
def test_burst_and_interval_are_kept_too() -> None:
    sleeps = Sleeps()
    quota = Quota(
        endpoint="orders.stream", group="X", per_minute=None, min_interval=5.0, burst=2, burst_seconds=10
    )

    for _number in range(3):
        limiter(sleeps).acquire(quota)

    assert [round(seconds) for seconds in sleeps] == [5, 5]


@pytest.mark.django_db
def test_credentials_do_not_share_their_quota() -> None:
    sleeps = Sleeps()
    for key in ("one", "two"):
        for _number in range(3):
            limiter(sleeps, key=key).acquire(SMALL)

    assert sleeps == []


@pytest.mark.django_db
def test_a_wait_longer_than_the_patience_is_refused_at_once() -> None:
    strict = limiter(patience=10)
    for _number in range(3):
        strict.acquire(SMALL)

    with pytest.raises(RateLimited):
        strict.acquire(SMALL)


@pytest.mark.django_db
def test_a_penalty_holds_for_every_process_of_the_group() -> None:
    sleeps = Sleeps()
    limiter(sleeps).penalize(SMALL, 30)

    limiter(sleeps).acquire(SMALL)

    assert [round(seconds) for seconds in sleeps] == [30]


@pytest.mark.django_db(transaction=True)
def test_threads_together_never_exceed_the_quota() -> None:
    quota = Quota(endpoint="orders.list", group="ORDERS_READ", per_minute=10, burst=50, burst_seconds=10)
    allowed: list[int] = []
    refused: list[int] = []

    def call(number: int) -> None:
        try:
            limiter(patience=0).acquire(quota)
            allowed.append(number)
        except RateLimited:
            refused.append(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(allowed), len(refused)) == (10, 6)
