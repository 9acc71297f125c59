from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, PRODUCTS, UNAPPROVED, Client
from .conftest import barcode, product
from .productkit import BEDEN, RENK, create, item, reasons, sample, shape, update

DAY = 86_400
VARIANT = {
    "barcode": "YENI-0001",
    "stockCode": "YENİ-KOD",
    "origin": "IT",
    "vatRate": 20,
    "shipmentAddressId": 372_390,
    "returningAddressId": 372_392,
    "dimensionalWeight": 3.5,
    "lotNumber": None,
    "cargoProviders": ["ARASMP"],
    "locationBasedDelivery": "ENABLED",
    "channels": ["CORE", "LUXE"],
}
CONTENT_ATTRIBUTES = [
    {"attributeId": 47, "attributeValue": "Siyah"},
    {"attributeId": 348, "attributeValueIds": [686_230]},
    {"attributeId": 294, "attributeValueIds": [2879]},
    {"attributeId": 296, "attributeValueIds": [2874]},
    {"attributeId": 14, "attributeValueIds": [601, 602]},
    {"attributeId": 1192, "attributeValueIds": [10_617_300]},
]


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


def audits(client: Client, content_id: int) -> dict[str, Any]:
    return dict(client.get(f"{PRODUCTS}/{content_id}/update-audits").json)


# -- unapproved -----------------------------------------------------------------------------------------


def test_unapproved_product_is_corrected_and_judged_again(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item())
    sandbox.shop.reject_product("YENI-0001", reason="Ürün Adı Hatalı", detail="Kısaltın.")
    (rejected,) = client.get(UNAPPROVED, status="rejected").json["content"]
    assert rejected["rejectReasonDetails"] == [
        {"rejectReason": "Ürün Adı Hatalı", "rejectReasonDetail": "Kısaltın."}
    ]
    sandbox.advance(600)
    assert client.get(APPROVED).json["content"] == []

    changed = {
        **sample("update_unapproved_request.json")["items"][0],
        "barcode": "YENI-0001",
        "quantity": 99,
        "salePrice": 1,
    }
    result = update(client, sandbox, "unapproved", changed)
    wanted = sample("batch_result_update_unapproved.json")
    assert (shape(result), reasons(result)) == (shape(wanted), [[]])
    repeated = result["items"][0]["requestItem"]["product"]
    assert repeated.keys() - {"quantity", "salePrice"} == wanted["items"][0]["requestItem"]["product"].keys()
    (waiting,) = client.get(UNAPPROVED).json["content"]
    assert (waiting["status"], waiting["title"]) == ("pendingApproval", changed["title"])
    assert (waiting["quantity"], waiting["salePrice"], waiting["locationBasedDelivery"]) == (
        10,
        1299.9,
        "DISABLED",
    )
    assert sandbox.warnings == {"ignored_product_field:quantity": 1, "ignored_product_field:salePrice": 1}
    sandbox.advance(60)
    assert content(client)["variants"][0]["attributes"][0]["attributeValue"] == "43"


def test_unapproved_update_keeps_what_it_does_not_name(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item())
    (before,) = client.get(UNAPPROVED).json["content"]
    update(client, sandbox, "unapproved", {"barcode": "YENI-0001", "title": "Başka", "description": None})
    (after,) = client.get(UNAPPROVED).json["content"]

    assert after == {**before, "title": "Başka", "lastUpdateDate": after["lastUpdateDate"]}


def test_unapproved_update_fails_item_by_item(client: Client, sandbox: Sandbox, content_id: int) -> None:
    create(client, sandbox, item(3))
    sandbox.shop.load_products([product(30, approved=False)])
    result = update(
        client,
        sandbox,
        "unapproved",
        {"barcode": "yok"},
        {"title": "barkodsuz"},
        {"barcode": "YENI-0001", "title": "onaylı"},
        {"barcode": "YENI-0003"},
        {"barcode": "YENI-0003", "title": "", "brandId": 1},
        {"barcode": "YENI-0003", "categoryId": 421},
        {"barcode": "YENI-0003", "categoryId": 421, "attributes": item()["attributes"]},
        {"barcode": barcode(30), "title": "Yüklenmiş ürün"},
    )

    assert reasons(result) == [
        ["Barkod bulunamadı."],
        ["Barkod bulunamadı."],
        ["Ürün onaylı, onaylı ürün güncelleme servisini kullanınız."],
        ["Güncellenecek alan bulunamadı."],
        ["Ürün adı boş olmayan bir metin olmalıdır.", "Marka bulunamadı: 1"],
        ["Kategori değişince özellikler de gönderilmelidir."],
        [
            "348 numaralı özellik bu kategoride yok.",
            "Zorunlu kategori özellik bilgisi eksiktir. Eksik alan: Web Color",
            "Zorunlu kategori özellik bilgisi eksiktir. Eksik alan: Bağlama Şekli",
        ],
        [],
    ]


# -- approved content -----------------------------------------------------------------------------------


def test_content_update_is_accepted_first_and_judged_a_day_later(
    client: Client, sandbox: Sandbox, content_id: int
) -> None:
    before = content(client)
    change = {
        "contentId": content_id,
        "title": "Yeni ad",
        "description": "<p>Yeni</p>",
        "images": [{"url": "https://gorsel.example/yeni.jpg"}],
        "attributes": CONTENT_ATTRIBUTES,
    }
    result = update(client, sandbox, "content", change)
    wanted = sample("batch_result_content_update.json")
    assert (shape(result), reasons(result)) == (shape(wanted), [[]])
    repeated = result["items"][0]["requestItem"]["updateRequest"]
    assert list(repeated) == list(wanted["items"][0]["requestItem"]["updateRequest"])
    assert repeated["attributes"][4:6] == [
        {"attributeId": 14, "attributeValueId": 601, "customAttributeValue": None},
        {"attributeId": 14, "attributeValueId": 602, "customAttributeValue": None},
    ]

    # SUCCESS means that it entered quality control: nothing has changed yet.
    assert content(client) == before
    page = audits(client, content_id)
    assert list(page) == list(sample("update_audits_page.json"))
    (entry,) = page["content"]
    assert entry.keys() == sample("update_audits_page.json")["content"][0].keys()
    assert entry["batchRequestId"] == result["batchRequestId"]
    assert entry["updates"][0] == {
        "type": "TITLE",
        "status": "RUNNING",
        "completedDate": None,
        "rejectReasons": [],
    }
    sandbox.advance(DAY)
    after = content(client)
    assert (after["title"], after["description"], after["images"]) == (
        "Yeni ad",
        "<p>Yeni</p>",
        change["images"],
    )
    values = {}
    for part in after["attributes"]:
        values.setdefault(part["attributeName"], []).append(part["attributeValue"])
    assert (values["Cinsiyet"], values["Materyal"]) == (["Kadın / Kız"], ["Deri", "Suni Deri"])
    assert [variant["attributes"] for variant in after["variants"]] == [
        variant["attributes"] for variant in before["variants"]
    ]
    (entry,) = audits(client, content_id)["content"]
    assert [part["status"] for part in entry["updates"]] == ["SUCCESS"] * 4
    assert (entry["updates"][0]["changedTitle"], entry["updates"][0]["existingTitle"]) == (
        "Yeni ad",
        before["title"],
    )


def test_failed_audit_leaves_the_content_as_it_was(client: Client, sandbox: Sandbox, content_id: int) -> None:
    before = content(client)
    sandbox.config.audit_fail_share = 1.0
    result = update(client, sandbox, "content", {"contentId": content_id, "title": "Yeni ad"})
    sandbox.advance(DAY)

    assert reasons(result) == [[]]
    assert content(client) == before
    (part,) = audits(client, content_id)["content"][0]["updates"]
    assert (part["type"], part["status"], part["rejectReasons"][0]["reason"]) == (
        "TITLE",
        "FAIL",
        "Ürün adı uygun değil",
    )
    assert part["completedDate"] == "2026-11-22T06:01:01.200+00:00"


def test_audit_is_decided_by_hand_part_by_part(client: Client, sandbox: Sandbox, content_id: int) -> None:
    update(client, sandbox, "content", {"contentId": content_id, "title": "Ad", "description": "Metin"})
    assert client.control("audits/1", {"accepted": True, "type": "TITLE"}).status == 200
    assert client.control("audits/1", {"accepted": False}).status == 200

    parts = audits(client, content_id)["content"][0]["updates"]
    assert [(part["type"], part["status"]) for part in parts] == [
        ("TITLE", "SUCCESS"),
        ("DESCRIPTION", "FAIL"),
    ]
    assert (content(client)["title"], content(client)["description"]) == ("Ad", item()["description"])
    assert client.control("audits/1", {"accepted": True}).status == 404
    assert client.control("audits/1", {}).status == 400


def test_content_update_fails_item_by_item(client: Client, sandbox: Sandbox, content_id: int) -> None:
    this = {"contentId": content_id}
    red = [{**x, "attributeValue": "Kırmızı"} if x["attributeId"] == RENK else x for x in CONTENT_ATTRIBUTES]
    other_size = [*CONTENT_ATTRIBUTES, {"attributeId": BEDEN, "attributeValueIds": [4290]}]
    result = update(
        client,
        sandbox,
        "content",
        {"contentId": 5, "title": "yok"},
        {"title": "yok"},
        this,
        {**this, "title": "x" * 101},
        {**this, "title": "Ad", "productMainId": "BAŞKA", "brandId": 1_700_001, "categoryId": 412},
        {**this, "attributes": CONTENT_ATTRIBUTES[:4]},
        {**this, "attributes": red},
        {**this, "attributes": other_size},
        {
            **this,
            "attributes": [*CONTENT_ATTRIBUTES[1:], {"attributeId": 47, "customAttributeValue": "Siyah"}],
        },
    )

    assert reasons(result) == [
        ["İçerik bulunamadı."],
        ["İçerik bulunamadı."],
        ["Güncellenecek alan bulunamadı."],
        ["Ürün adı 100 karakteri geçemez."],
        ["Onaylı üründe productMainId değiştirilemez.", "Onaylı üründe categoryId değiştirilemez."],
        [
            "Tüm özellikler birlikte gönderilmelidir, eksik: Materyal",
            "Tüm özellikler birlikte gönderilmelidir, eksik: Menşei",
        ],
        ["Renk özelliği onaylı üründe değiştirilemez."],
        ["Beden özelliği onaylı üründe değiştirilemez."],
        ["47 numaralı özellik için attributeValueIds ya da attributeValue gönderilmelidir."],
    ]
    assert audits(client, content_id)["content"] == []


def test_loaded_content_can_be_updated_with_what_it_shows(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(1), product(2)])
    content_id = content(client)["contentId"]
    attributes = [{"attributeId": RENK, "attributeValue": "Siyah"}]
    change = {"contentId": content_id, "title": "Yeni ad", "attributes": attributes}

    assert reasons(update(client, sandbox, "content", change)) == [[]]
    sandbox.advance(DAY)
    assert (content(client)["title"], len(content(client)["variants"])) == ("Yeni ad", 2)


def test_audits_come_in_pages_newest_first(client: Client, sandbox: Sandbox, content_id: int) -> None:
    for title in ("A", "B", "C"):
        update(client, sandbox, "content", {"contentId": content_id, "title": title})
    sandbox.advance(DAY)
    path = f"{PRODUCTS}/{content_id}/update-audits"
    pages = [client.get(path, page=page, size=2).json for page in (0, 1)]

    assert [page["totalPage"] for page in pages] == [2, 2]
    assert [x["updates"][0]["changedTitle"] for page in pages for x in page["content"]] == ["C", "B", "A"]
    assert content(client)["title"] == "C"
    assert audits(client, 5)["content"] == []


# -- approved variants and delivery ---------------------------------------------------------------------


def test_variant_update_takes_effect(client: Client, sandbox: Sandbox, content_id: int) -> None:
    before = content(client)
    result = update(client, sandbox, "variant", VARIANT)
    wanted = sample("batch_result_variant_update.json")
    assert shape(result) == shape(wanted)
    assert (
        result["items"][0]["requestItem"]["updateRequest"].keys()
        == wanted["items"][0]["requestItem"]["updateRequest"].keys()
    )

    after = content(client)
    first = after["variants"][0]
    assert {name: first[name] for name in VARIANT.keys() & first.keys()} == {
        name: value for name, value in VARIANT.items() if name in first
    }
    assert after["variants"][1] == before["variants"][1]
    assert (first["stock"], first["price"]) == (
        before["variants"][0]["stock"],
        before["variants"][0]["price"],
    )


def test_variant_update_must_be_full(client: Client, sandbox: Sandbox, content_id: int) -> None:
    part = {"barcode": "YENI-0001", "vatRate": 20}
    missing = "stockCode, origin, dimensionalWeight, locationBasedDelivery, cargoProviders, channels"
    assert reasons(update(client, sandbox, "variant", part)) == [
        [f"Eksik alan: {missing}. Tüm alanlar birlikte gönderilmelidir."]
    ]
    sandbox.config.quirks.add("partial_variant_update")
    assert reasons(update(client, sandbox, "variant", part)) == [[]]
    variant = content(client)["variants"][0]
    assert (variant["vatRate"], variant["stockCode"]) == (20, "YB-YENI-1")


def test_variant_update_fails_item_by_item(client: Client, sandbox: Sandbox, content_id: int) -> None:
    create(client, sandbox, item(3))
    result = update(
        client,
        sandbox,
        "variant",
        {**VARIANT, "barcode": "yok"},
        {**VARIANT, "barcode": "YENI-0003"},
        {**VARIANT, "shipmentAddressId": 5},
        {**VARIANT, "vatRate": 8, "channels": []},
    )

    assert reasons(result) == [
        ["Barkod bulunamadı."],
        ["Ürün onaylı değil, bu servis ile güncellenemez."],
        ["Sevkiyat adresi satıcıya ait değil."],
        ["KDV oranı 0, 1, 10 ya da 20 olmalıdır.", "Satış kanalı CORE, LUXE ya da ikisi olmalıdır."],
    ]


def test_delivery_is_sent_in_the_plural_and_repeated_in_the_singular(
    client: Client, sandbox: Sandbox, content_id: int
) -> None:
    result = update(
        client,
        sandbox,
        "delivery-info",
        {"barcode": "YENI-0001", "deliveryOptions": {"deliveryDuration": 0}},
        {"barcode": "YENI-0002", "deliveryOption": {"deliveryDuration": 0}},
        {"barcode": "YENI-0002", "deliveryOptions": {"deliveryDuration": -1}},
        {"barcode": "yok", "deliveryOptions": {"deliveryDuration": 0}},
    )
    wanted = sample("batch_result_delivery_update.json")
    repeated, known = result["items"][0]["requestItem"], wanted["items"][0]["requestItem"]

    assert shape(result) == shape(wanted)
    assert repeated == {
        **known,
        "barcode": "YENI-0001",
        "request": {**known["request"], "barcode": "YENI-0001"},
    }
    assert reasons(result) == [
        [],
        ["deliveryOptions.deliveryDuration alanı zorunludur."],
        ["Termin süresi 0 ya da daha büyük bir tam sayı olmalıdır."],
        ["Barkod bulunamadı."],
    ]
    assert [x["deliveryOption"] for x in content(client)["variants"]] == [
        {"deliveryDuration": 0},
        {"deliveryDuration": 1},
    ]
