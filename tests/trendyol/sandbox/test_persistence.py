import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox, SandboxClock, StateFileError
from integrations.trendyol.sandbox.query import Query

from .client import BATCH, CLAIMS, ORDERS, PUSH, Client
from .conftest import NOW, barcode, product

ITEM = {"items": [{"barcode": barcode(1), "quantity": 9}]}


def filled(make_sandbox: Any, path: Path) -> Sandbox:
    sandbox: Sandbox = make_sandbox(state_path=path, batch_delay_seconds=5)
    sandbox.shop.load_products(product(n) for n in range(1, 8))
    return sandbox


def test_everything_survives_a_restart(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = filled(make_sandbox, path)
    package_id = first.shop.place_order([(barcode(1), 2), (barcode(2), 1)], customer={"first_name": "Çiğdem"})
    first.shop.split(package_id, [(barcode(2), 1)])
    sent = first.shop.place_order([(barcode(3), 1)], "Delivered")
    first.shop.claim(sent)
    first.advance(100)
    client = Client(first)
    orders, claims = client.get(ORDERS).json, client.get(CLAIMS).json
    client.get(ORDERS, wrong=1)
    before = (first.shop.stock(), first.shop.packages, first.shop.claims, first.shop.journal(barcode(1)))
    first.stop()

    second = make_sandbox(state_path=path, clock=SandboxClock(lambda: NOW))
    client = Client(second)
    assert (client.get(ORDERS).json, client.get(CLAIMS).json) == (orders, claims)
    assert (
        second.shop.stock(),
        second.shop.packages,
        second.shop.claims,
        second.shop.journal(barcode(1)),
    ) == before
    assert second.warnings == {"unknown_parameter:wrong": 1}
    # The pushed clock and the ids go on where they were.
    assert second.state.now() == round(NOW * 1000) + 100_000
    assert second.shop.place_order([(barcode(4), 1)]) not in before[1]


def test_a_waiting_batch_completes_after_the_restart(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = filled(make_sandbox, path)
    batch_id = Client(first).post(PUSH, ITEM).json["batchRequestId"]
    first.stop()

    second = make_sandbox(state_path=path, clock=SandboxClock(lambda: NOW))
    assert second.shop.stock()[barcode(1)] == 5
    assert Client(second).post(PUSH, ITEM).key == "recurring.request.not.allowed"
    second.advance(5)
    result = Client(second).get(f"{BATCH}/{batch_id}").json
    assert [item["status"] for item in result["items"]] == ["SUCCESS"]
    assert second.shop.stock()[barcode(1)] == 9
    second.advance(4 * 3600)
    assert Client(second).get(f"{BATCH}/{batch_id}").status == 404


def test_planned_steps_survive(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = filled(make_sandbox, path)
    package_id = first.shop.place_order([(barcode(1), 1)])
    first.shop.ship(package_id)
    first.stop()

    second = make_sandbox(state_path=path, clock=SandboxClock(lambda: NOW))
    second.advance(60 * 86_400)
    assert second.shop.packages[package_id].status in ("Delivered", "Returned")


def test_claims_and_invoices_go_on_after_a_restart(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = filled(make_sandbox, path)
    sent = first.shop.place_order([(barcode(1), 3)], "Delivered")
    for status in ("WaitingInAction", "Rejected", "Unresolved"):
        first.shop.claim(sent, [(barcode(1), 1)], status=status, replacement=status == "WaitingInAction")
    first.shop.invoices.send_link(sent, link="https://fatura.example/1.pdf", number="", date_value=None)
    before = first.shop.claims
    first.stop()

    second = make_sandbox(state_path=path, clock=SandboxClock(lambda: NOW))
    assert second.shop.claims == before
    second.advance(4 * 86_400)
    after = [unit.status for claim_id in before for unit in second.shop.claims[claim_id].units]
    assert after[:2] == ["Accepted", "Rejected"]
    assert after[2] in ("Accepted", "Rejected")
    assert second.shop.packages[sent].invoice_status == "Invoiced"


def test_reset_empties_the_file_too(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = filled(make_sandbox, path)
    first.shop.place_order([(barcode(1), 1)])
    first.shop.reset()
    first.stop()

    second = make_sandbox(state_path=path)
    assert (second.shop.stock(), second.shop.packages) == ({}, {})


def test_two_sandboxes_cannot_share_a_file(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    filled(make_sandbox, path)

    with pytest.raises(StateFileError, match="cannot be used"):
        Sandbox(state_path=path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    path.write_text("not a database, but long enough to be looked at")

    with pytest.raises(StateFileError, match="cannot be used"):
        Sandbox(state_path=path)


_CHILD = """
import sys
from integrations.trendyol.sandbox import Sandbox
sandbox = Sandbox(state_path=sys.argv[1]).start()
sandbox.shop.load_products([{"barcode": "1", "product_main_id": "m", "title": "t", "quantity": 500}])
number = 0
while True:
    print(sandbox.shop.place_order([("1", 1)]), flush=True)
"""


def test_kill_minus_9_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(50)]
        os.kill(child.pid, signal.SIGKILL)
        told += [int(line) for line in child.stdout if line.endswith("\n")]

    sandbox = Sandbox(state_path=path)
    packages, stock = sandbox.shop.packages, sandbox.shop.stock()
    sandbox.stop()
    assert set(told) <= set(packages)
    # No half order: each package took its pair, each taken pair has its package.
    assert stock == {"1": 500 - len(packages)}


def timed_read(sandbox: Sandbox) -> float:
    started = time.process_time()
    sandbox.shop.order_search.page(Query("size=200"))
    return time.process_time() - started


def test_big_shop_starts_and_answers_quickly(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    first = make_sandbox(state_path=path)
    started = time.process_time()
    first.shop.load_products(product(n, 50) for n in range(1, 3072))
    loading = time.process_time() - started
    for number in range(1, 401):
        first.shop.place_order([(barcode(number), 1)])
    first.stop()

    started = time.process_time()
    second = make_sandbox(state_path=path)
    starting = time.process_time() - started
    cold, warm = timed_read(second), timed_read(second)
    assert len(second.shop.stock()) == 3071
    # Work of this process: how busy the machine is does not matter. Usual are 0.1, 0.2, 0.03 and 0.001 seconds.
    assert (loading < 2, starting < 2, cold < 0.2, warm < 0.08) == (True, True, True, True)


def test_state_file_is_plain_sqlite(make_sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    filled(make_sandbox, path).stop()

    with sqlite3.connect(path) as db:
        kinds = dict(db.execute("SELECT kind, count(*) FROM entity GROUP BY kind"))
    db.close()
    assert kinds == {"listing": 7, "meta": 1}
