import json
from typing import Any

import pytest

from integrations.trendyol.sandbox import Ages, Sandbox
from integrations.trendyol.sandbox.entities import Claim

from .client import CLAIMS, SELLER, Client
from .conftest import NOW, barcode, product
from .test_claims import SAMPLES

NOW_MS = round(NOW * 1000)
HOUR = 3600
DAY = 86_400
ISSUE_BOUNDARY = "sınır-1".encode().hex()
CHECKED = Ages(fraud_check_share=1, dispute_won_share=1)
STRAIGHT = Ages(fraud_check_share=0, dispute_won_share=0)


def filled(make_sandbox: Any, **settings: Any) -> Sandbox:
    sandbox: Sandbox = make_sandbox(**settings)
    sandbox.shop.load_products(product(number) for number in range(1, 4))
    return sandbox


def waiting(sandbox: Sandbox, quantity: int = 2, **details: Any) -> Claim:
    """A claim of `quantity` units whose parcel is with the seller."""
    package_id = sandbox.shop.place_order([(barcode(1), quantity)], "Delivered")
    claim_id = sandbox.shop.claim(package_id, status="WaitingInAction", **details)
    return sandbox.shop.claims[claim_id]


def ids(claim: Claim) -> list[str]:
    return [unit.claim_item_id for unit in claim.units]


def statuses(claim: Claim) -> list[str]:
    return [unit.status for unit in claim.units]


def approve(client: Client, claim: Claim, items: Any = None) -> Any:
    body = {"claimLineItemIdList": ids(claim) if items is None else items, "params": {}}
    return client.put(f"{CLAIMS}/{claim.claim_id}/items/approve", body)


def multipart(values: dict[str, str], files: list[tuple[str, str, bytes]]) -> tuple[bytes, dict[str, str]]:
    parts = [
        f'--{ISSUE_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for filename, content_type, content in files:
        head = (
            f'--{ISSUE_BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{filename}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{ISSUE_BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={ISSUE_BOUNDARY}"}


PHOTO = ("kanıt.jpg", "image/jpeg", b"\xff\xd8\xff\r\n--almost a boundary\r\n")


def issue(
    client: Client,
    claim: Claim,
    reason: object = 51,
    *,
    files: list[tuple[str, str, bytes]] | None = None,
    in_form: bool = False,
    **changed: str,
) -> Any:
    values = {
        "claimIssueReasonId": str(reason),
        "claimItemIdList": ",".join(ids(claim)),
        "description": "Tabanında kullanım izi var.",
        **changed,
    }
    body, headers = multipart(values if in_form else {}, [PHOTO] if files is None else files)
    return client.call(
        "POST",
        f"{CLAIMS}/{claim.claim_id}/issue",
        body=body,
        headers={**client.headers, **headers},
        **({} if in_form else values),
    )


def audit(client: Client, item_id: str) -> list[tuple[str, str, str]]:
    answer = client.get(f"/integration/order/sellers/{SELLER}/claims/items/{item_id}/audit").json
    return [(x["previousStatus"], x["newStatus"], x["userInfoDocument"]["executorApp"]) for x in answer]


def test_approval_goes_through_the_fraud_check(make_sandbox: Any) -> None:
    sandbox = filled(make_sandbox, ages=CHECKED)
    client, claim = Client(sandbox), waiting(sandbox)
    answer = approve(client, claim)

    assert (answer.status, answer.text, statuses(claim)) == (200, "", ["WaitingFraudCheck"] * 2)
    sandbox.advance(6 * HOUR)
    assert statuses(claim) == ["Accepted", "Accepted"]
    unit = client.get(CLAIMS).json["content"][0]["items"][0]["claimItems"][0]
    assert (unit["acceptedBySeller"], unit["acceptDetail"], unit["autoAccepted"]) == (True, "SUPPLIER", False)
    # Not in time order, like the sample.
    assert audit(client, ids(claim)[0]) == [
        ("", "Created", "Customer"),
        ("WaitingFraudCheck", "Accepted", "System"),
        ("WaitingInAction", "WaitingFraudCheck", "SellerIntegrationApi"),
        ("Created", "WaitingInAction", "Seller Center Orders BFF"),
    ]


def test_approval_may_be_accepted_at_once_and_only_for_some_units(make_sandbox: Any) -> None:
    sandbox = filled(make_sandbox, ages=STRAIGHT)
    client, claim = Client(sandbox), waiting(sandbox)

    assert approve(client, claim, ids(claim)[:1]).status == 200
    assert statuses(claim) == ["Accepted", "WaitingInAction"]
    package = sandbox.shop.packages[claim.package_id]
    assert (package.status, package.internal_status) == ("Delivered", "ReturnAccepted")
    # The other one still has its 48 hours.
    sandbox.advance(48 * HOUR)
    assert [unit.auto_accepted for unit in claim.units] == [False, True]


@pytest.mark.parametrize("items", [[], ["nothing"], "text", [1]])
def test_approval_refuses_units_of_nobody(client: Client, sandbox: Sandbox, items: Any) -> None:
    claim = waiting(sandbox)

    assert (approve(client, claim, items).status, statuses(claim)) == (400, ["WaitingInAction"] * 2)


def test_only_waiting_units_can_be_acted_on(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)
    sandbox.shop.set_claim_status(claim.claim_id, "Accepted", ids(claim)[:1])
    package_id = sandbox.shop.place_order([(barcode(2), 1)], "Delivered")
    young_id = sandbox.shop.claim(package_id)
    young = sandbox.shop.claims[young_id]

    assert [approve(client, claim).status, approve(client, young).status] == [400, 400]
    assert [issue(client, claim).status, issue(client, young).status] == [400, 400]
    assert (statuses(claim), statuses(young)) == (["Accepted", "WaitingInAction"], ["Created"])
    unknown = client.put(f"{CLAIMS}/11111111-0000/items/approve", {"claimLineItemIdList": ["x"]})
    assert unknown.status == 404


def test_approvals_and_disputes_are_five_a_minute_each(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)
    approvals = [approve(client, claim, ["nothing"]).status for _ in range(6)]
    disputes = [issue(client, claim, 251).status for _ in range(6)]

    assert approvals == disputes == [400] * 5 + [429]
    sandbox.advance(60)
    assert approve(client, claim).status == 200


@pytest.mark.parametrize("in_form", [False, True])
def test_dispute_waits_for_trendyol_and_is_won(make_sandbox: Any, in_form: bool) -> None:
    sandbox = filled(make_sandbox, ages=CHECKED)
    client, claim = Client(sandbox), waiting(sandbox)
    answer = issue(client, claim, in_form=in_form)

    assert (answer.status, answer.text, statuses(claim)) == (200, "", ["Unresolved"] * 2)
    sandbox.advance(3 * DAY)
    shown = client.get(CLAIMS).json["content"][0]
    unit = shown["items"][0]["claimItems"][0]
    wanted = json.loads((SAMPLES / "claims_page.json").read_text(encoding="utf-8"))["content"][2]
    assert unit["claimItemStatus"] == {"name": "Rejected"}
    assert unit["note"] == "Tabanında kullanım izi var."
    assert unit["trendyolClaimItemReason"] == wanted["items"][0]["claimItems"][0]["trendyolClaimItemReason"]
    # Both spellings of the sample: the refused units go back to the customer.
    assert shown["rejectedPackageInfo"].keys() == wanted["rejectedPackageInfo"].keys()
    assert shown["rejectedPackageInfo"]["items"] == ids(claim)


def test_dispute_may_be_lost(make_sandbox: Any) -> None:
    sandbox = filled(make_sandbox, ages=STRAIGHT)
    client, claim = Client(sandbox), waiting(sandbox, 1)
    issue(client, claim)
    sandbox.advance(3 * DAY)

    (unit,) = claim.units
    assert (unit.status, unit.accept_detail, unit.accepted_by_seller) == ("Accepted", "DISPUTE", False)
    assert "rejectedPackageInfo" not in client.get(CLAIMS).json["content"][0]


def test_analysis_needs_no_file(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)

    assert (issue(client, claim, 451, files=[]).status, statuses(claim)) == (200, ["InAnalysis"] * 2)


def test_dispute_without_a_body_needs_no_media_type(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)
    path = f"{CLAIMS}/{claim.claim_id}/issue"
    query = {"claimIssueReasonId": 451, "claimItemIdList": ids(claim), "description": "Bakılacak"}
    headers = {name: value for name, value in client.headers.items() if name != "Content-Type"}

    assert client.call("POST", path, body=b"", headers=headers, **query).status == 200
    assert client.call("POST", path, body={"a": 1}, **query).status == 415


def test_exchange_reason_accepts_and_sends_a_replacement(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox, 1)
    assert issue(client, claim, 2101, files=[]).status == 200

    shown = client.get(CLAIMS).json["content"][0]
    wanted = json.loads((SAMPLES / "claims_page.json").read_text(encoding="utf-8"))["content"][3]
    assert statuses(claim) == ["Accepted"]
    assert shown["replacementOutboundpackageinfo"].keys() == wanted["replacementOutboundpackageinfo"].keys()
    assert shown["replacementOutboundpackageinfo"]["items"] == ids(claim)


def test_claim_may_be_an_exchange_from_the_start(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox, 1, replacement=True)

    shown = client.get(CLAIMS).json["content"][0]
    assert statuses(claim) == ["WaitingInAction"]
    assert shown["replacementOutboundpackageinfo"]["items"] == ids(claim)


def test_not_delivered_is_refused_in_the_first_24_hours(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)
    early = issue(client, claim, 1651, files=[])
    sandbox.advance(24 * HOUR)
    late = issue(client, claim, 1651, files=[])

    assert (early.status, late.status, statuses(claim)) == (400, 200, ["Unresolved"] * 2)


@pytest.mark.parametrize(
    ("reason", "files", "changed", "message"),
    [
        (251, None, {}, "claimIssueReasonId geçersiz"),
        (2151, None, {}, "claimIssueReasonId geçersiz"),
        (9, None, {}, "claimIssueReasonId geçersiz"),
        ("", None, {}, "claimIssueReasonId geçersiz"),
        (51, [], {}, "Bu neden için dosya yüklenmelidir"),
        (51, [("boş.jpg", "image/jpeg", b"")], {}, "Bu neden için dosya yüklenmelidir"),
        (51, None, {"description": "ş" * 501}, "description en fazla 500 karakter olabilir"),
        (51, None, {"claimItemIdList": ""}, "İade kalemi bu iadede yok"),
    ],
)
def test_dispute_is_refused(
    client: Client, sandbox: Sandbox, reason: object, files: Any, changed: dict[str, str], message: str
) -> None:
    claim = waiting(sandbox)
    answer = issue(client, claim, reason, files=files, **changed)

    assert (answer.status, answer.json) == (400, {"error": "BadRequest", "message": message})
    assert statuses(claim) == ["WaitingInAction"] * 2


def test_removed_reason_is_counted_by_its_own_key(client: Client, sandbox: Sandbox) -> None:
    issue(client, waiting(sandbox), 1701)

    assert sandbox.violations == {"claim.issue.reason.removed": 1}


def test_broken_form_is_refused(client: Client, sandbox: Sandbox) -> None:
    claim = waiting(sandbox)
    path = f"{CLAIMS}/{claim.claim_id}/issue"
    answers = [
        client.call("POST", path, body=body, headers={**client.headers, "Content-Type": media_type})
        for body, media_type in (
            (b"x", "multipart/form-data"),
            (b"--b\r\nno end", "multipart/form-data; boundary=b"),
            (b"--b\r\nno head--b--", "multipart/form-data; boundary=b"),
            (b"--b\r\n\r\nno name\r\n--b--", "multipart/form-data; boundary=b"),
        )
    ]

    assert [answer.status for answer in answers] == [400] * 4


def test_seller_opens_a_claim_for_a_parcel_without_a_code(client: Client, sandbox: Sandbox) -> None:
    lines = [(barcode(1), 2), (barcode(2), 1)]
    package_id = sandbox.shop.place_order(lines, "Delivered")
    package = sandbox.shop.packages[package_id]
    body = {
        "claimItems": [
            {"barcode": barcode(1), "customerNote": "Kodsuz geldi", "quantity": 1, "reasonId": 401},
            {"barcode": barcode(2), "customerNote": "", "quantity": 1, "reasonId": 551},
        ],
        "customerId": package.customer["customer_id"],
        "excludeListing": True,
        "forcePackageCreation": True,
        "orderNumber": package.order_number,
        "shipmentCompanyId": 4,
    }
    answer = client.post(f"{CLAIMS}/create", body)

    (claim,) = sandbox.shop.claims.values()
    assert answer.json == {
        "claimId": claim.claim_id,
        "cargoTrackingNumber": claim.cargo_number,
        "claimItemIds": ids(claim),
    }
    assert [(unit.status, unit.reason_id, unit.customer_note) for unit in claim.units] == [
        ("Created", 401, "Kodsuz geldi"),
        ("Created", 551, ""),
    ]
    assert audit(client, ids(claim)[0]) == [("", "Created", "SellerIntegrationApi")]
    # One pair of the first barcode is left to return, none of the second.
    assert client.post(f"{CLAIMS}/create", body).status == 400
    for wrong in ({"customerId": 1}, {"claimItems": []}, {"orderNumber": "5"}):
        assert client.post(f"{CLAIMS}/create", {**body, **wrong}).status in (400, 404)


def test_audit_of_an_unknown_unit_is_404(client: Client) -> None:
    assert client.get(f"{CLAIMS}/items/nothing/audit").status == 404


def test_claim_is_loaded_with_its_remaining_time(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order(
        [(barcode(1), 1)], "Delivered", ordered_at_ms=NOW_MS - 9 * DAY * 1000
    )
    body = {"status": "WaitingInAction", "remaining_hours": 5, "replacement": True, "reason_id": 501}
    claim_id = client.control(f"packages/{package_id}/claim", body).json["claim_id"]

    claim = sandbox.shop.claims[claim_id]
    assert claim.units[0].auto_approve_ms == NOW_MS + 5 * HOUR * 1000
    assert claim.claim_ms == NOW_MS - (43 + 48) * HOUR * 1000
    assert claim.replacement is not None
    sandbox.advance(5 * HOUR)
    assert (statuses(claim), claim.units[0].auto_accepted) == (["Accepted"], True)


def test_parcel_arrives_by_hand_and_by_form(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], "Delivered")
    claim_id = sandbox.shop.claim(package_id)
    claim = sandbox.shop.claims[claim_id]
    page = client.call("GET", "/control", headers={}).text
    path = f"/control/api/claims/{claim.claim_id}/status"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    client.call("POST", path, body=b"status=WaitingInAction", headers=headers)

    assert page.count(path) == 2
    assert "Paket ulaştı" in page
    assert statuses(claim) == ["WaitingInAction"]
