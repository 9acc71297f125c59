"""/metrics: who may read it, what stands in it, and that it costs the same for a busy shop."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from gullu.health.beats import write_beat
from gullu.health.counting import count_request, counted
from gullu.health.exposition import exposition
from gullu.health.shared_counts import forget_ended
from gullu.jobs import enqueue
from gullu.models import AlarmState, JobRun
from integrations.models import OutboxMessage, SyncProblem
from integrations.trendyol.client import Credentials
from integrations.trendyol.limiter import DatabaseLimiter
from integrations.trendyol.quotas import quota_for
from inventory.models import StockPushLog
from tests.factories import make_order, make_variant

TOKEN = "a-monitor-knows-this-word"
ROOT = Path(__file__).resolve().parents[2]


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values → value."""
    return {
        (sample.name, *(value for _name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("configured", "given", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        (TOKEN, "", 401),
        (TOKEN, "Bearer wrong", 401),
        (TOKEN, TOKEN, 401),
        (TOKEN, "Bearer ş", 401),
    ],
)
def test_metrics_are_closed_without_the_token(
    settings: Any, configured: str, given: str, status: int
) -> None:
    settings.METRICS_TOKEN = configured

    assert Client().get("/metrics", headers={"authorization": given}).status_code == status


@pytest.mark.django_db
def test_monitor_with_the_token_reads_them_by_number_and_without_https(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.SECURE_SSL_REDIRECT = True

    answer = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}", "host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert samples(answer.content.decode())["gullu_orders_open",] == 0


def fill_shop() -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], ship_by_at=now - timedelta(hours=1))
    make_order([(make_variant(), 1)], parked=True)
    for state, minutes in (("DONE", 30), ("FAILED", 5), ("FAILED", 1)):
        at = now - timedelta(minutes=minutes)
        JobRun.objects.create(
            name="sync_orders",
            trigger="SCHEDULE",
            state=state,
            started_at=at,
            ended_at=at + timedelta(seconds=2),
        )
    JobRun.objects.create(
        name="check_stock",
        trigger="SCHEDULE",
        state="DONE",
        started_at=now,
        ended_at=now,
        counts={"violations": 2, "first": []},
    )
    for success, failed in ((True, 0), (False, 3)):
        StockPushLog.objects.create(
            push_time=now, success=success, total_items=10, failed=failed, unknown=1, duration_seconds=1.5
        )
    enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")
    OutboxMessage.objects.update(state=OutboxMessage.State.PARKED)
    for key in ("a", "b"):
        OutboxMessage.objects.create(kind="PRODUCT_PRICE", key=key, due_at=now)
    SyncProblem.objects.create(kind="QUANTITY_DRIFT", reference="1", message="?", last_seen_at=now)
    AlarmState.objects.create(
        code="PUSH_FAILING", check_name="x", level="DANGER", sentence="?", raised_at=now, last_seen_at=now
    )
    write_beat(host="depo", pid=7, first=True)
    limiter = DatabaseLimiter(
        Credentials(
            seller_id="987654",
            api_key="sandbox-key",
            api_secret="sandbox-secret",
            integrator="SelfIntegration",
        )
    )
    for _ in range(3):
        limiter.acquire(quota_for("orders.list"))
    limiter.penalize(quota_for("orders.list"), 60)


@pytest.mark.django_db(transaction=True)
def test_figures_say_how_the_shop_stands_in_a_constant_number_of_statements() -> None:
    with CaptureQueriesContext(connection) as empty:
        exposition()
    fill_shop()

    with CaptureQueriesContext(connection) as busy:
        found = samples(exposition().decode())

    assert len(busy) == len(empty)
    assert {key: value for key, value in found.items() if key[0] == "gullu_collector_up"} == {
        ("gullu_collector_up", "gullu.health.figures.collect"): 1,
        ("gullu_collector_up", "inventory.metrics.collect"): 1,
        ("gullu_collector_up", "orders.metrics.collect"): 1,
        ("gullu_collector_up", "integrations.metrics.collect"): 1,
    }
    wanted = {
        ("gullu_orders_open",): 2,
        ("gullu_orders_late",): 1,
        ("gullu_orders_parked",): 1,
        ("gullu_returns_to_decide",): 0,
        ("gullu_job_runs_last_day", "sync_orders", "FAILED"): 2,
        ("gullu_job_failures", "sync_orders"): 2,
        ("gullu_job_last_success_seconds", "sync_orders"): 2,
        ("gullu_stock_violations",): 2,
        ("gullu_push_items_last_day", "sent"): 20,
        ("gullu_push_items_last_day", "failed"): 3,
        ("gullu_push_items_last_day", "unknown"): 2,
        ("gullu_push_runs_last_day", "failed"): 1,
        ("gullu_push_last_seconds",): 1.5,
        ("gullu_queue_waiting",): 1,
        ("gullu_queue_taken",): 0,
        ("gullu_outbox_waiting",): 2,
        ("gullu_sync_problems", "QUANTITY_DRIFT"): 1,
        ("gullu_alarm", "PUSH_FAILING", "DANGER"): 1,
        ("gullu_workers_alive",): 1,
        ("gullu_rate_limiter_used", "ORDERS_READ", "minute"): 3,
        ("gullu_rate_limiter_left", "ORDERS_READ", "minute"): 27,
        ("gullu_rate_limiter_left", "orders.list", "burst"): 47,
    }
    assert {key: found[key] for key in wanted} == wanted
    assert 0 < found["gullu_rate_limiter_blocked_seconds", "ORDERS_READ"] <= 60


def broken() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")


@pytest.mark.django_db
def test_figures_that_cannot_be_read_hide_no_others(settings: Any) -> None:
    settings.METRICS = [f"{__name__}.broken", "orders.metrics.collect"]

    found = samples(exposition().decode())

    assert found["gullu_collector_up", f"{__name__}.broken"] == 0
    assert found["gullu_orders_open",] == 0


def test_scans_are_what_is_sent_to_scan_pages() -> None:
    before = counted().get_sample_value("gullu_scan_seconds_count", {"page": "goods-in"}) or 0

    for method, view in (("POST", "scan:goods-in"), ("GET", "scan:goods-in"), ("POST", "admin:index")):
        count_request(view=view, method=method, status=200, seconds=0.15)

    assert counted().get_sample_value("gullu_scan_seconds_count", {"page": "goods-in"}) == before + 1
    in_time = {"page": "goods-in", "le": "0.2"}
    assert (counted().get_sample_value("gullu_scan_seconds_bucket", in_time) or 0) >= 1


def test_addresses_nobody_has_share_one_name(client: Client) -> None:
    names = {"view": "-", "method": "GET", "status": "404"}
    before = counted().get_sample_value("gullu_http_requests_total", names) or 0

    for path in ("/wp-login.php", "/.env", "/xmlrpc.php"):
        client.get(path)

    assert counted().get_sample_value("gullu_http_requests_total", names) == before + 3


COUNT_ONE = """
import sys
from pathlib import Path
from gullu.health.shared_counts import share
assert share(Path(sys.argv[1]))
from gullu.health.counting import counted, count_request
count_request(view="scan:move", method="POST", status=200, seconds=0.05)
print(counted().get_sample_value("gullu_scan_seconds_count", {"page": "move"}))
sys.stdout.flush()
sys.stdin.read()
"""


def test_web_processes_count_together_and_forget_the_dead(tmp_path: Path) -> None:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", COUNT_ONE, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ),
        )  # fmt: skip

    first = start()
    assert first.stdout.readline() == "1.0\n"
    second = start()
    assert second.stdout.readline() == "2.0\n"
    first.communicate()
    third = start()
    assert third.stdout.readline() == "2.0\n"
    for process in (second, third):
        process.communicate()
    (folder,) = (tmp_path / "metrics").iterdir()

    assert forget_ended(folder) > 0
    assert list(folder.iterdir()) == []
