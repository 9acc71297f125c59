"""Sheets of products, prices and costs: what they make and change, and what they refuse."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import BarcodeAlias, Product, Variant
from gullu.excel.errors import PreviewOutdated, RowsWrong
from gullu.excel.kinds import kinds
from gullu.excel.services import decide
from gullu.excel.writing import write_csv, write_workbook
from gullu.models import User
from gullu.roles import WAREHOUSE
from tests.factories import make_product, make_superuser, make_user, make_variant
from tests.gullu.excelkit import (
    applied,
    cells,
    give,
    given,
    left_out,
    notes,
    outcomes,
    preview,
    problems,
    told,
    workbook,
)

pytestmark = pytest.mark.django_db
PRICES = ("Barkod", "Liste fiyatı", "Satış fiyatı")
MODEL = ("Model kodu", "Başlık", "Renk", "Beden", "Barkod")


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


@pytest.fixture
def owner() -> User:
    return make_superuser()


@pytest.fixture
def boots() -> Variant:
    return make_variant("8680000000017", product=make_product("GA-1042"), colour="Siyah", size="37")


def price_of(variant: Variant) -> tuple[Any, Any]:
    variant.refresh_from_db()
    return variant.list_price, variant.sale_price


def last_change(model: str) -> Any:
    return apps.get_model("catalog", model).objects.filter(pgh_label="update").latest("pgh_id")


# --- prices and costs ---------------------------------------------------------------------------------------------


def test_prices_are_shown_before_and_changed_after_the_decision(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(PRICES, (boots.barcode, "1.499,90", 1299.9)), user=owner)

    shown = told(preview(excel, user=owner))
    before = price_of(boots)
    decide(excel=excel, only_valid=False, user=owner)

    assert shown == [
        (2, "CHANGED", [("Liste fiyatı", "600,00", "1.499,90"), ("Satış fiyatı", "500,00", "1.299,90")])
    ]
    assert before == (Decimal("600.00"), Decimal("500.00"))
    assert price_of(boots) == (Decimal("1499.90"), Decimal("1299.90"))


def test_empty_cell_changes_nothing_and_a_dash_empties(owner: User, boots: Variant) -> None:
    applied("prices", PRICES, (boots.barcode, "-", ""), user=owner)

    assert price_of(boots) == (None, Decimal("500.00"))


def test_row_that_says_what_is_so_is_unchanged(owner: User, boots: Variant) -> None:
    rows = given("prices", PRICES, (boots.barcode, "600", "500,00"), user=owner)

    assert told(rows) == [(2, "SAME", [])]


@pytest.mark.parametrize(
    "cells_",
    [
        ("abc", ""),
        ("", "0"),
        ("", "-5"),
        ("400", ""),
        ("", "12,345"),
        (True, ""),
        ("#N/A", ""),
        ("#YOK", ""),
    ],
)
def test_what_is_no_price_is_refused_with_one_sentence(
    owner: User, boots: Variant, cells_: tuple[Any, Any]
) -> None:
    rows = given("prices", PRICES, (boots.barcode, *cells_), user=owner)

    assert outcomes(rows) == ["WRONG"]
    assert len(problems(rows)) == 1


def test_every_wrong_cell_of_a_row_is_named(owner: User, boots: Variant) -> None:
    rows = given("prices", PRICES, (boots.barcode, "abc", "xyz"), user=owner)

    assert [("abc" in one, "xyz" in one) for one in problems(rows)] == [(True, False), (False, True)]


def test_barcode_that_is_not_there_is_named(owner: User) -> None:
    rows = given("prices", PRICES, ("8690000000001", 10, 5), (None, 10, 5), user=owner)

    assert outcomes(rows) == ["WRONG", "WRONG"]
    assert "8690000000001" in problems(rows)[0]


def test_barcode_that_stands_twice_is_wrong_in_both_rows(owner: User, boots: Variant) -> None:
    rows = given("prices", PRICES, (boots.barcode, 900, 800), (boots.barcode, 700, 650), user=owner)

    assert outcomes(rows) == ["WRONG", "WRONG"]
    assert [re.findall(r"\b[23]\b", one) for one in problems(rows)] == [["3"], ["2"]]


def test_costs_take_a_currency(owner: User, boots: Variant) -> None:
    applied("costs", ("Barkod", "Maliyet", "Para birimi"), (boots.barcode, 12.5, "usd"), user=owner)

    boots.refresh_from_db()
    assert (boots.cost, boots.cost_currency) == (Decimal("12.50"), "USD")


def test_nothing_is_written_while_a_row_is_wrong(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(PRICES, (boots.barcode, 900, 800), ("x", 1, 1)), user=owner)

    with pytest.raises(RowsWrong):
        decide(excel=excel, only_valid=False, user=owner)

    assert price_of(boots) == (Decimal("600.00"), Decimal("500.00"))


def test_only_the_right_rows_are_written_if_asked_for(owner: User, boots: Variant) -> None:
    standing = applied("prices", PRICES, ("x", 1, 1), (boots.barcode, 900, 800), user=owner, only_valid=True)

    assert price_of(boots) == (Decimal(900), Decimal(800))
    assert [(row.number, len(row.problems)) for row in left_out(standing)] == [(2, 1)]
    assert standing.applied is not None
    assert {name: standing.applied.counts[name] for name in ("changed", "wrong", "rows")} == {
        "changed": 1,
        "wrong": 1,
        "rows": 2,
    }


def test_row_changed_by_somebody_else_since_the_preview_is_refused(owner: User, boots: Variant) -> None:
    other = make_variant()
    rows = ((boots.barcode, 900, 800), (other.barcode, 900, 800))
    excel = give("prices", workbook(PRICES, *rows), user=owner)
    Variant.objects.filter(pk=boots.pk).update(sale_price=Decimal(555))

    with pytest.raises(PreviewOutdated) as caught:
        decide(excel=excel, only_valid=False, user=owner)

    assert ("500,00" in caught.value.message, "555,00" in caught.value.message) == (True, True)
    assert price_of(boots)[1] == Decimal(555)
    assert price_of(other)[1] == Decimal(500)
    # The preview is made anew, and can be taken now.
    assert told(preview(excel, user=owner))[0][2][1] == ("Satış fiyatı", "555,00", "800,00")
    decide(excel=excel, only_valid=False, user=owner)
    assert price_of(boots)[1] == Decimal(800)


def test_valid_rows_leave_out_what_changed_since_the_preview(owner: User, boots: Variant) -> None:
    other = make_variant()
    rows = ((boots.barcode, 900, 800), (other.barcode, 900, 800), ("x", 1, 1))
    excel = give("prices", workbook(PRICES, *rows), user=owner)
    Variant.objects.filter(pk=boots.pk).update(sale_price=Decimal(555))

    standing = decide(excel=excel, only_valid=True, user=owner)

    assert (price_of(boots)[1], price_of(other)[1]) == (Decimal(555), Decimal(800))
    assert [row.number for row in left_out(standing)] == [2, 4]


def test_reason_of_a_row_left_out_is_the_one_of_the_preview(owner: User, boots: Variant) -> None:
    rows = ((boots.barcode, 400, ""), (make_variant().barcode, 900, 800))
    shown = given("prices", PRICES, *rows, user=owner)

    standing = applied("prices", PRICES, *rows, user=owner, only_valid=True)

    assert problems(left_out(standing)) == problems(shown)


def test_row_that_was_wrong_in_the_preview_is_never_taken_unseen(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(PRICES, (boots.barcode, 900, 800), ("8690000000001", 9, 8)), user=owner)
    late = make_variant("8690000000001")

    standing = decide(excel=excel, only_valid=True, user=owner)

    assert price_of(late)[1] == Decimal(500)
    assert [row.number for row in left_out(standing)] == [3]


def test_history_names_who_applied(owner: User, boots: Variant) -> None:
    applied("prices", PRICES, (boots.barcode, 900, 800), user=owner)

    assert last_change("VariantHistory").pgh_context.metadata["user"] == owner.pk


# --- products -----------------------------------------------------------------------------------------------------


def test_new_model_is_made_with_its_barcodes(owner: User) -> None:
    heads = (*MODEL, "Satış fiyatı", "Maliyet", "KDV", "Desi", "Barkod active")
    rows = [
        ("GA-2001", "Çizme İğne", "Siyah", 37, "", "899,90", 300, "%20", "1,5", "hayır"),
        ("GA-2001", "", "siyah", "37,5", "8699999999999", "", "", "", "", ""),
    ]

    shown = given("products", heads, *rows, user=owner)
    applied("products", heads, *rows, user=owner)

    product = Product.objects.get(code="GA-2001")
    made = Variant.objects.filter(product=product).order_by("size")
    assert outcomes(shown) == ["NEW", "NEW"]
    assert told(shown)[0][2][0] == ("Başlık", "", "Çizme İğne")
    assert (product.title, product.vat_rate, product.desi, product.draft) == (
        "Çizme İğne",
        20,
        Decimal("1.5"),
        False,
    )
    assert [(row.colour, row.size, row.sale_price, row.cost, row.stock_code) for row in made] == [
        ("Siyah", "37", Decimal("899.90"), Decimal("300.00"), "GA-2001-37 Siyah"),
        ("Siyah", "37,5", None, None, "GA-2001-37,5 Siyah"),
    ]
    assert (len(made[0].barcode), made[1].barcode) == (13, "8699999999999")


def test_preview_of_new_barcodes_takes_none_from_the_series(owner: User) -> None:
    rows = given("products", MODEL, ("GA-1", "Bot", "Siyah", 37, ""), user=owner)

    assert outcomes(rows) == ["NEW"]
    assert (Product.objects.count(), Variant.objects.count()) == (0, 0)


def test_model_and_barcode_are_changed_by_one_row(owner: User, boots: Variant) -> None:
    heads = ("Barkod", "Başlık", "Marka", "Stok kodu", "Güvenlik payı")
    row = (boots.barcode, "Yeni başlık", "-", "-", 3)

    shown = given("products", heads, row, user=owner)
    applied("products", heads, row, user=owner)

    boots.refresh_from_db()
    assert told(shown) == [
        (
            2,
            "CHANGED",
            [
                ("Başlık", "Topuklu Ayakkabı", "Yeni başlık"),
                ("Marka", "Güllü", ""),
                ("Stok kodu", "GA-1042-37 Siyah", ""),
                ("Güvenlik payı", "0", "3"),
            ],
        )
    ]
    assert (boots.product.title, boots.product.brand, boots.stock_code, boots.safety_buffer) == (
        "Yeni başlık",
        "",
        "",
        3,
    )
    assert last_change("ProductHistory").pgh_context.metadata["user"] == owner.pk


def test_what_a_row_says_about_its_model_is_told_once(owner: User, boots: Variant) -> None:
    other = make_variant(product=boots.product, size="38")

    rows = given("products", ("Barkod", "Başlık"), (boots.barcode, "A"), (other.barcode, "A"), user=owner)

    assert told(rows) == [(2, "CHANGED", [("Başlık", "Topuklu Ayakkabı", "A")]), (3, "SAME", [])]


def test_rows_of_one_model_have_to_agree(owner: User, boots: Variant) -> None:
    other = make_variant(product=boots.product, size="38")

    rows = given("products", ("Barkod", "Başlık"), (boots.barcode, "A"), (other.barcode, "B"), user=owner)

    assert outcomes(rows) == ["CHANGED", "WRONG"]
    assert "GA-1042" in problems(rows)[0]


def test_model_alone_is_made_and_changed(owner: User, boots: Variant) -> None:
    rows = (("GA-9", "Yeni model"), ("GA-1042", "Başka"))
    applied("products", ("Model kodu", "Başlık"), *rows, user=owner)

    assert list(Product.objects.order_by("code").values_list("code", "title")) == [
        ("GA-1042", "Başka"),
        ("GA-9", "Yeni model"),
    ]


def test_colour_and_size_mean_the_barcode_that_is_there(owner: User, boots: Variant) -> None:
    heads = ("Model kodu", "Renk", "Beden", "Güvenlik payı")
    applied("products", heads, ("GA-1042", "SİYAH", 37, 4), user=owner)

    boots.refresh_from_db()
    assert (boots.safety_buffer, Variant.objects.count()) == (4, 1)


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (("", "A", "Siyah", 37, "8699999999999"), ()),
        (("GA-1042", "", "Siyah", "", ""), ("GA-1042",)),
        (("GA-1042", "", "", "", "8699999999999"), ("GA-1042",)),
        (("GA-9", "", "Siyah", 37, ""), ("GA-9",)),
        (("ga-1042", "A", "", "", ""), ("ga-1042", "GA-1042")),
        (("GA-9", "A", "", "", "8680000000017"), ("GA-9", "GA-1042", "8680000000017")),
        (("GA-1042", "", "Ekru", 37, "8680000000017"), ("8680000000017", "Ekru")),
        (("GA-1042", "", "Siyah", 37, "8699999999999"), ("8680000000017",)),
        (("GA-1042", "", "Siyah", 38, "8690000000018"), ("8690000000018",)),
        (("GA-1042", "", "Siyah", 38, "86/99"), ("86/99",)),
        (("GA-1042", "-", "", "", ""), ()),
        (("GA-1042", "x" * 101, "", "", ""), ("101",)),
        (("GA-1042", "", "Siyah", 38, 8.68e18), ()),
    ],
)
def test_row_that_cannot_be_meant_is_refused(
    owner: User, boots: Variant, row: tuple[Any, ...], names: tuple[str, ...]
) -> None:
    BarcodeAlias.objects.create(code="8690000000018", variant=boots)

    rows = given("products", MODEL, row, user=owner)

    assert outcomes(rows) == ["WRONG"]
    assert [name in problems(rows)[0] for name in names] == [True] * len(names)


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("KDV", 18),
        ("Desi", 0),
        ("Desi", "1,55"),
        ("Menşei", "Türkiye"),
        ("Kimin için", "Kediler"),
        ("barcode active", "belki"),
        ("Güvenlik payı", "1,5"),
        ("Güvenlik payı", "-3"),
        ("KDV", "-"),
        ("Maliyet", "-1"),
        ("Para birimi", "EUR"),
    ],
)
def test_value_a_column_does_not_take_is_refused(
    owner: User, boots: Variant, heading: str, value: Any
) -> None:
    rows = given("products", ("Barkod", heading), (boots.barcode, value), user=owner)

    assert (outcomes(rows), len(problems(rows))) == (["WRONG"], 1)


def test_draft_is_finished_on_its_own_page(owner: User) -> None:
    draft = make_variant(product=make_product("GA-7", draft=True))

    rows = given("products", ("Barkod", "Başlık"), (draft.barcode, "A"), user=owner)

    assert (outcomes(rows), "GA-7" in problems(rows)[0]) == (["WRONG"], True)


def test_two_new_codes_that_differ_in_letters_only_are_not_both_made(owner: User) -> None:
    rows = given("products", ("Model kodu", "Başlık"), ("çiz-1", "A"), ("CİZ-1", "B"), user=owner)

    assert outcomes(rows) == ["NEW", "WRONG"]


def test_model_made_by_somebody_else_since_the_preview_is_not_changed(owner: User) -> None:
    excel = give("products", workbook(("Model kodu", "Başlık"), ("GA-9", "Benim")), user=owner)
    make_product("GA-9", title="Onun")

    with pytest.raises(PreviewOutdated):
        decide(excel=excel, only_valid=False, user=owner)

    assert Product.objects.get().title == "Onun"


def test_flags_of_a_new_model_are_kept(owner: User) -> None:
    heads = ("Model kodu", "Başlık", "model discontinued", "model active")
    applied("products", heads, ("GA-9", "A", "evet", "hayır"), user=owner)

    product = Product.objects.get()
    assert (product.discontinued, product.active) == (True, False)


def test_who_may_not_see_amounts_gets_no_columns_of_amounts(boots: Variant) -> None:
    person = make_user(WAREHOUSE)
    out = BytesIO()
    write_workbook(out, kinds()["products"](money=False), [])
    excel = give(
        "products",
        workbook(("Barkod", "Satış fiyatı", "Güvenlik payı"), (boots.barcode, 1, 2)),
        user=person,
    )

    assert {"Satış fiyatı", "Maliyet"} & set(cells(out.getvalue())[0]) == set()
    assert told(preview(excel, user=person)) == [(2, "CHANGED", [("Güvenlik payı", "0", "2")])]
    assert "Satış fiyatı" in notes(excel, user=person)[0]


# --- out and in again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["products", "prices", "costs"])
@pytest.mark.parametrize("write", [write_workbook, write_csv])
def test_what_is_downloaded_changes_nothing_when_it_is_handed_in(owner: User, slug: str, write: Any) -> None:
    product = make_product(
        "0172",
        title="=1+1",
        brand="'-",
        category="-",
        description='<p>Şık</p>\r\n=2+2;"x"',
        origin="TR",
        desi=Decimal("1.5"),
    )
    make_variant(product=product, colour="+905", size="37,5", stock_code="@SUM(A1)", cost=None)
    make_variant(product=product, colour="İğne Ucu", size="012", cost_currency="USD", active=False)
    make_product("0099", title="Barkodsuz")
    resource = kinds()[slug](money=True)
    out = BytesIO()
    write(out, resource, resource.found(""))

    excel = give(slug, out.getvalue(), user=owner, name="indirilen")

    rows = preview(excel, user=owner)
    assert set(outcomes(rows)) == {"SAME"}, problems(rows) or told(rows)
    assert (len(rows), notes(excel, user=owner)) == (3 if slug == "products" else 2, [])


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 3), ("ga-1042", 2), ("ekru", 1), ("siyah ga", 1), ("8680000000017", 1), ("yok", 0)],
)
def test_download_holds_what_the_search_finds(boots: Variant, search: str, found: int) -> None:
    make_variant("8680000000024", product=boots.product, colour="Ekru")
    make_variant("8680000000031", product=make_product("XX-1", title="Bot"), colour="Mavi")

    assert len(list(kinds()["prices"](money=True).found(search))) == found


def test_search_in_products_brings_whole_models(boots: Variant) -> None:
    make_variant("8680000000024", product=boots.product, colour="Ekru")

    found = kinds()["products"](money=True).found("ekru")

    assert [entry.product.code for entry in found] == ["GA-1042", "GA-1042"]


# --- how many statements ------------------------------------------------------------------------------------------


def statements(run: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


@pytest.mark.parametrize("slug", ["products", "prices"])
def test_statements_do_not_grow_with_the_rows(owner: User, slug: str) -> None:
    def file(count: int, start: int) -> bytes:
        variants = [make_variant(f"86811{start + number:08d}") for number in range(count)]
        new = [("N" + one.barcode, "Yeni", "Siyah", "37", "", 900, 800) for one in variants]
        known = [("", "", "", "", one.barcode, 900, 800) for one in variants]
        heads = (*MODEL, "Liste fiyatı", "Satış fiyatı")
        rows = known if slug == "prices" else known + new
        return workbook(heads, *rows)

    def both(content: bytes) -> tuple[int, int]:
        keep: list[str] = []
        handed = statements(lambda: keep.append(give(slug, content, user=owner)))
        return handed, statements(lambda: decide(excel=keep[0], only_valid=False, user=owner))

    both(file(1, 50))  # the series of barcodes begins with the first one
    few, many = both(file(2, 0)), both(file(30, 100))

    assert few == many
