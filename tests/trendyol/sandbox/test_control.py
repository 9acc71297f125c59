import json
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import ORDERS, Client
from .conftest import NOW, barcode, product

NOW_MS = round(NOW * 1000)
HOUR = 3_600_000


def test_products_are_loaded_and_replaced(client: Client, sandbox: Sandbox) -> None:
    answer = client.control(
        "products", {"products": [product(1, 9), product(90, 3, image_url="https://x.example/1.jpg")]}
    )

    assert (answer.status, answer.json) == (200, {"loaded": 2})
    stock = client.control("stock").json
    assert (stock[barcode(1)], stock[barcode(90)], len(stock)) == (9, 3, 15)
    assert client.control("products", [product(91)]).json == {"loaded": 1}
    assert [entry["change"] for entry in client.control(f"journal?barcode={barcode(1)}").json] == [5, 4]


def test_order_is_placed_with_its_details(client: Client) -> None:
    body = {
        "lines": [{"barcode": barcode(1), "quantity": 2}],
        "customer": {"first_name": "İpek", "last_name": "Işık", "city": "Muğla"},
        "ordered_at": "2026-11-20T10:00:00",
        "agreed_hours": 30,
        "order_number": "77",
    }
    package_id = client.control("orders", body).json["package_ids"][0]

    shown = client.get(ORDERS, shipmentPackageIds=package_id).json["content"][0]
    ordered = 1_795_158_000_000  # 20 Nov 2026 10:00 in Istanbul
    assert (shown["customerFirstName"], shown["shipmentAddress"]["city"]) == ("İpek", "Muğla")
    assert (shown["orderDate"], shown["agreedDeliveryDate"]) == (ordered + 3 * HOUR, ordered + 30 * HOUR)
    assert (shown["orderNumber"], shown["lines"][0]["quantity"]) == ("77", 2)


def test_shops_packages_are_loaded_as_they_are(client: Client, sandbox: Sandbox) -> None:
    body = {
        "orders": [
            {
                "package_id": 4_000_000_001,
                "order_number": "10500000001",
                "status": "Picking",
                "lines": [
                    {
                        "line_id": 5_000_000_001,
                        "barcode": "not in the catalogue",
                        "price": 500,
                        "title": "Eski",
                    }
                ],
                "customer": {"first_name": "Deneme", "customer_id": 7},
                "ordered_at": NOW_MS - 20 * HOUR,
                "last_modified_at": NOW_MS - 2 * HOUR,
                "agreed_at": NOW_MS + HOUR,
                "cargo_tracking_number": 72_602_420_957_047_272_632,
                "cargo_provider": "ARASMP",
                "overrides": {"deliveryType": "express"},
            },
            {"status": "Shipped", "age_hours": 50, "lines": [{"barcode": barcode(1)}]},
        ]
    }
    ids = client.control("orders/bulk", body).json["package_ids"]

    # 20 digits would not survive a float.
    first = next(
        p for p in json.loads(client.get(ORDERS).text)["content"] if p["shipmentPackageId"] == 4_000_000_001
    )
    assert first["cargoTrackingNumber"] == 72_602_420_957_047_272_632
    assert (first["status"], first["lastModifiedDate"]) == ("Picking", NOW_MS - 2 * HOUR)
    assert (first["lines"][0]["lineId"], first["lines"][0]["lineUnitPrice"]) == (5_000_000_001, 500.0)
    assert (first["deliveryType"], first["customerId"]) == ("express", 7)
    # What is loaded was sold before: the shop window does not change.
    assert sandbox.shop.stock()[barcode(1)] == 5
    assert ids == [4_000_000_001, 4_000_000_002]
    statuses = [status for _, status in sandbox.shop.packages[ids[1]].histories]
    assert statuses == ["Created", "Picking", "Invoiced", "Shipped"]


def test_package_actions(client: Client) -> None:
    def act(package_id: int, action: str, body: Any = None) -> Any:
        answer = client.control(f"packages/{package_id}/{action}", body or {})
        assert answer.status == 200, answer.text
        return answer.json

    first = client.control("orders", {"barcode": barcode(1), "status": "Awaiting"}).json["package_ids"][0]
    assert act(first, "pay")["status"] == "Created"
    assert act(first, "ship")["status"] == "Shipped"
    assert act(first, "collect")["status"] == "AtCollectionPoint"
    assert act(first, "undeliver")["status"] == "UnDelivered"
    assert act(first, "return")["status"] == "Returned"

    lines = [{"barcode": barcode(n), "quantity": 2} for n in (2, 3)]
    second = client.control("orders", {"lines": lines}).json["package_ids"][0]
    children = act(second, "split", {"lines": [{"barcode": barcode(3), "quantity": 1}]})["package_ids"]
    assert client.control("clock", {"advance_seconds": 5}).json == {"now_ms": NOW_MS + 5000}
    assert act(children[0], "cancel")["status"] == "Cancelled"
    act(children[1], "ship")
    assert act(children[1], "deliver")["status"] == "Delivered"
    claim_id = act(children[1], "claim", {"reason_id": 501, "lines": [{"barcode": barcode(2)}]})["claim_id"]
    moved = client.control(f"claims/{claim_id}/status", {"status": "WaitingInAction"}).json
    assert [unit["status"] for unit in moved["units"]] == ["WaitingInAction"]
    assert [claim["claim_id"] for claim in client.control("claims").json] == [claim_id]
    assert [p["package_id"] for p in client.control("packages?status=UnPacked").json] == [second]
    assert client.control(f"packages/{second}").json["status"] == "UnPacked"


def test_state_tells_counts_warnings_and_violations(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.place_order([(barcode(1), 5)])
    client.get(ORDERS, size=500)
    client.get(ORDERS, odd=1)
    state = client.control("state").json

    assert state["counts"] == {
        "products": 14,
        "for_sale": 13,
        "pairs": 65,
        "packages": 1,
        "claims": 0,
        "open_batches": 0,
        "oversold": 0,
        "packages_Created": 1,
    }
    assert state["warnings"] == {"unknown_parameter:odd": 1}
    assert state["violations"] == {"query.size.invalid": 1}
    assert [entry["status"] for entry in client.control("requests").json] == [400, 200]


def test_faults_and_settings_by_control(client: Client) -> None:
    client.control("faults", {"endpoint": "orders", "kind": "500", "times": 1})
    client.control("faults", {"spec": "claims:429:20%"})
    assert [fault["endpoint"] for fault in client.control("faults").json] == ["orders", "claims"]
    assert client.get(ORDERS).status == 500
    assert client.control("faults/clear", {}).json == {"faults": []}
    settings = client.control("settings", {"strict_limits": False, "missing_quantity": True}).json
    assert settings == {"strict_limits": False, "quirks": ["missing_quantity", "varied_payloads"]}


def test_reset_empties_the_shop(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.place_order([(barcode(1), 1)])
    client.control("reset", {})

    assert (client.control("stock").json, client.get(ORDERS).json["content"]) == ({}, [])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("products", {}),
        ("products", {"products": [{"title": "barkodsuz"}]}),
        ("products", {"products": [{"barcode": "1", "quantity": -1}]}),
        ("products", {"products": [{"barcode": "1", "quantity": "çok"}]}),
        ("products", {"products": [{"barcode": ["1"]}]}),
        ("products", {"products": ["1"]}),
        ("products", [1]),
        ("orders", []),
        ("orders", {"lines": []}),
        ("orders", {"lines": [{"barcode": "yok"}]}),
        ("orders", {"barcode": barcode(1), "quantity": 6}),
        ("orders", {"barcode": barcode(1), "quantity": 0}),
        ("orders", {"barcode": barcode(1), "count": 100_000}),
        ("orders", {"barcode": barcode(1), "status": "Sent"}),
        ("orders", {"barcode": barcode(1), "ordered_at": "dün"}),
        ("orders", {"barcode": barcode(1), "customer": {"favourite": "x"}}),
        ("orders", {"barcode": barcode(1), "customer": {"city_code": "x"}}),
        ("orders", {"barcode": barcode(1), "customer": "Ayşe"}),
        ("orders", {"barcode": barcode(1), "agreed_hours": 1e400}),
        ("orders", {"barcode": barcode(1), "cargo_provider": "Deve"}),
        ("orders", {"barcode": barcode(1), "overrides": 1}),
        ("orders/bulk", {"orders": {}}),
        ("orders/bulk", [{"package_id": "x", "lines": [{"barcode": "1"}]}]),
        ("packages/1/ship", {}),
        ("packages/1/cancel", {"lines": 1}),
        ("claims/abc/status", {"status": "Accepted"}),
        ("faults", {"endpoint": "orders", "kind": "nothing"}),
        ("faults", {"endpoint": "orders"}),
        ("faults", {"spec": ":::"}),
        ("clock", {"advance_seconds": -1}),
        ("clock", {"advance_seconds": "yarın"}),
        ("clock", {}),
        ("shoppers", {"per_minute": -1}),
        ("shoppers", {"per_minute": True}),
        ("settings", {"unknown": True}),
        ("settings", {"strict_limits": "belki"}),
    ],
)
def test_wrong_input_is_refused_with_one_sentence(client: Client, path: str, body: Any) -> None:
    answer = client.control(path, body)

    assert 400 <= answer.status < 500
    assert list(answer.json) == ["error"]
    assert answer.json["error"].strip()


@pytest.mark.parametrize(("method", "path"), [("GET", "nothing"), ("POST", "nothing"), ("DELETE", "state")])
def test_unknown_control_paths_are_refused(client: Client, method: str, path: str) -> None:
    answer = client.call(method, f"/control/api/{path}", body={}, headers={})

    assert (answer.status, list(answer.json)) == (405 if method == "DELETE" else 404, ["error"])


@pytest.mark.parametrize(
    "headers",
    [{"Host": "trendyol.example"}, {"Host": ""}, {"Origin": "https://bad.example"}, {"Origin": "null"}],
)
def test_control_serves_only_this_machine(client: Client, headers: dict[str, str]) -> None:
    answer = client.call("POST", "/control/api/reset", body={}, headers=headers)

    assert answer.status == 403


def test_broken_json_is_refused(client: Client) -> None:
    for body in (b"{", b"\xff", b'{"advance_seconds": NaN}'):
        answer = client.call(
            "POST", "/control/api/clock", body=body, headers={"Content-Type": "application/json"}
        )
        assert (answer.status, answer.json) == (400, {"error": "Gönderilen JSON okunamadı."})


def form(client: Client, path: str, text: str) -> str:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.call("POST", f"/control/api/{path}", body=text.encode(), headers=headers)
    assert answer.status == 303
    return answer.headers["Location"]


def test_page_works_with_forms_alone(client: Client, sandbox: Sandbox) -> None:
    done = form(client, "orders", f"barcode={barcode(1)}&quantity=2&status=Created")
    refused = form(client, "orders", f"barcode={barcode(1)}&quantity=9&status=Created")
    (package_id,) = sandbox.shop.packages
    form(client, f"packages/{package_id}/ship", "")
    form(client, "settings", "strict_limits=false")

    assert done == "/control?sonuc=Tamam"
    assert sandbox.shop.packages[package_id].status == "Shipped"
    assert sandbox.config.strict_limits is False
    page = client.call("GET", refused, headers={})
    assert (page.status, page.content_type) == (200, "text/html")
    assert "yetersiz: 9 istendi, 3 var." in page.text
    assert f"/control/api/packages/{package_id}/deliver" in page.text
    assert f"/control/api/packages/{package_id}/cancel" not in page.text
    assert "<script" not in page.text
    assert "$" not in page.text


def test_page_escapes_what_it_shows(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(95, barcode="<b>1</b>")])
    sandbox.shop.place_order([("<b>1</b>", 1)])
    page = client.call("GET", "/control?hata=%3Cscript%3E", headers={}).text

    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "<b>1" not in page
    assert "<script" not in page


def test_style_sheet_is_served(client: Client) -> None:
    answer = client.call("GET", "/control/control.css", headers={})

    assert (answer.status, answer.content_type) == (200, "text/css")
