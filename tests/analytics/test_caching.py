"""Figures kept ready: found again, dropped when their data changes, and never wrong when the cache is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection, connections, transaction
from django.test import override_settings
from django.utils import translation

from analytics.caching import MOST_BYTES, DataKind, bump, cached
from analytics.facts.services import refresh_facts
from analytics.models import DataVersion
from tests.factories import make_order, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db

GONE: Mapping[str, Any] = {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": "redis://127.0.0.1:9/0",
    "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
}


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def counting() -> Callable[[], int]:
    """Gives 1, 2, 3 …: how often it was called."""
    calls = iter(range(1, 100))
    return lambda: next(calls)


def entries() -> dict[str, bytes]:
    """What the cache of this process holds, as it was pickled."""
    memory: Any = caches["default"]
    held: dict[str, bytes] = memory._cache
    return held


def test_same_question_is_answered_once(django_assert_num_queries: Any) -> None:
    bump(DataKind.SALES)
    make = counting()
    key = {"first": date(2026, 11, 1), "least": Decimal("1.50"), "kind": DataKind.SALES}

    first = cached(DataKind.SALES, key, make)
    with django_assert_num_queries(1):
        again = cached(DataKind.SALES, key, make)
    other = cached(DataKind.SALES, {**key, "first": date(2026, 11, 2)}, make)

    assert (first, again, other) == (1, 1, 2)


def test_nothing_can_be_kept_too() -> None:
    bump(DataKind.SALES)
    make = counting()

    found = [cached(DataKind.SALES, "none", lambda: make() and None) for _number in range(2)]

    assert (found, make()) == ([None, None], 2)


@pytest.mark.parametrize(
    ("kind", "changed", "dropped"),
    [
        (DataKind.SALES, DataKind.SALES, True),
        (DataKind.SALES, DataKind.FORECAST, False),
        (DataKind.FORECAST, DataKind.FORECAST, True),
        (DataKind.PROFIT, DataKind.PROFIT, True),
        # Profit is made of sales.
        (DataKind.PROFIT, DataKind.SALES, True),
        (DataKind.SALES, DataKind.PROFIT, False),
    ],
)
def test_changed_data_drops_what_was_made_of_it(kind: DataKind, changed: DataKind, dropped: bool) -> None:
    for one in (DataKind.SALES, DataKind.PROFIT, DataKind.FORECAST):
        bump(one)
    make = counting()
    cached(kind, "x", make)

    bump(changed)

    assert cached(kind, "x", make) == (2 if dropped else 1)


def test_stock_is_followed_without_being_told() -> None:
    variant, shelf = make_variant(), make_shelf()
    make = counting()
    found = [cached(DataKind.STOCK, "x", make), cached(DataKind.STOCK, "x", make)]

    stock(variant, shelf, 3)
    found.append(cached(DataKind.STOCK, "x", make))
    make_order([(variant, 1)])
    found += [cached(DataKind.STOCK, "x", make), cached(DataKind.STOCK, "x", make)]

    assert found == [1, 1, 2, 3, 3]


def test_two_kinds_drop_it_both() -> None:
    bump(DataKind.FORECAST)
    make = counting()

    def ask() -> int:
        return cached(DataKind.STOCK, "advice", make, also=[DataKind.FORECAST])

    found = [ask(), ask()]
    bump(DataKind.FORECAST)
    found.append(ask())
    stock(make_variant(), make_shelf(), 1)
    found.append(ask())

    assert found == [1, 1, 2, 3]


def test_data_that_was_never_made_is_not_kept() -> None:
    make = counting()

    assert [cached(DataKind.FORECAST, "x", make) for _number in range(2)] == [1, 2]


def test_lifetime_of_nothing_keeps_nothing(settings: Any) -> None:
    bump(DataKind.SALES)
    settings.CACHE_SECONDS_SALES = 0
    make = counting()

    assert [cached(DataKind.SALES, "x", make) for _number in range(2)] == [1, 2]


def test_state_that_was_rolled_back_never_comes_again() -> None:
    bump(DataKind.SALES)
    make = counting()
    before = cached(DataKind.SALES, "x", make)
    with transaction.atomic():
        bump(DataKind.SALES)
        cached(DataKind.SALES, "x", make)
        transaction.set_rollback(True)

    after = cached(DataKind.SALES, "x", make)
    bump(DataKind.SALES)

    assert (before, after, cached(DataKind.SALES, "x", make)) == (1, 1, 3)


def test_languages_do_not_share_their_words() -> None:
    bump(DataKind.SALES)
    make = counting()

    found = []
    for language in ("tr", "en", "tr"):
        with translation.override(language):
            found.append(cached(DataKind.SALES, "x", make))

    assert found == [1, 2, 1]


@pytest.mark.parametrize("rubbish", [b"\x80rubbish", b"canalytics.caching\nGoneClass\n.", b"N.", b"I5\n."])
def test_rubbish_in_the_cache_is_made_again(rubbish: bytes) -> None:
    bump(DataKind.SALES)
    make = counting()
    cached(DataKind.SALES, "x", make)
    kept = entries()
    for name in kept:
        kept[name] = rubbish

    assert [cached(DataKind.SALES, "x", make) for _number in range(2)] == [2, 2]


def test_entry_of_another_question_is_not_taken() -> None:
    bump(DataKind.SALES)
    make = counting()
    cached(DataKind.SALES, "x", make)
    kept = entries()
    ((name, entry),) = kept.items()
    cached(DataKind.SALES, "y", make)
    (other,) = set(kept) - {name}
    kept[other] = entry

    assert cached(DataKind.SALES, "y", make) == 3


def test_cache_that_is_gone_only_costs_time() -> None:
    bump(DataKind.SALES)
    make = counting()

    with override_settings(CACHES={"default": dict(GONE)}):
        assert [cached(DataKind.SALES, "x", make) for _number in range(2)] == [1, 2]


def test_huge_results_are_not_kept() -> None:
    bump(DataKind.SALES)
    make = counting()

    found = [cached(DataKind.SALES, "x", lambda: (make(), bytes(MOST_BYTES)))[0] for _number in range(2)]

    assert found == [1, 2]


def test_key_must_be_plain_data() -> None:
    bump(DataKind.SALES)

    with pytest.raises(TypeError, match="object cannot be part of a key"):
        cached(DataKind.SALES, {"x": object()}, counting())


def test_refresh_tells_of_changes_alone() -> None:
    order = make_order([(make_variant(), 1)])
    tokens = []
    for city in ("Van", "Van", "Muş"):
        type(order).objects.filter(pk=order.pk).update(city=city)
        refresh_facts()
        tokens.append(DataVersion.objects.get(kind=DataKind.SALES).token)

    assert (tokens[0] == tokens[1], tokens[1] == tokens[2]) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_make_the_same_at_once() -> None:
    bump(DataKind.SALES)
    make, found = counting(), []

    def slowly() -> int:
        time.sleep(0.2)
        return make()

    def ask() -> None:
        found.append(cached(DataKind.SALES, "x", slowly))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert found == [1] * 4
    assert connection.is_usable()
