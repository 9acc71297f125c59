"""The page "Mutabakat", its sums, the list of rows and the workbook."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.models import Settlement
from integrations.reconciliation import against_us, differing, kinds_of, months, payment_ids, payments, unpaid
from orders.enums import OrderState
from tests.factories import make_order, make_user

pytestmark = pytest.mark.django_db

URL = "/admin/integrations/settlement/reconciliation/"
LIST = "/admin/integrations/settlement/"
NOW = timezone.now()
_numbers = count(1)


@pytest.fixture
def office() -> Client:
    """The web client: in this folder `client` is the marketplace's."""
    browser = Client()
    browser.force_login(make_user(OFFICE))
    return browser


def money(text: str) -> Decimal:
    return Decimal(text)


def row(kind: str = "Sale", amount: str = "1000", **fields: Any) -> Settlement:
    """A row with 19 % commission as expected; a sale is owed to us, everything else by us."""
    value = Decimal(amount)
    commission = (value * 19 / 100).quantize(Decimal("0.01"))
    values: dict[str, Any] = {
        "kind": kind,
        "record_id": f"r{next(_numbers)}",
        "credit" if kind in {"Sale", "DiscountCancel"} else "debt": value,
        "commission_rate": 19,
        "commission_amount": commission,
        "expected_commission": commission,
        "seller_revenue": value - commission,
        "transaction_at": NOW,
        "read_at": NOW,
        **fields,
    }
    return Settlement.objects.create(**values)


def payment_row(number: str, amount: str, **fields: Any) -> Settlement:
    values = {
        "commission_rate": None,
        "commission_amount": None,
        "expected_commission": None,
        "seller_revenue": None,
    }
    return row("PaymentOrder", amount, payment_order_id=number, **{**values, **fields})


def deduction(amount: str, **fields: Any) -> Settlement:
    values = {
        "commission_rate": None,
        "commission_amount": None,
        "expected_commission": None,
        "seller_revenue": None,
    }
    return row("DeductionInvoices", amount, **{**values, **fields})


# --- sums -------------------------------------------------------------------------------------------------------


def test_payment_is_compared_with_the_rows_it_pays() -> None:
    row(amount="1000", payment_order_id="7", payment_date=date(2026, 11, 18))
    row("Discount", "100", payment_order_id="7")
    row("Return", "500", payment_order_id="7")
    deduction("50", payment_order_id="7")
    row(amount="333", payment_order_id="8")
    payment_row("7", "264.00")

    (paid,) = payments(["7"])

    assert (paid.payment_order_id, paid.paid, paid.paid_on) == ("7", money("264.00"), date(2026, 11, 18))
    totals = paid.totals
    assert (totals.rows, totals.credit, totals.debt) == (4, money("1000"), money("650"))
    # 810 − 81 − 405 of our share, less the invoice.
    assert (totals.net, paid.unexplained) == (money("274.00"), money("-10.00"))
    assert (totals.commission, totals.charged, totals.expected) == (money("76"), money("76"), money("76"))
    assert (totals.overcharged, totals.differences, totals.compared) == (money("0"), 0, 3)


def test_payment_whose_row_is_unknown_explains_nothing() -> None:
    row(payment_order_id="7")

    (paid,) = payments(["7", "gone"])

    assert (paid.paid, paid.unexplained) == (None, None)


@pytest.mark.parametrize(
    ("kind", "charged", "differs", "cost"),
    [
        ("Sale", "190.05", False, "0.05"),
        ("Sale", "190.06", True, "0.06"),
        ("Sale", "189.94", True, "-0.06"),
        ("Return", "189.94", True, "0.06"),
        ("Return", "190.06", True, "-0.06"),
    ],
)
def test_difference_counts_beyond_the_tolerance_and_has_a_direction(
    kind: str, charged: str, differs: bool, cost: str
) -> None:
    one = row(kind, commission_amount=charged, payment_order_id="7")
    one.refresh_from_db()

    assert differing(Settlement.objects.all()).exists() is differs
    assert against_us(one) == money(cost)
    assert payments(["7"])[0].totals.overcharged == money(cost)
    assert payments(["7"])[0].totals.differences == differs


def test_rows_that_cannot_be_compared_are_no_difference() -> None:
    one = row(expected_commission=None)

    assert not differing(Settlement.objects.all()).exists()
    assert unpaid().compared == 0
    with pytest.raises(ValueError, match="cannot be compared"):
        against_us(one)


def test_months_are_istanbuls_and_without_payments() -> None:
    # 21:30 UTC on the 31st is already November in Istanbul.
    row(transaction_at=datetime.fromisoformat("2026-10-31T21:30:00+00:00"))
    row(transaction_at=datetime.fromisoformat("2026-10-31T20:30:00+00:00"), amount="500")
    payment_row("7", "99", transaction_at=datetime.fromisoformat("2026-10-31T20:30:00+00:00"))

    found = [(month.month, month.totals.rows, month.totals.credit) for month in months()]

    assert found == [(date(2026, 11, 1), 1, money("1000")), (date(2026, 10, 1), 1, money("500"))]


def test_unpaid_rows_are_added_up() -> None:
    row(amount="1000")
    row("Return", "500")
    row(payment_order_id="7")

    assert (unpaid().rows, unpaid().net) == (2, money("405.00"))
    assert (unpaid().credit, unpaid().debt) == (money("1000"), money("500"))


def test_nothing_read_is_zero_and_not_an_error() -> None:
    assert (unpaid().rows, unpaid().net) == (0, money("0"))
    assert [*months(), *payment_ids()] == []


def test_kinds_of_a_payment_come_largest_first() -> None:
    row("Return", "500", payment_order_id="7")
    row(payment_order_id="7")
    payment_row("7", "1")

    assert [(one.kind, one.totals.net) for one in kinds_of("7")] == [
        ("Sale", money("810.00")),
        ("Return", money("-405.00")),
    ]


def test_payments_come_newest_first() -> None:
    for number, days in (("1", 3), ("2", 1), ("3", 2)):
        row(payment_order_id=number, transaction_at=NOW - timedelta(days=days))

    assert list(payment_ids()) == ["2", "3", "1"]


# --- the page ---------------------------------------------------------------------------------------------------


def test_page_shows_payments_months_and_differences_with_their_orders(office: Client) -> None:
    order = make_order(status=OrderState.DELIVERED, order_number="11900000110")
    row(payment_order_id="7", commission_amount="200", order=order, order_number="11900000110")
    payment_row("7", "800")

    response = office.get(URL)
    context = response.context

    assert [paid.payment_order_id for paid in context["payments"]] == ["7"]
    assert [cost for _row, _label, cost in context["differences"]] == [money("10.00")]
    assert (context["difference_count"], len(context["months"])) == (1, 1)
    text = response.content.decode()
    assert reverse("admin:orders_order_change", args=[order.pk]) in text
    assert "800,00 ₺" in text


def test_one_payment_is_shown_by_kind(office: Client) -> None:
    row(payment_order_id="7")
    row(payment_order_id="8", commission_amount="200")

    context = office.get(URL, {"payment": "7"}).context

    assert [paid.payment_order_id for paid in context["payments"]] == ["7"]
    assert ([one.kind for one in context["kinds"]], context["difference_count"]) == (["Sale"], 0)


@pytest.mark.parametrize("payment", ["nope", "<b>", "9" * 60])
def test_payment_that_is_none_is_answered_with_a_sentence(office: Client, payment: str) -> None:
    response = office.get(URL, {"payment": payment})

    assert (response.status_code, response.context["payments"]) == (200, [])
    assert "<b>" not in response.content.decode().replace("<body", "")


@pytest.mark.parametrize(
    ("text", "count", "refused"),
    [
        ("", 1, ""),
        ("20", 0, ""),
        ("9,99", 1, ""),
        ("10,00", 0, ""),
        ("viel", 1, "viel"),
        ("-1", 1, "-1"),
        ("99999", 1, "99999"),
    ],
)
def test_tolerance_may_be_set_and_a_wrong_one_is_named(
    office: Client, text: str, count: int, refused: str
) -> None:
    row(commission_amount="200")

    context = office.get(URL, {"tolerance": text}).context

    assert (context["difference_count"], context["refused"]) == (count, refused)


def test_payments_are_paged(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.admin_settlements.PAYMENTS_PER_PAGE", 2)
    for number in ("1", "2", "3"):
        row(payment_order_id=number, transaction_at=NOW + timedelta(days=int(number)))

    pages = [office.get(URL, {"page": page}).context["payments"] for page in ("1", "2", "x")]

    assert [[paid.payment_order_id for paid in page] for page in pages] == [["3", "2"], ["1"], ["3", "2"]]


def test_empty_accounts_say_so(office: Client) -> None:
    context = office.get(URL).context

    assert (context["payments"], context["months"], context["differences"]) == ([], [], [])


@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (WAREHOUSE, 403), (ANALYST, 403), (None, 302)]
)
def test_pages_open_with_both_rights(role: str | None, status: int) -> None:
    browser = Client()
    browser.force_login(make_user(role))

    assert [browser.get(url).status_code for url in (URL, f"{URL}export/")] == [status, status]


@pytest.mark.parametrize("right", ["view_money", "view_settlement"])
def test_one_of_the_rights_is_not_enough(right: str) -> None:
    person = make_user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename=right))
    browser = Client()
    browser.force_login(person)

    assert [browser.get(url).status_code for url in (URL, f"{URL}export/")] == [403, 403]


def test_page_takes_as_many_queries_for_four_payments_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    def another(number: str) -> None:
        order = make_order(status=OrderState.DELIVERED)
        row(payment_order_id=number, order=order, commission_amount="200")
        row("Return", payment_order_id=number)
        payment_row(number, "1")

    another("1")
    office.get(URL)
    with CaptureQueriesContext(connection) as one:
        office.get(URL)
    for number in ("2", "3", "4"):
        another(number)

    with django_assert_num_queries(len(one)):
        office.get(URL)


# --- the list ---------------------------------------------------------------------------------------------------


def records(client: Client, **query: str) -> list[str]:
    return sorted(one.record_id for one in client.get(LIST, query).context["cl"].result_list)


def test_list_is_narrowed_by_kind_payment_and_difference(office: Client) -> None:
    row(record_id="plain")
    row(record_id="paid", payment_order_id="112360")
    row("Return", record_id="wrong", commission_amount="1")
    row(record_id="unknown", expected_commission=None, order_number="11900000110")

    found = {
        name: records(office, **query)
        for name, query in {
            "kind": {"kind": "Return"},
            "paid": {"paid": "yes"},
            "unpaid": {"paid": "no"},
            "differs": {"commission": "differs"},
            "unchecked": {"commission": "unchecked"},
            "number": {"q": "11900000110"},
            "payment": {"q": "112360"},
        }.items()
    }

    assert found == {
        "kind": ["wrong"],
        "paid": ["paid"],
        "unpaid": ["plain", "unknown", "wrong"],
        "differs": ["wrong"],
        "unchecked": ["unknown"],
        "number": ["unknown"],
        "payment": ["paid"],
    }


def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    row(order=make_order(status=OrderState.DELIVERED))
    office.get(LIST)
    with CaptureQueriesContext(connection) as one:
        office.get(LIST)
    row(order=make_order(status=OrderState.DELIVERED))
    row()

    with django_assert_num_queries(len(one)):
        office.get(LIST)


def test_amounts_are_hidden_without_the_right_to_see_them() -> None:
    person = make_user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_settlement"))
    browser = Client()
    browser.force_login(person)
    one = row(amount="1234.50")

    pages = [browser.get(LIST), browser.get(reverse("admin:integrations_settlement_change", args=[one.pk]))]

    assert [page.status_code for page in pages] == [200, 200]
    assert [
        text for page in pages for text in ("1.234,50", "234,56", "999,9") if text in page.content.decode()
    ] == []


# --- Excel ------------------------------------------------------------------------------------------------------


def test_workbook_holds_payments_months_differences_and_rows(office: Client) -> None:
    row(payment_order_id="7", commission_amount="200", order_number="11900000110", package_id=3330100013)
    payment_row("7", "800")
    row(transaction_at=NOW - timedelta(days=200))

    response = office.get(f"{URL}export/")
    book = load_workbook(BytesIO(response.content))

    assert "xlsx" in response.headers["Content-Disposition"]
    sizes = [sheet.max_row - 1 for sheet in book.worksheets]
    assert sizes == [1, 2, 1, 2]
    with translation.override("tr"):
        rows = list(book.worksheets[2].iter_rows(values_only=True))
    difference = dict(zip(rows[0], rows[1], strict=True))
    assert (list(difference.values())[3:5], list(difference.values())[-1]) == (
        ["11900000110", "3330100013"],
        10,
    )


def test_workbook_of_one_payment_holds_its_rows_alone(office: Client) -> None:
    row(payment_order_id="7")
    row(payment_order_id="8")

    book = load_workbook(BytesIO(office.get(f"{URL}export/", {"payment": "7"}).content))

    assert [sheet.max_row - 1 for sheet in book.worksheets] == [1, 0, 1]


def test_texts_that_look_like_formulas_stay_texts(office: Client) -> None:
    row(payment_order_id="7", description='=HYPERLINK("http://x")', barcode="+1", order_number="@2")

    book = load_workbook(BytesIO(office.get(f"{URL}export/", {"payment": "7"}).content))

    cells = [cell for line in book.worksheets[2].iter_rows(min_row=2) for cell in line]
    texts = {cell.value: cell.data_type for cell in cells if str(cell.value)[:1] in "=+@"}
    assert texts == {'=HYPERLINK("http://x")': "s", "+1": "s", "@2": "s"}
