import json
from pathlib import Path

import pytest

from integrations.trendyol.sandbox import Refusal, Sandbox

from .client import CLAIMS, Client
from .conftest import NOW, barcode, product

NOW_MS = round(NOW * 1000)
DAY = 86_400_000
SAMPLES = Path(__file__).parents[1] / "payloads"


@pytest.fixture
def delivered(sandbox: Sandbox) -> int:
    return sandbox.shop.place_order(
        [(barcode(1), 2), (barcode(2), 1)], "Delivered", ordered_at_ms=NOW_MS - 5 * DAY
    )


def statuses(client: Client) -> list[str]:
    (claim,) = client.get(CLAIMS).json["content"]
    return [unit["claimItemStatus"]["name"] for item in claim["items"] for unit in item["claimItems"]]


def test_nothing_is_null(client: Client) -> None:
    answer = client.get(CLAIMS)

    assert answer.json == {"totalElements": 0, "totalPages": 0, "page": 0, "size": 50, "content": None}


def test_claim_has_the_keys_of_the_sample_and_one_item_per_unit(
    client: Client, sandbox: Sandbox, delivered: int
) -> None:
    sandbox.shop.claim(delivered, reason_id=551, note="Büyük geldi.")
    (claim,) = client.get(CLAIMS).json["content"]
    wanted = json.loads((SAMPLES / "claims_page.json").read_text(encoding="utf-8"))["content"][0]

    assert claim.keys() == wanted.keys()
    assert claim["items"][0]["orderLine"].keys() == wanted["items"][0]["orderLine"].keys()
    assert claim["items"][0]["claimItems"][0].keys() == wanted["items"][0]["claimItems"][0].keys()
    assert [len(item["claimItems"]) for item in claim["items"]] == [2, 1]
    assert claim["orderOutboundPackageId"] == delivered
    assert claim["claimDate"] == NOW_MS
    package = sandbox.shop.packages[delivered]
    assert claim["items"][0]["orderLine"]["id"] == package.lines[0].line_id
    assert [x["orderLineItemId"] for x in claim["items"][0]["claimItems"]] == [
        unit.item_id for unit in package.lines[0].units
    ]


def test_claim_ages_to_waiting_and_is_accepted_by_the_system(
    client: Client, sandbox: Sandbox, delivered: int
) -> None:
    sandbox.shop.claim(delivered, [(barcode(1), 1)])
    sandbox.advance(3 * 86_400)
    waiting = client.get(CLAIMS).json["content"][0]
    assert statuses(client) == ["WaitingInAction"]
    deadline = waiting["items"][0]["claimItems"][0]["autoApproveDate"]
    assert deadline == NOW_MS + 5 * DAY

    sandbox.advance(48 * 3600)
    claim = client.get(CLAIMS).json["content"][0]
    unit = claim["items"][0]["claimItems"][0]
    assert (unit["claimItemStatus"], unit["autoAccepted"], unit["acceptDetail"], unit["resolved"]) == (
        {"name": "Accepted"},
        True,
        "SYSTEM",
        True,
    )
    assert claim["lastModifiedDate"] == deadline
    package = sandbox.shop.packages[delivered]
    assert (package.status, package.internal_status) == ("Delivered", "ReturnAccepted")


def test_units_of_one_claim_may_differ(client: Client, sandbox: Sandbox, delivered: int) -> None:
    claim_id = sandbox.shop.claim(delivered, [(barcode(1), 2)])
    first = sandbox.shop.claims[claim_id].units[0].claim_item_id
    sandbox.shop.set_claim_status(claim_id, "Cancelled", [first])
    sandbox.shop.set_claim_status(claim_id, "WaitingInAction")

    assert statuses(client) == ["Cancelled", "WaitingInAction"]
    with pytest.raises(Refusal):
        sandbox.shop.set_claim_status(claim_id, "Rejected")


def test_only_delivered_units_can_be_claimed_once(sandbox: Sandbox, delivered: int) -> None:
    open_package = sandbox.shop.place_order([(barcode(3), 1)])
    with pytest.raises(Refusal):
        sandbox.shop.claim(open_package)
    sandbox.shop.claim(delivered, [(barcode(1), 2)])
    with pytest.raises(Refusal):
        sandbox.shop.claim(delivered, [(barcode(1), 1)])
    with pytest.raises(Refusal):
        sandbox.shop.claim(delivered, [(barcode(2), 1)], reason_id=9)


def test_claims_are_filtered(client: Client, sandbox: Sandbox, delivered: int) -> None:
    old = sandbox.shop.claim(delivered, [(barcode(1), 1)], claimed_ms=NOW_MS - DAY)
    new = sandbox.shop.claim(delivered, [(barcode(1), 1)], status="WaitingInAction")

    def found(**query: object) -> list[str]:
        return [claim["claimId"] for claim in client.get(CLAIMS, **query).json["content"] or []]

    assert found() == [new, old]
    assert found(sortColumn="CLAIM_DATE", sortDirection="ASC") == [old, new]
    assert found(startDate=NOW_MS - 1000) == [new]
    assert found(endDate=NOW_MS - 1000) == [old]
    assert found(claimItemStatus="Created") == [old]
    assert found(orderNumber=sandbox.shop.packages[delivered].order_number) == [new, old]
    # claimIds overrides every other filter.
    assert found(claimIds=f"{old},nothing", claimItemStatus="Rejected") == [old]
    assert client.get(CLAIMS, size=201).status == 400
    assert client.get(CLAIMS, claimItemStatus="Nope").status == 400


def test_claims_are_cut_silently_at_500(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(1, 600)])
    package_id = sandbox.shop.place_order([(barcode(1), 510)], "Delivered")
    for _ in range(510):
        sandbox.shop.claim(package_id, [(barcode(1), 1)])

    page = client.get(CLAIMS, size=200, page=2).json
    assert (page["totalElements"], page["totalPages"], len(page["content"])) == (500, 3, 100)


def test_issue_reasons_are_those_of_the_sample(client: Client) -> None:
    wanted = json.loads((SAMPLES / "claim_issue_reasons.json").read_text(encoding="utf-8"))

    assert client.get("/integration/order/claim-issue-reasons").json == wanted
