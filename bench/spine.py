"""Orders in, a pick, and stock out on the demo shop: each beside bare SQL that does the same.

Runs in a transaction that is rolled back, on a throw-away database of the test server.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Variant
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop
from integrations.trendyol.push.plan import make_plan
from inventory.models import RafUrun
from inventory.selectors import availability, check_stock
from orders.enums import OrderState
from orders.incoming import IncomingLine, IncomingPackage
from orders.services import apply_packages, confirm_picking
from tests.factories import make_order


def main() -> None:

    with _database(), transaction.atomic():
        _measure()
        transaction.set_rollback(True)


@contextmanager
def _database() -> Any:

    connection.settings_dict["TEST"]["NAME"] = "bench_gullu"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _measure() -> None:

    started = time.perf_counter()
    load_shop(make_shop(now=timezone.now()))
    print(f"demo shop made and loaded in {time.perf_counter() - started:.1f} s")
    _analyze()

    live = timezone.now() - timedelta(days=800)
    pages = [_page(900_000 + 1000 * number) for number in range(5)]
    remaining = iter(pages)
    page = _median(lambda: apply_packages(next(remaining), live_since=live), times=5)
    _report(
        "a page of 200 packages stored",
        page,
        _median(_bare_page, times=5),
        "two bare INSERTs",
    )

    _report(
        "availability, 3,071 barcodes",
        _median(availability),
        _median(_bare_sums),
        "the three sums it needs, no join",
    )
    _report("push plan, whole catalogue", _median(make_plan), _median(availability), "availability alone")

    orders = iter(_open_orders(200))
    confirm = _median(lambda: confirm_picking(order_id=next(orders)), times=100)
    _report("a pick confirmed", confirm, _median(_bare_pick, times=100), "its six writes in bare SQL")
    print(f"check_stock over everything: {_median(check_stock, times=3) * 1000:.0f} ms")


def _median(action: Callable[[], Any], *, times: int = 7) -> float:
    seconds = []
    for _run in range(times):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _report(name: str, ours: float, floor: float, what: str) -> None:
    print(f"{name}: {ours * 1000:.1f} ms = {ours / floor:.1f} × floor ({what}: {floor * 1000:.1f} ms)")


def _analyze() -> None:

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _page(first_id: int) -> list[Any]:

    barcodes = list(Variant.objects.order_by("pk").values_list("barcode", flat=True)[:200])
    now = timezone.now()
    return [
        IncomingPackage(
            package_id=first_id + number,
            order_number=f"B{first_id + number}",
            state=OrderState.CREATED,
            remote_status="Created",
            modified_at=now,
            ordered_at=now,
            ship_by_at=now + timedelta(days=2),
            lines=(IncomingLine(line_id=first_id + number, barcode=barcode, quantity=1),),
            payload={"number": number},
        )
        for number, barcode in enumerate(barcodes)
    ]


_numbers = iter(range(5_000_000, 6_000_000))


def _bare_page() -> None:

    ids = [next(_numbers) for _number in range(200)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS bare_order (id bigint PRIMARY KEY, package_id bigint UNIQUE, number text,"
            " status text, ordered_at timestamptz, payload jsonb)"
        )
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS bare_line (id bigint PRIMARY KEY, order_id bigint REFERENCES bare_order,"
            " line_id bigint, barcode text, quantity int, state text, UNIQUE (order_id, line_id))"
        )
        cursor.execute(
            "INSERT INTO bare_order SELECT n, n, n::text, 'CREATED', now(), jsonb_build_object('number', n)"
            " FROM unnest(%s::bigint[]) n",
            [ids],
        )
        cursor.execute(
            "INSERT INTO bare_line SELECT n, n, n, n::text, 1, 'RESERVED' FROM unnest(%s::bigint[]) n", [ids]
        )


def _bare_sums() -> None:

    with connection.cursor() as cursor:
        for sql in (
            "SELECT variant_id, qty FROM inventory_centralstock",
            "SELECT variant_id, sum(quantity) FROM orders_orderline WHERE stock_state = 'RESERVED' GROUP BY 1",
            "SELECT id, barcode, safety_buffer FROM catalog_variant ORDER BY barcode",
        ):
            cursor.execute(sql)
            cursor.fetchall()


def _open_orders(number: int) -> list[int]:

    rows = RafUrun.objects.filter(adet__gte=2).select_related("variant__product")[:number]
    orders = [make_order([(row.variant, 1)], package_id=80_000_000 + place) for place, row in enumerate(rows)]
    return [order.pk for order in orders]


def _bare_pick() -> None:

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orders_order WHERE status = 'CREATED' LIMIT 1 FOR NO KEY UPDATE")
        (order_id,) = cursor.fetchone()
        cursor.execute(
            "SELECT variant_id, shelf_id FROM inventory_rafurun WHERE adet > 1 LIMIT 1 FOR NO KEY UPDATE"
        )
        variant_id, shelf_id = cursor.fetchone()
        cursor.execute(
            "INSERT INTO inventory_stockmovement (variant_id, shelf_id, delta, kind, reference, reason, created_at)"
            " VALUES (%s, %s, -1, 'PICK', 'bench', '', now())",
            [variant_id, shelf_id],
        )
        cursor.execute(
            "UPDATE inventory_rafurun SET adet = adet - 1 WHERE variant_id = %s AND shelf_id = %s",
            [variant_id, shelf_id],
        )
        cursor.execute("UPDATE inventory_centralstock SET qty = qty - 1 WHERE variant_id = %s", [variant_id])
        cursor.execute("UPDATE orders_order SET updated_at = now() WHERE id = %s", [order_id])
        cursor.execute("UPDATE orders_orderline SET updated_at = now() WHERE order_id = %s", [order_id])
        cursor.execute(
            "INSERT INTO orders_orderevent (order_id, kind, source, at, from_status, to_status, data, created_at)"
            " VALUES (%s, 'PICKED', 'HERE', now(), '', '', '{}', now())",
            [order_id],
        )
