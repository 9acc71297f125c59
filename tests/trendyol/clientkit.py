"""What the client tests share: a client without network or clock, and the sample payloads."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import responses

from gullu.http import build_session
from integrations.trendyol.client import (
    Credentials,
    InventoryItem,
    NullLimiter,
    Timing,
    TrendyolClient,
)
from integrations.trendyol.errors import (
    TrendyolError,
)
from integrations.trendyol.quotas import Quota

PAYLOADS = Path(__file__).parent / "payloads"
HOST = "https://apigw.trendyol.com"
STAGE = "https://stageapigw.trendyol.com"
SELLER = "987654"
KEY, SECRET = "Anahtar123key", "Gizli456secret"
TOKEN = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
EMPTY_PAGE = {"totalElements": 0, "totalPages": 0, "page": 0, "size": 50, "content": []}


@dataclass
class Clock:
    """A clock that only moves when someone sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def timing(self) -> Timing:
        return Timing(clock=lambda: self.now, sleep=self.sleep, jitter=lambda: 0.5)


@dataclass
class RecordingLimiter(NullLimiter):
    """Notes what it is asked."""

    acquired: list[str] = field(default_factory=list)
    penalties: list[tuple[str, float]] = field(default_factory=list)

    def acquire(self, quota: Quota) -> None:
        self.acquired.append(quota.endpoint)

    def penalize(self, quota: Quota, seconds: float) -> None:
        self.penalties.append((quota.group, seconds))


def credentials(**changes: str) -> Credentials:
    return Credentials(**{"seller_id": SELLER, "api_key": KEY, "api_secret": SECRET, **changes})


def make_client(
    *, clock: Clock | None = None, limiter: NullLimiter | None = None, base_url: str = HOST, **session: Any
) -> TrendyolClient:
    return TrendyolClient(
        credentials=credentials(),
        base_url=base_url,
        session=build_session(user_agent="tests", **session),
        limiter=limiter or NullLimiter(),
        timing=(clock or Clock()).timing,
    )


def sample(name: str) -> str:
    return (PAYLOADS / f"{name}.json").read_text()


def read_call(client: TrendyolClient) -> object:
    return client.get_orders(order_number="1")


def write_call(client: TrendyolClient) -> object:
    return client.push_price_and_inventory([InventoryItem(barcode="868", quantity=3)])


def failure(call: Callable[[TrendyolClient], object], client: TrendyolClient) -> TrendyolError:
    with pytest.raises(TrendyolError) as caught:
        call(client)
    return caught.value


ORDERS_URL = re.compile(r"https://\w+\.trendyol\.com/integration/order/sellers/987654/v2/orders")
PUSH_URL = re.compile(r".*/integration/inventory/sellers/987654/products/price-and-inventory")


def add_error(web: responses.RequestsMock, method: str, url: re.Pattern[str], name: str) -> None:
    wrapped = json.loads(sample(f"errors/{name}"))
    body = wrapped["body"] if isinstance(wrapped["body"], str) else json.dumps(wrapped["body"])
    web.add(method, url, body=body, status=wrapped["httpStatus"], content_type=wrapped["contentType"])
