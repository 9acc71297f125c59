import contextlib
import http.client
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from integrations.trendyol.sandbox import OrderRefused, Sandbox

from .client import ORDERS, PUSH, Client
from .conftest import barcode, product


def test_connection_is_kept_alive(client: Client, sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(client.address, timeout=10)
    connection.connect()
    first_socket = connection.sock
    started = time.monotonic()
    for _ in range(20):
        connection.request("GET", ORDERS, headers=client.headers)
        assert connection.getresponse().read()
    elapsed = time.monotonic() - started

    assert connection.sock is first_socket
    # Twenty delayed acknowledgements would cost 0.8 s.
    assert elapsed < 0.6
    connection.close()


def test_refused_body_leaves_the_connection_usable(client: Client) -> None:
    connection = http.client.HTTPConnection(client.address, timeout=10)
    statuses = []
    for path in ("/nowhere", PUSH, ORDERS):
        method = "GET" if path == ORDERS else "POST"
        connection.request(method, path, body=b"{}", headers=client.headers)
        reply = connection.getresponse()
        reply.read()
        statuses.append(reply.status)
    connection.close()

    assert statuses == [556, 400, 200]


def test_too_large_a_body_is_refused(client: Client) -> None:
    headers = {**client.headers, "Content-Length": "20000001"}

    assert client.call("POST", PUSH, headers=headers).status == 413


def shop_around(sandbox: Sandbox) -> None:
    for number in range(150):
        with contextlib.suppress(OrderRefused):
            package_id = sandbox.shop.place_order([(barcode(number % 7 + 1), 1)])
            if number % 10 == 0:
                sandbox.shop.cancel(package_id)


def push_stock(client: Client, number: int) -> None:
    for quantity in range(40):
        answer = client.post(PUSH, {"items": [{"barcode": barcode(number), "quantity": quantity}]})
        assert answer.status == 200


def test_nothing_is_oversold_while_everybody_acts_at_once(make_sandbox: Any) -> None:
    sandbox = make_sandbox(strict_limits=False, batch_delay_seconds=0.01, clock=None)
    sandbox.shop.load_products(product(n, 20) for n in range(1, 8))
    client = Client(sandbox)
    with ThreadPoolExecutor(max_workers=6) as pool:
        tasks = [pool.submit(shop_around, sandbox) for _ in range(3)]
        tasks += [pool.submit(push_stock, client, number) for number in (1, 2, 3)]
    for task in tasks:
        task.result()
    time.sleep(0.05)

    assert sandbox.shop.counts()["oversold"] == 0
    for code, quantity in sandbox.shop.stock().items():
        entries = sandbox.shop.journal(code)
        assert sum(entry.change for entry in entries) == entries[-1].quantity == quantity
        assert [entry.at_ms for entry in entries] == sorted(entry.at_ms for entry in entries)


def test_sandbox_can_be_used_as_a_context() -> None:
    with Sandbox() as sandbox:
        assert Client(sandbox).get(ORDERS).status == 200


def test_sandbox_needs_no_django() -> None:
    code = "import sys, integrations.trendyol.sandbox; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
