import json
from pathlib import Path
from typing import Any

import pytest

from integrations.trendyol.sandbox import OrderRefused, Sandbox

from .client import ORDERS, STREAM, Client
from .conftest import NOW, barcode, product

HOUR = 3_600_000
DAY = 24 * HOUR
NOW_MS = round(NOW * 1000)
SAMPLES = Path(__file__).parents[1] / "payloads"


def sample_packages() -> list[dict[str, Any]]:
    page = json.loads((SAMPLES / "orders_page.json").read_text(encoding="utf-8"))
    return list(page["content"])


def only(client: Client, package_id: int) -> dict[str, Any]:
    (package,) = client.get(ORDERS, shipmentPackageIds=package_id).json["content"]
    return dict(package)


def test_placed_order_has_exactly_the_keys_of_the_samples(client: Client, sandbox: Sandbox) -> None:
    placed = only(client, sandbox.shop.place_order([(barcode(1), 2)]))
    sample = sample_packages()[1]

    assert placed.keys() == sample.keys()
    for address in ("shipmentAddress", "invoiceAddress"):
        assert placed[address].keys() == sample[address].keys()
    assert placed["lines"][0].keys() == sample["lines"][0].keys()
    assert placed["lines"][0]["discountDetails"][0].keys() == sample["lines"][0]["discountDetails"][0].keys()


def test_placed_order_has_the_types_of_the_samples(client: Client, sandbox: Sandbox) -> None:
    placed = only(client, sandbox.shop.place_order([(barcode(1), 1)]))
    sample = sample_packages()[1]

    differing = {key for key in sample if not same_kind(placed[key], sample[key])}
    assert differing == set()


def same_kind(value: Any, other: Any) -> bool:
    if isinstance(value, int | float) and isinstance(other, int | float):
        return isinstance(value, bool) == isinstance(other, bool)
    return type(value) is type(other)


def test_only_documented_optional_keys_vary(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(1, 500)])
    ids = [sandbox.shop.place_order([(barcode(1), 1)]) for _ in range(100)]
    packages = client.get(ORDERS, size=200).json["content"]
    base = sample_packages()[1].keys()

    assert len(packages) == len(ids)
    assert {key for package in packages for key in package.keys() - base} == {
        "whoPays",
        "deliveryPromiseBadge",
    }
    assert {key for package in packages for key in base - package.keys()} == set()
    assert {package["originPackageIds"] is None for package in packages} == {True, False}
    assert {len(str(package["cargoTrackingNumber"])) for package in packages} == {16, 20}
    assert {package["lines"][0]["productSize"] for package in packages} == {"35", " 35"}
    assert {"shortAddress" in package["shipmentAddress"] for package in packages} == {True, False}
    assert {package["shipmentAddress"]["company"] for package in packages} == {"", None}
    assert {package["shipmentAddress"]["phone"] for package in packages} == {None}


def test_order_dates_follow_both_conventions(client: Client, sandbox: Sandbox) -> None:
    ordered = NOW_MS - 5 * HOUR
    placed = only(client, sandbox.shop.place_order([(barcode(1), 1)], ordered_at_ms=ordered))

    assert placed["orderDate"] == ordered + 3 * HOUR
    assert placed["estimatedDeliveryStartDate"] == ordered + 3 * HOUR + 3 * DAY
    assert placed["estimatedDeliveryEndDate"] == ordered + 3 * HOUR + 5 * DAY
    created = placed["packageHistories"][0]["createdDate"]
    assert 0 < created - ordered < 3000
    assert placed["lastModifiedDate"] == created
    assert placed["originShipmentDate"] == created - 6
    # 23:59 in Istanbul, two days later: 20:59:00Z.
    assert placed["agreedDeliveryDate"] % DAY == 20 * HOUR + 59 * 60_000


def test_money_adds_up_per_unit_and_may_miss_by_a_kurus_per_average(client: Client, sandbox: Sandbox) -> None:
    line = {"barcode": barcode(1), "quantity": 2, "price": 100.0, "discount": 10.0}
    package_id = client.control("orders", {"lines": [line]}).json["package_ids"][0]
    placed = only(client, package_id)

    nets = [unit["lineItemPrice"] for unit in placed["lines"][0]["discountDetails"]]
    assert nets == [90.0, 90.01]
    assert placed["packageTotalPrice"] == pytest.approx(sum(nets))
    assert placed["packageGrossAmount"] == 200.0
    assert placed["packageSellerDiscount"] == placed["packageTotalDiscount"] == 19.99
    # The average 9.995 is rounded to 10.00.
    assert (placed["lines"][0]["lineSellerDiscount"], placed["lines"][0]["lineUnitPrice"]) == (10.0, 90.0)


def test_trendyol_discount_shows_only_on_corporate_orders(client: Client) -> None:
    line = {"barcode": barcode(1), "price": 100.0, "ty_discount": 7.5}
    private = client.control("orders", {"lines": [line]}).json["package_ids"][0]
    corporate = client.control("orders", {"lines": [line], "commercial": True}).json["package_ids"][0]

    assert only(client, private)["packageTyDiscount"] == 0
    placed = only(client, corporate)
    assert (placed["packageTyDiscount"], placed["packageTotalPrice"], placed["commercial"]) == (
        7.5,
        92.5,
        True,
    )
    assert placed["invoiceAddress"]["taxNumber"] == placed["taxNumber"] == "1111111111"


def test_awaiting_package_is_masked_like_the_sample(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], "Awaiting")
    placed, sample = only(client, package_id), sample_packages()[0]
    masked = [
        key for key, value in sample.items() if value in ("***", 0, "-", "", None) and "Discount" not in key
    ]

    assert {key: placed[key] for key in masked} == {key: sample[key] for key in masked}
    assert placed["packageHistories"] == [{"createdDate": 0, "status": "Awaiting"}]
    assert placed["shipmentPackageStatus"] == placed["lines"][0]["orderLineItemStatusName"] == "Approved"
    for name in ("shipmentAddress", "invoiceAddress"):
        assert {**placed[name], "id": 0} == {**sample[name], "id": 0}


def test_paid_package_shows_its_customer(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)], "Awaiting", customer={"first_name": "Şükran"})
    sandbox.advance(60)
    sandbox.shop.pay(package_id)

    placed = only(client, package_id)
    assert (placed["status"], placed["customerFirstName"]) == ("Created", "Şükran")
    assert placed["lastModifiedDate"] == NOW_MS + 60_000


def test_stock_leaves_at_order_time_and_comes_back_on_cancellation(sandbox: Sandbox) -> None:
    awaiting = sandbox.shop.place_order([(barcode(1), 2)], "Awaiting")
    created = sandbox.shop.place_order([(barcode(1), 3)])
    assert sandbox.shop.stock()[barcode(1)] == 0

    with pytest.raises(OrderRefused):
        sandbox.shop.place_order([(barcode(1), 1)])
    sandbox.shop.cancel(created, [(barcode(1), 1)])
    sandbox.shop.cancel(awaiting)

    assert sandbox.shop.stock()[barcode(1)] == 3
    journal = [(entry.change, entry.quantity, entry.cause) for entry in sandbox.shop.journal(barcode(1))]
    assert journal == [
        (5, 5, "load"),
        (-2, 3, f"order {awaiting}"),
        (-3, 0, f"order {created}"),
        (1, 1, f"cancel {created}"),
        (2, 3, f"cancel {awaiting}"),
    ]
    assert sandbox.shop.counts()["oversold"] == 0


def test_an_order_is_taken_whole_or_not_at_all(sandbox: Sandbox) -> None:
    with pytest.raises(OrderRefused):
        sandbox.shop.place_order([(barcode(1), 1), (barcode(2), 6)])

    assert (sandbox.shop.stock()[barcode(1)], sandbox.shop.packages) == (5, {})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"startDate": NOW_MS - 14 * DAY - 1, "endDate": NOW_MS},
            "startDate ile endDate arasındaki fark iki haftadan fazla olamaz",
        ),
        ({"startDate": NOW_MS, "endDate": NOW_MS - 1}, "endDate, startDate değerinden küçük olamaz"),
        ({"startDate": "2026-11-21"}, "startDate milisaniye olarak zaman damgası olmalıdır"),
        ({"startDate": NOW_MS // 1000}, "startDate milisaniye olarak zaman damgası olmalıdır"),
        ({"size": 201}, "size 1 ile 200 arasında olmalıdır"),
        ({"size": 0}, "size 1 ile 200 arasında olmalıdır"),
        ({"page": -1}, "page 0 ya da daha büyük olmalıdır"),
        ({"page": 50, "size": 200}, "En fazla 10000 paket sorgulanabilir"),
        ({"page": "x"}, "page sayı olmalıdır"),
        ({"status": "Open"}, "status geçersiz: Open"),
        ({"orderByField": "Id"}, "orderByField geçersiz: Id"),
        ({"orderByDirection": "up"}, "orderByDirection geçersiz: up"),
        (
            {"shipmentPackageIds": ",".join(str(x) for x in range(51))},
            "En fazla 50 shipmentPackageIds gönderilebilir",
        ),
    ],
)
def test_v2_orders_refuses_what_the_contract_forbids(
    client: Client, query: dict[str, Any], message: str
) -> None:
    answer = client.get(ORDERS, **query)

    assert (answer.status, answer.json) == (400, {"error": "BadRequest", "message": message})


def test_v2_orders_allows_exactly_14_days_and_page_49(client: Client) -> None:
    answer = client.get(ORDERS, startDate=NOW_MS - 14 * DAY, endDate=NOW_MS, page=49, size=200)

    assert (answer.status, answer.json["content"], answer.json["page"]) == (200, [], 49)


def test_v2_orders_pages_and_sorts(client: Client, sandbox: Sandbox) -> None:
    ids = []
    for number in range(1, 6):
        ids.append(sandbox.shop.place_order([(barcode(number), 1)]))
        sandbox.advance(10)

    first = client.get(ORDERS, size=2, page=0, orderByDirection="ASC").json
    last = client.get(ORDERS, size=2, page=2, orderByDirection="ASC").json
    newest = client.get(ORDERS, size=1).json

    assert (first["totalElements"], first["totalPages"], first["size"]) == (5, 3, 2)
    assert [package["shipmentPackageId"] for package in first["content"] + last["content"]] == [
        *ids[:2],
        ids[4],
    ]
    assert newest["content"][0]["shipmentPackageId"] == ids[4]


def test_v2_orders_filters_by_status_number_and_window(client: Client, sandbox: Sandbox) -> None:
    old = sandbox.shop.place_order([(barcode(1), 1)], ordered_at_ms=NOW_MS - 40 * DAY, order_number="ESKI-1")
    new = sandbox.shop.place_order([(barcode(2), 1)])
    gone = sandbox.shop.place_order([(barcode(3), 1)])
    client.put(
        client.package(gone, "/items/unsupplied"),
        {"lines": [{"lineId": sandbox.shop.packages[gone].lines[0].line_id, "quantity": 1}], "reasonId": 500},
    )

    def found(**query: Any) -> list[int]:
        content = client.get(ORDERS, **query).json["content"]
        return sorted(package["shipmentPackageId"] for package in content)

    assert found() == [new, gone]
    assert found(status="Created") == [new]
    assert found(status="Created,UnSupplied") == [new, gone]
    # A Cancelled query covers the unsupplied ones too.
    assert found(status="Cancelled") == [gone]
    # One month of history, but a query by number ignores the window.
    assert found(startDate=NOW_MS - 45 * DAY, endDate=NOW_MS - 35 * DAY) == []
    assert found(orderNumber="ESKI-1") == [old]


def test_package_ids_obey_the_window_when_asked_to(make_sandbox: Any) -> None:
    sandbox = make_sandbox(quirks={"ids_obey_window"})
    sandbox.shop.load_products([product(1)])
    old = sandbox.shop.place_order([(barcode(1), 1)], ordered_at_ms=NOW_MS - 9 * DAY)
    client = Client(sandbox)

    assert client.get(ORDERS, shipmentPackageIds=old).json["totalElements"] == 0
    sandbox.config.quirks.clear()
    assert client.get(ORDERS, shipmentPackageIds=old).json["totalElements"] == 1


def test_unknown_parameters_are_counted(client: Client, sandbox: Sandbox) -> None:
    client.get(ORDERS, statuses="Created")

    assert sandbox.warnings == {"unknown_parameter:statuses": 1}


def test_stream_walks_down_by_modification(client: Client, sandbox: Sandbox) -> None:
    ids = []
    for number in range(1, 6):
        ids.append(sandbox.shop.place_order([(barcode(number), 1)]))
        sandbox.advance(10)

    first = client.get(STREAM, size=3).json
    sandbox.advance(6)
    second = client.get(STREAM, size=3, nextCursor=first["nextCursor"]).json

    assert list(first) == ["hasMore", "nextCursor", "size", "content"]
    assert (first["hasMore"], second["hasMore"], second.get("nextCursor")) == (True, False, "")
    seen = [package["shipmentPackageId"] for package in first["content"] + second["content"]]
    assert seen == ids[::-1]
    assert sandbox.warnings == {}


def test_stream_ends_with_empty_null_or_absent_cursor(client: Client) -> None:
    endings = [client.get(STREAM).json for _ in range(3)]

    assert [ending.get("nextCursor", "absent") for ending in endings] == ["", None, "absent"]


def test_stream_counts_hurried_calls(client: Client, sandbox: Sandbox) -> None:
    client.get(STREAM)
    sandbox.advance(4.9)
    client.get(STREAM)
    sandbox.advance(5)
    client.get(STREAM)

    assert sandbox.warnings == {"stream_calls_closer_than_5_seconds": 1}


@pytest.mark.parametrize(
    "changed", [{"size": 2}, {"packageItemStatuses": "Created"}, {"lastModifiedStartDate": NOW_MS - HOUR}]
)
def test_stream_refuses_changed_filters(client: Client, sandbox: Sandbox, changed: dict[str, Any]) -> None:
    for number in (1, 2):
        sandbox.shop.place_order([(barcode(number), 1)])
    cursor = client.get(STREAM, size=1).json["nextCursor"]

    answer = client.get(STREAM, **{"size": 1, **changed}, nextCursor=cursor)

    assert (answer.status, answer.json["message"]) == (400, "nextCursor farklı filtrelerle kullanılamaz")


@pytest.mark.parametrize(
    "query",
    [
        {"nextCursor": "nonsense"},
        {"size": 201},
        {"lastModifiedStartDate": NOW_MS - 15 * DAY, "lastModifiedEndDate": NOW_MS},
        {"packageItemStatuses": "Nothing"},
    ],
)
def test_stream_refuses_bad_parameters(client: Client, query: dict[str, Any]) -> None:
    assert client.get(STREAM, **query).status == 400


def test_stream_filters_by_status_and_window(client: Client, sandbox: Sandbox) -> None:
    early = sandbox.shop.place_order([(barcode(1), 1)], ordered_at_ms=NOW_MS - 5 * HOUR)
    late = sandbox.shop.place_order([(barcode(2), 1)], "Awaiting")

    def found(**query: Any) -> list[int]:
        return [package["shipmentPackageId"] for package in client.get(STREAM, **query).json["content"]]

    assert found(packageItemStatuses="Awaiting") == [late]
    assert found(lastModifiedEndDate=NOW_MS - 4 * HOUR) == [early]
    assert found(lastModifiedStartDate=NOW_MS - 4 * HOUR) == [late]


def test_shifted_filters_quirk_compares_with_istanbul_time(make_sandbox: Any) -> None:
    sandbox = make_sandbox(quirks={"shifted_filters"})
    sandbox.shop.load_products([product(1)])
    sandbox.shop.place_order([(barcode(1), 1)])
    client = Client(sandbox)

    true_epoch = {"lastModifiedStartDate": NOW_MS - HOUR, "lastModifiedEndDate": NOW_MS + HOUR}
    overlapped = {"lastModifiedStartDate": NOW_MS - HOUR, "lastModifiedEndDate": NOW_MS + 3 * HOUR}
    assert client.get(STREAM, **true_epoch).json["content"] == []
    assert len(client.get(STREAM, **overlapped).json["content"]) == 1


def test_histories_are_not_always_in_time_order(client: Client, sandbox: Sandbox) -> None:
    ids = [
        sandbox.shop.place_order([(barcode(n), 1)], "Delivered", ordered_at_ms=NOW_MS - 2 * DAY)
        for n in (1, 2, 3)
    ]
    orders = [[x["createdDate"] for x in only(client, key)["packageHistories"]] for key in ids]

    assert {order == sorted(order) for order in orders} == {True, False}
