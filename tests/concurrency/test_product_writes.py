"""Two people press "send" at once: one message, one listing.

The control test takes the lock out and sees two messages: so these tests are able to fail.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from catalog.models import Product
from integrations.listing import planning, writes
from integrations.listing.write_errors import NothingFailed, UnderWay
from integrations.listing.writes import ask_again, ask_archive, ask_create, ask_update
from integrations.listing.writing import Book
from integrations.models import Listing, OutboxMessage, ProductWrite
from tests.concurrency.threads import race
from tests.integrations.listkit import TRENDYOL, ids, make_model

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product() -> Product:
    return make_model()


def sent() -> tuple[int, int]:
    """Messages and items."""
    return OutboxMessage.objects.count(), ProductWrite.objects.count()


def refused(results: list[Any], error: type[Exception]) -> int:
    return sum(isinstance(result, error) for result in results)


def approve(product: Product) -> None:
    Listing.objects.bulk_create(
        Listing(barcode=row.barcode, variant=row, state=Listing.State.APPROVED, content_id=7)
        for row in product.variants.all()
    )


def test_a_model_is_listed_once(product: Product) -> None:
    results = race(*[partial(ask_create, channel=TRENDYOL, product_id=product.pk)] * 4)

    assert (refused(results, UnderWay), sent()) == (3, (1, 2))


def test_a_card_is_changed_once(product: Product) -> None:
    approve(product)

    results = race(
        *[partial(ask_update, channel=TRENDYOL, product_id=product.pk, fields=("title", "stock_code"))] * 3
    )

    assert (refused(results, UnderWay), sent()) == (2, (2, 3))


def test_a_barcode_is_archived_once(product: Product) -> None:
    approve(product)

    results = race(*[partial(ask_archive, channel=TRENDYOL, variant_ids=ids(product), archived=True)] * 3)

    assert (refused(results, UnderWay), sent()) == (2, (1, 2))


def test_what_failed_is_sent_again_once(product: Product) -> None:
    ask_create(channel=TRENDYOL, product_id=product.pk)
    ProductWrite.objects.update(state="FAILED")
    OutboxMessage.objects.update(state="DELIVERED")
    failed = list(ProductWrite.objects.values_list("pk", flat=True))

    results = race(*[partial(ask_again, write_ids=failed)] * 3)

    assert (refused(results, NothingFailed), sent()) == (2, (2, 4))


def test_without_the_lock_it_is_listed_twice(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)

    def together(**options: Any) -> Any:
        """Both have looked before either has written."""
        found = Book(**options)
        both.wait(timeout=10)
        return found

    monkeypatch.setattr(planning, "Book", together)
    monkeypatch.setattr(writes, "lock_writes", lambda: None)

    race(*[partial(ask_create, channel=TRENDYOL, product_id=product.pk)] * 2)

    assert sent() == (2, 4)
