"""Two hosts share the work: everything once, nothing lost when one of them dies or its clock is wrong."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Success, Task

from gullu.excel import services as excel_services
from gullu.excel.services import decide, standing_of
from gullu.jobs import enqueue
from gullu.models import JobRun, User
from gullu.roles import MANAGER, WAREHOUSE
from gullu.schedules import JOBS, PREFIX
from inventory.models import CentralStock, StockMovement, StockPushLog
from inventory.selectors import availability
from orders.enums import OrderState
from orders.models import Order
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.gullu.excelkit import give, workbook
from tests.machines.conftest import Site
from tests.machines.hosts import HOLDER, Program, ask, ask_once, held, somebody_waits_for_a_lock, wait_for
from tests.sessions import session_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]

PUSH, PULL = "integrations.tasks.push_stock_job", "integrations.tasks.pull_orders_job"
HANG = "timeout_after"


def queued(task: str, **kwargs: Any) -> int:
    """Queue a task; the number of its row."""
    enqueue(task, **kwargs)
    return int(OrmQ.objects.latest("pk").pk)


def worker_with(site: Site, row: int) -> Program:
    """The worker whose process runs this task; waits until one does."""

    def look() -> Program | None:
        key = OrmQ.objects.filter(pk=row).values_list("key", flat=True).first() or ""
        found = re.search(r"-(\d+)-[0-9a-f]{8}-\d+$", key)
        mains = {worker.process.pid: worker for worker in site.workers}
        return mains.get(int(found[1])) if found else None

    worker = wait_for(look, what="a worker takes the task")
    assert worker is not None
    return worker


def finished(task: str) -> int:
    return Success.objects.filter(func__endswith=task.rpartition(".")[2]).count()


def sell(site: Site, quantity: int = 5, *, there: int) -> Any:
    """A variant with stock here and a listing there."""
    variant = make_variant()
    stock(variant, make_shelf(), quantity)
    site.sandbox.shop.load_products(
        [
            {
                "barcode": variant.barcode,
                "quantity": there,
                "product_main_id": variant.product.code,
                "title": "Topuklu Ayakkabı",
                "colour": "Siyah",
                "size": "37",
                "stock_code": variant.barcode,
                "sale_price": 499.9,
                "list_price": 599.9,
            }
        ]
    )
    return variant


@pytest.fixture(autouse=True)
def new_shop(ready: Site) -> None:
    """Nothing there from the test before."""
    ready.sandbox.faults.clear()
    ready.sandbox.shop.reset()


def test_schedules_fire_once_and_a_wrong_clock_puts_none_off(both: Site) -> None:
    """Both workers began at once; the clock of one is a day ahead."""
    due = {PREFIX + job.name for job in JOBS if job.minutes and not job.delay_minutes}

    assert both.fired == dict.fromkeys(due, 1)
    latest = timezone.now() + timedelta(minutes=1)
    for job in JOBS:
        within = timedelta(days=1) if job.at else timedelta(minutes=(job.minutes or 0) + job.delay_minutes)
        assert both.next_runs[PREFIX + job.name] < latest + within
    names = {re.search(rb"Worker ([^ ]+)\.", it.log.read_bytes())[1] for it in both.workers}  # type: ignore[index]
    assert len(names) == 2


def test_one_session_is_good_on_both_hosts_and_without_redis(ready: Site) -> None:
    session = session_of(make_user(MANAGER))
    pages = [ask(web, "GET", "/admin/", session).status_code for web in ready.webs]
    if ready.redis is not None:
        ready.redis.process.kill()
        ready.redis.process.wait()

    without = [ask(web, "GET", "/admin/", session).status_code for web in ready.webs for _twice in range(2)]

    assert (pages, without) == ([200, 200], [200] * 4)


def test_confirm_of_a_web_host_that_dies_is_repeated_on_the_other(ready: Site) -> None:
    variant, shelf = make_variant(), make_shelf("A-B-03")
    stock(variant, shelf, 5)
    order = make_order([(variant, 1)])
    session, page = session_of(make_user(WAREHOUSE)), "/scan/prepare/"
    dying, other = ready.webs
    ask(dying, "GET", page, session)
    ask(dying, "POST", page, session, data={"key": "kapi-raf-0001", "text": shelf.code, "scanned_at": ""})
    scan = {"key": "kapi-kutu-0001", "text": variant.barcode, "scanned_at": ""}
    lost: list[Exception] = []

    def send() -> None:
        try:
            ask(dying, "POST", page, session, data=scan)
        except requests.ConnectionError as error:
            lost.append(error)

    device = threading.Thread(target=send)
    with held("SELECT FROM inventory_centralstock FOR UPDATE"):
        device.start()
        wait_for(somebody_waits_for_a_lock, what="the confirm")
        dying.kill()
    device.join()
    ready.webs[0] = ready.hosts.web("host-a")
    answers = [ask(other, "POST", page, session, data=scan) for _again in range(2)]

    assert len(lost) == 1
    assert [answer.headers["X-Scan-Outcome"] for answer in answers] == ["DONE", "DONE"]
    assert (Order.objects.get(pk=order.pk).status, CentralStock.objects.get().qty) == (OrderState.PICKING, 4)
    assert StockMovement.objects.filter(kind="PICK").count() == 1


def test_push_of_a_host_that_dies_is_taken_over(both: Site) -> None:
    variants = [sell(both, 5, there=9) for _number in range(3)]
    both.sandbox.faults.add(endpoint="price-and-inventory", kind=HANG)
    row = queued(PUSH)
    dying = worker_with(both, row)
    wait_for(lambda: not both.sandbox.faults.active(), what="the request hangs")

    dying.kill()
    wait_for(lambda: finished(PUSH) == 1, what="the other worker")

    assert both.sandbox.shop.stock() == {variant.barcode: 5 for variant in variants}
    logs = list(StockPushLog.objects.order_by("pk").values_list("success", flat=True))
    first = StockPushLog.objects.earliest("pk")
    assert (logs, "bitmeden" in first.error_message or "ended before" in first.error_message) == (
        [False, True],
        True,
    )
    wait_for(lambda: not OrmQ.objects.exists(), what="the task is taken off after its result was kept")


def test_pull_and_sheet_of_a_host_that_dies_are_finished_by_another(
    both: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are stopped in the middle: the pull while it stores orders, the sheet while it writes prices."""
    settings.MEDIA_ROOT = str(Path(both.hosts.folder) / "media")
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    monkeypatch.setattr(excel_services, "QUICK_ROWS", 0)
    variant, person = sell(both, 9, there=9), make_user(MANAGER)
    for _number in range(3):
        both.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    excel = give("prices", workbook(["Barkod", "Satış fiyatı"], [variant.barcode, 555]), user=person)
    wait_for(lambda: standing_of(excel=excel, user=person).stage == "PREVIEW", what="the preview")

    with held("LOCK TABLE orders_order, catalog_variant IN EXCLUSIVE MODE"):
        rows = [queued(PULL), _decided(excel, person)]
        dying = [worker_with(both, row) for row in rows][1]
        wait_for(somebody_waits_for_a_lock, what="both")
        dying.kill()
    wait_for(lambda: not OrmQ.objects.filter(pk__in=rows).exists(), what="the other worker")

    run = JobRun.objects.get(name="apply_excel")
    assert (run.state, run.error) == (JobRun.State.DONE, "")
    variant.refresh_from_db()
    assert (variant.sale_price, Order.objects.count(), availability()[0].reserved) == (555, 3, 3)


def _decided(excel: str, person: User) -> int:
    decide(excel=excel, only_valid=False, user=person)
    return int(OrmQ.objects.latest("pk").pk)


def test_pushes_at_once_on_two_hosts_never_overlap(both: Site) -> None:
    for _number in range(3):
        sell(both, 5, there=9)
    rows = [queued(PUSH, send_all=True) for _number in range(4)]
    wait_for(lambda: not OrmQ.objects.filter(pk__in=rows).exists(), what="four pushes")

    outcomes = sorted(str(task.result["outcome"]) for task in Task.objects.filter(func=PUSH))
    logs = list(StockPushLog.objects.order_by("push_time").values_list("push_time", "duration_seconds"))
    ends = [at + timedelta(seconds=seconds) for at, seconds in logs]
    assert outcomes == ["ALREADY_RUNNING"] * (4 - len(logs)) + ["DONE"] * len(logs)
    assert all(end <= start for end, (start, _length) in zip(ends, logs[1:], strict=False))


def test_two_hosts_share_one_rate_limit(both: Site) -> None:
    """More calls than ten seconds allow, by both at once: Trendyol has to refuse none."""
    began = len(both.sandbox.requests)
    for _host in range(2):
        enqueue("tests.machines.tasks.ask_often", times=27)
    wait_for(lambda: finished("ask_often") == 2, what="both askers")

    asked = [it.status for it in both.sandbox.requests[began:] if "inventory-and-price" in it.path]
    assert asked == [200] * 54


def test_connections_cut_in_the_middle_cost_an_answer_and_nothing_else(ready: Site) -> None:
    """All of them at once, as when a network is cut: under a confirm, and under both idle workers."""
    variant, shelf = make_variant(), make_shelf("A-B-03")
    stock(variant, shelf, 5)
    order = make_order([(variant, 1)])
    session, page, web = session_of(make_user(WAREHOUSE)), "/scan/prepare/", ready.webs[1]
    ask(web, "GET", page, session)
    ask(web, "POST", page, session, data={"key": "kesik-raf-0001", "text": shelf.code, "scanned_at": ""})
    scan = {"key": "kesik-kutu-0001", "text": variant.barcode, "scanned_at": ""}
    statuses: list[int] = []
    device = threading.Thread(
        target=lambda: statuses.append(ask_once(web, "POST", page, session, data=scan).status_code)
    )
    with held("SELECT FROM inventory_centralstock FOR UPDATE"):
        device.start()
        wait_for(somebody_waits_for_a_lock, what="the confirm")
        _cut_connections()
    device.join()

    answer = ask(web, "POST", page, session, data=scan)
    row = queued(PULL)
    wait_for(lambda: not OrmQ.objects.filter(pk=row).exists(), what="the workers recover")

    assert statuses == [500]
    assert answer.headers["X-Scan-Outcome"] == "DONE"
    assert (Order.objects.get(pk=order.pk).status, CentralStock.objects.get().qty) == (OrderState.PICKING, 4)
    assert StockMovement.objects.filter(kind="PICK").count() == 1
    assert finished(PULL) == 1


def _cut_connections() -> None:
    """Every session on this database but ours, and the one that holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name <> %s",
            [HOLDER],
        )


def test_worker_that_is_asked_to_end_finishes_what_it_runs(ready: Site) -> None:
    """An upgrade: nothing is broken off, nothing runs twice."""
    variant = sell(ready, 9, there=9)
    ready.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    with held("LOCK TABLE orders_order IN EXCLUSIVE MODE"):
        row = queued(PULL)
        ending = worker_with(ready, row)
        wait_for(somebody_waits_for_a_lock, what="the pull")
        ending.ask_to_end()
        time.sleep(0.3)
        assert ending.alive
    ending.process.wait(timeout=60)

    assert ending.process.returncode == 0
    assert (finished(PULL), Order.objects.count(), OrmQ.objects.count()) == (1, 1, 0)
    assert list(JobRun.objects.filter(name="sync_orders").values_list("state", flat=True)) == ["DONE"]
