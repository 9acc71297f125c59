from typing import Any

import pytest

from integrations.trendyol.sandbox import Refusal, Sandbox
from integrations.trendyol.sandbox.entities import Package

from .client import ORDERS, STREAM, Client
from .conftest import barcode

DEAD = "shipment.package.not.updatable"


def lines_of(package: Package) -> list[dict[str, int]]:
    return [{"lineId": line.line_id, "quantity": line.quantity} for line in package.lines]


def picking(package: Package) -> dict[str, Any]:
    return {"lines": lines_of(package), "params": {}, "status": "Picking"}


def invoiced(package: Package, number: str = "YBA2026000000001") -> dict[str, Any]:
    return {"lines": lines_of(package), "params": {"invoiceNumber": number}, "status": "Invoiced"}


@pytest.fixture
def package(sandbox: Sandbox) -> Package:
    """Two lines: 2 and 1 pairs."""
    package_id = sandbox.shop.place_order([(barcode(1), 2), (barcode(2), 1)])
    sandbox.advance(60)
    return sandbox.shop.packages[package_id]


def family(client: Client, package: Package) -> dict[int, dict[str, Any]]:
    content = client.get(ORDERS, orderNumber=package.order_number).json["content"]
    return {found["shipmentPackageId"]: found for found in content}


def test_picking_then_invoiced(client: Client, package: Package) -> None:
    first = client.put(client.package(package.package_id), picking(package))
    second = client.put(client.package(package.package_id), invoiced(package))

    assert [(first.status, first.text), (second.status, second.text)] == [(200, ""), (200, "")]
    shown = family(client, package)[package.package_id]
    assert (shown["status"], shown["invoiceNumber"]) == ("Invoiced", "YBA2026000000001")
    statuses = [entry["status"] for entry in shown["packageHistories"]]
    assert sorted(statuses) == ["Created", "Invoiced", "Picking"]
    assert {line["orderLineItemStatusName"] for line in shown["lines"]} == {"Invoiced"}


def test_last_modified_rises_strictly_even_when_the_clock_stands_still(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    seen = [package.last_modified_ms]
    client.put(client.package(package.package_id), picking(package))
    seen.append(package.last_modified_ms)
    client.put(client.package(package.package_id), invoiced(package))
    seen.append(package.last_modified_ms)
    sandbox.shop.touch(package.package_id)
    seen.append(package.last_modified_ms)

    assert seen == sorted(set(seen))


@pytest.mark.parametrize("status", ["Shipped", "Created", "Cancelled", "", None])
def test_seller_cannot_set_other_statuses(client: Client, package: Package, status: str | None) -> None:
    answer = client.put(client.package(package.package_id), {**picking(package), "status": status})

    assert (answer.status, package.status) == (400, "Created")


def test_invoiced_before_picking_is_refused(client: Client, package: Package) -> None:
    answer = client.put(client.package(package.package_id), invoiced(package))

    assert (answer.status, answer.key) == (400, DEAD)
    assert answer.json["errors"][0]["message"] == "Shipment Update Edilebilir Bir Durumda Değil."


def test_picking_twice_is_refused(client: Client, package: Package) -> None:
    client.put(client.package(package.package_id), picking(package))

    assert client.put(client.package(package.package_id), picking(package)).key == DEAD


def test_picking_needs_every_line_with_what_is_open(client: Client, package: Package) -> None:
    first, second = lines_of(package)
    wrong = [
        [],
        [first],
        [first, {**second, "quantity": 2}],
        [{**first, "quantity": 1}, second],
        [first, {"lineId": 1, "quantity": 1}],
        [first, second, second],
        [first, {"lineId": str(second["lineId"]), "quantity": 1}],
    ]

    answers = [
        client.put(client.package(package.package_id), {**picking(package), "lines": lines}).status
        for lines in wrong
    ]
    assert answers == [400] * len(wrong)
    assert package.status == "Created"


def test_awaiting_cannot_be_picked(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], "Awaiting")
    package = sandbox.shop.packages[package_id]

    assert client.put(client.package(package.package_id), picking(package)).key == DEAD


def test_unknown_package_is_404(client: Client, package: Package) -> None:
    assert client.put(client.package(1), picking(package)).status == 404
    assert client.put(client.package(0).replace("/0", "/x"), picking(package)).status == 400


@pytest.mark.parametrize("end", ["cancel", "ship"])
def test_operations_on_a_dead_package_are_refused(
    client: Client, sandbox: Sandbox, package: Package, end: str
) -> None:
    getattr(sandbox.shop, end)(package.package_id)
    line = package.lines[0].line_id
    operations = [
        ("PUT", "", picking(package)),
        ("PUT", "/items/unsupplied", {"lines": lines_of(package), "reasonId": 500}),
        ("PUT", "/box-info", {"boxQuantity": 1, "deci": 2}),
        ("PUT", "/cargo-providers", {"cargoProvider": "YKMP"}),
        ("PUT", "/extended-agreed-delivery-date", {"extendedDayCount": 1}),
        ("POST", "/split", {"orderLineIds": [line]}),
        ("POST", "/multi-split", {"splitGroups": [{"orderLineIds": [line]}]}),
        ("POST", "/quantity-split", {"quantitySplit": [{"orderLineId": line, "quantities": [1, 1]}]}),
        (
            "POST",
            "/split-packages",
            {"splitPackages": [{"packageDetails": [{"orderLineId": line, "quantities": 1}]}]},
        ),
    ]

    answers = [
        client.call(m, client.package(package.package_id, path), body=body) for m, path, body in operations
    ]
    assert [(answer.status, answer.key) for answer in answers] == [(400, DEAD)] * len(operations)


def test_whole_package_unsupplied(client: Client, sandbox: Sandbox, package: Package) -> None:
    body = {"lines": lines_of(package), "reasonId": 500}
    assert client.put(client.package(package.package_id, "/items/unsupplied"), body).status == 200

    shown = family(client, package)
    assert {key: value["status"] for key, value in shown.items()} == {package.package_id: "UnSupplied"}
    line = shown[package.package_id]["lines"][0]
    assert (line["cancelledBy"], line["cancelReason"], line["cancelReasonCode"]) == (
        "Seller",
        "Stok tükendi",
        500,
    )
    # The seller has none: nothing goes back into the shop window.
    assert sandbox.shop.stock()[barcode(1)] == 3


def test_part_unsupplied_breaks_the_package(client: Client, sandbox: Sandbox, package: Package) -> None:
    line_id = package.lines[0].line_id
    body = {"lines": [{"lineId": line_id, "quantity": 1}], "reasonId": 501}
    client.put(client.package(package.package_id, "/items/unsupplied"), body)

    # The new package is not there yet.
    assert {p["status"] for p in family(client, package).values()} == {"UnSupplied"}
    sandbox.advance(0.3)
    shown = family(client, package)
    new = next(p for key, p in shown.items() if key != package.package_id)
    assert (new["status"], new["createdBy"], new["originPackageIds"]) == (
        "Created",
        "cancel",
        [package.package_id],
    )
    assert [(line["lineId"], line["quantity"]) for line in new["lines"]] == [
        (line_id, 1),
        (package.lines[0].line_id + 1, 1),
    ]
    assert new["cargoTrackingNumber"] != shown[package.package_id]["cargoTrackingNumber"]
    assert [line["quantity"] for line in shown[package.package_id]["lines"]] == [1]


@pytest.mark.parametrize("reason", [503, 0, None, "500"])
def test_unsupplied_needs_a_known_reason(client: Client, package: Package, reason: Any) -> None:
    body = {"lines": lines_of(package), "reasonId": reason}

    assert client.put(client.package(package.package_id, "/items/unsupplied"), body).status == 400


def test_partial_cancel_keeps_the_old_id_for_the_cancelled_part(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    total = family(client, package)[package.package_id]["packageTotalPrice"]
    sandbox.shop.cancel(package.package_id, [(barcode(2), 1)], reason="Vazgeçtim")
    sandbox.advance(1)

    shown = family(client, package)
    old = shown.pop(package.package_id)
    (new,) = shown.values()
    assert (old["status"], [line["barcode"] for line in old["lines"]]) == ("Cancelled", [barcode(2)])
    assert (old["lines"][0]["cancelledBy"], old["lines"][0]["cancelReason"]) == ("Customer", "Vazgeçtim")
    assert (new["createdBy"], [line["barcode"] for line in new["lines"]]) == ("cancel", [barcode(1)])
    assert old["packageTotalPrice"] + new["packageTotalPrice"] == pytest.approx(total)


def test_child_appears_late_with_an_older_modification_date(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    sandbox.shop.split(package.package_id, [(barcode(1), 1)])
    before = client.get(STREAM).json["content"]
    sandbox.advance(10)
    after = client.get(STREAM).json["content"]

    assert [p["status"] for p in before] == ["UnPacked"]
    assert sorted(p["status"] for p in after) == ["Created", "Created", "UnPacked"]
    assert max(p["lastModifiedDate"] for p in after) < before[0]["lastModifiedDate"] + 10


def test_split_sends_the_named_lines_away(client: Client, sandbox: Sandbox, package: Package) -> None:
    first, second = (line.line_id for line in package.lines)
    answer = client.post(client.package(package.package_id, "/split"), {"orderLineIds": [second]})
    sandbox.advance(1)

    shown = family(client, package)
    assert shown.pop(package.package_id)["status"] == "UnPacked"
    named = shown.pop(answer.json["newPackageId"])
    (rest,) = shown.values()
    assert [line["lineId"] for line in named["lines"]] == [second]
    assert [(line["lineId"], line["quantity"]) for line in rest["lines"]] == [(first, 2)]
    for child in (named, rest):
        assert (child["status"], child["createdBy"]) == ("Created", "split")
        assert child["originPackageIds"] == [package.package_id]
    numbers = {package.cargo_number, named["cargoTrackingNumber"], rest["cargoTrackingNumber"]}
    assert len(numbers) == 3


def test_multi_split_answers_with_the_rest_too(client: Client, package: Package) -> None:
    body = {"splitGroups": [{"orderLineIds": [package.lines[0].line_id]}]}
    answer = client.post(client.package(package.package_id, "/multi-split"), body)

    assert [list(result) for result in answer.json["results"]] == [["newPackageId"], ["newPackageId"]]


def test_quantity_split_divides_one_line(client: Client, sandbox: Sandbox, package: Package) -> None:
    line_id = package.lines[0].line_id
    body = {"quantitySplit": [{"orderLineId": line_id, "quantities": [1, 1]}]}
    answer = client.post(client.package(package.package_id, "/quantity-split"), body)
    sandbox.advance(1)

    shown = family(client, package)
    dealt = [
        [(x["lineId"], x["quantity"]) for x in shown[key]["lines"]] for key in answer.json["newPackageIds"]
    ]
    assert dealt == [[(line_id, 1)], [(line_id, 1)], [(package.lines[1].line_id, 1)]]


def test_split_packages_puts_the_rest_into_one_more(
    client: Client, sandbox: Sandbox, package: Package
) -> None:
    line_id = package.lines[0].line_id
    body = {"splitPackages": [{"packageDetails": [{"orderLineId": line_id, "quantities": 1}]}]}
    answer = client.post(client.package(package.package_id, "/split-packages"), body)
    sandbox.advance(1)

    assert (answer.status, answer.text) == (200, "")
    children = [p for key, p in family(client, package).items() if key != package.package_id]
    dealt = sorted(tuple((x["lineId"], x["quantity"]) for x in child["lines"]) for child in children)
    assert dealt == [((line_id, 1),), ((line_id, 1), (package.lines[1].line_id, 1))]
    # Splitting sells and returns nothing.
    assert sandbox.shop.stock()[barcode(1)] == 3


def test_splits_refuse_nonsense(client: Client, package: Package) -> None:
    first, second = (line.line_id for line in package.lines)
    wrong = [
        ("/split", {"orderLineIds": []}),
        ("/split", {"orderLineIds": [first, second]}),
        ("/split", {"orderLineIds": [1]}),
        ("/split", {"orderLineIds": "x"}),
        ("/split", [first]),
        ("/multi-split", {"splitGroups": [{"orderLineIds": [first]}, {"orderLineIds": [second]}]}),
        ("/multi-split", {"splitGroups": []}),
        ("/quantity-split", {"quantitySplit": [{"orderLineId": first, "quantities": [2, 1]}]}),
        ("/quantity-split", {"quantitySplit": [{"orderLineId": first, "quantities": [0, 1]}]}),
        ("/quantity-split", {"quantitySplit": [{"orderLineId": first, "quantities": 2}]}),
        (
            "/split-packages",
            {"splitPackages": [{"packageDetails": [{"orderLineId": first, "quantities": 3}]}]},
        ),
        ("/split-packages", {"splitPackages": [{"packageDetails": [{"orderLineId": 1, "quantities": 1}]}]}),
        ("/split-packages", {}),
    ]

    answers = [client.post(client.package(package.package_id, path), body).status for path, body in wrong]
    assert answers == [400] * len(wrong)
    assert package.status == "Created"


def test_carrier_changes_once_in_five_minutes(client: Client, sandbox: Sandbox, package: Package) -> None:
    path, before = client.package(package.package_id, "/cargo-providers"), package.cargo_number
    first = client.put(path, {"cargoProvider": "YKMP"})
    second = client.put(path, {"cargoProvider": "ARASMP"})
    sandbox.advance(300)
    third = client.put(path, {"cargoProvider": "ARASMP"})

    assert [first.status, second.status, third.status] == [200, 400, 200]
    assert second.json["message"] == "Kargo firması 5 dakika içinde yalnızca bir kez değiştirilebilir"
    shown = family(client, package)[package.package_id]
    assert shown["cargoProviderName"] == "Aras Kargo Marketplace"
    assert str(shown["cargoTrackingNumber"]).startswith("726")
    assert shown["cargoTrackingNumber"] != before


def test_trendyol_express_needs_a_quota(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], cargo_provider="YKMP")
    path, before = (
        client.package(package_id, "/cargo-providers"),
        sandbox.shop.packages[package_id].cargo_number,
    )
    answer = client.put(path, {"cargoProvider": "TEXMP"})

    assert (answer.status, answer.json["message"]) == (400, "TEX kotanız bulunmamaktadır")
    # A refused change does not start the five minutes.
    assert client.put(path, {"cargoProvider": "ARASMP"}).status == 200
    assert sandbox.shop.packages[package_id].cargo_number != before


@pytest.mark.parametrize("days", [1, 2, 3])
def test_supply_time_is_extended_by_up_to_three_days(client: Client, package: Package, days: int) -> None:
    agreed = package.agreed_ms
    path = client.package(package.package_id, "/extended-agreed-delivery-date")

    assert client.put(path, {"extendedDayCount": days}).status == 200
    assert package.agreed_ms == agreed + days * 86_400_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cargo-providers", {"cargoProvider": "NOBODY"}),
        ("/box-info", {"boxQuantity": 0, "deci": 1}),
        ("/box-info", {"boxQuantity": 1, "deci": "x"}),
        ("/box-info", {"boxQuantity": 1, "deci": -1}),
        ("/box-info", {"deci": 1}),
        ("/extended-agreed-delivery-date", {"extendedDayCount": 0}),
        ("/extended-agreed-delivery-date", {"extendedDayCount": 4}),
        ("/extended-agreed-delivery-date", {}),
    ],
)
def test_small_operations_refuse_bad_values(client: Client, package: Package, path: str, body: Any) -> None:
    assert client.put(client.package(package.package_id, path), body).status == 400


def test_box_info_and_extra_time_show_in_the_package(client: Client, package: Package) -> None:
    agreed = package.agreed_ms
    client.put(client.package(package.package_id, "/box-info"), {"boxQuantity": 2, "deci": 4.5})
    client.put(client.package(package.package_id, "/extended-agreed-delivery-date"), {"extendedDayCount": 2})

    shown = family(client, package)[package.package_id]
    assert (shown["cargoDeci"], shown["agreedDeliveryDate"]) == (4.5, agreed + 2 * 86_400_000)


def test_illegal_moves_from_outside_are_refused(sandbox: Sandbox, package: Package) -> None:
    for move in (sandbox.shop.deliver, sandbox.shop.return_package, sandbox.shop.pay, sandbox.shop.undeliver):
        with pytest.raises(Refusal):
            move(package.package_id)
    sandbox.shop.ship(package.package_id)
    with pytest.raises(Refusal):
        sandbox.shop.cancel(package.package_id)


def test_partly_cancelled_awaiting_order_stays_awaiting(sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 2)], "Awaiting")
    sandbox.shop.cancel(package_id, [(barcode(1), 1)])

    statuses = {key == package_id: package.status for key, package in sandbox.shop.packages.items()}
    assert statuses == {True: "Cancelled", False: "Awaiting"}
