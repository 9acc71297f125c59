"""A shop here and the same shop on the sandbox, joined by real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog.models import Variant
from gullu.http import build_session
from integrations.trendyol.client import Credentials, Limiter, NullLimiter, Timing, TrendyolClient
from integrations.trendyol.connection import using
from integrations.trendyol.push import run as push_run
from integrations.trendyol.sandbox import NO_AGES, Sandbox
from inventory.models import Shelf
from inventory.selectors import availability
from inventory.services import adjust_stock
from tests.factories import make_shelf, make_variant, stock


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An empty sandbox without rate limits, whose batches finish at once and whose packages do not age."""
    with Sandbox(
        batch_delay_seconds=0, split_delay_seconds=0, hang_seconds=0.2, strict_limits=False, ages=NO_AGES
    ) as it:
        yield it


def client_for(sandbox: Sandbox, *, limiter: Limiter | None = None, **changes: Any) -> TrendyolClient:
    """A client that speaks to the sandbox and does not sleep between its attempts."""
    given = {"seller_id": "987654", "api_key": "sandbox-key", "api_secret": "sandbox-secret", **changes}
    credentials = Credentials(**given)
    return TrendyolClient(
        credentials=credentials,
        base_url=sandbox.base_url,
        session=build_session(user_agent=credentials.user_agent, read_timeout=5),
        limiter=limiter or NullLimiter(),
        timing=Timing(sleep=lambda seconds: None),
    )


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[TrendyolClient]:
    with using(client_for(sandbox)) as speaking:
        yield speaking


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


class Shop:
    """Makes products in both places."""

    def __init__(self, sandbox: Sandbox, shelf: Shelf) -> None:
        self.sandbox = sandbox
        self.shelf = shelf
        self._next = 1

    def sell(self, quantity: int = 5, *, there: int | None = None, **listing: Any) -> Variant:
        """A variant with `quantity` pairs on the shelf; the sandbox starts with `there` (default: the same)."""
        variant = make_variant(f"868000000{self._next:04d}", safety_buffer=listing.pop("safety_buffer", 0))
        self._next += 1
        if quantity:
            stock(variant, self.shelf, quantity)
        else:
            adjust_stock(barcode=variant.barcode, shelf_code=self.shelf.code, counted=0, reason="sayım")
        shown = quantity if there is None else there
        self.list_there(variant.barcode, shown, **listing)
        return variant

    def list_there(self, barcode: str, quantity: int, **listing: Any) -> None:
        """Put a barcode on the sandbox."""
        values: dict[str, Any] = {
            "product_main_id": barcode[-4:],
            "title": "Topuklu Ayakkabı",
            "colour": "Siyah",
            "size": "37",
            "stock_code": barcode,
            "sale_price": 499.9,
            "list_price": 599.9,
            **listing,
        }
        self.sandbox.shop.load_products([{"barcode": barcode, "quantity": quantity, **values}])

    def there(self) -> dict[str, int]:
        return self.sandbox.shop.stock()

    def offered(self) -> dict[str, int]:
        return {row.barcode: row.offered for row in availability()}


@pytest.fixture
def shop(sandbox: Sandbox, client: TrendyolClient, shelf: Shelf) -> Shop:
    return Shop(sandbox, shelf)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for batch results only a moment."""
    monkeypatch.setattr(push_run, "RESULT_PATIENCE_SECONDS", 0.3)
