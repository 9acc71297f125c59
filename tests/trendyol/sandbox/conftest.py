from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox, SandboxClock

from .client import Client

NOW = 1_795_240_800.0  # 21 Nov 2026 09:00 in Istanbul, a Saturday


def product(number: int, quantity: int = 5, **fields: Any) -> dict[str, Any]:
    model = (number - 1) // 7 + 1
    return {
        "barcode": f"868000000{number:04d}",
        "product_main_id": f"YB-{model:04d}",
        "title": "Yolcubulut Kadın Babet",
        "colour": "Siyah",
        "size": str(35 + (number - 1) % 7),
        "stock_code": f"YB-{model:04d}-{number}",
        "quantity": quantity,
        "sale_price": 1299.9,
        "list_price": 1499.9,
        **fields,
    }


def barcode(number: int) -> str:
    return f"868000000{number:04d}"


@pytest.fixture
def clock() -> SandboxClock:
    """Stands still unless pushed."""
    return SandboxClock(lambda: NOW)


@pytest.fixture
def make_sandbox(clock: SandboxClock) -> Iterator[Callable[..., Sandbox]]:
    running: list[Sandbox] = []

    def make(**settings: Any) -> Sandbox:
        sandbox = Sandbox(**{"clock": clock, "hang_seconds": 0.2, **settings}).start()
        running.append(sandbox)
        return sandbox

    yield make
    for sandbox in running:
        sandbox.stop()


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Fourteen barcodes of two models, five pairs each."""
    made = make_sandbox()
    made.shop.load_products(product(number) for number in range(1, 15))
    return made


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)
