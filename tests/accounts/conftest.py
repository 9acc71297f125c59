"""What tests of signing in share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gullu.models import User
from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def counting(settings: Any) -> Iterator[None]:
    """Wrong attempts are counted; used codes and rates are kept in the cache, which tests of one process share."""
    settings.AXES_ENABLED = True
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, user: User | str, password: str = PASSWORD, **query: str) -> Any:
    """Through the real page."""
    name = user if isinstance(user, str) else user.username
    return client.post(reverse("account_login"), {"login": name, "password": password, **query})


def confirm(client: Client) -> None:
    """Type the password again, as delicate pages ask for."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def add_app(user: User) -> str:
    """Give a person an authenticator app; returns its key."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
