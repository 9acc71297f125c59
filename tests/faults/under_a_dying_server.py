"""A program whose database server is killed (SIGKILL of the postmaster) in the middle of its work, again and again.

Run by `test_server_killed.py` with an embedded server of its own, which keeps its commits. Prints one line per kill.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import psutil

django.setup()

from django.conf import settings  # noqa: E402  (after the setup)
from django.db import DatabaseError, connection  # noqa: E402

from catalog.models import Variant  # noqa: E402
from gullu import embedded  # noqa: E402
from gullu.errors import DomainError  # noqa: E402
from gullu.models import JobRun  # noqa: E402
from integrations.models import OutboxMessage  # noqa: E402
from integrations.trendyol.connection import using  # noqa: E402
from integrations.trendyol.push import push_stock  # noqa: E402
from integrations.trendyol.sandbox import NO_AGES, Sandbox  # noqa: E402
from integrations.trendyol.sync import sync_orders, sync_products  # noqa: E402
from inventory.models import StockMovement, StockPushLog  # noqa: E402
from inventory.selectors import check_stock  # noqa: E402
from orders.models import Order  # noqa: E402
from orders.services import confirm_picking  # noqa: E402
from tests.factories import make_order, make_shelf, make_variant, stock  # noqa: E402
from tests.integrations.conftest import Shop, client_for  # noqa: E402

Work = Callable[[], Any]


def kill_server() -> None:
    """As if its machine had lost power, with all its children: nothing is written any more."""
    found = embedded.status(Path(settings.DATA_DIR)).server
    assert found is not None
    server = psutil.Process(found.pid)
    family = [server, *server.children()]
    for process in family:
        process.send_signal(signal.SIGKILL)
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family):
        time.sleep(0.01)


def broken_by(work: Work, *, at: int) -> bool:
    """Do the work; the server dies before its statement number `at`. Returns whether that statement was reached."""
    count = 0

    def counting(execute: Any, *given: Any) -> Any:
        nonlocal count
        count += 1
        if count == at:
            kill_server()
        return execute(*given)

    try:
        with connection.execute_wrapper(counting):
            work()
    except (DatabaseError, DomainError) as error:
        print(f"  {type(error).__name__}", file=sys.stderr)
    reconnect()
    return count >= at


def reconnect() -> None:
    """What the next request or job finds: broken connections first, then a server that was started again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.05)
        else:
            return


def again(work: Work) -> Any:
    """Repeat, as a schedule or a device does, until it works."""
    for _attempt in range(10):
        try:
            return work()
        except (DatabaseError, DomainError):
            reconnect()
    return work()


def confirm(shop: Shop, at: int) -> bool:
    variant = make_variant()
    stock(variant, shop.shelf, 5)
    order = make_order([(variant, 2)])
    broken = broken_by(lambda: confirm_picking(order_id=order.pk), at=at)
    taken = StockMovement.objects.filter(variant=variant, kind="PICK").count()
    assert (Order.objects.get(pk=order.pk).status, taken) in {("CREATED", 0), ("PICKING", 1)}
    again(lambda: confirm_picking(order_id=order.pk))
    assert StockMovement.objects.filter(variant=variant, kind="PICK").count() == 1
    assert OutboxMessage.objects.filter(order=order).count() == 1
    return broken


def push(shop: Shop, at: int) -> bool:
    stock(Variant.objects.get(barcode="8680000000001"), shop.shelf, 1)
    broken = broken_by(lambda: push_stock(send_all=True), at=at)
    again(push_stock)
    shown = shop.offered()
    assert {barcode: shown[barcode] for barcode in shop.there()} == shop.there()
    assert not StockPushLog.objects.filter(success=None).exists()
    return broken


def pull(shop: Shop, at: int) -> bool:
    for _number in range(3):
        shop.sandbox.shop.place_order(lines=[("8680000000001", 1)])
    broken = broken_by(sync_orders, at=at)
    again(sync_orders)
    assert Order.objects.exclude(package_id=None).filter(remote_status="Created").count() >= 3
    placed = set(shop.sandbox.shop.packages)
    assert placed <= set(Order.objects.values_list("package_id", flat=True))
    assert not JobRun.objects.filter(name="sync_orders", state="RUNNING").exists()
    return broken


def take_in(shop: Shop, at: int) -> bool:
    barcode = f"8690000000{at:03d}"
    shop.list_there(barcode, 3)
    broken = broken_by(lambda: sync_products(import_new=True), at=at)
    again(lambda: sync_products(import_new=True))
    assert Variant.objects.filter(barcode=barcode).count() == 1
    return broken


def main() -> None:
    with (
        Sandbox(batch_delay_seconds=0, split_delay_seconds=0, strict_limits=False, ages=NO_AGES) as sandbox,
        using(client_for(sandbox)),
    ):
        shop = Shop(sandbox, make_shelf("A-B-03"))
        shop.sell(50)
        sync_orders()
        for work, steps in ((confirm, (9,)), (push, (14, 40)), (pull, (12,)), (take_in, (30,))):
            for at in steps:
                assert work(shop, at), f"{work.__name__} has fewer than {at} statements"
                assert check_stock().clean
                print(work.__name__, at, flush=True)


if __name__ == "__main__":
    assert "DATABASE_URL" not in os.environ
    main()
