"""The facts of sales on the demo shop, and on ten times its orders: rebuilding, refreshing, and opening the page.

The floor of a rebuild is an INSERT … SELECT of the same finished rows into a table with the same indexes; that of a
refresh, overwriting the same rows with themselves; that of the page, one sum over the lines of its period.
Runs in a transaction that is rolled back, on a throw-away database of the test server.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.utils import timezone

from analytics.facts.services import rebuild_facts, refresh_facts
from analytics.models import SaleLine
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop
from orders.models import Order, OrderLine
from tests.factories import make_superuser

TIMES: Final = 10
CHANGED: Final = 200
PAGE: Final = "/analytics/sales/"


def main() -> None:
    setup_test_environment()
    with _database(), transaction.atomic():
        load_shop(make_shop(now=timezone.now()))
        client = Client()
        client.force_login(make_superuser())
        _measure(client)
        _multiply()
        _measure(client)
        transaction.set_rollback(True)
    teardown_test_environment()


@contextmanager
def _database() -> Iterator[None]:
    connection.settings_dict["TEST"]["NAME"] = "bench_gullu"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _measure(client: Client) -> None:
    print(f"--- {Order.objects.count():,} orders, {OrderLine.objects.count():,} lines")
    _sql("ANALYZE")
    rebuild = _median(rebuild_facts)
    _report("rebuild", rebuild, _median(_bare_copy), "INSERT … SELECT of the finished rows")
    _report(
        f"refresh of {CHANGED} orders",
        _median(_refresh, before=_change),
        _median(_bare_overwrite),
        "overwriting them",
    )
    print(f"refresh of nothing: {_median(refresh_facts) * 1000:.1f} ms")
    for name, query in (
        ("28 days by day", ""),
        ("28 days, model × size", "?rows=MODEL&series=SIZE"),
        ("this year by week × channel", "?period=THIS_YEAR&rows=WEEK&series=CHANNEL"),
        ("two years, city × month", f"?from={_ago(730)}&to={_ago(0)}&rows=CITY&series=MONTH"),
    ):
        _page(client, name, query)


def _page(client: Client, name: str, query: str) -> None:
    client.get(PAGE + query)
    with CaptureQueriesContext(connection) as caught:
        started = time.perf_counter()
        answer = client.get(PAGE + query)
        seconds = time.perf_counter() - started
    assert answer.status_code == 200, answer.status_code
    span = answer.context["asked"].period.span
    inside = sum(float(one["time"]) for one in caught.captured_queries)
    floor = _median(lambda: _bare_sum(span))
    print(
        f"page, {name}: {len(caught)} statements, {inside * 1000:.0f} ms in the database "
        f"= {inside / floor:.1f} × one sum of its lines ({floor * 1000:.1f} ms); {seconds * 1000:.0f} ms in all"
    )


def _median(action: Callable[[], Any], *, before: Callable[[], Any] | None = None, times: int = 3) -> float:
    seconds = []
    for _run in range(times):
        if before:
            before()
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _report(name: str, ours: float, floor: float, what: str) -> None:
    print(f"{name}: {ours * 1000:.0f} ms = {ours / floor:.1f} × floor ({what}: {floor * 1000:.0f} ms)")


def _sql(sql: str, parameters: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _columns(model: type[models.Model]) -> list[str]:
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's own name for a public interface
    return [field.column for field in fields if field.column and not getattr(field, "generated", False)]


def _bare_copy() -> None:
    columns = ", ".join(_columns(SaleLine))
    _sql("DROP TABLE IF EXISTS bare_fact")
    _sql("CREATE TABLE bare_fact (LIKE analytics_saleline INCLUDING ALL)")
    _sql(f"INSERT INTO bare_fact ({columns}) SELECT {columns} FROM analytics_saleline")


def _newest() -> list[int]:
    return list(Order.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGED])


def _change() -> None:
    Order.objects.filter(pk__in=_newest()).update(updated_at=timezone.now())


def _refresh() -> None:
    assert refresh_facts().orders == CHANGED


def _bare_overwrite() -> None:
    columns = _columns(SaleLine)
    names = ", ".join(columns)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    _sql(
        f"INSERT INTO analytics_saleline ({names}) SELECT {names} FROM analytics_saleline WHERE order_id = ANY(%s)"
        f" ON CONFLICT (id) DO UPDATE SET {changed}",
        [_newest()],
    )


def _bare_sum(span: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(quantity), sum(total) FROM analytics_saleline WHERE day BETWEEN %s AND %s",
            [span.first, span.last],
        )
        cursor.fetchone()


def _ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def _multiply() -> None:
    """Every order nine times more, with numbers of its own, spread over the same two years."""
    changed = {
        "id": "o.id + n * 10000000",
        "package_id": "o.package_id + n * 10000000000",
        "order_number": "o.order_number || '-' || n",
        "order_id": "o.order_id + n * 10000000",
        "line_id": "o.line_id + n * 10000000000",
    }
    for model, table in ((Order, "orders_order"), (OrderLine, "orders_orderline")):
        columns = _columns(model)
        values = ", ".join(changed.get(name, f"o.{name}") for name in columns)
        _sql(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {values} FROM {table} o, generate_series(1, {TIMES - 1}) n"
        )


if __name__ == "__main__":
    main()
