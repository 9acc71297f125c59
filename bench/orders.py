"""Lists of orders, searches, filters and one order's page with 10,000 and with 1,000,000 orders.

The same shop, younger and older: 1,000 orders a day, the newest 2,000 still open. Both lie in one database, each in a
schema of its own, and are asked in turn, so that whatever else the machine does slows both. Each page is fetched
through the whole application; beside it stand what its statements took, and bare SQL that reads the same 50 rows.
The best of five is told.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

SIZES: Final = (10_000, 1_000_000)
OPEN: Final = 2_000
TIMES: Final = 5
_TABLES: Final = ("orders_order", "orders_orderline")


def main() -> None:
    """Measure in a process of its own, on a database of its own."""
    from django.conf import settings  # noqa: PLC0415  (configured by the caller)

    folder = Path(settings.DATA_DIR) / "bench-orders"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gullu.settings_test", "DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "bench.orders"], env=environment, check=True)


# --- the shop -----------------------------------------------------------------------------------------------------

_CATALOGUE: Final = """
INSERT INTO catalog_product (code, title, brand, category, age_group, vat_rate, desi, active, created_at, updated_at)
SELECT 'K' || lpad(n::text, 4, '0'), 'Topuklu Ayakkabı', 'Güllü', 'Ayakkabı', 'WOMEN', 10, 2, TRUE, now(), now()
  FROM generate_series(1, 300) n;
INSERT INTO catalog_variant (product_id, barcode, colour, size, stock_code, sale_price, cost_currency, safety_buffer,
                             active, created_at, updated_at)
SELECT id, '8680' || lpad((id * 10 + n)::text, 9, '0'), 'Siyah', (35 + n)::text, '', 500, 'TRY', 0, TRUE, now(), now()
  FROM catalog_product, generate_series(1, 10) n;
"""
# Order i of n, the oldest first: 86.4 seconds lie between two.
_ORDERS: Final = """
INSERT INTO orders_order (channel, source, package_id, order_number, shipment_number, status, remote_status,
    payment_pending, superseded, cancelled_by, origin_package_ids, ordered_at, reached_us_at, ship_by_at, shipped_at,
    customer_first_name, customer_last_name, city, district, shipment_address, invoice_address, currency,
    gross_amount, seller_discount, marketplace_discount, total_amount, cargo_tracking_number, cargo_provider,
    commercial, micro_export, invoice_status, invoice_number, note, parked, park_reason, park_state, park_note,
    payload, created_at, updated_at)
SELECT 'TRENDYOL', '', 3000000000 + i, (10000000000 + i)::text, '', state, '', i %% 97 = 0, FALSE, '', '{}', ordered,
    ordered, ordered + interval '2 days', CASE WHEN state IN ('CREATED', 'PICKING') THEN NULL
    ELSE ordered + interval '1 day' END, first[1 + i * 31 %% 100], last[1 + i * 17 %% 500],
    CASE WHEN i %% 200 = 0 THEN 'Bayburt' ELSE 'İl ' || i %% 80 END, 'Merkez', '{}', '{}', 'TRY', 600, 50, 50, 500,
    (7280000000000 + i * 7)::text, 'Kargo ' || i %% 6, FALSE, i %% 190 = 0, '', '', '', FALSE, '', '', '',
    '{}', ordered, ordered
  FROM (SELECT array_agg('Ad' || translate(n::text, '0123456789', 'abcdefghij')) AS first
          FROM generate_series(100, 199) n) a,
       (SELECT array_agg('Soyad' || translate(n::text, '0123456789', 'abcdefghij')) AS last
          FROM generate_series(100, 599) n) b,
       LATERAL (SELECT i, %(now)s - (%(n)s - i) * interval '86.4 seconds' AS ordered,
            CASE WHEN i > %(n)s - %(open)s * 3 / 4 THEN 'CREATED' WHEN i > %(n)s - %(open)s THEN 'PICKING'
                 WHEN i > %(n)s - 5000 THEN 'SHIPPED' WHEN i %% 10 = 0 THEN 'CANCELLED' WHEN i %% 20 = 1 THEN 'RETURNED'
                 ELSE 'DELIVERED' END AS state
          FROM generate_series(1, %(n)s) i) rows;
"""
_LINES: Final = """
INSERT INTO orders_orderline (order_id, line_id, variant_id, barcode, stock_code, product_name, colour, size, quantity,
    unit_gross, unit_seller_discount, unit_marketplace_discount, unit_price, total, units, commission_rate,
    remote_status, cancel_reason, stock_state, deducted_quantity, scanned, created_at, updated_at)
SELECT package.id, package.id * 10 + n, variant.id, variant.barcode, '', 'Topuklu Ayakkabı', 'Siyah', variant.size, 1,
    600, 50, 50, 500, 500, '[]', 20, '', '',
    CASE WHEN package.status IN ('CREATED', 'PICKING') THEN 'RESERVED' ELSE 'HISTORIC' END, 0, FALSE,
    package.ordered_at, package.ordered_at
  FROM orders_order package, generate_series(1, 2) n, LATERAL (
       SELECT first.id + (package.id * 7919 + n * 13) %% 3000 AS id
         FROM (SELECT min(id) AS id FROM catalog_variant) first) chosen
  JOIN catalog_variant variant ON variant.id = chosen.id
 WHERE n = 1 OR package.id %% 5 = 0;
"""


@contextmanager
def _shop(number: int) -> Iterator[None]:
    """Inside, every table is that of the shop with so many orders."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(f'SET search_path TO "shop_{number}"')
    yield


def _make_schema(number: int) -> None:
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    ContentType.objects.clear_cache()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "shop_{number}" CASCADE; CREATE SCHEMA "shop_{number}"')
        with _shop(number):
            call_command("migrate", verbosity=0)
            cursor.execute(_CATALOGUE)


def _fill(number: int) -> float:
    """Write so many orders; the indexes are made afterwards. Returns the seconds it took."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    started = time.perf_counter()
    words: dict[str, Any] = {"n": number, "open": OPEN, "now": timezone.now() + timedelta(hours=12)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(_TABLES)],
        )
        indexes = cursor.fetchall()
        # What is written here needs no checking of foreign keys.
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        cursor.execute("; ".join(f'DROP INDEX "{name}"' for name, _sql in indexes))
        cursor.execute(_ORDERS, words)
        cursor.execute(_LINES.replace("%%", "%"))
        cursor.execute("; ".join(sql for _name, sql in indexes))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


# --- measuring ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of a page and of its statements, and how many statements they were."""

    page: float
    database: float
    statements: int


@dataclass(slots=True)
class Clock:
    """Adds up what the database took."""

    seconds: float = 0.0
    statements: int = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started
            self.statements += 1


@contextmanager
def _clock() -> Iterator[Clock]:
    from django.db import connection  # noqa: PLC0415

    clock = Clock()
    with connection.execute_wrapper(clock):
        yield clock


def _once(client: Any, address: str) -> Measured:
    with _clock() as clock:
        started = time.perf_counter()
        response = client.get(address)
        page = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return Measured(page * 1000, clock.seconds * 1000, clock.statements)


def _best(turns: list[Measured]) -> Measured:
    return Measured(
        min(turn.page for turn in turns), min(turn.database for turn in turns), turns[-1].statements
    )


def _addresses(number: int) -> dict[str, str]:
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from catalog.models import Variant  # noqa: PLC0415
    from orders.models import Order, OrderCreated, OrderDelivered  # noqa: PLC0415

    def listed(name: str) -> str:
        return reverse(f"admin:orders_{name}_changelist")

    every, middle = listed("order"), Order.objects.get(package_id=3_000_000_000 + number // 2)
    delivered = OrderDelivered.objects.order_by("pk")[number // 3]
    variant = Variant.objects.order_by("pk")[1234]
    day = timezone.localtime(middle.ordered_at).date()
    span = f"{day - timedelta(days=2)}&{{}}_to={day}"
    searches = {
        "order number": middle.order_number,
        "beginning of an order number": middle.order_number[:8],
        "package": str(middle.package_id),
        "cargo number": middle.cargo_tracking_number,
        "barcode": variant.barcode,
        "model": "k0123",
        "first and last name": f"{middle.customer_first_name} {middle.customer_last_name}".lower(),
        "first name": middle.customer_first_name.lower(),
        "any name": "ad",
        "nothing": "kimseyok",
    }
    return {
        **{
            f"list {name or 'of all'}": f"{listed(f'order{name}')}?archive=1"
            for name in ("", "shipped", "delivered", "cancelled", "returned")
        },
        "list created": f"{listed('ordercreated')}?clear=1",
        "list picking": f"{listed('orderpicking')}?clear=1",
        "list without the archive": f"{every}?state=DELIVERED",
        "new, page 2": f"{listed('ordercreated')}?after={OrderCreated.objects.most_urgent_first()[49].pk}",
        "delivered, page 2": f"{listed('orderdelivered')}?archive=1&after={_newest(OrderDelivered, 49)}",
        "delivered, in the middle": f"{listed('orderdelivered')}?archive=1&after={delivered.pk}",
        "delivered, last page": f"{listed('orderdelivered')}?archive=1&end=1",
        "all, last page of what is not archived": f"{every}?end=1",
        **{f"search {name}": f"{every}?q={text}" for name, text in searches.items()},
        "filter late": f"{every}?attention=late",
        "filter missed picks": f"{every}?attention=missed",
        "filter refused messages": f"{every}?attention=refused",
        "filter sync problems": f"{every}?attention=sync",
        "filter a rare city": f"{every}?city=Bayburt&archive=1",
        "filter a rare city, cancelled": f"{listed('ordercancelled')}?city=Bayburt&archive=1",
        "filter carrier": f"{every}?carrier=Kargo+3",
        "filter micro export": f"{every}?micro=1&archive=1",
        "filter three days of orders": f"{every}?ordered_from={span.format('ordered')}",
        "filter three days of shipping": f"{every}?shipped_from={span.format('shipped')}",
        "the lines of one order": reverse("admin:orders_order_lines", args=[middle.pk]),
        "the page of one order": reverse("admin:orders_order_change", args=[middle.pk]),
    }


def _newest(model: Any, place: int) -> int:
    return int(model.objects.order_by("-ordered_at", "-pk")[place].pk)


def _floor() -> float:
    """Fifty rows and their lines by bare SQL, in milliseconds."""
    from django.db import connection  # noqa: PLC0415

    times = []
    with connection.cursor() as cursor:
        for _turn in range(20):
            started = time.perf_counter()
            cursor.execute(
                "SELECT * FROM orders_order WHERE status = 'DELIVERED' ORDER BY ordered_at DESC, id DESC LIMIT 50"
            )
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT * FROM orders_orderline WHERE order_id = ANY(%s)", [ids])
            cursor.fetchall()
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _client() -> Any:
    from django.test import Client  # noqa: PLC0415

    from gullu.models import User  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create(username="olcen", is_staff=True, is_superuser=True))
    return client


def _run() -> None:
    import django  # noqa: PLC0415

    django.setup()
    clients, addresses = {}, {}
    for number in SIZES:
        _make_schema(number)
        with _shop(number):
            print(f"{number:,} orders made in {_fill(number):.0f} s", flush=True)
            clients[number], addresses[number] = _client(), _addresses(number)
    with _shop(SIZES[-1]):
        print(f"bare SQL for 50 rows and their lines among {SIZES[-1]:,}: {_floor():.1f} ms")
    ratios = {}
    for name in addresses[SIZES[0]]:
        turns: dict[int, list[Measured]] = {number: [] for number in SIZES}
        for _turn in range(TIMES):
            for number in SIZES:
                with _shop(number):
                    turns[number].append(_once(clients[number], addresses[number][name]))
        small, large = (_best(turns[number]) for number in SIZES)
        ratios[name] = large.page / small.page
        print(
            f"{name}: page {large.page:.0f} ms = {ratios[name]:.1f} × with {SIZES[0]:,};"
            f" database {large.database:.1f} ms ({small.database:.1f}), {large.statements} statements",
            flush=True,
        )
    worst = max(ratios, key=lambda name: ratios[name])
    print(f"median ratio {statistics.median(ratios.values()):.2f}, worst {ratios[worst]:.2f} ({worst})")


if __name__ == "__main__":
    _run()
