"""A door with both credentials, and the same shop on the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.conftest import client, sandbox, shelf, shop  # noqa: F401  (fixtures)
from tests.integrations.webhooks.knocking import API_KEY, PASSWORD, USERNAME


@pytest.fixture
def door(settings: Any) -> dict[str, Any]:
    """Webhooks are on, with a key and with a password."""
    settings.TRENDYOL_WEBHOOK = {
        "ENABLED": True,
        "API_KEY": API_KEY,
        "USERNAME": USERNAME,
        "PASSWORD": PASSWORD,
        "URL": "https://kanca.guller-ayakkabi.com/webhooks/orders",
    }
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "kanca.guller-ayakkabi.com"]
    found: dict[str, Any] = settings.TRENDYOL_WEBHOOK
    return found
