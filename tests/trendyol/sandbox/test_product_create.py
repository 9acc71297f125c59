from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, BATCH, CREATE, PUSH, SELLER, UNAPPROVED, Client
from .conftest import NOW, barcode
from .productkit import (
    BEDEN,
    MATERYAL,
    MENSEI,
    RENK,
    WEB_COLOR,
    create,
    item,
    reasons,
    sample,
    with_attribute,
)

LONG = "ş" * 101
URL = {"url": "https://gorsel.example/1.jpg"}


@pytest.fixture
def sandbox(make_sandbox: Any) -> Sandbox:
    made: Sandbox = make_sandbox(approve_share=1.0)
    return made


def found(client: Client, product: dict[str, Any]) -> list[tuple[str, str]]:
    (violations,) = client.control("product-rules", {"items": [product]}).json
    return [(violation["field"], violation["code"]) for violation in violations]


def test_batch_of_the_sample_succeeds_and_is_repeated_in_full(client: Client, sandbox: Sandbox) -> None:
    answer = client.post(CREATE, sample("create_product_request.json"))
    batch_id = answer.json["batchRequestId"]
    assert (answer.status, list(answer.json)) == (200, ["batchRequestId"])
    running = client.get(f"{BATCH}/{batch_id}").json
    wanted = sample("batch_result_in_progress.json")
    assert running == {
        **wanted,
        **{k: running[k] for k in ("batchRequestId", "creationDate", "lastModification")},
    }

    sandbox.advance(1)
    result, wanted = client.get(f"{BATCH}/{batch_id}").json, sample("batch_result_create.json")
    assert list(result) == list(wanted)
    assert (result["status"], result["itemCount"], result["failedItemCount"]) == ("COMPLETED", 3, 0)
    assert [part["requestItem"] for part in result["items"]] == [
        part["requestItem"] for part in wanted["items"]
    ]
    assert batch_id.endswith(f"-{round(NOW) + 4 * 3600}")


def test_created_product_waits_and_then_is_approved_as_sent(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item(1, quantity=7), item(2))
    (first, _) = client.get(UNAPPROVED).json["content"]
    base = client.get(f"/integration/product/sellers/{SELLER}/product/YENI-0001").json

    assert first.keys() == sample("products_unapproved_page.json")["content"][0].keys()
    assert (first["status"], first["quantity"], first["salePrice"]) == ("pendingApproval", 7, 1299.9)
    assert (base["approved"], base["contentId"]) == (False, None)
    assert client.get(APPROVED).json["content"] == []
    sandbox.advance(60)

    (content,) = client.get(APPROVED).json["content"]
    assert client.get(UNAPPROVED).json["content"] == []
    assert (content["productMainId"], content["category"]) == (
        "YB-YENI",
        {"id": 411, "name": "Casual Ayakkabı"},
    )
    assert content["brand"] == {"id": 1_700_001, "name": "Yolcubulut"}
    assert (content["description"], content["images"]) == (item()["description"], item()["images"])
    assert content["attributes"] == [
        {"attributeId": RENK, "attributeName": "Renk", "attributeValue": "Siyah"},
        {
            "attributeId": WEB_COLOR,
            "attributeName": "Web Color",
            "attributeValueId": 686_230,
            "attributeValue": "Siyah",
        },
        {
            "attributeId": 294,
            "attributeName": "Yaş Grubu",
            "attributeValueId": 2879,
            "attributeValue": "Yetişkin",
        },
        {
            "attributeId": 296,
            "attributeName": "Cinsiyet",
            "attributeValueId": 2873,
            "attributeValue": "Erkek",
        },
        {
            "attributeId": MATERYAL,
            "attributeName": "Materyal",
            "attributeValueId": 601,
            "attributeValue": "Deri",
        },
        {
            "attributeId": MENSEI,
            "attributeName": "Menşei",
            "attributeValueId": 10_617_300,
            "attributeValue": "TR",
        },
    ]
    first, second = content["variants"]
    assert first["attributes"] == [
        {"attributeId": BEDEN, "attributeName": "Beden", "attributeValueId": 4284, "attributeValue": "35"}
    ]
    assert (first["stock"]["quantity"], first["price"]["listPrice"], first["vatRate"]) == (7, 1499.9, 10)
    assert (first["stockCode"], first["deliveryOption"], first["cargoProviders"]) == (
        "YB-YENI-1",
        {"deliveryDuration": 1},
        ["YKMP"],
    )
    assert (first["onSale"], first["variantId"] != second["variantId"]) == (True, True)


def test_approved_product_can_be_ordered_and_pushed(client: Client, sandbox: Sandbox) -> None:
    create(client, sandbox, item(quantity=7))
    push = {"items": [{"barcode": "YENI-0001", "quantity": 3}]}
    early = client.post(PUSH, push).json["batchRequestId"]
    sandbox.advance(60)
    assert reasons(client.get(f"{BATCH}/{early}").json) == [
        ["Ürün onaylı değil, stok ve fiyat güncellenemez."]
    ]
    package_id = sandbox.shop.place_order([("YENI-0001", 2)])

    (line,) = sandbox.shop.packages[package_id].lines
    assert (line.colour, line.size, line.stock_code, line.content_id > 0) == (
        "Siyah",
        "35",
        "YB-YENI-1",
        True,
    )
    assert [entry.quantity for entry in sandbox.shop.journal("YENI-0001")] == [7, 5]


def test_colours_are_cards_of_their_own(client: Client, sandbox: Sandbox) -> None:
    red = with_attribute(RENK, customAttributeValue="Kırmızı")
    create(client, sandbox, item(1), item(2), item(3, attributes=red))
    sandbox.advance(60)
    create(client, sandbox, item(4))
    sandbox.advance(60)

    contents = client.get(APPROVED).json["content"]
    assert [[variant["barcode"] for variant in content["variants"]] for content in contents] == [
        ["YENI-0001", "YENI-0002", "YENI-0004"],
        ["YENI-0003"],
    ]


def test_barcode_is_joined_and_found_under_the_joined_name_only(client: Client, sandbox: Sandbox) -> None:
    result = create(client, sandbox, item(barcode=" AB 12 ğ "))
    sandbox.advance(60)

    assert result["items"][0]["requestItem"]["barcode"] == "AB12ğ"
    assert list(sandbox.shop.stock()) == ["AB12ğ"]
    lost = client.post(PUSH, {"items": [{"barcode": "AB 12 ğ", "quantity": 1}]}).json["batchRequestId"]
    sandbox.advance(1)
    assert reasons(client.get(f"{BATCH}/{lost}").json) == [["Barkod bulunamadı."]]


def test_repeated_and_existing_barcodes_fail_as_items(client: Client, sandbox: Sandbox) -> None:
    repeated = create(client, sandbox, item(1), item(2), item(3, barcode="YENI-00 01"))
    assert reasons(repeated) == [
        ["YENI-0001 barkodu istekte birden fazla gönderilmiş."],
        [],
        ["YENI-0001 barkodu istekte birden fazla gönderilmiş."],
    ]
    assert (repeated["status"], repeated["failedItemCount"]) == ("COMPLETED", 2)

    existing = create(client, sandbox, item(1), item(2))
    assert reasons(existing) == [[], ["YENI-0002 barkodlu ürün zaten mevcut."]]
    assert sorted(sandbox.shop.stock()) == ["YENI-0001", "YENI-0002"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"items": []},
        {"items": {}},
        {"items": [1]},
        {"items": [{}] * 1001},
        b"{",
        b'{"items": [{"listPrice": NaN}]}',
        b'{"items": [{"listPrice": 1e999}]}',
        b'{"items": [{"title": "\\ud800"}]}',
    ],
)
def test_only_what_is_no_request_is_refused_at_once(client: Client, body: Any) -> None:
    answer = (
        client.post(CREATE, body) if not isinstance(body, bytes) else client.call("POST", CREATE, body=body)
    )

    assert (answer.status, answer.json["exception"]) == (400, "ClientApiBusinessException")


def test_thousand_items_are_one_request(client: Client, sandbox: Sandbox) -> None:
    result = create(client, sandbox, *(item(barcode=f"T{number}") for number in range(1000)))

    assert (result["itemCount"], result["failedItemCount"], len(sandbox.shop.stock())) == (1000, 0, 1000)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"barcode": None}, [("barcode", "required")]),
        ({"barcode": "a" * 41}, [("barcode", "too_long")]),
        ({"barcode": "a" * 40 + " "}, []),
        ({"barcode": "çğıöşüÇĞİÖŞÜ.-_9"}, []),
        ({"barcode": "a/b"}, [("barcode", "invalid")]),
        ({"barcode": "a\tb"}, [("barcode", "invalid")]),
        ({"barcode": "   "}, [("barcode", "invalid")]),
        ({"barcode": 5}, [("barcode", "invalid")]),
        ({"title": LONG}, [("title", "too_long")]),
        ({"title": LONG[:100]}, []),
        ({"title": "  "}, [("title", "invalid")]),
        ({"productMainId": "x" * 41}, [("productMainId", "too_long")]),
        ({"stockCode": "x" * 101}, [("stockCode", "too_long")]),
        ({"stockCode": None, "dimensionalWeight": None}, []),
        ({"dimensionalWeight": -1}, [("dimensionalWeight", "invalid")]),
        ({"description": "x" * 30_001}, [("description", "too_long")]),
        ({"description": "x" * 30_000}, []),
        ({"brandId": 5}, [("brandId", "unknown")]),
        ({"categoryId": 5}, [("categoryId", "unknown")]),
        ({"categoryId": 410}, [("categoryId", "not_leaf")]),
        ({"quantity": 20_000}, []),
        ({"quantity": 20_001}, [("quantity", "too_large")]),
        ({"quantity": -1}, [("quantity", "invalid")]),
        ({"quantity": 1.5}, [("quantity", "invalid")]),
        ({"quantity": True}, [("quantity", "invalid")]),
        ({"listPrice": 10, "salePrice": 10.01}, [("listPrice", "below_sale_price")]),
        ({"listPrice": 10, "salePrice": 10}, []),
        ({"salePrice": 0}, [("salePrice", "invalid")]),
        ({"salePrice": "10"}, [("salePrice", "invalid")]),
        ({"listPrice": 10**400, "salePrice": None}, [("salePrice", "required"), ("listPrice", "invalid")]),
        ({"vatRate": 18}, [("vatRate", "invalid")]),
        ({"vatRate": 0}, []),
        ({"images": []}, [("images", "count")]),
        ({"images": [URL] * 8}, []),
        ({"images": [URL] * 9}, [("images", "count")]),
        ({"images": [URL, {"url": "http://gorsel.example/1.jpg"}]}, [("images", "not_https")]),
        ({"images": [{"url": "https://[gorsel"}]}, [("images", "not_https")]),
        ({"images": ["https://gorsel.example/1.jpg"]}, [("images", "invalid")]),
        ({"images": [{"url": "https://gorsel.invalid/1.jpg"}]}, [("images", "unreachable")]),
        ({"origin": "KK"}, []),
        ({"origin": "tr"}, [("origin", "unknown")]),
        ({"origin": ["TR"]}, [("origin", "unknown")]),
        ({"deliveryOption": {"deliveryDuration": 0}}, []),
        ({"deliveryOption": {"deliveryDuration": -1}}, [("deliveryOption", "invalid")]),
        ({"deliveryOption": 1}, [("deliveryOption", "invalid")]),
        ({"shipmentAddressId": 372_392}, [("shipmentAddressId", "unknown")]),
        ({"returningAddressId": 372_389}, [("returningAddressId", "unknown")]),
        ({"cargoProviders": ["DEVE"]}, [("cargoProviders", "unknown")]),
        ({"cargoProviders": []}, []),
        ({"lotNumber": "A1,b-2.c:3/4"}, []),
        ({"lotNumber": "A1 b"}, [("lotNumber", "invalid")]),
        ({"lotNumber": "ş"}, [("lotNumber", "invalid")]),
        ({"lotNumber": "x" * 101}, [("lotNumber", "invalid")]),
        ({"channels": ["CORE", "LUXE"]}, []),
        ({"channels": []}, [("channels", "invalid")]),
        ({"channels": ["LUXURY"]}, [("channels", "invalid")]),
        ({"channels": [["CORE"]]}, [("channels", "invalid")]),
        ({"locationBasedDelivery": "ENABLED"}, []),
        ({"locationBasedDelivery": "YES"}, [("locationBasedDelivery", "invalid")]),
        ({"attributes": None}, [("attributes", "required")]),
        ({"attributes": {}}, [("attributes", "invalid")]),
        ({"attributes": with_attribute(BEDEN)}, [("attributes", "required")]),
        ({"attributes": with_attribute(MATERYAL)}, []),
        ({"attributes": with_attribute(RENK, customAttributeValue="x" * 50)}, []),
        ({"attributes": with_attribute(RENK, customAttributeValue="x" * 51)}, [("attributes", "too_long")]),
        ({"attributes": with_attribute(RENK, attributeValueId=686_230)}, [("attributes", "value_unknown")]),
        ({"attributes": with_attribute(WEB_COLOR, customAttributeValue="Siyah")}, [("attributes", "custom")]),
        ({"attributes": with_attribute(WEB_COLOR, attributeValueId=1)}, [("attributes", "value_unknown")]),
        ({"attributes": with_attribute(295, attributeValueId=686_230)}, [("attributes", "unknown")]),
        ({"attributes": with_attribute(MATERYAL, attributeValueIds=[601])}, [("attributes", "shape")]),
        ({"attributes": with_attribute(RENK, attributeValue="Siyah")}, [("attributes", "shape")]),
        ({"attributes": with_attribute(MATERYAL, attributeValueId="601")}, [("attributes", "invalid")]),
        ({"attributes": with_attribute(MATERYAL, attributeValueId=None)}, [("attributes", "value_count")]),
        (
            {"attributes": with_attribute(MATERYAL, attributeValueId=601, customAttributeValue="Deri")},
            [("attributes", "value_count")],
        ),
        (
            {"attributes": [*item()["attributes"], {"attributeId": MATERYAL, "attributeValueId": 602}]},
            [("attributes", "repeated")],
        ),
    ],
)
def test_each_rule_fails_the_item_and_says_why(
    client: Client, sandbox: Sandbox, changes: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    product = item(**changes)
    told = found(client, product)

    assert told == wanted
    (said,) = reasons(create(client, sandbox, product))
    assert (len(said), bool(sandbox.shop.stock())) == (len(wanted), not wanted)


def test_nulls_of_optional_fields_mean_nothing(client: Client) -> None:
    optional = ("origin", "lotNumber", "deliveryOption", "cargoProviders", "channels", "shipmentAddressId")

    assert found(client, {**item(), **dict.fromkeys(optional)}) == []


def test_plural_attributes_are_a_switch(client: Client, sandbox: Sandbox) -> None:
    plural = [
        {"attributeId": x["attributeId"], "attributeValueIds": [x["attributeValueId"]]}
        if "attributeValueId" in x
        else {"attributeId": x["attributeId"], "attributeValue": x["customAttributeValue"]}
        for x in item()["attributes"]
    ]
    both = [{**x, "attributeValueIds": [601, 602]} if x["attributeId"] == MATERYAL else x for x in plural]
    two_sizes = [{**x, "attributeValueIds": [4284, 4285]} if x["attributeId"] == BEDEN else x for x in plural]

    def told(attributes: Any) -> set[str]:
        return {code for _, code in found(client, item(attributes=attributes))}

    assert (told(plural), told(both)) == ({"shape"}, {"shape"})
    sandbox.config.quirks.add("attributes_swapped")
    assert (told(plural), told(both), told(two_sizes)) == (set(), set(), {"multiple"})
    assert told(item()["attributes"]) == {"shape"}
    sandbox.config.quirks.add("attributes_any_shape")
    assert (told(item()["attributes"]), told(both)) == (set(), set())
    create(client, sandbox, item(attributes=both))
    values = client.get(UNAPPROVED).json["content"][0]["attributes"]
    assert [x["attributeValue"] for x in values if x["attributeId"] == MATERYAL] == ["Deri", "Suni Deri"]


def test_stock_code_may_be_asked_for(client: Client, sandbox: Sandbox) -> None:
    bare = item(stockCode=None, dimensionalWeight=None)
    sandbox.config.quirks.add("stock_code_required")

    assert found(client, bare) == [("stockCode", "required"), ("dimensionalWeight", "required")]


def test_fields_of_the_first_service_are_ignored_and_counted(client: Client, sandbox: Sandbox) -> None:
    assert reasons(create(client, sandbox, item(cargoCompanyId=10, currencyType="TRY"))) == [[]]
    assert sandbox.warnings == {
        "ignored_product_field:cargoCompanyId": 1,
        "ignored_product_field:currencyType": 1,
    }


def test_staggered_batch_shows_its_first_half(make_sandbox: Any) -> None:
    sandbox = make_sandbox(quirks={"staggered_batches"}, batch_delay_seconds=2)
    client = Client(sandbox)
    batch_id = client.post(CREATE, {"items": [item(1), item(2)]}).json["batchRequestId"]
    sandbox.advance(1)
    half = client.get(f"{BATCH}/{batch_id}").json

    assert (half["status"], half["itemCount"]) == ("IN_PROGRESS", 2)
    assert [part["status"] for part in half["items"]] == ["SUCCESS", "IN_PROGRESS"]


def test_results_are_gone_after_four_hours(client: Client, sandbox: Sandbox) -> None:
    batch_id = create(client, sandbox, item())["batchRequestId"]
    sandbox.advance(4 * 3600)

    assert client.get(f"{BATCH}/{batch_id}").status == 404
    sandbox.config.quirks.add("expired_batch_empty")
    empty = client.get(f"{BATCH}/{batch_id}")
    assert (empty.status, empty.json["items"], empty.json["itemCount"]) == (200, [], 0)
    assert client.get(f"{BATCH}/unknown").status == 404


def test_writes_share_one_quota_and_prices_have_their_own(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([{"barcode": barcode(1), "product_main_id": "M", "title": "T"}])
    for number in range(200):
        sandbox.gateway.limits.allows(
            endpoint=f"other-{number % 10}", group="product-write", per_minute=200, now=sandbox.state.now()
        )

    assert client.post(CREATE, {"items": [item()]}).status == 429
    buybox = f"/integration/product/sellers/{SELLER}/products/buybox-information"
    assert client.post(buybox, {"barcodes": [barcode(1)]}).status == 429
    assert client.post(PUSH, {"items": [{"barcode": barcode(1), "quantity": 1}]}).status == 200
