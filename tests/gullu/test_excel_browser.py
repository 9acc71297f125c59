"""A sheet from the download to the written rows, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from catalog.models import Variant
from gullu.models import JobRun, User
from gullu.roles import OFFICE
from tests.desk.looking import scrolls_sideways
from tests.factories import make_product, make_user, make_variant
from tests.gullu.excelkit import workbook
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    PHONE,
    chromium,
    contexts,
    pytest_collection_modifyitems,
    serious_findings,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
HEADS = ("Barkod", "Liste fiyatı", "Satış fiyatı")


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


@pytest.fixture
def boots() -> Variant:
    return make_variant("8680000000017", product=make_product("GA-1042"), colour="İğne Ucu")


@pytest.fixture
def visit(contexts: Callable[..., Any], sign_in: Callable[..., None], live_server: Any) -> Callable[..., Any]:  # noqa: F811
    """Open an address as a person, on a device of its own."""

    def run(user: User, address: str, **options: Any) -> Any:
        context = contexts(accept_downloads=True, **options)
        sign_in(context, user)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        return page

    return run


def test_downloaded_prices_are_filled_in_looked_at_and_written(
    visit: Callable[..., Any], boots: Variant, tmp_path: Any
) -> None:
    make_variant("8680000000024", product=boots.product, colour="Ekru")
    page = visit(make_user(OFFICE), "/excel/?kind=prices")

    page.fill("[name=q]", "iğne")
    with page.expect_download() as download:
        page.click("button[value=xlsx]")
    path = tmp_path / "fiyatlar.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(row=2, column=places["Satış fiyatı"], value="459,90")
    count = sheet.max_row
    book.save(path)
    page.set_input_files("[name=file]", path)
    page.click("form[data-once] button")
    page.locator(".ex-row.ex-CHANGED", has_text="GA-1042 İğne Ucu 37").wait_for()
    seen = page.locator(".ex-change del").inner_text(), page.locator(".ex-change ins").inner_text()
    before = Variant.objects.get(pk=boots.pk).sale_price
    page.dblclick("button[value=all]")
    page.locator(".lb-status.g-good").wait_for()

    assert (count, seen, before) == (2, ("500,00", "459,90"), Decimal("500.00"))
    assert Variant.objects.get(pk=boots.pk).sale_price == Decimal("459.90")
    assert JobRun.objects.filter(name="apply_excel").count() == 1


@pytest.mark.parametrize("device", [{}, {"viewport": PHONE}])
def test_pages_fit_the_screen_and_name_their_fields(
    visit: Callable[..., Any], boots: Variant, device: dict[str, Any]
) -> None:
    page = visit(make_user(OFFICE), "/excel/?kind=products", **device)
    found = [(serious_findings(page), scrolls_sideways(page))]
    rows = [HEADS, (boots.barcode, 900, 800), ("8690000000001", 1, 1)]
    content = {"name": "fiyat.xlsx", "mimeType": "", "buffer": workbook(*rows)}

    page.click("a[href$='kind=prices']")
    page.set_input_files("[name=file]", files=[content])
    page.click("form[data-once] button")
    page.locator(".ex-row.ex-WRONG").wait_for()
    found.append((serious_findings(page), scrolls_sideways(page)))

    own = [([one for one in findings if "ex-" in one or "lb-" in one], wide) for findings, wide in found]
    assert own == [([], False), ([], False)]
