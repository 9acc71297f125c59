import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.trendyol.sandbox import LineSpec, Sandbox
from integrations.trendyol.sandbox.entities import Package

from .client import SELLER, Client
from .conftest import NOW, barcode, product
from .test_claims import SAMPLES

NOW_MS = round(NOW * 1000)
DAY = 86_400_000
FINANCE = f"/integration/finance/che/sellers/{SELLER}"
SETTLEMENTS, OTHERS = f"{FINANCE}/settlements", f"{FINANCE}/otherfinancials"
ALL = "Sale,Discount,Return,DiscountCancel"


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Books without mistakes."""
    made = make_sandbox(commission_error_share=0, desi_error_share=0)
    made.shop.load_products(product(number) for number in range(1, 15))
    return made


def sell(
    sandbox: Sandbox, number: int = 1, quantity: int = 1, *, days_ago: float = 3, **line: Any
) -> Package:
    """A package delivered `days_ago`."""
    package_id = sandbox.shop.place_order(
        [LineSpec(barcode=barcode(number), quantity=quantity, **{"price": 1000, **line})],
        "Delivered",
        ordered_at_ms=NOW_MS - round((days_ago + 3) * DAY),
        last_modified_ms=NOW_MS - round(days_ago * DAY),
        takes_stock=False,
    )
    return sandbox.shop.packages[package_id]


def rows(client: Client, path: str = SETTLEMENTS, types: str = ALL, **query: Any) -> list[dict[str, Any]]:
    if not query:
        query = {"startDate": NOW_MS - 15 * DAY, "endDate": NOW_MS}
    answer = client.get(path, transactionTypes=types, size=1000, **query)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["content"]
    return found


def test_sale_is_booked_on_delivery_with_discount_and_commission(client: Client, sandbox: Sandbox) -> None:
    package = sell(sandbox, discount=100)
    sale, discount = rows(client)

    wanted = json.loads((SAMPLES / "settlements.json").read_text(encoding="utf-8"))["content"]
    assert (list(sale), list(discount)) == (list(wanted[0]), list(wanted[1]))
    assert (sale["transactionType"], sale["credit"], sale["debt"]) == ("Satış", 1000.0, 0.0)
    assert (discount["transactionType"], discount["credit"], discount["debt"]) == ("İndirim", 0.0, 100.0)
    assert (sale["commissionRate"], sale["commissionAmount"], sale["sellerRevenue"]) == (19.0, 190.0, 810.0)
    assert (discount["commissionAmount"], discount["sellerRevenue"]) == (19.0, 81.0)
    assert (sale["transactionDate"], sale["orderDate"]) == (
        package.last_modified_ms,
        package.order_ms + 3 * 3_600_000,
    )
    assert (sale["orderNumber"], sale["shipmentPackageId"]) == (package.order_number, package.package_id)
    assert sale["barcode"] == barcode(1)


def test_every_unit_has_its_own_row(client: Client, sandbox: Sandbox) -> None:
    sell(sandbox, quantity=3)

    found = rows(client)
    assert [row["credit"] for row in found] == [1000.0] * 3
    assert len({row["id"] for row in found}) == 3


def test_nothing_is_booked_before_delivery(client: Client, sandbox: Sandbox) -> None:
    package_id = sandbox.shop.place_order([(barcode(1), 1)])
    sandbox.shop.ship(package_id)
    assert rows(client) == []
    sandbox.shop.deliver(package_id)
    later = {"startDate": NOW_MS, "endDate": NOW_MS + DAY}

    assert [row["shipmentPackageId"] for row in rows(client, types="Sale", **later)] == [package_id]


def test_accepted_return_is_booked_back(client: Client, sandbox: Sandbox) -> None:
    package = sell(sandbox, quantity=2, discount=100)
    lines = [(package.lines[0].line_id, 1)]
    accepted = sandbox.shop.claim(package.package_id, lines, status="Accepted", decided_ms=NOW_MS - DAY)
    sandbox.shop.claim(package.package_id, lines, status="WaitingInAction")
    back = rows(client, types="Return,DiscountCancel")

    unit = sandbox.shop.claims[accepted].units[0]
    assert [(row["transactionType"], row["debt"], row["credit"]) for row in back] == [
        ("İade", 1000.0, 0.0),
        ("İndirim İptal", 0.0, 100.0),
    ]
    assert [row["transactionDate"] for row in back] == [NOW_MS - DAY] * 2
    assert all(row["id"].startswith(str(unit.item_id)) for row in back)
    # Not paid yet: it is set off on the day of the sale.
    assert {row["paymentDate"] for row in rows(client)} == {back[0]["paymentDate"]}


def test_rows_are_paid_on_the_wednesday_after_the_period(client: Client, sandbox: Sandbox) -> None:
    sell(sandbox, days_ago=0)
    window = {"startDate": NOW_MS - DAY, "endDate": NOW_MS}
    (unpaid,) = rows(client, **window)
    day = datetime.fromtimestamp(unpaid["paymentDate"] / 1000, UTC)

    # Delivered on Saturday 21 November; 28 days later is Saturday 19 December.
    assert (day.date().isoformat(), unpaid["paymentOrderId"], unpaid["paymentPeriod"]) == (
        "2026-12-23",
        None,
        28,
    )
    sandbox.advance((unpaid["paymentDate"] - NOW_MS) / 1000)
    (paid,) = rows(client, **window)
    assert (paid["paymentDate"], isinstance(paid["paymentOrderId"], int)) == (unpaid["paymentDate"], True)
    assert rows(client, paymentOrderId=paid["paymentOrderId"]) == [paid]
    assert rows(client, paymentDate="2026-12-23") == [paid]
    assert rows(client, paymentDate="2026-12-24") == []


def test_payment_order_is_what_its_rows_add_up_to(client: Client, sandbox: Sandbox) -> None:
    for days_ago in (44, 43, 36):
        sell(sandbox, days_ago=days_ago, discount=50)
    package = sell(sandbox, days_ago=35, discount=50)
    sandbox.shop.claim(package.package_id, status="Accepted", claimed_ms=NOW_MS - 34 * DAY)

    seen = []
    for day in ("2026-11-11", "2026-11-18"):
        (order,) = rows(client, OTHERS, "PaymentOrder", paymentDate=day)
        settled = rows(client, paymentOrderId=order["paymentOrderId"])
        taken = rows(client, OTHERS, "DeductionInvoices", paymentOrderId=order["paymentOrderId"])
        signed = sum(row["sellerRevenue"] * (1 if row["credit"] else -1) for row in settled)
        assert order["transactionType"] == "Ödeme"
        assert order["debt"] == round(signed - sum(row["debt"] for row in taken), 2)
        seen.append((len(settled), len(taken)))
    # Two sales with their discounts; of the next two one came back. Every invoice so far waited for the first.
    assert seen == [(4, 4), (6, 0)]


def test_debts_wait_for_a_wednesday_that_covers_them(client: Client, sandbox: Sandbox) -> None:
    # Shipped and delivered three weeks ago: parcels are charged at once, the sale is paid in a week.
    sell(sandbox, days_ago=21)
    window = {"startDate": NOW_MS - 15 * DAY, "endDate": NOW_MS}

    assert rows(client, OTHERS, "PaymentOrder", **window) == []
    taken = rows(client, OTHERS, "DeductionInvoices", startDate=NOW_MS - 22 * DAY, endDate=NOW_MS - 8 * DAY)
    assert {row["paymentOrderId"] for row in taken} == {None}


def test_deductions_list_the_parcels_of_a_week(client: Client, sandbox: Sandbox) -> None:
    package = sell(sandbox, days_ago=9)
    claim_id = sandbox.shop.claim(
        package.package_id, status="WaitingInAction", claimed_ms=NOW_MS - 8 * DAY, arrived_ms=NOW_MS - 7 * DAY
    )
    found = rows(client, OTHERS, "DeductionInvoices")
    cargo = next(row for row in found if row["transactionType"].startswith("Kargo Fatura"))
    platform = next(row for row in found if row["transactionType"] == "Platform Hizmet Bedeli")
    items = client.get(f"{FINANCE}/cargo-invoice/{cargo['id']}/items").json

    wanted = json.loads((SAMPLES / "otherfinancials_deduction_invoices.json").read_text(encoding="utf-8"))
    assert cargo.keys() == platform.keys() == wanted["content"][0].keys()
    assert (platform["debt"], platform["credit"]) == (6.6, 0.0)
    number = package.order_number
    assert items["content"] == [
        {
            "shipmentPackageType": kind,
            "parcelUniqueId": parcel,
            "orderNumber": number,
            "amount": 84.34,
            "desi": 2,
        }
        for kind, parcel in (
            ("Gönderi Kargo Bedeli", package.cargo_number),
            ("İade Kargo Bedeli", sandbox.shop.claims[claim_id].cargo_number),
        )
    ]
    assert cargo["debt"] == pytest.approx(2 * 84.34)
    query = {"startDate": NOW_MS - 15 * DAY, "endDate": NOW_MS, "transactionSubType": "PlatformServiceFee"}
    assert rows(client, OTHERS, "DeductionInvoices", **query) == [platform]
    assert client.get(f"{FINANCE}/cargo-invoice/{platform['id']}/items").status == 404


def test_cargo_invoice_comes_after_the_week(client: Client, sandbox: Sandbox) -> None:
    sell(sandbox, days_ago=0)

    assert rows(client, OTHERS, "DeductionInvoices") == []
    sandbox.advance(3 * 86_400)
    query = {"startDate": NOW_MS, "endDate": NOW_MS + 3 * DAY}
    labels = [row["transactionType"] for row in rows(client, OTHERS, "DeductionInvoices", **query)]
    assert len(labels) == 2


def test_both_spellings_of_the_cargo_label_occur(client: Client, sandbox: Sandbox) -> None:
    for days_ago in (1, 8):
        sell(sandbox, days_ago=days_ago)
    sandbox.advance(7 * 86_400)
    query = {"startDate": NOW_MS - 7 * DAY, "endDate": NOW_MS + 7 * DAY}

    labels = {row["transactionType"] for row in rows(client, OTHERS, "DeductionInvoices", **query)}
    assert labels == {"Kargo Faturası", "Kargo Fatura", "Platform Hizmet Bedeli"}


def test_some_units_are_charged_another_rate(make_sandbox: Any) -> None:
    sandbox = make_sandbox(commission_error_share=0.2, desi_error_share=0.2)
    sandbox.shop.load_products(product(number) for number in range(1, 15))
    client = Client(sandbox)
    for _ in range(20):
        sell(sandbox, quantity=5, days_ago=9)
    found = rows(client)

    wrong = [row for row in found if row["commissionRate"] != 19.0]
    assert 5 <= len(wrong) <= 40
    for row in found:
        assert row["commissionAmount"] == pytest.approx(row["credit"] * row["commissionRate"] / 100)
    assert rows(client) == found
    cargo = next(
        row
        for row in rows(client, OTHERS, "DeductionInvoices")
        if row["transactionType"].startswith("Kargo Fatura")
    )
    items = client.get(f"{FINANCE}/cargo-invoice/{cargo['id']}/items").json["content"]
    assert {item["desi"] for item in items} > {2}


def test_kinds_nothing_is_booked_under_are_empty(client: Client, sandbox: Sandbox) -> None:
    sell(sandbox)

    assert rows(client, types="CouponCancel,ManuelRefund") == []
    assert rows(client, OTHERS, "Stoppage") == []
    assert [row["transactionType"] for row in rows(client, types="Sale")] == ["Satış"]


def test_several_types_win_over_one(client: Client, sandbox: Sandbox) -> None:
    sell(sandbox, discount=10)
    window = {"startDate": NOW_MS - 15 * DAY, "endDate": NOW_MS}

    one = client.get(SETTLEMENTS, transactionType="Sale", **window).json
    both = client.get(SETTLEMENTS, transactionType="Sale", transactionTypes="Discount", **window).json
    assert [row["transactionType"] for row in one["content"]] == ["Satış"]
    assert [row["transactionType"] for row in both["content"]] == ["İndirim"]
    assert {name: one[name] for name in ("page", "size", "totalPages", "totalElements")} == {
        "page": 0,
        "size": 500,
        "totalPages": 1,
        "totalElements": 1,
    }


def test_rows_are_paged(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(1, 600)])
    sell(sandbox, quantity=510)
    window = {"startDate": NOW_MS - 15 * DAY, "endDate": NOW_MS, "transactionType": "Sale"}
    pages = [client.get(SETTLEMENTS, page=page, **window).json for page in (0, 1, 2)]

    assert [len(page["content"]) for page in pages] == [500, 10, 0]
    assert {(page["totalPages"], page["totalElements"]) for page in pages} == {(2, 510)}


@pytest.mark.parametrize("path", [SETTLEMENTS, OTHERS])
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"transactionType": None}, 500),
        ({"transactionType": "Nothing"}, 400),
        ({"size": 200}, 400),
        ({"page": -1}, 400),
        ({"startDate": NOW_MS - 15 * DAY - 1}, 400),
        ({"startDate": NOW_MS + 1}, 400),
        ({"startDate": None}, 400),
        ({"startDate": None, "endDate": None}, 400),
        ({"endDate": NOW_MS // 1000}, 400),
        ({"startDate": None, "endDate": None, "paymentDate": "18.11.2026"}, 400),
        ({"startDate": None, "endDate": None, "paymentDate": "2026-11-18"}, 200),
        ({"startDate": NOW_MS - 15 * DAY}, 200),
    ],
)
def test_bad_queries_are_refused(client: Client, path: str, changed: dict[str, Any], status: int) -> None:
    kind = "Sale" if path == SETTLEMENTS else "PaymentOrder"
    query = {"transactionType": kind, "startDate": NOW_MS - DAY, "endDate": NOW_MS, **changed}

    answer = client.get(path, **{name: value for name, value in query.items() if value is not None})
    assert answer.status == status


def test_both_services_share_100_calls_a_minute(client: Client, sandbox: Sandbox) -> None:
    counts = []
    for _ in range(2):
        counts += [client.get(SETTLEMENTS).status for _ in range(30)]
        counts += [client.get(OTHERS).status for _ in range(30)]
        sandbox.advance(11)

    assert counts == [500] * 100 + [429] * 20


def test_missing_storefront_is_counted(client: Client, sandbox: Sandbox) -> None:
    rows(client)
    query = {"transactionType": "Sale", "startDate": NOW_MS - DAY, "endDate": NOW_MS}
    client.call("GET", SETTLEMENTS, headers={**client.headers, "storeFrontCode": "TR"}, **query)

    assert sandbox.warnings["finance_without_storefront"] == 1


def test_archived_sales_are_booked_but_not_listed(client: Client, sandbox: Sandbox) -> None:
    order = {
        "package_id": 77,
        "order_number": "900",
        "status": "Delivered",
        "archived": True,
        "ordered_at": NOW_MS - 5 * DAY,
        "last_modified_at": NOW_MS - 2 * DAY,
        "lines": [{"barcode": barcode(1)}],
    }
    client.control("orders/bulk", [order])
    orders = f"/integration/order/sellers/{SELLER}/v2/orders"

    assert [row["orderNumber"] for row in rows(client, types="Sale")] == ["900"]
    assert client.get(orders).json["content"] == []
    assert [x["shipmentPackageId"] for x in client.get(orders, orderNumber="900").json["content"]] == [77]
