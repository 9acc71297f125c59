"""Labels and invoices."""

import json
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.entities import Package

from .client import ORDERS, SELLER, Answer, Client
from .conftest import NOW, barcode, product
from .test_claims import SAMPLES
from .test_operations import picking

NOW_MS = round(NOW * 1000)
NUMBER = "YBA2026000000102"
LINKS = f"/integration/sellers/{SELLER}/seller-invoice-links"
FILE = f"/integration/sellers/{SELLER}/seller-invoice-file"
LINK = "https://fatura.example/1.pdf"
PDF = b"%PDF-1.4\r\n\r\nshort"


@pytest.fixture
def package(client: Client, sandbox: Sandbox) -> Package:
    found = place(sandbox)
    client.put(client.package(found.package_id), picking(found))
    return found


def place(sandbox: Sandbox, **details: Any) -> Package:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], **details)
    return sandbox.shop.packages[package_id]


def label(package: Package) -> str:
    return f"/integration/sellers/{SELLER}/common-label/{package.cargo_number}"


def shown(client: Client, package: Package) -> tuple[str, str | None, str | None]:
    (found,) = client.get(ORDERS, shipmentPackageIds=package.package_id).json["content"]
    return found["invoiceStatus"], found["invoiceLink"], found["invoiceNumber"]


def send_link(client: Client, package: Package, **changed: Any) -> Answer:
    body = {
        "invoiceLink": LINK,
        "shipmentPackageId": package.package_id,
        "invoiceDateTime": NOW_MS,
        "invoiceNumber": NUMBER,
        **changed,
    }
    return client.post(LINKS, {name: value for name, value in body.items() if value is not None})


def send_file(
    client: Client,
    package_id: object,
    content: bytes = PDF,
    *,
    kind: str = "application/pdf",
    **values: object,
) -> Answer:
    fields = {"shipmentPackageId": package_id, **values}
    parts = "".join(
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head = f'--xx\r\nContent-Disposition: form-data; name="file"; filename="fatura.pdf"\r\nContent-Type: {kind}\r\n\r\n'
    body = parts.encode() + head.encode() + content + b"\r\n--xx--\r\n"
    headers = {**client.headers, "Content-Type": "multipart/form-data; boundary=xx"}
    return client.call("POST", FILE, body=body, headers=headers)


# -- labels ---------------------------------------------------------------------------------------------


def test_label_is_asked_for_and_read_per_box(client: Client, package: Package) -> None:
    before = client.get(label(package))
    asked = client.post(label(package), {"format": "ZPL", "boxQuantity": 2, "volumetricHeight": 3.5})
    read = client.get(label(package))

    wanted = json.loads((SAMPLES / "errors" / "404_label.json").read_text(encoding="utf-8"))["body"]
    assert (before.status, before.json) == (404, wanted)
    assert (asked.status, asked.text, read.status) == (200, "", 200)
    first, second = [part["label"] for part in read.json["data"]]
    assert [part["format"] for part in read.json["data"]] == ["ZPL", "ZPL"]
    for text in (
        f"^BCN,180,Y,N,N^FD{package.cargo_number}^FS",
        package.order_number,
        package.customer["first_name"],
        package.customer["city"],
        "Trendyol Express Marketplace",
        "KOLI 1/2",
    ):
        assert text in first
    assert (first.startswith("^XA"), first.endswith("^XZ"), "KOLI 2/2" in second) == (True, True, True)


def test_label_is_one_box_unless_told(client: Client, package: Package) -> None:
    client.post(label(package), {"format": "ZPL"})

    assert len(client.get(label(package)).json["data"]) == 1


def test_label_takes_no_commands_from_a_name(client: Client, sandbox: Sandbox) -> None:
    package = place(sandbox, customer={"first_name": "^XZ~JR"})
    client.put(client.package(package.package_id), picking(package))
    client.post(label(package), {"format": "ZPL"})

    text = client.get(label(package)).json["data"][0]["label"]
    assert (text.count("^XZ"), text.count("~")) == (1, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"format": "PDF"}, 400),
        ({"format": "ZPL", "boxQuantity": 0}, 400),
        ({"format": "ZPL", "boxQuantity": "x"}, 400),
        ({"format": "ZPL", "volumetricHeight": -1}, 400),
    ],
)
def test_label_refuses_bad_bodies_in_its_own_family(
    client: Client, package: Package, body: dict[str, Any], status: int
) -> None:
    answer = client.post(label(package), body)

    assert (answer.status, answer.json["error"]["status"]) == (status, status)
    assert answer.json["error"]["errors"][0]["type"] == "BadRequestException"


def test_label_waits_for_picking(client: Client, sandbox: Sandbox) -> None:
    package = place(sandbox)

    assert client.post(label(package), {"format": "ZPL"}).status == 400
    client.put(client.package(package.package_id), picking(package))
    assert client.post(label(package), {"format": "ZPL"}).status == 200


@pytest.mark.parametrize(("carrier", "status"), [("ARASMP", 200), ("YKMP", 400)])
def test_label_is_given_for_two_carriers(client: Client, sandbox: Sandbox, carrier: str, status: int) -> None:
    package = place(sandbox, cargo_provider=carrier)
    client.put(client.package(package.package_id), picking(package))
    answer = client.post(label(package), {"format": "ZPL"})

    assert answer.status == status
    if status == 400:
        wanted = json.loads((SAMPLES / "errors" / "400_label.json").read_text(encoding="utf-8"))["body"]
        assert answer.json == wanted


def test_label_is_void_after_a_change_of_carrier(client: Client, package: Package) -> None:
    client.post(label(package), {"format": "ZPL"})
    old = label(package)
    client.put(client.package(package.package_id, "/cargo-providers"), {"cargoProvider": "ARASMP"})

    assert [client.get(old).status, client.get(label(package)).status] == [404, 404]
    client.post(label(package), {"format": "ZPL"})
    assert "Aras Kargo" in client.get(label(package)).json["data"][0]["label"]


def test_label_may_take_a_while(make_sandbox: Any) -> None:
    sandbox = make_sandbox(label_delay_seconds=30)
    sandbox.shop.load_products([product(1)])
    client, package = Client(sandbox), place(sandbox)
    client.put(client.package(package.package_id), picking(package))
    client.post(label(package), {"format": "ZPL"})

    assert client.get(label(package)).status == 404
    sandbox.advance(30)
    assert client.get(label(package)).status == 200


def test_label_of_nobody_and_without_credentials(client: Client, package: Package) -> None:
    unknown = f"/integration/sellers/{SELLER}/common-label/733"
    headers = {**client.headers, "Authorization": "Basic eDp5"}
    refused = client.call("GET", unknown, headers=headers)

    assert [client.get(unknown).status, client.post(unknown, {"format": "ZPL"}).status] == [404, 404]
    wanted = json.loads((SAMPLES / "errors" / "401_label.json").read_text(encoding="utf-8"))["body"]
    assert (refused.status, refused.json) == (401, wanted)


def test_label_services_allow_100_a_minute_each(client: Client, sandbox: Sandbox, package: Package) -> None:
    asked, read = [], []
    for _ in range(3):
        asked += [client.post(label(package), {"format": "ZPL"}).status for _ in range(40)]
        read += [client.get(label(package)).status for _ in range(40)]
        sandbox.advance(11)

    assert asked == read == [200] * 100 + [429] * 20


def test_label_abroad_waits_for_the_invoice(client: Client, sandbox: Sandbox) -> None:
    package = place(sandbox, overrides={"micro": True})
    client.put(client.package(package.package_id), picking(package))
    assert client.post(label(package), {"format": "ZPL"}).status == 400

    send_link(client, package)
    assert client.post(label(package), {"format": "ZPL"}).status == 400
    sandbox.shop.decide_invoice(package.package_id, accepted=True)
    assert client.post(label(package), {"format": "ZPL"}).status == 200


# -- invoices -------------------------------------------------------------------------------------------


def test_invoice_link_is_received_then_accepted(client: Client, sandbox: Sandbox, package: Package) -> None:
    answer = send_link(client, package)

    assert (answer.status, answer.text) == (201, "")
    assert shown(client, package) == ("Received", None, NUMBER)
    sandbox.advance(60)
    assert shown(client, package) == ("Invoiced", LINK, NUMBER)


def test_second_invoice_conflicts(client: Client, sandbox: Sandbox, package: Package) -> None:
    send_link(client, package)
    again = send_link(client, package, invoiceLink="https://fatura.example/2.pdf")
    other = send_link(client, place(sandbox))

    wanted = json.loads((SAMPLES / "errors" / "409_invoice_already_sent.json").read_text(encoding="utf-8"))[
        "body"
    ]
    assert (again.status, again.json["errors"]) == (409, wanted["errors"])
    assert other.status == 409
    assert send_file(client, package.package_id).status == 409


@pytest.mark.parametrize(
    "changed",
    [
        {"invoiceLink": "fatura.pdf"},
        {"invoiceLink": None},
        {"invoiceNumber": "YBA1926000000102"},
        {"invoiceNumber": "YBA202600000010"},
        {"invoiceNumber": "YB-2026000000102"},
        {"invoiceDateTime": 0},
        {"invoiceDateTime": 17952408000},
        {"invoiceDateTime": str(NOW_MS)},
        {"shipmentPackageId": "x"},
    ],
)
def test_invoice_link_is_refused(client: Client, package: Package, changed: dict[str, Any]) -> None:
    assert send_link(client, package, **changed).status == 400
    assert shown(client, package)[0] == "NotInvoiced"


@pytest.mark.parametrize(
    "changed", [{"invoiceDateTime": NOW_MS // 1000}, {"invoiceDateTime": None, "invoiceNumber": None}]
)
def test_invoice_link_needs_no_details_at_home(
    client: Client, package: Package, changed: dict[str, Any]
) -> None:
    assert send_link(client, package, **changed).status == 201


def test_invoice_abroad_needs_number_and_date(client: Client, sandbox: Sandbox) -> None:
    package = place(sandbox, overrides={"micro": True})

    assert send_link(client, package, invoiceNumber=None).status == 400
    assert send_link(client, package, invoiceDateTime=None).status == 400
    assert send_link(client, package).status == 201


def test_invoice_of_unknown_dead_or_unpaid_packages(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    cancelled, unpaid = place(sandbox), place(sandbox, status="Awaiting")
    sandbox.shop.cancel(cancelled.package_id)

    assert send_link(client, package, shipmentPackageId=5).status == 404
    assert [send_link(client, cancelled).status, send_link(client, unpaid).status] == [400, 400]


def test_rejected_invoice_is_deleted_and_sent_again(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    client.control("settings", {"invoices_rejected": True})
    send_link(client, package)
    sandbox.advance(60)
    assert shown(client, package) == ("Rejected", None, NUMBER)
    assert send_link(client, package).status == 409

    body = {
        "serviceSourceId": package.package_id,
        "channelId": 1,
        "customerId": package.customer["customer_id"],
    }
    assert client.post(f"{LINKS}/delete", {**body, "customerId": 5}).status == 400
    assert client.post(f"{LINKS}/delete", {**body, "channelId": 2}).status == 400
    assert client.post(f"{LINKS}/delete", body).status == 202
    assert client.post(f"{LINKS}/delete", body).status == 404
    client.control("settings", {"invoices_rejected": False})
    assert send_link(client, package).status == 201
    sandbox.advance(60)
    assert shown(client, package)[0] == "Invoiced"


def test_rejected_invoice_abroad_is_replaced(client: Client, sandbox: Sandbox) -> None:
    package = place(sandbox, overrides={"is4P": True})
    send_link(client, package)
    answer = client.control(f"packages/{package.package_id}/invoice", {"accepted": False})
    (found,) = client.get(ORDERS, shipmentPackageIds=package.package_id).json["content"]

    assert answer.json["invoice_status"] == "Rejected"
    assert found["invoiceRejectedReasonKeys"] == ["INVOICE_TOTAL_MISMATCH"]
    assert send_link(client, package).status == 201
    assert shown(client, package)[0] == "Received"


def test_invoice_waits_for_a_decision_when_told(make_sandbox: Any) -> None:
    sandbox = make_sandbox(invoice_check_seconds=None)
    sandbox.shop.load_products([product(1)])
    client, package = Client(sandbox), place(sandbox)
    send_link(client, package)
    sandbox.advance(86_400)

    assert shown(client, package)[0] == "Received"
    page = client.call("GET", "/control", headers={}).text
    assert page.count(f"/control/api/packages/{package.package_id}/invoice") == 2
    sandbox.shop.decide_invoice(package.package_id, accepted=True)
    assert shown(client, package)[0] == "Invoiced"
    assert client.control(f"packages/{package.package_id}/invoice", {"accepted": True}).status == 400
    assert client.control(f"packages/{package.package_id}/invoice", {}).status == 400


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "image/png"])
def test_invoice_file_is_taken(client: Client, sandbox: Sandbox, package: Package, kind: str) -> None:
    answer = send_file(
        client, package.package_id, kind=kind, invoiceNumber=NUMBER, invoiceDateTime=NOW_MS // 1000
    )
    sandbox.advance(60)

    suffix = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[kind]
    assert (answer.status, answer.text) == (201, "")
    assert shown(client, package) == (
        "Invoiced",
        f"https://fatura.example/{package.package_id}.{suffix}",
        NUMBER,
    )
    assert sandbox.warnings["invoice_file_is_not_what_it_says"] == (0 if suffix == "pdf" else 1)


@pytest.mark.parametrize(
    ("values", "content", "kind", "status"),
    [
        ({"invoiceDateTime": NOW_MS + 60_000}, PDF, "application/pdf", 400),
        ({"invoiceDateTime": "dün"}, PDF, "application/pdf", 400),
        ({"invoiceNumber": "1"}, PDF, "application/pdf", 400),
        ({}, b"%PDF" + b"x" * 10 * 1024 * 1024, "application/pdf", 400),
        ({}, PDF, "text/html", 400),
        ({"shipmentPackageId": 77}, PDF, "application/pdf", 404),
        ({"shipmentPackageId": ""}, PDF, "application/pdf", 404),
    ],
)
def test_invoice_file_is_refused(
    client: Client, package: Package, values: dict[str, Any], content: bytes, kind: str, status: int
) -> None:
    arguments = {"package_id": package.package_id, **values}
    package_id = arguments.pop("shipmentPackageId", arguments.pop("package_id"))
    arguments.pop("package_id", None)

    assert send_file(client, package_id, content, kind=kind, **arguments).status == status
    assert shown(client, package)[0] == "NotInvoiced"


def test_invoice_of_another_seller_is_forbidden(make_sandbox: Any) -> None:
    sandbox = make_sandbox(foreign_package_ids=frozenset({77}))

    assert send_file(Client(sandbox), 77).status == 403


def test_invoice_file_must_be_a_form_with_a_file(client: Client, package: Package) -> None:
    body = b'--xx\r\nContent-Disposition: form-data; name="shipmentPackageId"\r\n\r\n5\r\n--xx--\r\n'
    headers = {**client.headers, "Content-Type": "multipart/form-data; boundary=xx"}

    assert client.call("POST", FILE, body=body, headers=headers).status == 400
    assert client.post(FILE, {"shipmentPackageId": package.package_id}).status == 415


def test_split_children_have_neither_invoice_nor_label(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 2)])
    package = sandbox.shop.packages[package_id]
    client.put(client.package(package.package_id), picking(package))
    client.post(label(package), {"format": "ZPL"})
    send_link(client, package)
    children = sandbox.shop.split(package.package_id, [(barcode(1), 1)])

    found = [sandbox.shop.packages[child] for child in children]
    assert [(x.invoice_status, x.invoice_link, x.label_number) for x in found] == [("NotInvoiced", "", 0)] * 2
