"""The client of this shop: credentials from the settings, the shared limiter, one HTTP session per process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from gullu.http import build_session
from integrations.trendyol.client import Credentials, TrendyolClient
from integrations.trendyol.limiter import DatabaseLimiter


class NotConfigured(DomainError):
    """Data: none."""

    code = "trendyol_not_configured"
    template = _(
        "Trendyol is not set up: write TRENDYOL_SELLER_ID, TRENDYOL_API_KEY and TRENDYOL_API_SECRET into .env."
    )


_local = threading.local()
_given: list[TrendyolClient] = []


def is_configured() -> bool:
    """Whether the settings name a Trendyol account."""
    options = settings.TRENDYOL
    return bool(options["SELLER_ID"] and options["API_KEY"] and options["API_SECRET"])


def get_client() -> TrendyolClient:
    """The client for the account in the settings, kept per thread. Raises `NotConfigured`, `Misconfigured`."""
    if _given:
        return _given[-1]
    options: dict[str, Any] = settings.TRENDYOL
    if not is_configured():
        raise NotConfigured
    made_for = tuple(sorted(options.items()))
    if getattr(_local, "made_for", None) != made_for:
        _local.client, _local.made_for = _build(options), made_for
    client: TrendyolClient = _local.client
    return client


@contextmanager
def using(client: TrendyolClient) -> Iterator[TrendyolClient]:
    """Let the whole process speak through `client` for the block: for tests and tools with their own account."""
    _given.append(client)
    try:
        yield client
    finally:
        _given.remove(client)


def _build(options: dict[str, Any]) -> TrendyolClient:
    credentials = Credentials(
        seller_id=options["SELLER_ID"],
        api_key=options["API_KEY"],
        api_secret=options["API_SECRET"],
        integrator=options["INTEGRATOR"],
    )
    return TrendyolClient(
        credentials=credentials,
        base_url=options["BASE_URL"],
        session=build_session(user_agent=credentials.user_agent),
        limiter=DatabaseLimiter(credentials),
        tier=options["TIER"],
        storefront=options["STOREFRONT"],
    )
