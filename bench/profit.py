"""Profits on the demo shop, and on ten times its orders: reckoning all, bringing up to date, and reading them.

The floor of reckoning all is an INSERT … SELECT of the same finished rows into a table with the same indexes; that of
bringing up to date, overwriting the same rows with themselves; that of reading, one sum over the lines of the span.
Runs in a transaction that is rolled back, on a throw-away database of the test server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.utils import timezone

from analytics.facts.services import rebuild_facts, refresh_facts
from analytics.models import CargoTariff, ExchangeRate, ProfitLine, ProfitPolicy
from analytics.profit.asked import Asked, read
from analytics.profit.figures import page_of_orders
from analytics.profit.selectors import ProfitBy, groups, missing, rows, totals
from analytics.profit.services import rebuild_profit, refresh_profit
from analytics.sales.periods import Span
from bench.facts import _change, _columns, _database, _median, _multiply, _newest, _report, _sql
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop
from orders.models import Order, OrderLine

CHANGED: Final = 200


def main() -> None:
    setup_test_environment()
    with _database(), transaction.atomic():
        load_shop(make_shop(now=timezone.now()))
        _figures()
        rebuild_facts()
        _measure()
        _multiply()
        _sql("ANALYZE")
        print(f"facts: {rebuild_facts().seconds:.1f} s")
        _measure()
        transaction.set_rollback(True)
    teardown_test_environment()


def _figures() -> None:
    """What the shop would have entered, if the demo did not: a rate of every working day, tariffs, own figures."""
    first = timezone.localdate() - timedelta(days=1200)
    days = [first + timedelta(days=number) for number in range(1200)]
    known = set(ExchangeRate.objects.values_list("day", flat=True))
    ExchangeRate.objects.bulk_create(
        ExchangeRate(day=day, rate=Decimal(30) + Decimal(place) / 100)
        for place, day in enumerate(days)
        if day.weekday() < 5 and day not in known
    )
    if not ProfitPolicy.objects.exists():
        ProfitPolicy.objects.create(valid_from=first, packaging=12, staff=180_000, service_fee=9)
    if not CargoTariff.objects.exists():
        CargoTariff.objects.bulk_create(_tariffs(first))


def _tariffs(first: date) -> list[CargoTariff]:
    return [
        CargoTariff(
            carrier=carrier,
            valid_from=day,
            desi_to=desi,
            order_below=below,
            price=50 + desi,
            return_price=60 + desi,
        )
        for carrier in ("", "Trendyol Express", "Aras Kargo")
        for day in (first, first + timedelta(days=500), first + timedelta(days=900))
        for desi in (1, 2, 3, 4, 5, 10, 30, 100)
        for below in (None, 150, 300)
    ]


def _measure() -> None:
    print(f"--- {Order.objects.count():,} orders, {OrderLine.objects.count():,} lines")
    _sql("ANALYZE")
    first = rebuild_profit()
    print(f"first time: {first.seconds:.2f} s for {first.lines:,} lines, {first.kept:,} costs kept")
    print(f"of them complete: {ProfitLine.objects.filter(missing=[]).count():,}")
    _report("rebuild", _median(rebuild_profit), _median(_bare_copy), "INSERT … SELECT of the finished rows")
    _report(
        f"refresh of {CHANGED} orders",
        _median(_refresh, before=_note),
        _median(_bare_overwrite),
        "overwriting them",
    )
    print(f"refresh of nothing: {_median(refresh_profit) * 1000:.1f} ms")
    for days in (28, 365):
        _read(Span(timezone.localdate() - timedelta(days=days - 1), timezone.localdate()))


def _read(span: Span) -> None:
    found = rows(span)
    questions: dict[str, Callable[[], Any]] = {
        "totals": lambda: totals(found),
        "by day": lambda: groups(found, ProfitBy.DAY),
        "by model": lambda: groups(found, ProfitBy.MODEL),
        "first page of orders": lambda: page_of_orders(asked_of(span)),
        "missing": lambda: missing(found),
    }
    floor = _median(lambda: _bare_sum(span))
    for name, ask in questions.items():
        with CaptureQueriesContext(connection) as caught:
            seconds = _median(ask, times=1)
        print(
            f"{span.days} days, {name}: {len(caught)} statements, {seconds * 1000:.0f} ms"
            f" = {seconds / floor:.1f} × one sum of its lines ({floor * 1000:.1f} ms)"
        )


def asked_of(span: Span) -> Asked:
    """The question for the orders of these days, as the page reads it from an address."""
    query = QueryDict(f"from={span.first}&to={span.last}&by={ProfitBy.ORDER.value}")
    return read(query, today=timezone.localdate()).asked


def _note() -> None:
    """The newest orders change, and their facts with them."""
    _change()
    refresh_facts()
    _sql(
        "INSERT INTO analytics_profitchange (what, number, text) SELECT 'ORDER', unnest(%s::bigint[]), ''",
        [_newest()],
    )


def _refresh() -> None:
    assert refresh_profit().orders >= CHANGED


def _bare_copy() -> None:
    columns = ", ".join(_columns(ProfitLine))
    _sql("DROP TABLE IF EXISTS bare_profit")
    _sql("CREATE TABLE bare_profit (LIKE analytics_profitline INCLUDING ALL)")
    _sql(f"INSERT INTO bare_profit ({columns}) SELECT {columns} FROM analytics_profitline")


def _bare_overwrite() -> None:
    columns = _columns(ProfitLine)
    names = ", ".join(columns)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    _sql(
        f"INSERT INTO analytics_profitline ({names}) SELECT {names} FROM analytics_profitline"
        " WHERE line_id IN (SELECT id FROM analytics_saleline WHERE order_id = ANY(%s))"
        f" ON CONFLICT (line_id) DO UPDATE SET {changed}",
        [_newest()],
    )


def _bare_sum(span: Span) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(profit.profit) FROM analytics_profitline AS profit"
            " JOIN analytics_saleline AS fact ON fact.id = profit.line_id WHERE fact.day BETWEEN %s AND %s",
            [span.first, span.last],
        )
        cursor.fetchone()


if __name__ == "__main__":
    main()
