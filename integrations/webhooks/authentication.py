"""Whether a request is Trendyol's: by the key or the password we gave it, compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Wrong credentials answered in words per minute and process; beyond them the caller is told to slow down.
MOST_FAILURES: Final = 60
_WINDOW_SECONDS: Final = 60.0


def is_authentic(request: HttpRequest) -> bool:
    """Whether it shows one of the credentials in the settings. Reads headers only, never the body."""
    door: dict[str, Any] = settings.TRENDYOL_WEBHOOK
    by_key = _same(request.headers.get("x-api-key", ""), door["API_KEY"])
    by_password = _same(_basic(request), _joined(door["USERNAME"], door["PASSWORD"]))
    # Both are compared whatever the first says, so that the time tells nothing.
    return by_key | by_password


def _same(given: str, wanted: str) -> bool:
    """Over digests: texts of different length would take a different time."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given, wanted)]
    return hmac.compare_digest(*digests) and bool(wanted)


def _basic(request: HttpRequest) -> str:
    scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _joined(username: str, password: str) -> str:
    return f"{username}:{password}" if username and password else ""


class Failures:
    """Counts wrong credentials in this process, without a database: a flood of them costs one warning a minute.

    It never stands in the way of right ones: whoever shares an address with a stranger (all do behind a proxy) would
    be shut out by him.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since = clock()
        self._count = 0

    def note(self, address: str | None) -> bool:
        """One more. Returns whether the minute has had too many."""
        with self._lock:
            now = self._clock()
            if now - self._since >= _WINDOW_SECONDS:
                if self._count > 1:
                    logger.warning("%s requests to the webhook showed wrong credentials", self._count)
                self._since, self._count = now, 0
            self._count += 1
            first, many = self._count == 1, self._count > MOST_FAILURES
        if first:
            logger.warning("a request to the webhook from %s showed wrong credentials", address)
        return many


failures: Final = Failures()
