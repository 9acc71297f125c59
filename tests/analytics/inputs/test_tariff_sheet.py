"""The sheet of cargo tariffs: rows found and made, refused in one sentence, taken back as it was downloaded."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import CargoTariff
from gullu.excel.kinds import kinds
from gullu.excel.lines import Outcome
from gullu.excel.writing import write_workbook
from gullu.roles import ANALYST, MANAGER, OFFICE
from tests.analytics.inputs.kit import tariff
from tests.factories import make_superuser, make_user
from tests.gullu.excelkit import applied, give, given, preview

pytestmark = pytest.mark.django_db

KIND = "cargo-tariffs"
HEADS = (
    "Kargo firması",
    "Up to desi",
    "Orders below",
    "Valid from",
    "Last day",
    "Price",
    "Price of a return",
)


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


def row(
    carrier: Any = "Aras Kargo", desi: Any = 2, below: Any = None, first: Any = "01.01.2026", **more: Any
) -> Any:
    return (carrier, desi, below, first, more.get("last"), more.get("price", "84,90"), more.get("back"))


def rows() -> list[tuple[Any, ...]]:
    found = CargoTariff.objects.order_by("carrier", "valid_from", "desi_to")
    return list(
        found.values_list(
            "carrier", "desi_to", "order_below", "valid_from", "valid_to", "price", "return_price"
        )
    )


def test_price_list_is_taken_in() -> None:
    old = tariff()
    lines = [
        row(first=date(2026, 1, 1), last="30.06.2026", price=None),
        row(first="01.07.2026", price="99,90", back="99,90"),
        row("*", 3, "350", "2026-07-01", price=41.9),
    ]

    applied(KIND, HEADS, *lines, user=make_superuser())

    old.refresh_from_db()
    assert (old.valid_to, old.price) == (date(2026, 6, 30), Decimal("80.00"))
    assert rows()[0] == ("", Decimal(3), Decimal(350), date(2026, 7, 1), None, Decimal("41.90"), None)
    assert rows()[2][3:] == (date(2026, 7, 1), None, Decimal("99.90"), Decimal("99.90"))


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (row(first="01.07.2026"), "01.01.2026"),
        (row(desi="0"), "0"),
        (row(price="-5"), "-5"),
        (row("Sürat", price=None), "Sürat"),
        (row("Sürat", last="31.12.2025"), "31.12.2025"),
        (row("Sürat", first="31.02.2026"), "31.02.2026"),
        (row("Sürat", first=None), ""),
    ],
)
def test_row_that_cannot_be_is_refused_in_one_sentence(line: Any, value: str) -> None:
    tariff()

    (found,) = given(KIND, HEADS, line, user=make_superuser())

    assert (found.outcome, len(found.problems), value in found.problems[0]) == (Outcome.WRONG, 1, True)


def test_download_handed_in_again_changes_nothing() -> None:
    tariff(order_below=Decimal(350), return_price=None)
    tariff("", valid_to=date(2026, 6, 30))
    out = io.BytesIO()
    resource = kinds()[KIND](money=True)
    write_workbook(out, resource, resource.found(""))
    owner = make_superuser()

    found = preview(give(KIND, out.getvalue(), user=owner), user=owner)

    assert [line.outcome for line in found] == [Outcome.SAME, Outcome.SAME]


@pytest.mark.parametrize(("role", "answer"), [(MANAGER, 200), (ANALYST, 200), (OFFICE, 403)])
def test_sheet_is_for_who_sees_tariffs(client: Client, role: str, answer: int) -> None:
    client.force_login(make_user(role))

    assert client.get(reverse("excel:download", args=[KIND])).status_code == answer
