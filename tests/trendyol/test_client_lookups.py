"""Brands, categories, attributes, addresses: the contract's samples, then the sandbox over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from integrations.trendyol.client import MAX_BRANDS_SIZE, TrendyolClient
from integrations.trendyol.errors import InvalidRequest, Rejected, SchemaChanged
from integrations.trendyol.quotas import quota_for
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.schemas import AttributeValue, BrandPayload, validate_each
from tests.trendyol.clientkit import HOST, KEY, SECRET, SELLER, RecordingLimiter, failure, make_client, sample

pytestmark = pytest.mark.usefixtures("untranslated")

PRODUCT = f"{HOST}/integration/product"
ATTRIBUTES = f"{PRODUCT}/categories/411/attributes"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(strict_limits=False, api_key=KEY, api_secret=SECRET) as it:
        yield it


@pytest.fixture
def live(sandbox: Sandbox) -> TrendyolClient:
    return make_client(base_url=sandbox.base_url)


def query(web: responses.RequestsMock) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(web.calls[-1].request.url or "").query))


def test_the_samples_are_read(web: responses.RequestsMock) -> None:
    web.add("GET", f"{PRODUCT}/brands", body=sample("brands_page"))
    web.add("GET", f"{PRODUCT}/brands/by-name", body=sample("brands_by_name"))
    web.add("GET", ATTRIBUTES, body=sample("category_attributes"))
    web.add("GET", f"{PRODUCT}/lookup/cargo-providers", body=sample("cargo_providers"))
    client = make_client()

    assert client.brands(page=0) == json.loads(sample("brands_page"))["brands"]
    assert query(web) == {"page": "0", "size": "2000"}
    assert [(brand.id, brand.name) for brand in client.brands_by_name("Yolcubulut")] == [
        (1700001, "Yolcubulut")
    ]
    assert query(web) == {"name": "Yolcubulut"}
    colour, web_colour, size, *_others, importer = client.category_attributes(411)
    assert (colour.attribute.id, colour.attribute.name) == (47, "Renk")
    assert (colour.required, colour.allow_custom, colour.slicer, colour.varianter) == (
        True,
        True,
        True,
        False,
    )
    assert (web_colour.attribute.id, web_colour.slicer, size.varianter) == (348, False, True)
    assert (importer.required, importer.allow_custom) == (False, True)
    carriers = client.cargo_providers()
    assert (carriers[0].code, carriers[0].name, len(carriers)) == ("TEXMP", "Trendyol Express Marketplace", 5)


def test_addresses_are_read_though_the_default_return_address_is_none(web: responses.RequestsMock) -> None:
    web.add("GET", f"{HOST}/integration/sellers/{SELLER}/addresses", body=sample("supplier_addresses"))

    found = make_client().supplier_addresses()

    wanted = json.loads(sample("supplier_addresses"))
    assert [(row.id, row.kind, row.city) for row in found.addresses] == [
        (row["id"], row["addressType"], row["city"]) for row in wanted["supplierAddresses"]
    ]
    assert [row.id for row in found.addresses if row.is_returning] == [
        row["id"] for row in wanted["supplierAddresses"] if row["isReturningAddress"]
    ]
    assert (found.default_shipment, found.default_invoice) != (None, None)
    assert found.default_shipment is not None
    assert found.default_shipment.id == wanted["defaultShipmentAddress"]["id"]


def test_a_default_address_that_is_a_mere_flag_is_none(web: responses.RequestsMock) -> None:
    answer = {"supplierAddresses": [], "defaultShipmentAddress": {"present": False}}
    web.add("GET", f"{HOST}/integration/sellers/{SELLER}/addresses", json=answer)

    found = make_client().supplier_addresses()

    assert (found.addresses, found.default_shipment, found.default_invoice) == ([], None, None)


@pytest.mark.parametrize("bare", [False, True])
def test_the_tree_is_read_as_object_and_as_bare_array(web: responses.RequestsMock, bare: bool) -> None:
    tree = json.loads(sample("category_tree"))
    web.add("GET", f"{PRODUCT}/product-categories", json=tree["categories"] if bare else tree)

    (shoes,) = make_client().category_tree()

    assert [[part.name for part in way] for way in shoes.walk()] == [
        ["Ayakkabı"],
        ["Ayakkabı", "Günlük Ayakkabı"],
        ["Ayakkabı", "Günlük Ayakkabı", "Casual Ayakkabı"],
        ["Ayakkabı", "Günlük Ayakkabı", "Loafer Ayakkabı"],
        ["Ayakkabı", "Bot & Bootie"],
        ["Ayakkabı", "Bot & Bootie", "Bot"],
        ["Ayakkabı", "Sandalet"],
    ]


@pytest.mark.parametrize("name", ["attributeValue", "attributeValueName"])
def test_the_text_of_a_value_has_two_names(web: responses.RequestsMock, name: str) -> None:
    page = json.loads(sample("category_attribute_values"))
    content = [
        {"attributeValueId": row["attributeValueId"], name: row["attributeValue"]} for row in page["content"]
    ]
    web.add("GET", f"{ATTRIBUTES}/293/values", json={**page, "content": content})

    found = make_client().attribute_values(category_id=411, attribute_id=293)
    values, bad = validate_each(AttributeValue, found.content)

    assert query(web) == {"page": "0", "size": "1000"}
    assert (found.total_elements, bad) == (6, [])
    assert [(value.id, value.name) for value in values] == [
        (row["attributeValueId"], row["attributeValue"]) for row in page["content"]
    ]


@pytest.mark.parametrize(
    ("path", "answer", "call"),
    [
        ("/brands", {"brand": []}, lambda c: c.brands(page=0)),
        ("/brands", {"brands": [1]}, lambda c: c.brands(page=0)),
        ("/brands", [], lambda c: c.brands(page=0)),
        ("/brands/by-name", {"brands": []}, lambda c: c.brands_by_name("x")),
        ("/brands/by-name", [{"id": 1, "name": " "}], lambda c: c.brands_by_name("x")),
        ("/product-categories", {}, lambda c: c.category_tree()),
        ("/product-categories", [{"id": 1, "name": "Ayakkabı"}], lambda c: c.category_tree()),
        (
            "/product-categories",
            [{"id": 1, "name": "A", "subCategories": [{"id": 2, "name": "B"}]}],
            lambda c: c.category_tree(),
        ),
        ("/categories/411/attributes", {"id": 411}, lambda c: c.category_attributes(411)),
        (
            "/categories/411/attributes",
            {"categoryAttributes": [{"required": True}]},
            lambda c: c.category_attributes(411),
        ),
        (
            "/categories/411/attributes/293/values",
            {"content": []},
            lambda c: c.attribute_values(category_id=411, attribute_id=293),
        ),
        ("/lookup/cargo-providers", {"content": []}, lambda c: c.cargo_providers()),
    ],
)
def test_an_answer_of_another_form_is_never_an_empty_list(
    web: responses.RequestsMock, path: str, answer: Any, call: Callable[[TrendyolClient], object]
) -> None:
    web.add("GET", PRODUCT + path, json=answer)

    assert type(failure(call, make_client())) is SchemaChanged


def test_addresses_without_a_list_are_refused(web: responses.RequestsMock) -> None:
    web.add("GET", re.compile(".*/addresses"), json={})

    assert type(failure(lambda c: c.supplier_addresses(), make_client())) is SchemaChanged


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.brands(page=-1),
        lambda c: c.brands(page=0, size=MAX_BRANDS_SIZE + 1),
        lambda c: c.brands(page=0, size=999),
        lambda c: c.brands_by_name("  "),
        lambda c: c.attribute_values(category_id=411, attribute_id=293, page=1001),
        lambda c: c.attribute_values(category_id=411, attribute_id=293, size=1001),
    ],
)
def test_what_breaks_a_documented_limit_is_not_sent(call: Callable[[TrendyolClient], object]) -> None:
    limiter = RecordingLimiter()

    assert type(failure(call, make_client(limiter=limiter))) is InvalidRequest
    assert limiter.acquired == []


def test_lookups_share_the_product_reading_budget() -> None:
    names = ("brands", "brands_by_name", "categories", "attributes", "values", "addresses", "carriers")

    assert {quota_for(f"lookups.{name}").group for name in names} == {"PRODUCT_READ"}


# --- the sandbox --------------------------------------------------------------------------------------------------


def test_the_sandbox_is_understood(live: TrendyolClient) -> None:
    brands, bad = validate_each(BrandPayload, live.brands(page=0))
    assert (len(brands), bad, live.brands(page=1)) == (1211, [], [])
    assert [brand.name for brand in live.brands_by_name("Işıldağ")] == ["Işıldağ"]
    assert live.brands_by_name("ISILDAĞ") == []
    leaves = [way[-1] for root in live.category_tree() for way in root.walk() if not way[-1].children]
    assert 411 in {leaf.id for leaf in leaves}
    page = live.attribute_values(category_id=411, attribute_id=293)
    assert (len(page.content), page.total_elements > 1000) == (1000, True)
    assert len(live.supplier_addresses().addresses) == 4
    assert "TEXMP" in {carrier.code for carrier in live.cargo_providers()}


def test_an_unknown_category_is_refused_by_the_sandbox(live: TrendyolClient) -> None:
    error = failure(lambda c: c.category_attributes(1), live)

    assert (type(error), error.status, error.key) == (Rejected, 404, "category.not.found")
