"""What the order desk says: packages, papers, claims, accounts. The samples are the contract's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from gullu.http import FilePart, multipart
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.errors import InvalidRequest, OutcomeUnknown, Rejected, SchemaChanged
from integrations.trendyol.quotas import TIERS, quota_for
from tests.trendyol.clientkit import HOST, SELLER, RecordingLimiter, add_error, failure, make_client, sample

pytestmark = pytest.mark.usefixtures("untranslated")

PACKAGE = f"{HOST}/integration/order/sellers/{SELLER}/shipment-packages/333"
PDF = FilePart(
    name="file", filename="fatura.pdf", content_type="application/pdf", content=b"%PDF-1.7 \x00\xff"
)


def body(web: responses.RequestsMock) -> Any:
    return json.loads(web.calls[-1].request.body or "")


def query(web: responses.RequestsMock) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(web.calls[-1].request.url or "").query))


def parts(web: responses.RequestsMock) -> list[Message]:
    """The parts of the form that was sent, as any mail program would read them."""
    request = web.calls[-1].request
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    assert isinstance(request.body, bytes)
    whole = BytesParser().parsebytes(head + request.body)
    return [part for part in whole.walk() if not part.is_multipart()]


def content(part: Message) -> bytes:
    value = part.get_payload(decode=True)
    assert isinstance(value, bytes)
    return value


@pytest.mark.parametrize(
    ("method", "path", "name", "call"),
    [
        (
            "POST",
            "/split-packages",
            "split_packages_request",
            lambda c: c.split_packages(package_id=333, groups=[[(4765000104, 1)], [(4765000105, 1)]]),
        ),
        (
            "PUT",
            "/box-info",
            "box_info_request",
            lambda c: c.box_info(package_id=333, boxes=2, desi=Decimal("4.50")),
        ),
        (
            "PUT",
            "/cargo-providers",
            "change_cargo_provider_request",
            lambda c: c.change_carrier(package_id=333, carrier="YKMP"),
        ),
        (
            "PUT",
            "/extended-agreed-delivery-date",
            "extended_delivery_request",
            lambda c: c.extend_delivery(package_id=333, days=2),
        ),
    ],
)
def test_package_operations_send_the_sample_body(
    web: responses.RequestsMock, method: str, path: str, name: str, call: Callable[[TrendyolClient], None]
) -> None:
    web.add(method, PACKAGE + path)

    call(make_client())

    assert body(web) == json.loads(sample(name))


def test_an_invoice_link_is_sent_and_taken_back(web: responses.RequestsMock) -> None:
    root = f"{HOST}/integration/sellers/{SELLER}/seller-invoice-links"
    web.add("POST", root, status=201)
    web.add("POST", f"{root}/delete", status=202)
    client = make_client()

    client.create_invoice_link(
        package_id=3330100002,
        link="https://fatura.example/YBA2026000000102.pdf",
        number="YBA2026000000102",
        issued_ms=1795158000000,
    )
    sent = body(web)
    client.delete_invoice_link(package_id=3330100002, customer_id=888000102)

    assert sent == json.loads(sample("invoice_link_request"))
    assert body(web) == json.loads(sample("invoice_link_delete_request"))


def test_an_invoice_file_is_sent_as_a_form(web: responses.RequestsMock) -> None:
    web.add("POST", f"{HOST}/integration/sellers/{SELLER}/seller-invoice-file", status=201)

    make_client().upload_invoice_file(
        package_id=3330100009, file=PDF, number="YBA2026000000106", issued_ms=1794834240000
    )

    wanted = {part["name"]: part for part in json.loads(sample("invoice_file_form"))["parts"]}
    found = {part.get_param("name", header="content-disposition"): part for part in parts(web)}
    assert found.keys() == wanted.keys()
    texts = {name: content(part).decode() for name, part in found.items() if name != "file"}
    assert texts == {name: part["value"] for name, part in wanted.items() if name != "file"}
    file = found["file"]
    assert (file.get_filename(), file.get_content_type(), content(file)) == (
        "fatura.pdf",
        "application/pdf",
        PDF.content,
    )


def test_a_second_invoice_is_a_refusal_with_409(web: responses.RequestsMock) -> None:
    add_error(web, "POST", re.compile(".*/seller-invoice-links"), "409_invoice_already_sent")

    error = failure(lambda c: c.create_invoice_link(package_id=1, link="https://a.example/1"), make_client())

    assert (type(error), error.status, error.key) == (Rejected, 409, "invoice.already.exists")


def test_a_label_is_asked_for_and_read_per_box(web: responses.RequestsMock) -> None:
    url = f"{HOST}/integration/sellers/{SELLER}/common-label/7330027504110001"
    web.add("POST", url)
    web.add("GET", url, body=sample("common_label_response"))
    client = make_client()

    client.create_common_label(cargo_number="7330027504110001", boxes=2)
    asked = body(web)
    labels = client.read_common_label(cargo_number="7330027504110001")

    assert asked == {"format": "ZPL", "boxQuantity": 2}
    assert [label[:3] + label[-3:] for label in labels] == ["^XA^XZ", "^XA^XZ"]


@pytest.mark.parametrize("name", ["404_label", "400_label"])
def test_a_label_that_is_not_there_is_a_refusal_in_its_own_family(
    web: responses.RequestsMock, name: str
) -> None:
    add_error(web, "GET", re.compile(".*/common-label/7"), name)

    error = failure(lambda c: c.read_common_label(cargo_number="7"), make_client())

    wrapped = json.loads(sample(f"errors/{name}"))
    first = wrapped["body"]["error"]["errors"][0]
    assert (type(error), error.status, error.key, error.data["detail"]) == (
        Rejected,
        wrapped["httpStatus"],
        first["type"],
        first["title"],
    )


@pytest.mark.parametrize(
    "answer", [[], {}, {"data": []}, {"data": [{}]}, {"data": [{"label": " "}]}], ids=str
)
def test_an_answer_without_a_label_is_none(web: responses.RequestsMock, answer: object) -> None:
    web.add("GET", re.compile(".*/common-label/7"), json=answer)

    with pytest.raises(SchemaChanged):
        make_client().read_common_label(cargo_number="7")


CLAIM = "f9da2317-0000-4b86-b8f7-0535c3b65701"
UNIT = "b71461e3-0000-4c1d-9a6d-18ecbcb51501"
CLAIMS = f"{HOST}/integration/order/sellers/{SELLER}/claims"


def test_accepting_a_return_sends_the_sample_body(web: responses.RequestsMock) -> None:
    web.add("PUT", f"{CLAIMS}/{CLAIM}/items/approve")

    make_client().approve_claim_items(claim_id=CLAIM, unit_ids=[UNIT])

    assert body(web) == json.loads(sample("claim_approve_request"))


def test_refusing_a_return_sends_values_in_the_query_and_files_in_the_form(
    web: responses.RequestsMock,
) -> None:
    web.add("POST", f"{CLAIMS}/{CLAIM}/issue")
    photo = FilePart(name="files", filename="kanit-1.jpg", content_type="image/jpeg", content=b"\xff\xd8\xff")

    make_client().create_claim_issue(
        claim_id=CLAIM,
        reason_id=51,
        unit_ids=[UNIT],
        description="Ürün tabanında kullanım izi var.",
        files=[photo, photo],
    )

    wanted = json.loads(sample("claim_issue_request"))
    assert query(web) == {name: str(value) for name, value in wanted["query"].items()}
    found = [(part.get_filename(), part.get_content_type(), content(part)) for part in parts(web)]
    assert found == [("kanit-1.jpg", "image/jpeg", photo.content)] * 2


def test_refusing_without_a_file_is_an_empty_form(web: responses.RequestsMock) -> None:
    web.add("POST", f"{CLAIMS}/{CLAIM}/issue")

    make_client().create_claim_issue(claim_id=CLAIM, reason_id=451, unit_ids=["a", "b"], description="x")

    request = web.calls[0].request
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert request.body == f"--{request.headers['Content-Type'].partition('boundary=')[2]}--\r\n".encode()
    assert query(web)["claimItemIdList"] == "a,b"


def test_refusal_reasons_are_read_as_they_are_now(web: responses.RequestsMock) -> None:
    web.add("GET", f"{HOST}/integration/order/claim-issue-reasons", body=sample("claim_issue_reasons"))

    reasons = make_client().claim_issue_reasons()

    assert [{"id": reason.id, "name": reason.name} for reason in reasons] == json.loads(
        sample("claim_issue_reasons")
    )


@pytest.mark.parametrize("answer", [{}, 1, [{"id": 1}], ["x"]], ids=str)
def test_reasons_of_another_form_are_named(web: responses.RequestsMock, answer: object) -> None:
    web.add("GET", re.compile(".*/claim-issue-reasons"), json=answer)

    with pytest.raises(SchemaChanged):
        make_client().claim_issue_reasons()


def test_an_audit_is_read_oldest_first(web: responses.RequestsMock) -> None:
    web.add("GET", f"{CLAIMS}/items/{UNIT}/audit", body=sample("claim_audit"))

    entries = make_client().claim_audit(UNIT)

    assert [(entry.new_status, entry.actor.executor_app) for entry in entries] == [
        ("Created", "Customer"),
        ("WaitingInAction", "Seller Center Orders BFF"),
        ("WaitingFraudCheck", "SellerIntegrationApi"),
    ]
    assert entries[0].changed_at.isoformat() == "2026-11-05T09:00:00+00:00"


WINDOW = {"start_ms": 1_794_000_000_000, "end_ms": 1_795_000_000_000}


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.split_packages(package_id=1, groups=[]),
        lambda c: c.split_packages(package_id=1, groups=[[]]),
        lambda c: c.split_packages(package_id=1, groups=[[(1, 0)]]),
        lambda c: c.box_info(package_id=1, boxes=0, desi=Decimal(1)),
        lambda c: c.box_info(package_id=1, boxes=1, desi=Decimal(-1)),
        lambda c: c.change_carrier(package_id=1, carrier="MNG"),
        lambda c: c.extend_delivery(package_id=1, days=4),
        lambda c: c.create_invoice_link(package_id=1, link=""),
        lambda c: c.upload_invoice_file(
            package_id=1,
            file=FilePart(name="file", filename="a.html", content_type="text/html", content=b"x"),
        ),
        lambda c: c.upload_invoice_file(
            package_id=1,
            file=FilePart(
                name="file", filename="a.pdf", content_type="application/pdf", content=bytes(10 * 1024**2 + 1)
            ),
        ),
        lambda c: c.create_common_label(cargo_number="7", boxes=0),
        lambda c: c.create_common_label(cargo_number=""),
        lambda c: c.approve_claim_items(claim_id="a", unit_ids=[]),
        lambda c: c.approve_claim_items(claim_id="..", unit_ids=["u"]),
        lambda c: c.create_claim_issue(claim_id="a", reason_id=1, unit_ids=["u"], description="x" * 501),
        lambda c: c.settlements([], **WINDOW),
        lambda c: c.settlements(["Sale"], start_ms=2, end_ms=1),
        lambda c: c.settlements(["Sale"], start_ms=0, end_ms=15 * 24 * 3_600_000 + 1),
        lambda c: c.settlements(["Sale"], **WINDOW, size=200),
        lambda c: c.other_financials(["PaymentOrder"], **WINDOW, page=-1),
        lambda c: c.cargo_invoice_items("1", page=-1),
    ],
)
def test_a_request_beyond_a_documented_limit_is_not_sent(
    web: responses.RequestsMock, call: Callable[[TrendyolClient], object]
) -> None:
    limiter = RecordingLimiter()

    error = failure(call, make_client(limiter=limiter))

    assert (type(error), len(web.calls), limiter.acquired) == (InvalidRequest, 0, [])


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.split_packages(package_id=333, groups=[[(1, 1)]]),
        lambda c: c.create_invoice_link(package_id=1, link="https://a.example/1"),
        lambda c: c.upload_invoice_file(package_id=1, file=PDF),
        lambda c: c.approve_claim_items(claim_id="a", unit_ids=["u"]),
        lambda c: c.create_claim_issue(claim_id="a", reason_id=1, unit_ids=["u"], description=""),
        lambda c: c.create_common_label(cargo_number="7"),
    ],
)
@pytest.mark.parametrize(
    "answer", [{"body": "<html>login</html>"}, {"body": "<html>504</html>", "status": 504}], ids=str
)
def test_a_web_page_after_a_write_leaves_the_outcome_unknown(
    web: responses.RequestsMock, call: Callable[[TrendyolClient], object], answer: dict[str, Any]
) -> None:
    for method in ("PUT", "POST"):
        web.add(method, re.compile(".*"), **answer)
    web.assert_all_requests_are_fired = False

    error = failure(call, make_client())

    assert (type(error), len(web.calls)) == (OutcomeUnknown, 1)


@pytest.mark.parametrize(
    ("endpoint", "group", "numbers"),
    [
        ("packages.split", "PACKAGE_BREAK_UP", [100, 100, 200, None, None]),
        ("packages.carrier", "PACKAGE_BREAK_UP", [100, 100, 200, None, None]),
        ("invoices.file", "INVOICE_WRITE", [None] * 5),
        ("labels.create", "COMMON_LABEL_CREATE", [100] * 5),
        ("labels.read", "COMMON_LABEL_READ", [100] * 5),
        ("claims.approve", "CLAIM_APPROVE", [5] * 5),
        ("claims.issue", "CLAIM_ISSUE", [5] * 5),
        ("finance.settlements", "FINANCE_READ", [100] * 5),
        ("finance.other", "FINANCE_READ", [100] * 5),
    ],
)
def test_quotas_of_the_desk_are_those_of_the_published_table(
    endpoint: str, group: str, numbers: list[int | None]
) -> None:
    quotas = [quota_for(endpoint, tier=tier) for tier in TIERS]

    assert [quota.per_minute for quota in quotas] == numbers
    assert {(quota.group, quota.never_waits) for quota in quotas} == {(group, numbers == [5] * 5)}


def test_a_form_survives_names_and_contents_of_any_kind() -> None:
    awkward = FilePart(
        name="file", filename='Fatura "İĞŞ".pdf', content_type="application/pdf", content=b"--x\r\n\r\n--"
    )

    form = multipart({"note": "çift\r\nsatır"}, [awkward])

    whole = BytesParser().parsebytes(f"Content-Type: {form.content_type}\r\n\r\n".encode() + form.body)
    text, file = [part for part in whole.walk() if not part.is_multipart()]
    assert (content(text).decode(), content(file)) == ("çift\r\nsatır", awkward.content)
    assert awkward.content.decode() not in repr(awkward) + repr(form)
