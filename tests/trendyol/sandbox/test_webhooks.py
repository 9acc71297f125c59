"""Webhooks of the sandbox: administration by the contract's rules, and what is sent when."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import Client
from .conftest import barcode, product

HOOKS = "/integration/webhook/sellers/987654/webhooks"
FORM = {"authenticationType": "API_KEY", "apiKey": "anahtar", "subscribedStatuses": []}
FIVE_MINUTES = 300


@dataclass
class Ear:
    """A listener on this machine that answers with `status`."""

    status: int = 200
    heard: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def statuses(self) -> list[str]:
        return [body["content"][0]["status"] for _headers, body in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    it = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            it.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(it.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    it.url = f"http://127.0.0.1:{server.server_address[1]}/kanca"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield it
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def local(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    made = make_sandbox(quirks={"webhooks_local"}, strict_limits=False)
    made.shop.load_products(product(number) for number in range(1, 15))
    return made


def register(sandbox: Sandbox, **changes: Any) -> str:
    reply = Client(sandbox).call("POST", HOOKS, body={**FORM, **changes})
    assert reply.status == 200, reply.text
    return str(reply.json["id"])


def buy(sandbox: Sandbox) -> int:
    return sandbox.shop.place_order([(barcode(1), 1)])


def test_administration_answers_as_the_contract_says(sandbox: Sandbox) -> None:
    client = Client(sandbox)
    hook = register(
        sandbox, url="https://magaza.example/kanca", subscribedStatuses=["CREATED", "AT_COLLECTION_POINT"]
    )

    listed = client.call("GET", HOOKS).json
    assert {**listed[0], "createdDate": 0} == {
        "id": hook,
        "createdDate": 0,
        "lastModifiedDate": None,
        "url": "https://magaza.example/kanca",
        "username": None,
        "authenticationType": "API_KEY",
        "status": "ACTIVE",
        "subscribedStatuses": ["CREATED", "AT_COLLECTION_POINT"],
    }
    off = client.call("PUT", f"{HOOKS}/{hook}/deactivate")
    assert (off.status, off.text) == (200, "200 OK")
    basic = {
        "url": "https://magaza.example/2",
        "authenticationType": "BASIC_AUTHENTICATION",
        "username": "u",
        "password": "p",
    }
    assert client.call("PUT", f"{HOOKS}/{hook}", body=basic).status == 200
    changed = client.call("GET", HOOKS).json[0]
    assert (changed["url"], changed["username"], changed["status"], changed["subscribedStatuses"]) == (
        "https://magaza.example/2", "u", "PASSIVE", None
    )  # fmt: skip
    assert client.call("PUT", f"{HOOKS}/{hook}/activate").text == "200 OK"
    assert client.call("DELETE", f"{HOOKS}/{hook}").status == 200
    assert client.call("GET", HOOKS).json == []
    assert client.call("DELETE", f"{HOOKS}/{hook}").status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://hooks.Trendyol.example/"},
        {"url": "https://dolap.example/"},
        {"url": "https://LOCALHOST/"},
        {"url": "http://127.0.0.1:8000/"},
        {"url": "magaza.example"},
        {"url": 1},
        {"apiKey": ""},
        {"authenticationType": "OAUTH"},
        {"authenticationType": "BASIC_AUTHENTICATION"},
        {"subscribedStatuses": ["Created"]},
    ],
    ids=str,
)
def test_what_trendyol_does_not_take_is_refused(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    body = {**FORM, "url": "https://magaza.example/", **changes}

    assert Client(sandbox).call("POST", HOOKS, body=body).status == 400


def test_the_sixteenth_is_refused(sandbox: Sandbox) -> None:
    for number in range(15):
        register(sandbox, url=f"https://magaza.example/{number}")

    assert (
        Client(sandbox).call("POST", HOOKS, body={**FORM, "url": "https://magaza.example/15"}).status == 400
    )


def test_every_change_of_a_package_is_sent_whole(local: Sandbox, ear: Ear) -> None:
    register(local, url=ear.url)

    package = buy(local)
    local.advance(1)
    local.shop.cancel(package)
    assert local.webhooks.wait()

    headers, body = ear.heard[0]
    assert (headers["x-api-key"], headers["content-type"]) == ("anahtar", "application/json")
    assert (body["totalElements"], body["content"][0]["shipmentPackageId"]) == (1, package)
    assert ear.statuses() == ["Created", "Cancelled"]


def test_only_the_statuses_asked_for_are_sent_and_basic_is_spoken(local: Sandbox, ear: Ear) -> None:
    basic = {
        "authenticationType": "BASIC_AUTHENTICATION",
        "apiKey": None,
        "username": "kanca",
        "password": "ş",
    }
    register(local, url=ear.url, subscribedStatuses=["CANCELLED"], **basic)

    local.shop.cancel(buy(local))
    assert local.webhooks.wait()

    assert ear.statuses() == ["Cancelled"]
    assert ear.heard[0][0]["authorization"] == "Basic a2FuY2E6xZ8="


def test_a_failed_event_is_repeated_every_five_minutes_until_it_succeeds(local: Sandbox, ear: Ear) -> None:
    register(local, url=ear.url)
    ear.status = 500
    buy(local)
    assert local.webhooks.wait()
    local.advance(FIVE_MINUTES - 1)
    assert local.webhooks.wait()
    assert len(ear.heard) == 1

    ear.status = 204
    local.advance(1)
    assert local.webhooks.wait()
    local.advance(FIVE_MINUTES)
    assert local.webhooks.wait()

    assert len(ear.heard) == 2
    assert local.shop.webhooks.hooks()[0].errors == 0


def test_after_thirteen_errors_it_is_passive_and_nothing_is_replayed(local: Sandbox, ear: Ear) -> None:
    hook = register(local, url=ear.url)
    ear.status = 401
    buy(local)
    for _round in range(14):
        assert local.webhooks.wait()
        local.advance(FIVE_MINUTES)
    assert len(ear.heard) == 13
    assert Client(local).call("GET", HOOKS).json[0]["status"] == "PASSIVE"

    ear.status = 200
    buy(local)
    Client(local).call("PUT", f"{HOOKS}/{hook}/activate")
    local.advance(FIVE_MINUTES)
    assert local.webhooks.wait()
    assert len(ear.heard) == 13

    buy(local)
    assert local.webhooks.wait()
    assert len(ear.heard) == 14


def test_switches_send_everything_twice_or_the_other_way_round(local: Sandbox, ear: Ear) -> None:
    register(local, url=ear.url)
    local.config.quirks |= {"webhook_duplicates", "webhook_reordered"}

    package = buy(local)
    local.shop.cancel(package)
    local.advance(1)
    assert local.webhooks.wait()

    assert ear.statuses() == ["Cancelled", "Cancelled", "Created", "Created"]


def test_nothing_ever_leaves_this_machine(sandbox: Sandbox) -> None:
    register(sandbox, url="https://magaza.example/kanca")

    buy(sandbox)
    assert sandbox.webhooks.wait()

    assert sandbox.warnings["webhook_not_sent"] == 1
    assert list(sandbox.webhooks.sent) == []


def test_children_of_a_split_are_sent_when_they_appear(
    make_sandbox: Callable[..., Sandbox], ear: Ear
) -> None:
    sandbox = make_sandbox(quirks={"webhooks_local"}, split_delay_seconds=60)
    sandbox.shop.load_products([product(1), product(2)])
    register(sandbox, url=ear.url)
    package = sandbox.shop.place_order([(barcode(1), 1), (barcode(2), 1)])
    assert sandbox.webhooks.wait()

    sandbox.shop.split(package, [(barcode(1), 1)])
    assert sandbox.webhooks.wait()
    assert ear.statuses() == ["Created", "UnPacked"]

    sandbox.advance(60)
    assert sandbox.webhooks.wait()
    assert ear.statuses() == ["Created", "UnPacked", "Created", "Created"]


def test_webhooks_survive_a_restart_and_the_control_page_switches_them(
    make_sandbox: Callable[..., Sandbox], tmp_path: Any
) -> None:
    first = make_sandbox(state_path=tmp_path / "state.sqlite3")
    hook = register(first, url="https://magaza.example/kanca")
    first.stop()

    second = make_sandbox(state_path=tmp_path / "state.sqlite3")
    client = Client(second)
    assert client.call("POST", f"/control/api/webhooks/{hook}/passive").status == 200

    shown = client.call("GET", "/control/api/webhooks").json
    assert [(row["id"], row["status"], row["errors"], row["waiting"]) for row in shown] == [
        (hook, "PASSIVE", 0, 0)
    ]
    assert "magaza.example/kanca" in client.call("GET", "/control").text
