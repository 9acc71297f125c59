"""The door for Trendyol's events, from the environment: whether it is open, and what opens it. Knows no Django."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

SHORTEST_SECRET: Final = 16
_HEADER_TEXT: Final = re.compile(r"[!-~]+")  # printable ASCII without spaces: what a header can carry


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDoor:
    """`api_key`, or `username` with `password`, or all; empty what is not used. `url` None: built from the site's."""

    enabled: bool
    api_key: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    url: str | None


def webhook_door(values: Mapping[str, Any]) -> WebhookDoor:
    """The door of the TRENDYOL_WEBHOOK_* values. Raises ValueError with one sentence, without the secrets."""
    door = WebhookDoor(
        enabled=values["TRENDYOL_WEBHOOK_ENABLED"],
        api_key=values["TRENDYOL_WEBHOOK_API_KEY"],
        username=values["TRENDYOL_WEBHOOK_USERNAME"],
        password=values["TRENDYOL_WEBHOOK_PASSWORD"],
        url=values["TRENDYOL_WEBHOOK_URL"],
    )
    if bool(door.username) != bool(door.password):
        raise ValueError(
            "TRENDYOL_WEBHOOK_USERNAME and TRENDYOL_WEBHOOK_PASSWORD belong together: set both or none."
        )
    for name in ("TRENDYOL_WEBHOOK_API_KEY", "TRENDYOL_WEBHOOK_PASSWORD"):
        _check_secret(name, values[name])
    _check_url(door.url or "")
    if door.enabled and not (door.api_key or door.password):
        raise ValueError(
            "TRENDYOL_WEBHOOK_ENABLED is on, but nothing proves that an event is Trendyol's: set "
            "TRENDYOL_WEBHOOK_API_KEY, or TRENDYOL_WEBHOOK_USERNAME and TRENDYOL_WEBHOOK_PASSWORD."
        )
    return door


def _check_url(url: str) -> None:
    """Others read it, so nothing secret may stand in it."""
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError(
            "TRENDYOL_WEBHOOK_URL holds more than an address; write https://shop.example.com/webhooks/orders/, "
            "without a password and without a question mark."
        )


def _check_secret(name: str, secret: str) -> None:
    """It is the only lock on the door, so it must not be guessable; and Trendyol must be able to send it."""
    if secret and not (len(secret) >= SHORTEST_SECRET and _HEADER_TEXT.fullmatch(secret)):
        raise ValueError(
            f"{name} must have at least {SHORTEST_SECRET} letters, digits and signs, without spaces; "
            'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))".'
        )
