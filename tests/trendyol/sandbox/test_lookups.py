from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import ATTRIBUTES, BRANDS, CATEGORIES, SELLER, Client, credentials
from .conftest import product
from .productkit import sample


def attributes_path(category: int = 411, attribute: int | None = None) -> str:
    path = ATTRIBUTES.format(category=category)
    return path if attribute is None else f"{path}/{attribute}/values"


def leaves(categories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for category in categories:
        below = category["subCategories"]
        found += leaves(below) if below else [category]
    return found


def test_brands_come_in_pages_without_totals(client: Client) -> None:
    pages = [client.get(BRANDS, page=page, size=1000).json for page in range(3)]

    assert [(list(page), len(page["brands"])) for page in pages] == [
        (["brands"], 1000),
        (["brands"], 211),
        (["brands"], 0),
    ]
    brands = [brand for page in pages for brand in page["brands"]]
    assert len({brand["id"] for brand in brands}) == len({brand["name"] for brand in brands}) == 1211
    assert brands[:3] == sample("brands_page.json")["brands"]
    assert {"Güllü Shoes", "Çiğdüş", "ÇİĞDÜŞ"} <= {brand["name"] for brand in brands}
    # A page is never shorter than a thousand, whatever was asked for.
    assert client.get(BRANDS, size=10).json == client.get(BRANDS).json == pages[0]
    assert client.get(BRANDS, size=2001).status == 400


def test_first_brand_page_may_be_number_one(client: Client, sandbox: Sandbox) -> None:
    first = client.get(BRANDS).json
    sandbox.config.quirks.add("brands_from_one")

    assert client.get(BRANDS, page=0).json == client.get(BRANDS, page=1).json == first
    assert len(client.get(BRANDS, page=2).json["brands"]) == 211


def test_brand_by_name_is_a_bare_case_sensitive_array(client: Client) -> None:
    path = f"{BRANDS}/by-name"

    assert client.get(path, name="Yolcubulut").json == sample("brands_by_name.json")
    assert client.get(path, name="yolcubulut").json == sample("brands_by_name_empty.json") == []
    assert [brand["name"] for brand in client.get(path, name="Işıldağ").json] == ["Işıldağ"]
    assert client.get(path, name="ISILDAĞ").json == []
    assert client.get(path).key == "query.name.required"


def test_brand_that_only_a_product_has_is_known_too(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(90, brand="Elişi Şahane")])
    (brand,) = client.get(f"{BRANDS}/by-name", name="Elişi Şahane").json

    listed = client.get(f"/integration/product/sellers/{SELLER}/products/approved", brandIds=brand["id"]).json
    assert [content["brand"] for content in listed["content"]] == [
        {"id": brand["id"], "name": "Elişi Şahane"}
    ]


def form(*parts: tuple[str, str, bytes]) -> bytes:
    pieces = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + content + b"\r\n"
        for name, extra, content in parts
    ]
    return b"".join(pieces) + b"--B--\r\n"


IMAGE = ("images", '; filename="1.png"', b"\x89PNG")


def post_brand(client: Client, body: bytes, **headers: str) -> Any:
    usual = {
        **client.headers,
        "Content-Type": "multipart/form-data; boundary=B",
        "storefrontcode": "TR",
    }
    path = f"/integration/product/sellers/{SELLER}/brands"
    return client.call("POST", path, body=body, headers={**usual, **headers})


def test_brand_is_created_with_images_and_storefront(client: Client) -> None:
    answer = post_brand(client, form(("name", "", "Yepyeni Şık".encode()), IMAGE))

    assert answer.status == 201
    assert client.get(f"{BRANDS}/by-name", name="Yepyeni Şık").json == [
        {"id": answer.json["brandId"], "name": "Yepyeni Şık", "luxe": False}
    ]
    again = post_brand(client, form(("name", "", "Yepyeni Şık".encode()), IMAGE))
    assert again.key == "brand.already.exists"


@pytest.mark.parametrize(
    ("parts", "headers", "key"),
    [
        ([("name", "", b"A"), IMAGE], {"storefrontcode": ""}, "invalid.storefrontcode"),
        ([IMAGE], {}, "brand.name.required"),
        ([("name", "", b"A")], {}, "brand.images.count"),
        ([("name", "", b"A"), *[IMAGE] * 4], {}, "brand.images.count"),
    ],
)
def test_brand_is_refused(client: Client, parts: list[Any], headers: dict[str, str], key: str) -> None:
    answer = post_brand(client, form(*parts), **headers)

    assert (answer.status, answer.key) == (400, key)


def test_category_tree_has_leaves_at_several_depths(client: Client, sandbox: Sandbox) -> None:
    tree = client.get(CATEGORIES).json

    assert list(tree) == ["categories"]
    names = {leaf["name"]: leaf["id"] for leaf in leaves(tree["categories"])}
    assert len(set(names.values())) == len(leaves(tree["categories"])) == len(names)
    known = {leaf["name"]: leaf["id"] for leaf in leaves(sample("category_tree.json")["categories"])}
    assert known.items() <= names.items()
    sandbox.config.quirks.add("bare_category_tree")
    assert client.get(CATEGORIES).json == tree["categories"]


def test_categories_are_found_by_name(client: Client) -> None:
    found = client.get(CATEGORIES, name="Loafer").json["categories"]

    assert [(category["id"], category["parentId"]) for category in found] == [
        (412, 410),
        (413, 410),
        (416, 410),
    ]


def test_products_of_the_shop_are_in_leaf_categories(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(91, category="Erkek Bot"), product(92, category="Ev yapımı")])
    path = f"/integration/product/sellers/{SELLER}/products/approved"
    shown = {
        content["category"]["name"]: content["category"]["id"] for content in client.get(path).json["content"]
    }
    names = {leaf["name"]: leaf["id"] for leaf in leaves(client.get(CATEGORIES).json["categories"])}

    assert (shown["Casual Ayakkabı"], shown["Erkek Bot"]) == (411, names["Erkek Bot"])
    # A name of a seed that is not in the tree does not borrow an id of the tree.
    assert shown["Ev yapımı"] not in names.values()


def test_attributes_are_those_of_the_sample(client: Client) -> None:
    assert client.get(attributes_path()).json == sample("category_attributes.json")


def test_attributes_differ_between_categories(client: Client) -> None:
    def by_name(category: int) -> dict[str, dict[str, Any]]:
        rows = client.get(attributes_path(category)).json["categoryAttributes"]
        return {row["attribute"]["name"]: row for row in rows}

    heels, boots, insoles = by_name(405), by_name(421), by_name(481)
    assert (heels["Web Color"]["attribute"]["id"], boots["Web Color"]["attribute"]["id"]) == (348, 295)
    assert (heels["Topuk Boyu"]["required"], boots["Topuk Boyu"]["required"]) == (True, False)
    assert "Beden" not in insoles
    for rows in (heels, boots, insoles):
        assert sum(row["varianter"] for row in rows.values()) <= 1
    assert client.get(attributes_path(410)).json["categoryAttributes"] == []
    assert client.get(attributes_path(1)).key == "category.not.found"


def test_sizes_must_be_paged(client: Client) -> None:
    path = attributes_path(attribute=293)
    short = client.get(path).json
    pages = [client.get(path, page=page, size=1000).json for page in (0, 1)]

    assert (short["size"], len(short["content"]), short["totalElements"]) == (50, 50, 1192)
    assert [len(page["content"]) for page in pages] == [1000, 192]
    assert pages[0].keys() == sample("category_attribute_values.json").keys()
    texts = [
        {value["attributeValue"]: value["attributeValueId"] for value in page["content"]} for page in pages
    ]
    # Whoever reads one page only finds no shoe size at all.
    assert "36" not in texts[0]
    known = sample("category_attribute_values.json")["content"]
    assert {value["attributeValue"]: value["attributeValueId"] for value in known}.items() <= texts[1].items()


@pytest.mark.parametrize("query", [{"size": 1001}, {"size": 0}, {"page": 1001}, {"page": -1}, {"page": "x"}])
def test_values_refuse_bad_pages(client: Client, query: dict[str, Any]) -> None:
    assert client.get(attributes_path(attribute=293), **query).status == 400


def test_free_text_has_no_values_and_unknown_attributes_no_page(client: Client) -> None:
    assert client.get(attributes_path(attribute=47)).json["content"] == []
    assert client.get(attributes_path(attribute=228)).key == "attribute.not.found"


def test_value_texts_have_two_spellings(client: Client, sandbox: Sandbox) -> None:
    path = attributes_path(attribute=296)
    assert client.get(path).json["content"][0] == {"attributeValueId": 2873, "attributeValue": "Erkek"}
    sandbox.config.quirks.add("attribute_value_names")
    assert client.get(path).json["content"][0] == {"attributeValueId": 2873, "attributeValueName": "Erkek"}


def test_addresses_are_those_of_the_sample(client: Client) -> None:
    path = f"/integration/sellers/{SELLER}/addresses"

    assert client.get(path).json == sample("supplier_addresses.json")


def test_reads_share_one_quota(client: Client, sandbox: Sandbox) -> None:
    paths = [BRANDS, CATEGORIES, attributes_path(), attributes_path(attribute=296)]
    for number in range(1000):
        sandbox.gateway.limits.allows(
            endpoint=f"other-{number % 50}", group="product-read", per_minute=1000, now=sandbox.state.now()
        )

    assert [client.get(path).status for path in paths] == [429] * 4
    sandbox.advance(60)
    assert [client.get(path).status for path in paths] == [200] * 4


def test_lookups_need_credentials(client: Client) -> None:
    headers = {**client.headers, "Authorization": credentials(secret="wrong")}

    assert client.call("GET", BRANDS, headers=headers).key == "authentication.error"
