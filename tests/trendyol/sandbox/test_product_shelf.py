from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, BATCH, PRODUCTS, SELLER, Client
from .conftest import NOW, barcode, product
from .productkit import create, item, reasons, sample, send, shape

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


def content(client: Client) -> dict[str, Any]:
    (found,) = client.get(APPROVED).json["content"]
    return dict(found)


def archive(client: Client, sandbox: Sandbox, barcode: str, archived: Any) -> Any:
    body = {"barcode": barcode, "archived": archived}
    return send(client, sandbox, f"{PRODUCTS}/archive-state", body, method="PUT")


def delete(client: Client, sandbox: Sandbox, *barcodes: str) -> Any:
    return send(client, sandbox, PRODUCTS, *({"barcode": x} for x in barcodes), method="DELETE")


def test_archive_and_back(client: Client, sandbox: Sandbox, content_id: int) -> None:
    result = archive(client, sandbox, "YENI-0001", archived=True)
    wanted = sample("batch_result_archive.json")
    assert (shape(result), result["sourceType"], result["notes"]) == (shape(wanted), "WEB", None)
    assert result["items"][0]["requestItem"] == {
        "archived": True,
        "supplierId": SELLER,
        "barcode": "YENI-0001",
    }
    # Its result stays three days.
    assert result["batchRequestId"].endswith(f"-{round(NOW) + 61 + 72 * 3600}")
    (shown,) = client.get(APPROVED, status="archived").json["content"]
    assert [(x["barcode"], x["onSale"]) for x in shown["variants"]] == [("YENI-0001", False)]

    archive(client, sandbox, "YENI-0001", archived=False)
    assert client.get(APPROVED, status="archived").json["content"] == []
    assert reasons(archive(client, sandbox, "YENI-0001", archived="true")) == [["archived alanı zorunludur."]]
    assert reasons(archive(client, sandbox, "yok", archived=True)) == [["Barkod bulunamadı."]]


def test_approved_product_is_deleted_a_day_after_archiving(
    client: Client, sandbox: Sandbox, content_id: int
) -> None:
    result = delete(client, sandbox, "YENI-0001")
    wanted = sample("batch_result_delete.json")
    assert (shape(result), reasons(result)) == (shape(wanted), reasons(wanted))

    archive(client, sandbox, "YENI-0001", archived=True)
    sandbox.advance(DAY - 10)
    assert reasons(delete(client, sandbox, "YENI-0001")) == [
        ["Ürün arşivlendikten sonra bir günden fazla geçmeden silinemez."]
    ]
    client.control("products/YENI-0001/blacklist", {})
    sandbox.advance(10)
    assert reasons(delete(client, sandbox, "YENI-0001")) == [
        ["Trendyol tarafından satışı durdurulan ürün silinemez."]
    ]
    client.control("products/YENI-0001/unblacklist", {})
    assert reasons(delete(client, sandbox, "YENI-0001", "yok")) == [[], ["Barkod bulunamadı."]]
    assert [x["barcode"] for x in content(client)["variants"]] == ["YENI-0002"]
    assert client.get(f"/integration/product/sellers/{SELLER}/product/YENI-0001").status == 404
    assert [entry.quantity for entry in sandbox.shop.journal("YENI-0001")] == [10, 0]


def test_unapproved_products_are_deleted_at_once(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item(1), item(2))
    sandbox.shop.reject_product("YENI-0002")

    assert reasons(delete(client, sandbox, "YENI-0001", "YENI-0002")) == [[], []]
    assert sandbox.shop.stock() == {}
    # The barcodes are free again, and the verdict that was due has nobody to judge.
    assert reasons(create(client, sandbox, item(1))) == [[]]
    sandbox.advance(60)
    assert [x["barcode"] for x in content(client)["variants"]] == ["YENI-0001"]


def test_delete_without_a_body_is_refused(client: Client) -> None:
    answer = client.call("DELETE", PRODUCTS)

    assert (answer.status, answer.key) == (400, "body.invalid")


def test_locked_product_is_off_sale_until_unlocked(client: Client, sandbox: Sandbox, content_id: int) -> None:
    assert client.control("products/YENI-0001/lock", {}).json["locked"] is True
    first = content(client)["variants"][0]
    assert (first["locked"], first["onSale"], first["lockDate"]) == (True, False, round((NOW + 61) * 1000))

    result = send(
        client, sandbox, f"{PRODUCTS}/unlock", {"barcode": "YENI-0001"}, {"barcode": "yok"}, method="PUT"
    )
    assert shape(result) == shape(sample("batch_result_unlock.json"))
    assert reasons(result) == [[], ["Barkod bulunamadı."]]
    first = content(client)["variants"][0]
    assert (first["locked"], first["onSale"], first["lockReason"]) == (False, True, None)


def test_updates_of_the_wrong_side_and_method_are_refused(client: Client) -> None:
    assert client.post(PRODUCTS, {"items": [item()]}).status == 405
    inventory = f"/integration/inventory/sellers/{SELLER}/products/batch-requests/x"
    assert client.get(inventory).status == 556
    assert client.post(f"{PRODUCTS}/price-and-inventory", {"items": []}).status == 556
    assert client.get(f"{BATCH}/x").status == 404


# -- buybox ---------------------------------------------------------------------------------------------


def buybox(client: Client, barcodes: Any) -> Any:
    return client.post(f"{PRODUCTS}/buybox-information", {"barcodes": barcodes})


def test_buybox_knows_rivals_and_leaves_out_the_unknown(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products(product(number) for number in range(1, 41))
    sandbox.shop.load_products([product(41, approved=False)])
    rows = [
        row
        for n in range(4)
        for row in buybox(client, [barcode(10 * n + k) for k in range(1, 11)]).json["buyboxInfo"]
    ]

    assert rows[0].keys() == sample("buybox_response.json")["buyboxInfo"][0].keys()
    assert len(rows) == 40
    for row in rows:
        prices = [row["buyboxPrice"], row["secondBuyboxPrice"], row["thirdBuyboxPrice"]]
        known = [price for price in prices if price is not None]
        assert known == sorted(known)
        assert row["hasMultipleSeller"] == (len(known) > 1)
        assert (row["buyboxOrder"] == 1) == (row["buyboxPrice"] == 1299.9)
    assert {row["hasMultipleSeller"] for row in rows} == {True, False}
    assert max(row["buyboxOrder"] for row in rows) > 1
    assert buybox(client, ["yok", barcode(41)]).json == {"buyboxInfo": []}


@pytest.mark.parametrize("barcodes", [[], None, "1", [1], [str(number) for number in range(11)]])
def test_buybox_refuses_what_is_no_list_of_ten(client: Client, barcodes: Any) -> None:
    assert buybox(client, barcodes).status == 400
