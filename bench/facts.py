"""The facts of sales on the demo shop, and on ten times its orders: writing them, and opening the page.

The floor of a rebuild is an INSERT … SELECT of the same finished rows into a table with the same indexes; that of a
refresh, overwriting the same rows with themselves; that of the notes, the whole statement that leaves them; that of
counting orders, the same groups without orders; that of the page, one sum over the lines of its period.
Runs in a transaction that is rolled back, on a throw-away database of the test server.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, models, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.utils import timezone

from analytics.facts.services import rebuild_facts, refresh_facts
from analytics.models import SaleDay, SaleLine
from analytics.sales import selectors
from analytics.sales.asked import read
from analytics.sales.dimensions import Dimension
from catalog.models import Variant
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop
from orders.models import Order, OrderLine
from tests.factories import make_superuser

TIMES: Final = 10
CHANGED: Final = 200
PAGE: Final = "/analytics/sales/"
_CHANGES: Final = count()


def _ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


_TWO_YEARS: Final = f"from={_ago(730)}&to={_ago(0)}"
PAGES: Final = (
    ("28 days by day", ""),
    ("28 days, model × size", "rows=MODEL&series=SIZE"),
    ("this year, week × channel", "period=THIS_YEAR&rows=WEEK&series=CHANNEL"),
    ("two years, model × month", f"{_TWO_YEARS}&rows=MODEL&series=MONTH"),
    ("two years by campaign", f"{_TWO_YEARS}&rows=CAMPAIGN"),
    ("two years, city × month", f"{_TWO_YEARS}&rows=CITY&series=MONTH"),
    ("two years, variant × city", f"{_TWO_YEARS}&rows=VARIANT&series=CITY"),
    ("two years of one city by day", f"{_TWO_YEARS}&rows=DAY&in_city=%C4%B0stanbul"),
)


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
    rebuild = _median(rebuild_facts, times=1)
    print(f"{SaleDay.objects.count():,} sums of days, {Variant.objects.count():,} variants")
    _report("rebuild", rebuild, _median(_bare_copy, times=1), "INSERT … SELECT of the finished rows")
    _report(
        f"refresh of {CHANGED} orders",
        _median(_refresh, before=_change),
        _median(_bare_overwrite),
        "overwriting them",
    )
    print(f"refresh of nothing: {_median(refresh_facts) * 1000:.1f} ms")
    for table, column in (("orders_order", "id"), ("orders_orderline", "order_id")):
        _notes(table, column)
    asked = read(QueryDict(f"{_TWO_YEARS}"), today=timezone.localdate(), may_see_money=True).asked
    _report(
        "two years by city",
        _median(lambda: selectors.groups(asked.source(), Dimension.CITY)),
        _median(_without_orders),
        "the same without orders",
    )
    print(f"    … counting different numbers in each group: {_median(_different_numbers) * 1000:.0f} ms")
    print(
        f"{'page':34} {'statements':>12} {'cold':>9} {'ready':>9} {'one sum':>9} {'cold in the database':>21}"
    )
    for name, query in PAGES:
        _page(client, name, query)


def _page(client: Client, name: str, query: str) -> None:
    """Opened once before: what is measured is neither the first reading of a file nor of a template."""
    client.get(f"{PAGE}?{query}")
    cache.clear()
    cold, inside, many, span = _opened(client, query)
    ready, _inside, few, _span = _opened(client, query)
    floor = _median(lambda: _bare_sum(span))
    print(
        f"{name:34} {f'{many} / {few}':>12} {cold * 1000:6.0f} ms {ready * 1000:6.0f} ms {floor * 1000:6.1f} ms"
        f" {f'{inside * 1000:.0f} ms = {inside / floor:.1f} ×':>21}"
    )


def _opened(client: Client, query: str) -> tuple[float, float, int, Any]:
    """Seconds in all and in the database, statements, and the days of the page."""
    with CaptureQueriesContext(connection) as caught:
        started = time.perf_counter()
        answer = client.get(f"{PAGE}?{query}")
        seconds = time.perf_counter() - started
    assert answer.status_code == 200, answer.status_code
    inside = sum(float(one["time"]) for one in caught.captured_queries)
    return seconds, inside, len(caught), answer.context["asked"].period.span


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


def _notes(table: str, column: str) -> None:
    """How long the notes take of a change of these orders, as the database says."""
    with connection.cursor() as cursor:
        sql = f"UPDATE {table} SET {column} = {column} WHERE {column} = ANY(%s)"
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", [_newest()])
        ((plan,),) = cursor.fetchone()
    times = {one["Trigger Name"]: one["Time"] for one in plan["Triggers"]}
    ours, whole = times["analytics_note_update"], plan["Execution Time"]
    print(f"notes of {CHANGED} orders in {table}: {ours:.1f} ms = {ours / whole:.0%} of {whole:.1f} ms")


_SUMS: Final = """
    SELECT city, sum(quantity) FILTER (WHERE state = 'SOLD'), sum(net_quantity) FILTER (WHERE state = 'SOLD'),
           sum(returned_quantity) FILTER (WHERE state = 'SOLD'), sum(exchanged_quantity) FILTER (WHERE state = 'SOLD'),
           sum(quantity) FILTER (WHERE state = 'CANCELLED'), sum(total - returned_total) FILTER (WHERE state = 'SOLD')
           {more} FROM analytics_saleline WHERE day >= %s GROUP BY city
"""


def _without_orders() -> None:
    _sql(_SUMS.format(more=""), [_ago(730)])


def _different_numbers() -> None:
    _sql(_SUMS.format(more=", count(DISTINCT order_number) FILTER (WHERE state = 'SOLD')"), [_ago(730)])


def _newest() -> list[int]:
    return list(Order.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGED])


def _change() -> None:
    cities = ["Van", "Muş", "Siirt"]
    Order.objects.filter(pk__in=_newest()).update(city=cities[next(_CHANGES) % len(cities)])


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


def _multiply() -> None:
    """Every order nine times more, with numbers of its own and a day apart; somebody picked each of them."""
    changed = {
        "id": "o.id + n * 10000000",
        "package_id": "o.package_id + n * 10000000000",
        "order_number": "o.order_number || '-' || n",
        "order_id": "o.order_id + n * 10000000",
        "line_id": "o.line_id + n * 10000000000",
        "ordered_at": "o.ordered_at - n * interval '1 day'",
        "picked_at": "coalesce(o.picked_at, o.ordered_at + interval '2 hours')",
        "picked_by_id": "(SELECT min(id) FROM gullu_user)",
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
