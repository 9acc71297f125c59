import json
from pathlib import Path
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, SELLER, SHORT, UNAPPROVED, Client
from .conftest import barcode, product

SAMPLES = Path(__file__).parents[1] / "payloads"


def sample(name: str) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    return wanted


def barcodes_in(page: dict[str, Any]) -> list[str]:
    return [variant["barcode"] for content in page["content"] for variant in content["variants"]]


def test_approved_listing_has_the_keys_of_the_sample(client: Client) -> None:
    page, wanted = client.get(APPROVED).json, sample("products_page.json")

    assert list(page) == list(wanted)
    assert page["content"][0].keys() == wanted["content"][0].keys()
    assert page["content"][0]["variants"][0].keys() == wanted["content"][0]["variants"][0].keys()


def test_short_listing_has_the_keys_of_the_sample(client: Client) -> None:
    page, wanted = client.get(SHORT).json, sample("products_inventory_price_page.json")

    assert page["content"][0].keys() == wanted["content"][0].keys()
    assert page["content"][0]["variants"][0].keys() == wanted["content"][0]["variants"][0].keys()


def test_counts_are_contents_not_barcodes(client: Client) -> None:
    page = client.get(APPROVED).json

    assert (page["totalElements"], len(page["content"]), len(barcodes_in(page))) == (2, 2, 14)


@pytest.mark.parametrize(
    "query",
    [
        {"size": 101},
        {"page": 101, "size": 100},
        {"barcodes": ",".join(str(n) for n in range(51))},
        {"status": "unknown"},
        {"nextPageToken": "x"},
        {"dateQueryType": "X"},
    ],
)
def test_approved_listing_refuses_bad_queries(client: Client, query: dict[str, Any]) -> None:
    answer = client.get(APPROVED, **query)

    assert (answer.status, answer.json["exception"]) == (400, "ClientApiBusinessException")


def test_barcodes_may_be_a_comma_list_or_repeated(client: Client) -> None:
    comma = client.get(APPROVED, barcodes=f"{barcode(1)},{barcode(8)}").json
    repeated = client.get(APPROVED, barcodes=[barcode(1), barcode(8)]).json

    assert barcodes_in(comma) == barcodes_in(repeated) == [barcode(1), barcode(8)]


def test_next_page_token_walks_to_an_empty_page(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products(product(7 * n, product_main_id=f"M{n}") for n in range(20, 25))
    first = client.get(APPROVED, size=4).json
    second = client.get(APPROVED, size=4, nextPageToken=first["nextPageToken"]).json
    third = client.get(APPROVED, size=4, nextPageToken=second["nextPageToken"]).json

    ids = [content["contentId"] for page in (first, second, third) for content in page["content"]]
    assert (len(ids), ids) == (7, sorted(set(ids)))
    assert (third["content"], third["nextPageToken"]) == ([], None)
    assert client.get(APPROVED, size=4, page=1, nextPageToken=first["nextPageToken"]).status == 400


def test_listing_filters_by_status_and_code(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.catalogue.change(barcode(1), archived=True)
    sandbox.shop.place_order([(barcode(2), 5)])

    assert barcodes_in(client.get(APPROVED, status="archived").json) == [barcode(1)]
    assert barcodes_in(client.get(APPROVED, status="notOnSale").json) == [barcode(1), barcode(2)]
    assert barcodes_in(client.get(APPROVED, stockCode="YB-0001-3").json) == [barcode(3)]
    assert len(barcodes_in(client.get(APPROVED, productMainId="YB-0002").json)) == 7


def test_missing_quantity_is_a_quirk_off_by_default(client: Client, sandbox: Sandbox) -> None:
    def stocks() -> list[bool]:
        page = client.get(SHORT).json
        return ["quantity" in v["stock"] for content in page["content"] for v in content["variants"]]

    assert set(stocks()) == {True}
    sandbox.config.quirks.add("missing_quantity")
    assert sorted(stocks()).count(False) == 2


def test_unapproved_listing_is_flat_and_allows_1000(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products(
        [product(30, approved=False), product(31, approved=False, reject_reason="Görsel hatalı")]
    )
    page, wanted = client.get(UNAPPROVED, size=1000).json, sample("products_unapproved_page.json")

    assert [(x["barcode"], x["status"]) for x in page["content"]] == [
        (barcode(30), "pendingApproval"),
        (barcode(31), "rejected"),
    ]
    assert page["content"][0].keys() == wanted["content"][0].keys()
    assert client.get(UNAPPROVED, status="rejected").json["totalElements"] == 1
    assert client.get(UNAPPROVED, size=1001).status == 400
    assert barcode(30) not in barcodes_in(client.get(APPROVED).json)


def test_product_base(client: Client) -> None:
    path = f"/integration/product/sellers/{SELLER}/product/"
    known, unknown = client.get(path + barcode(1)), client.get(path + "nothing")

    assert known.json.keys() == sample("product_base.json").keys()
    assert (unknown.status, unknown.json) == (404, sample("errors/404_product_not_found.json")["body"])


def test_carriers_are_listed(client: Client) -> None:
    carriers = client.get("/integration/product/lookup/cargo-providers").json

    assert {"code": "TEXMP", "name": "Trendyol Express Marketplace"} in carriers
