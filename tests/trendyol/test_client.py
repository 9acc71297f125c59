"""What the client sends, and what it makes of good answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from integrations.trendyol.client import (
    InventoryItem,
    TrendyolClient,
)
from integrations.trendyol.errors import (
    InvalidRequest,
    OutcomeUnknown,
    SchemaChanged,
)
from tests.trendyol.clientkit import (
    EMPTY_PAGE,
    HOST,
    ORDERS_URL,
    PUSH_URL,
    SELLER,
    TOKEN,
    RecordingLimiter,
    failure,
    make_client,
    sample,
    write_call,
)

pytestmark = pytest.mark.usefixtures("untranslated")


def sent(web: responses.RequestsMock) -> tuple[str, str, dict[str, str]]:
    request = web.calls[-1].request
    parts = urlsplit(request.url or "")
    return request.method or "", parts.path, dict(parse_qsl(parts.query))


def test_headers_are_those_of_the_contract(web: responses.RequestsMock) -> None:
    web.add("GET", ORDERS_URL, json=EMPTY_PAGE)

    make_client().get_orders()

    headers = web.calls[0].request.headers
    names = ["Authorization", "User-Agent", "Content-Type", "Accept", "storeFrontCode"]
    assert [headers[name] for name in names] == [
        f"Basic {TOKEN}",
        "987654 - SelfIntegration",
        "application/json",
        "application/json",
        "TR",
    ]


def test_stream_orders_sends_its_window_and_reads_a_page(web: responses.RequestsMock) -> None:
    web.add(
        "GET", f"{HOST}/integration/order/sellers/{SELLER}/orders/stream", body=sample("orders_stream_page1")
    )

    page = make_client().stream_orders(start_ms=1, end_ms=2, statuses=["Created", "Picking"], cursor="c/1=")

    assert sent(web)[2] == {
        "lastModifiedStartDate": "1",
        "lastModifiedEndDate": "2",
        "size": "200",
        "packageItemStatuses": "Created,Picking",
        "nextCursor": "c/1=",
    }
    assert (len(page.content), page.has_more, page.next_cursor) == (
        3,
        True,
        "609ca79b-0000-4c4e-a814-498ce9c1c039",
    )
    assert isinstance(page.content[0]["packageTotalPrice"], Decimal)


@pytest.mark.parametrize("end", [{"nextCursor": ""}, {"nextCursor": None}, {}, {"nextCursor": "left over"}])
@pytest.mark.parametrize("content", [[], None])
def test_the_last_stream_page_has_no_cursor(
    web: responses.RequestsMock, end: dict[str, Any], content: object
) -> None:
    web.add("GET", re.compile(".*/stream"), json={"hasMore": False, "content": content, **end})

    page = make_client().stream_orders(start_ms=1, end_ms=2)

    assert (page.content, page.has_more, page.next_cursor) == ([], False, None)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"content": []},
        {"hasMore": "yes", "content": []},
        {"hasMore": False},
        {"hasMore": True, "content": [], "nextCursor": ""},
        {"hasMore": True, "content": None, "nextCursor": "x"},
        {"hasMore": False, "content": [None]},
        {"hasMore": False, "content": {"0": {}}},
    ],
    ids=str,
)
def test_a_broken_stream_page_never_passes_for_an_empty_one(
    web: responses.RequestsMock, answer: object
) -> None:
    web.add("GET", re.compile(".*/stream"), json=answer)

    with pytest.raises(SchemaChanged):
        make_client().stream_orders(start_ms=1, end_ms=2)


def test_get_orders_sends_what_is_asked_and_nothing_else(web: responses.RequestsMock) -> None:
    web.add("GET", ORDERS_URL, body=sample("orders_page"))

    page = make_client().get_orders(package_ids=[1, 2], status="Created", page=3, size=50)

    assert sent(web) == (
        "GET",
        f"/integration/order/sellers/{SELLER}/v2/orders",
        {
            "shipmentPackageIds": "1,2",
            "status": "Created",
            "page": "3",
            "size": "50",
            "orderByField": "PackageLastModifiedDate",
            "orderByDirection": "ASC",
        },
    )
    assert (page.total_elements, page.total_pages, page.page, page.size) == (14, 1, 0, 50)


@pytest.mark.parametrize(
    "change",
    [{"content": None, "totalElements": 3}, {"totalElements": None}, {"totalPages": True}, {"content": "x"}],
    ids=str,
)
def test_a_broken_orders_page_never_passes_for_an_empty_one(
    web: responses.RequestsMock, change: dict[str, Any]
) -> None:
    web.add("GET", ORDERS_URL, json={**EMPTY_PAGE, **change})

    with pytest.raises(SchemaChanged):
        make_client().get_orders()


DAY = 24 * 3600 * 1000


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.stream_orders(start_ms=0, end_ms=14 * DAY + 1),
        lambda c: c.stream_orders(start_ms=2, end_ms=1),
        lambda c: c.stream_orders(start_ms=1, end_ms=2, size=201),
        lambda c: c.get_orders(start_ms=0, end_ms=15 * DAY),
        lambda c: c.get_orders(size=0),
        lambda c: c.get_orders(page=50, size=200),
        lambda c: c.get_orders(page=-1),
        lambda c: c.get_orders(package_ids=range(51)),
        lambda c: c.get_orders(package_ids=[]),
        lambda c: c.update_package(package_id=1, status="Shipped", lines=[(1, 1)]),
        lambda c: c.update_package(package_id=1, status="Picking", lines=[]),
        lambda c: c.update_package(package_id=1, status="Picking", lines=[(1, 0)]),
        lambda c: c.update_package(package_id=1, status="Invoiced", lines=[(1, 1)]),
        lambda c: c.update_package(package_id=1, status="Picking", lines=[(1, 1)], invoice_number="A1"),
        lambda c: c.mark_unsupplied(package_id=1, lines=[(1, 1)], reason_id=503),
        lambda c: c.push_price_and_inventory([]),
        lambda c: c.push_price_and_inventory(
            [InventoryItem(barcode=str(n), quantity=1) for n in range(1001)]
        ),
        lambda c: c.push_price_and_inventory([InventoryItem(barcode="a", quantity=n) for n in (1, 2)]),
        lambda c: c.get_batch_result(""),
        lambda c: c.product_base(".."),
        lambda c: c.approved_products(size=101),
        lambda c: c.approved_products(page=101, size=100),
        lambda c: c.approved_inventory_and_price(barcodes=["x"] * 51),
        lambda c: c.unapproved_products(size=1001),
        lambda c: c.get_claims(size=201),
        lambda c: c.get_claims(start_ms=2, end_ms=1),
    ],
)
def test_a_request_beyond_a_documented_limit_is_not_sent(
    web: responses.RequestsMock, call: Callable[[TrendyolClient], object]
) -> None:
    limiter = RecordingLimiter()

    error = failure(call, make_client(limiter=limiter))

    assert (type(error), error.permanent, len(web.calls), limiter.acquired) == (InvalidRequest, True, 0, [])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("package_picking_request", {"status": "Picking"}),
        ("package_invoiced_request", {"status": "Invoiced", "invoice_number": "YBA2026000000102"}),
    ],
)
@pytest.mark.parametrize("answer", ["", "200 OK", "{}"])
def test_update_package_sends_the_sample_body(
    web: responses.RequestsMock, name: str, arguments: dict[str, Any], answer: str
) -> None:
    web.add("PUT", f"{HOST}/integration/order/sellers/{SELLER}/shipment-packages/333", body=answer)

    make_client().update_package(package_id=333, lines=[(4765000102, 2), (4765000103, 1)], **arguments)

    assert json.loads(web.calls[0].request.body or "") == json.loads(sample(name))


def test_mark_unsupplied_sends_the_sample_body(web: responses.RequestsMock) -> None:
    web.add("PUT", f"{HOST}/integration/order/sellers/{SELLER}/shipment-packages/333/items/unsupplied")

    make_client().mark_unsupplied(package_id=333, lines=[(4765000103, 1)], reason_id=500)

    assert json.loads(web.calls[0].request.body or "") == json.loads(sample("package_unsupplied_request"))


def test_a_web_page_after_a_package_update_leaves_the_outcome_unknown(web: responses.RequestsMock) -> None:
    web.add("PUT", re.compile(".*/shipment-packages/1"), body="<html>login</html>")

    with pytest.raises(OutcomeUnknown):
        make_client().update_package(package_id=1, status="Picking", lines=[(1, 1)])


SAMPLE_ITEMS = [
    InventoryItem(
        barcode="8680000001010", quantity=12, sale_price=Decimal("1249.90"), list_price=Decimal("1499.9")
    ),
    InventoryItem(barcode="8680000001027", quantity=0),
    InventoryItem(barcode="8680000001034", sale_price=Decimal("1199.9"), list_price=Decimal("1499.9")),
    InventoryItem(
        barcode="8680000001058", quantity=20001, sale_price=Decimal(1899), list_price=Decimal("1899.00")
    ),
    InventoryItem(barcode="8680009999998", quantity=3, sale_price=Decimal(10), list_price=Decimal(10)),
]


def test_push_sends_the_sample_body_and_returns_the_batch_id(web: responses.RequestsMock) -> None:
    web.add("POST", PUSH_URL, body=sample("price_inventory_response"))

    batch_id = make_client().push_price_and_inventory(SAMPLE_ITEMS)

    assert batch_id == "fa75dfd5-0000-4730-a09e-975635000000-1795255600"
    assert json.loads(web.calls[0].request.body or "") == json.loads(sample("price_inventory_request"))


@pytest.mark.parametrize("answer", ["", "200 OK", "<html>", "[]", '{"batchRequestId": null}', '{"batchRequ'])
def test_a_push_without_batch_id_leaves_the_outcome_unknown(web: responses.RequestsMock, answer: str) -> None:
    web.add("POST", PUSH_URL, body=answer)

    error = failure(write_call, make_client())

    assert (type(error), error.status, error.outcome_unknown) == (OutcomeUnknown, 200, True)


def test_batch_result_is_read_from_the_product_root(web: responses.RequestsMock) -> None:
    url = f"{HOST}/integration/product/sellers/{SELLER}/products/batch-requests/ab%2Fc-1"
    web.add("GET", url, body=sample("batch_result_price_inventory"))

    result = make_client().get_batch_result("ab/c-1")

    assert (result.finished, len(result.items), result.failed_item_count) == (True, 5, 2)


@pytest.mark.parametrize("answer", [{}, {"itemCount": "many"}, {"itemCount": 1, "items": [{}]}])
def test_a_batch_result_of_another_form_is_named(web: responses.RequestsMock, answer: object) -> None:
    web.add("GET", re.compile(".*/batch-requests/x"), json=answer)

    with pytest.raises(SchemaChanged):
        make_client().get_batch_result("x")


def test_product_base_is_read_and_its_barcode_quoted(web: responses.RequestsMock) -> None:
    web.add(
        "GET",
        f"{HOST}/integration/product/sellers/{SELLER}/product/A%20%C3%96%2F1",
        body=sample("product_base"),
    )

    assert make_client().product_base("A Ö/1").approved is True


@pytest.mark.parametrize(
    ("method", "path", "name", "query"),
    [
        ("approved_products", "approved", "products_page", {"barcodes": ["a", "b"]}),
        (
            "approved_inventory_and_price",
            "approved/inventory-and-price",
            "products_inventory_price_page",
            {"barcodes": ["a", "b"]},
        ),
        ("unapproved_products", "unapproved", "products_unapproved_page", {"status": "rejected"}),
    ],
)
def test_product_pages_are_read(
    web: responses.RequestsMock, method: str, path: str, name: str, query: dict[str, Any]
) -> None:
    web.add("GET", f"{HOST}/integration/product/sellers/{SELLER}/products/{path}", body=sample(name))

    page = getattr(make_client(), method)(page=1, size=50, **query)

    expected = {key: value if isinstance(value, str) else ",".join(value) for key, value in query.items()}
    assert sent(web)[2] == {"page": "1", "size": "50", **expected}
    assert (page.total_elements, page.next_page_token) == (
        json.loads(sample(name))["totalElements"],
        json.loads(sample(name))["nextPageToken"],
    )


def test_a_page_by_token_is_asked_for_without_a_page_number(web: responses.RequestsMock) -> None:
    answer = {**EMPTY_PAGE, "page": None, "nextPageToken": ""}
    web.add("GET", re.compile(".*/products/approved"), json=answer)

    page = make_client().approved_products(next_page_token="t=1")

    assert sent(web)[2] == {"size": "100", "nextPageToken": "t=1"}
    assert (page.content, page.next_page_token) == ([], None)


def test_claims_with_null_content_are_none(web: responses.RequestsMock) -> None:
    web.add("GET", f"{HOST}/integration/order/sellers/{SELLER}/claims", body=sample("claims_empty"))

    page = make_client().get_claims(start_ms=1, end_ms=2, claim_ids=["a", "b"], status="Created")

    assert (page.content, page.total_elements) == ([], 0)
    assert sent(web)[2] == {
        "startDate": "1",
        "endDate": "2",
        "page": "0",
        "size": "200",
        "claimIds": "a,b",
        "claimItemStatus": "Created",
    }


def test_a_twenty_digit_number_survives_the_page(web: responses.RequestsMock) -> None:
    web.add("GET", re.compile(".*/claims"), body=sample("claims_page"))

    numbers = [claim["cargoTrackingNumber"] for claim in make_client().get_claims().content]

    assert numbers[1] == 72602420957047272632
