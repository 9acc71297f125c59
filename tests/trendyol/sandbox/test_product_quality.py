from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, BATCH, PRODUCTS, UNAPPROVED, Client
from .conftest import product
from .productkit import create, item, reasons, update

DAY = 86_400


@pytest.fixture
def sandbox(make_sandbox: Any) -> Sandbox:
    made: Sandbox = make_sandbox(approve_share=1.0, audit_fail_share=0.0)
    return made


@pytest.fixture
def content_id(client: Client, sandbox: Sandbox) -> int:
    """Two approved sizes of one colour."""
    create(client, sandbox, item(1), item(2))
    sandbox.advance(60)
    return int(client.get(APPROVED).json["content"][0]["contentId"])


def test_share_of_new_products_is_rejected_by_card(make_sandbox: Any) -> None:
    sandbox = make_sandbox(approve_share=0.5)
    client = Client(sandbox)
    models = [f"M{number}" for number in range(20)]
    create(
        client,
        sandbox,
        *(item(n, barcode=f"{model}-{n}", productMainId=model) for model in models for n in (1, 2)),
    )
    sandbox.advance(60)
    rejected = {x["productMainId"] for x in client.get(UNAPPROVED, status="rejected").json["content"]}
    approved = {x["productMainId"] for x in client.get(APPROVED).json["content"]}

    assert (rejected | approved, rejected & approved) == (set(models), set())
    assert min(len(rejected), len(approved)) >= 3
    for listing in client.get(UNAPPROVED).json["content"]:
        (reason,) = listing["rejectReasonDetails"]
        assert reason["rejectReason"]
        assert reason["rejectReasonDetail"]


def test_products_wait_for_a_person_without_a_delay(make_sandbox: Any) -> None:
    sandbox = make_sandbox(approval_delay_seconds=None, audit_delay_seconds=None)
    client = Client(sandbox)
    create(client, sandbox, item(1), item(2))
    sandbox.advance(30 * DAY)
    assert [(x["barcode"], x["review_ms"]) for x in client.control("reviews").json] == [
        ("YENI-0001", None),
        ("YENI-0002", None),
    ]

    assert client.control("products/YENI-0001/approve", {}).json["approved"] is True
    rejected = client.control("products/YENI-0002/reject", {"reason": "Ürün Görseli Uygun Değil"}).json
    assert (rejected["approved"], rejected["reject_reason"]) == (False, "Ürün Görseli Uygun Değil")
    assert client.control("products/YENI-0001/approve", {}).status == 400
    assert client.control("products/yok/approve", {}).status == 404
    assert client.control("products/yok/lock", {}).status == 404
    assert client.control("products/YENI-0001/praise", {}).status == 404
    (shown,) = client.get(APPROVED).json["content"]
    update(client, sandbox, "content", {"contentId": shown["contentId"], "title": "Ad"})
    sandbox.advance(30 * DAY)
    (audit,) = client.control("audits").json
    assert audit["updates"][0]["status"] == "RUNNING"


def test_page_offers_both_verdicts(client: Client, sandbox: Sandbox, content_id: int) -> None:
    create(client, sandbox, item(3), item(4))
    update(client, sandbox, "content", {"contentId": content_id, "title": "Ad"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = client.call("GET", "/control", headers={}).text
    for action in ("products/YENI-0003/approve", "products/YENI-0004/reject", "audits/1"):
        assert f'action="/control/api/{action}"' in page

    for action, body in (
        ("products/YENI-0003/approve", b""),
        ("products/YENI-0004/reject", "reason=Görsel bulanık".encode()),
        ("audits/1", b"accepted=false"),
    ):
        assert client.call("POST", f"/control/api/{action}", body=body, headers=form).status == 303
    page = client.call("GET", "/control", headers={}).text
    assert "Görsel bulanık" in page
    assert "YENI-0003/approve" not in page
    assert "audits/1" not in page


def test_page_escapes_products(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item(title="<b>kalın</b>"))
    sandbox.shop.load_products([product(95, barcode='"><i>', approved=False)])
    page = client.call("GET", "/control", headers={}).text

    assert "&lt;b&gt;kalın&lt;/b&gt;" in page
    assert "<b>kalın" not in page
    assert "<i>" not in page


def test_products_go_on_after_a_restart(make_sandbox: Any, clock: Any, tmp_path: Any) -> None:
    path = tmp_path / "sandbox.sqlite3"
    settings = {"approve_share": 1.0, "audit_fail_share": 0.0, "state_path": path}
    first = make_sandbox(**settings)
    client = Client(first)
    create(client, first, item(1))
    first.advance(60)
    (shown,) = client.get(APPROVED).json["content"]
    update(client, first, "content", {"contentId": shown["contentId"], "title": "Yeni ad"})
    create(client, first, item(2))
    waiting = client.post(
        f"{PRODUCTS}/unapproved-bulk-update", {"items": [{"barcode": "YENI-0002", "title": "İki"}]}
    )
    first.shop.load_products([product(90, brand="Elişi Şahane")])
    before = (client.get(UNAPPROVED).json, client.get(APPROVED).json)
    first.stop()

    second = make_sandbox(**settings)
    client = Client(second)
    assert (client.get(UNAPPROVED).json, client.get(APPROVED).json) == before
    second.advance(1)
    result = client.get(f"{BATCH}/{waiting.json['batchRequestId']}").json
    assert (result["status"], reasons(result)) == ("COMPLETED", [[]])
    second.advance(60)
    by_title = {
        x["title"]: len(x["variants"]) for x in client.get(APPROVED, productMainId="YB-YENI").json["content"]
    }
    assert by_title == {shown["title"]: 2}
    second.advance(DAY)
    assert {x["title"] for x in client.get(APPROVED, productMainId="YB-YENI").json["content"]} == {"Yeni ad"}
    assert [x["name"] for x in client.get("/integration/product/brands/by-name", name="Elişi").json] == [
        "Elişi Şahane"
    ]
