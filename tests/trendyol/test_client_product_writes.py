"""What the client says about products. The samples are the contract's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import responses

from integrations.trendyol.client import MAX_PRODUCT_ITEMS, TrendyolClient
from integrations.trendyol.errors import InvalidRequest, OutcomeUnknown, Rejected, SchemaChanged
from integrations.trendyol.quotas import TIERS, quota_for
from integrations.trendyol.schemas import UpdateAudit, validate_each
from tests.trendyol.clientkit import HOST, SELLER, add_error, failure, make_client, sample

pytestmark = pytest.mark.usefixtures("untranslated")

ROOT = f"{HOST}/integration/product/sellers/{SELLER}"
BATCH = "1b2c3d4e-0000-4000-8000-000000000001-1795269600"
Call = Callable[[TrendyolClient, Any], str]
SERVICES: list[tuple[str, str, str, Call]] = [
    ("POST", "/v2/products", "create_product", lambda c, items: c.create_products(items)),
    (
        "POST",
        "/products/unapproved-bulk-update",
        "update_unapproved",
        lambda c, items: c.update_unapproved_products(items),
    ),
    (
        "POST",
        "/products/content-bulk-update",
        "update_content",
        lambda c, items: c.update_product_contents(items),
    ),
    (
        "POST",
        "/products/variant-bulk-update",
        "update_variant",
        lambda c, items: c.update_product_variants(items),
    ),
    (
        "POST",
        "/products/delivery-info-bulk-update",
        "update_delivery",
        lambda c, items: c.update_product_deliveries(items),
    ),
    ("PUT", "/products/archive-state", "archive", lambda c, items: c.archive_products(items)),
    (
        "PUT",
        "/products/unlock",
        "unlock",
        lambda c, items: c.unlock_products([item["barcode"] for item in items]),
    ),
    (
        "DELETE",
        "/products",
        "delete",
        lambda c, items: c.delete_products([item["barcode"] for item in items]),
    ),
]
each_service = pytest.mark.parametrize(
    ("method", "path", "name", "call"), SERVICES, ids=[row[2] for row in SERVICES]
)


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@each_service
def test_a_write_sends_the_sample_and_returns_the_number_of_the_batch(
    web: responses.RequestsMock, method: str, path: str, name: str, call: Call
) -> None:
    web.add(method, ROOT + path, json={"batchRequestId": BATCH})
    body = sample(f"{name}_request")

    batch = call(make_client(), exact(body)["items"])

    sent = web.calls[-1].request
    assert (batch, exact(sent.body.decode()), sent.headers["Content-Type"]) == (
        BATCH,
        exact(body),
        "application/json",
    )


@each_service
@pytest.mark.parametrize("answer", ["", "{}", "[]", "<html></html>", '{"batchRequestId": " "}'])
def test_an_answer_without_a_number_may_have_been_queued(
    web: responses.RequestsMock, method: str, path: str, name: str, call: Call, answer: str
) -> None:
    web.add(method, ROOT + path, body=answer)

    error = failure(lambda client: call(client, exact(sample(f"{name}_request"))["items"]), make_client())

    assert (type(error), len(web.calls)) == (OutcomeUnknown, 1)


@each_service
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_write_is_never_repeated(
    web: responses.RequestsMock, method: str, path: str, name: str, call: Call, status: int
) -> None:
    web.add(method, ROOT + path, status=status)

    error = failure(lambda client: call(client, exact(sample(f"{name}_request"))["items"]), make_client())

    assert (error.outcome_unknown, len(web.calls)) == (True, 1)


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"barcode": str(number)} for number in range(MAX_PRODUCT_ITEMS + 1)],
        [{"barcode": "1"}, {"barcode": "1"}],
        [{"barcode": ""}],
        [{"contentId": 7}],
    ],
)
def test_what_would_only_waste_quota_is_not_sent(items: list[dict[str, Any]]) -> None:
    assert isinstance(failure(lambda client: client.create_products(items), make_client()), InvalidRequest)


def test_a_refusal_says_so(web: responses.RequestsMock) -> None:
    body = {"errors": [{"key": "items.limit.exceeded", "message": "Tek istekte en fazla 1000 ürün"}]}
    web.add("POST", f"{ROOT}/v2/products", status=400, json=body)

    error = failure(lambda client: client.create_products([{"barcode": "1"}]), make_client())

    assert (type(error), error.key) == (Rejected, "items.limit.exceeded")


def test_audits_are_read_with_their_reasons(web: responses.RequestsMock) -> None:
    web.add("GET", f"{ROOT}/products/1239000101/update-audits", body=sample("update_audits_page"))

    page = make_client().update_audits(1239000101, size=20)
    (audit,), bad = validate_each(UpdateAudit, page.content)

    assert (page.total_pages, bad, audit.batch_request_id, audit.running) == (
        1,
        [],
        "8a0e0002-0000-4730-a09e-975635000000-1795255545",
        True,
    )
    assert [(part.type, part.status) for part in audit.refused] == [("MEDIA", "FAIL")]
    assert audit.refused[0].reject_reasons[0].detail == "En az 1200x1800 piksel"


@pytest.mark.parametrize(
    ("answer", "pages"),
    [({"page": 0, "size": 20, "totalPage": 0, "content": None}, 0), ({"content": [], "totalPages": 0}, 0)],
)
def test_a_card_that_was_never_changed_has_no_audits(
    web: responses.RequestsMock, answer: dict[str, Any], pages: int
) -> None:
    web.add("GET", f"{ROOT}/products/7/update-audits", json=answer)

    page = make_client().update_audits(7)

    assert (page.content, page.total_pages) == ([], pages)


def test_audits_without_a_list_are_another_contract(web: responses.RequestsMock) -> None:
    web.add("GET", f"{ROOT}/products/7/update-audits", json={"totalPage": 1})

    assert isinstance(failure(lambda client: client.update_audits(7), make_client()), SchemaChanged)


def test_the_buybox_is_read(web: responses.RequestsMock) -> None:
    web.add("POST", f"{ROOT}/products/buybox-information", body=sample("buybox_response"))
    asked = json.loads(sample("buybox_request"))["barcodes"]

    (row,) = make_client().buybox(asked)

    assert json.loads(web.calls[-1].request.body) == {"barcodes": asked}
    assert (row.barcode, row.buybox_order, row.buybox_price, row.has_multiple_seller) == (
        asked[0],
        2,
        Decimal("1249.9"),
        True,
    )


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"buyboxInfo": [{}]}'])
def test_a_buybox_in_another_form_is_another_contract(web: responses.RequestsMock, answer: str) -> None:
    web.add("POST", f"{ROOT}/products/buybox-information", body=answer)

    assert isinstance(failure(lambda client: client.buybox(["1"]), make_client()), SchemaChanged)


def test_eleven_barcodes_are_too_many_for_the_buybox() -> None:
    barcodes = [str(number) for number in range(11)]

    assert isinstance(failure(lambda client: client.buybox(barcodes), make_client()), InvalidRequest)


def test_too_many_requests_are_told_with_a_wait(web: responses.RequestsMock) -> None:
    add_error(web, "POST", re.compile(r".*/v2/products"), "429_too_many_requests")

    error = failure(lambda client: client.create_products([{"barcode": "1"}]), make_client())

    assert (error.status, (error.retry_after or 0) >= 10) == (429, True)


def test_quotas_of_product_writes_are_those_of_the_published_table() -> None:
    endpoints = ["create", "update_content", "delete", "archive", "unlock", "buybox"]
    quotas = [quota_for(f"products.{name}", tier=tier) for name in endpoints for tier in TIERS]

    assert [quota.per_minute for quota in quotas] == [200, 300, 400, 500, 600] * len(endpoints)
    assert {quota.group for quota in quotas} == {"PRODUCT_WRITE"}
    assert quota_for("products.audits").per_minute == 1000
