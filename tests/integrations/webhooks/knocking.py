"""Events as Trendyol sends them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from django.test import Client

from tests.trendyol.clientkit import sample

API_KEY, USERNAME, PASSWORD = "gizli-anahtar-0123456789", "kanca", "gizli-parola-0123456789"
DOOR = "/webhooks/orders/"
PACKAGE = 3330100001
MODIFIED = 1795162532500


def event(*, number: int = PACKAGE, modified: int = MODIFIED, **changes: Any) -> dict[str, Any]:
    """The sample event, about another package or of another time."""
    found: dict[str, Any] = json.loads(sample("webhook_event"))
    package = found["content"][0]
    for place, line in enumerate(package["lines"]):
        line["lineId"] = number * 10 + place
    package |= {"shipmentPackageId": number, "lastModifiedDate": modified, **changes}
    return found


def knock(body: bytes | Mapping[str, Any], *, client: Client | None = None, **headers: str) -> Any:
    """Send it with the key, unless other headers are given."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = headers or {"x-api-key": API_KEY}
    return (client or Client()).post(DOOR, sent, content_type="application/json", headers=given)


def basic(username: str = USERNAME, password: str = PASSWORD) -> str:
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()
