"""Erasing beside what the marketplace says at the same moment: on real connections."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction

from gullu.roles import MANAGER
from integrations.trendyol.sync.returns import ReturnsResult, _store
from orders.enums import OrderState
from orders.models import Order, ReturnUnit
from orders.privacy.people import key_of
from orders.privacy.services import erase_customer
from tests.factories import make_order, make_user, make_variant

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reading_of_returns_that_began_before_the_erasing_does_not_write_after_it() -> None:
    variant = make_variant()
    order = make_order([(variant, 1)], status=OrderState.DELIVERED, customer_id=77)
    person = make_user(MANAGER)
    reading = threading.Thread(target=_in_thread, args=(lambda: _store([_claim(order)], ReturnsResult()),))
    erasing = threading.Thread(
        target=_in_thread, args=(lambda: erase_customer(key=key_of(order), actor=person),)
    )

    with transaction.atomic(), connection.cursor() as cursor:
        # The reading knows the order by then, and not yet its articles.
        cursor.execute("LOCK TABLE catalog_variant IN ACCESS EXCLUSIVE MODE")
        reading.start()
        _wait_for(cursor, "relation")
        erasing.start()
        _wait_for(cursor, "transactionid")
    reading.join(timeout=20)
    erasing.join(timeout=20)

    order.refresh_from_db()
    assert order.anonymized_at is not None
    assert list(ReturnUnit.objects.values_list("order", "customer_note")) == [(order.pk, "")]


def _in_thread(action: Any) -> None:
    try:
        action()
    finally:
        connections.close_all()


def _wait_for(cursor: Any, kind: str) -> None:
    """Until another connection waits for a lock of this kind; not for ever, so that the test can fail."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s", [kind])
        if cursor.fetchone()[0]:
            return
        time.sleep(0.01)


def _claim(order: Order) -> dict[str, Any]:
    item = {"id": "u1", "claimItemStatus": {"name": "Created"}, "customerNote": "Perihan Hanıma dar geldi"}
    line = order.lines.get()
    return {
        "id": "c1",
        "orderNumber": order.order_number,
        "orderOutboundPackageId": order.package_id,
        "items": [{"orderLine": {"id": line.line_id, "barcode": line.barcode}, "claimItems": [item]}],
    }
