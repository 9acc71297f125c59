import http.client
import json
import time
from collections.abc import Callable

import pytest

from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.faults import Fault, Faults

from .client import APPROVED, CLAIMS, ORDERS, PUSH, STREAM, Client
from .conftest import NOW, barcode

ITEM = {"items": [{"barcode": barcode(1), "quantity": 9}]}


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("429", 429, "application/json"),
        ("500", 500, "application/json"),
        ("html_502", 502, "text/html"),
        ("html_503", 503, "text/html"),
        ("wrong_credentials", 401, "application/json"),
    ],
)
def test_fault_before_the_effect_strikes_as_often_as_asked(
    client: Client, sandbox: Sandbox, kind: str, status: int, content_type: str
) -> None:
    sandbox.faults.add(endpoint="price-and-inventory", kind=kind, times=2)

    answers = [client.post(PUSH, ITEM) for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert answers[0].content_type == content_type
    assert sandbox.faults.active() == []
    # A fault is Trendyol's doing and no violation of the client's.
    assert sandbox.violations == {}
    assert [entry.fault for entry in sandbox.requests] == [kind, kind, ""]


def test_500_is_the_observed_body(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="orders", kind="500")

    assert client.get(ORDERS).json == {
        "timestamp": NOW * 1000,
        "exception": "TrendyolSystemException",
        "errors": [{"key": "generic.exception", "message": "Exception Occured", "errorCode": ""}],
    }


def effect(sandbox: Sandbox) -> int:
    sandbox.advance(1)
    return sandbox.shop.stock()[barcode(1)]


def test_timeout_before_hangs_without_effect(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="price-and-inventory", kind="timeout_before")
    started = time.monotonic()

    with pytest.raises(http.client.RemoteDisconnected):
        client.post(PUSH, ITEM)
    assert 0.2 <= time.monotonic() - started < 2
    assert effect(sandbox) == 5


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after"])
def test_connection_lost_after_the_effect(client: Client, sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(endpoint="price-and-inventory", kind=kind)

    with pytest.raises(ConnectionError):
        client.post(PUSH, ITEM)
    assert effect(sandbox) == 9
    # The honest retry meets the 15-minute rule.
    assert client.post(PUSH, ITEM).key == "recurring.request.not.allowed"


def test_dropped_connection_is_a_reset(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="orders", kind="drop_after")

    with pytest.raises(ConnectionResetError) as caught:
        client.get(ORDERS)
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


def test_spoiled_answers_after_the_effect(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add_spec("price-and-inventory:truncated:1,price-and-inventory:empty_200")
    truncated = client.post(PUSH, ITEM)
    empty = client.post(PUSH, {"items": [{"barcode": barcode(2), "quantity": 8}]})
    sandbox.faults.add(endpoint="price-and-inventory", kind="504")
    late = client.post(PUSH, {"items": [{"barcode": barcode(3), "quantity": 7}]})

    with pytest.raises(json.JSONDecodeError):
        json.loads(truncated.text)
    assert (truncated.status, empty.status, empty.text, late.status) == (200, 200, "", 504)
    sandbox.advance(1)
    stock = sandbox.shop.stock()
    assert [stock[barcode(n)] for n in (1, 2, 3)] == [9, 8, 7]


def test_shifting_orders_lose_a_package_from_an_ascending_read(client: Client, sandbox: Sandbox) -> None:
    ids = []
    for number in range(1, 5):
        ids.append(sandbox.shop.place_order([(barcode(number), 1)]))
        sandbox.advance(1)
    sandbox.faults.add(endpoint="orders", kind="shifting_pages")

    pages = [client.get(ORDERS, size=2, page=page, orderByDirection="ASC").json for page in (0, 1)]
    seen = [package["shipmentPackageId"] for page in pages for package in page["content"]]
    # The first moved to the end, so the third slipped onto the page already read.
    assert seen == [ids[0], ids[1], ids[3], ids[0]]


def test_shifting_products_lose_one_and_change_the_total(client: Client, sandbox: Sandbox) -> None:
    steady = client.get(APPROVED, size=1, page=1).json
    sandbox.faults.add(endpoint="products-approved", kind="shifting_pages")
    shifted = client.get(APPROVED, size=1, page=1).json

    assert (steady["totalElements"], len(steady["content"])) == (2, 1)
    assert (shifted["totalElements"], shifted["content"]) == (1, [])


def test_patterns_match_endpoint_names(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="orders*", kind="500", times=2)

    assert [client.get(path).status for path in (CLAIMS, STREAM, ORDERS, ORDERS)] == [200, 500, 500, 200]


def test_probable_faults_last_until_cleared(client: Client, sandbox: Sandbox) -> None:
    sandbox.faults.add_spec("claims:html_503:50%")
    statuses = [client.get(CLAIMS).status for _ in range(40)]
    sandbox.faults.clear()

    assert set(statuses) == {200, 503}
    assert {client.get(CLAIMS).status for _ in range(5)} == {200}


@pytest.mark.parametrize(
    "spec",
    ["orders", "orders:nothing", "nowhere:500", "orders:500:x", "orders:500:0", "orders:500:101%", "a:b:c:d"],
)
def test_bad_specs_are_refused(sandbox: Sandbox, spec: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sandbox.faults.add_spec(spec)
    assert sandbox.faults.active() == []


def test_spec_is_read_as_documented() -> None:
    faults = Faults(["orders", "price-and-inventory"])
    faults.add_spec("price-and-inventory:timeout_after:1, orders:500:3")

    assert faults.active() == [
        Fault(endpoint="price-and-inventory", kind="timeout_after", times=1),
        Fault(endpoint="orders", kind="500", times=3),
    ]


def test_stopping_does_not_wait_for_a_hanging_request(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(hang_seconds=60)
    sandbox.faults.add(endpoint="orders", kind="timeout_before")
    connection = http.client.HTTPConnection(Client(sandbox).address, timeout=10)
    connection.request("GET", ORDERS, headers=Client(sandbox).headers)
    deadline = time.monotonic() + 5
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    started = time.monotonic()
    sandbox.stop()
    connection.close()

    assert time.monotonic() - started < 2
