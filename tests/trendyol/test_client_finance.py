"""The accounts: what is asked for, and how rows are read. The samples are the contract's own."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from integrations.trendyol.schemas import CargoInvoiceItem, SettlementRow, validate_each
from tests.trendyol.clientkit import HOST, SELLER, make_client, sample

pytestmark = pytest.mark.usefixtures("untranslated")


def query(web: responses.RequestsMock) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(web.calls[-1].request.url or "").query))


FINANCE = f"{HOST}/integration/finance/che/sellers/{SELLER}"
WINDOW = {"start_ms": 1_794_000_000_000, "end_ms": 1_795_000_000_000}


def test_settlements_of_one_kind_are_asked_for_by_its_name(web: responses.RequestsMock) -> None:
    web.add("GET", f"{FINANCE}/settlements", body=sample("settlements"))

    page = make_client().settlements(["Sale"], **WINDOW, page=2, size=500)

    assert query(web) == {
        "transactionType": "Sale",
        "startDate": "1794000000000",
        "endDate": "1795000000000",
        "page": "2",
        "size": "500",
    }
    rows, bad = validate_each(SettlementRow, page.content)
    assert ([row.credit for row in rows[:2]], bad) == ([Decimal("2450.0"), Decimal("0.0")], [])
    assert (rows[0].commission_amount, rows[0].package_id, rows[0].label) == (
        Decimal("465.5"),
        3330100013,
        "Satış",
    )


def test_several_kinds_of_other_financials_are_a_list(web: responses.RequestsMock) -> None:
    web.add("GET", f"{FINANCE}/otherfinancials", body=sample("otherfinancials_deduction_invoices"))

    page = make_client().other_financials(
        ["DeductionInvoices", "Stoppage"], **WINDOW, sub_kind="PlatformServiceFee"
    )

    assert query(web) == {
        "transactionTypes": "DeductionInvoices,Stoppage",
        "transactionSubType": "PlatformServiceFee",
        "startDate": "1794000000000",
        "endDate": "1795000000000",
        "page": "0",
        "size": "1000",
    }
    rows, bad = validate_each(SettlementRow, page.content)
    assert ([row.label for row in rows if row.is_cargo_invoice], bad) == (
        [row.label for row in rows if "kargo" in row.label.casefold()],
        [],
    )


def test_a_cargo_invoice_names_its_parcels(web: responses.RequestsMock) -> None:
    web.add("GET", f"{FINANCE}/cargo-invoice/DCF%2F1/items", body=sample("cargo_invoice_items"))

    page = make_client().cargo_invoice_items("DCF/1")

    items, bad = validate_each(CargoInvoiceItem, page.content)
    assert [(item.parcel_id, item.amount) for item in items] == [
        ("7330027504110013", Decimal("84.34")),
        ("7260001151140001", Decimal("84.34")),
    ]
    assert (query(web), bad) == ({"page": "0", "size": "500"}, [])
