"""The cache only makes things faster: with a real Redis, and with a Redis that is gone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import BaseCache, caches
from django.test import override_settings

from gullu import menu_badges
from tests.factories import make_order

OPTIONS = {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1}


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """The Redis of TEST_REDIS_URL, or one of this test alone; skipped where none is, but never on the CI machine."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("redis-server is missing on the CI machine")
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=10)


def _cache(url: str) -> BaseCache:
    backend = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": OPTIONS}
    with override_settings(CACHES={"default": backend}):
        return caches.create_connection("default")


def test_redis_keeps_what_it_is_given(redis_url: str) -> None:
    cache = _cache(redis_url)

    cache.set("çift", {"adet": 3}, timeout=60)

    assert cache.get("çift") == {"adet": 3}
    cache.close()


def test_a_redis_that_is_gone_is_an_empty_cache_not_an_error() -> None:
    cache = _cache("redis://127.0.0.1:9/0")

    cache.set("x", 1)

    assert cache.get("x", default="computed again") == "computed again"
    assert cache.get_or_set("y", lambda: 7) == 7


@pytest.mark.django_db
@pytest.mark.menu_numbers
def test_numbers_of_the_menu_come_from_redis_or_are_counted(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MENU_COUNT_SECONDS = 60
    kept, gone = _cache(redis_url), _cache("redis://127.0.0.1:9/0")
    kept.delete("menu:new_orders")
    shown = []

    for cache in (kept, gone):
        monkeypatch.setattr(menu_badges, "cache", cache)
        make_order()
        shown += [menu_badges.texts(["new_orders"]), menu_badges.texts([])]
        make_order()
        shown.append(menu_badges.texts(["new_orders"]))
    kept.delete("menu:new_orders")
    kept.close()

    assert [found.get("new_orders") for found in shown] == ["1", None, "1", "3", None, "4"]
