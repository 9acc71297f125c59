"""Opening what somebody hands in: formats, headings, sizes, and files made on purpose."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from analytics.commissions import workbook as files
from analytics.commissions.bands import Band
from analytics.commissions.errors import FileRefused
from analytics.commissions.headings import AccountsLayout, Found, TariffLayout, find_table
from analytics.commissions.workbook import open_table
from tests.analytics.commissionkit import ACCOUNTS, money, saved, text, workbook

ROW = (10452345678, 19, 100, 0, "25.10.2026")
TRENDYOL = [
    "ÜRÜN İSMİ",
    "BARKOD",
    "SATICI STOK KODU",
    "BEDEN",
    "MODEL KODU",
    "KATEGORİ",
    "MARKA",
    "STOK",
    "1.Fiyat Alt Limit",
    "2.Fiyat Üst Limiti",
    "2.Fiyat Alt Limit",
    "3.Fiyat Üst Limiti",
    "1.KOMİSYON",
    "2.KOMİSYON",
    "3.KOMİSYON",
    "KOMİSYONA ESAS FİYAT",
    "GÜNCEL KOMİSYON",
    "GÜNCEL TSF",
]


def found(content: BytesIO) -> tuple[Found, list[tuple[Any, ...]]]:
    """The table of a file and the values of the rows below its headings."""
    with open_table(content, name="dosya") as table:
        one = find_table(table)
        return one, [row.values for row in one.rows(lambda number: None)]


def refusal(content: BytesIO) -> tuple[str, dict[str, Any]]:
    with pytest.raises(FileRefused) as caught:
        found(content)
    assert caught.value.message
    return caught.value.code, caught.value.data


def places(layout: Any, *names: str) -> list[int | None]:
    return [column.place if (column := getattr(layout, name)) else None for name in names]


# --- headings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        ACCOUNTS,
        ("SİPARİŞ NO", "KOMİSYON", "SİPARİŞ TUTARI", "İNDİRİM", "SİPARİŞ TARİHİ"),
        ("siparis no.", "komisyon (TL)", "siparis tutari ₺", "indirim tutarı", "siparis  tarihi"),
        (
            "Sipariş Numarası",
            "Komisyon Tutarı",
            "Sipariş Tutarı (KDV dahil)",
            "Toplam İndirim",
            "Sipariş Tarihi",
        ),
    ],
)
def test_headings_of_accounts_are_found_in_any_spelling(headings: Sequence[str]) -> None:
    one, rows = found(workbook(ROW, headings=headings))

    assert isinstance(one.layout, AccountsLayout)
    assert places(one.layout, "order_no", "commission", "amount", "discount", "order_date") == [0, 1, 2, 3, 4]
    assert rows == [ROW]


def test_headings_may_stand_below_a_title_and_in_any_order() -> None:
    headings = ("Barkod", "Sipariş Tutarı", "Komisyon Oranı", "Komisyon", "Sipariş No")

    one, rows = found(
        workbook(
            ("868", 100, "%19", 19, 1045234567), headings=headings, above=[["Rapor"], [None], ["Ekim", 2026]]
        )
    )

    assert one.row_number == 4
    assert places(one.layout, "order_no", "commission", "amount", "discount") == [4, 3, 1, None]
    assert rows == [("868", 100, "%19", 19, 1045234567)]


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        (("Sipariş No", "Sipariş Tutarı"), "Komisyon"),
        (("Sipariş No", "Komisyon"), "Sipariş Tutarı"),
        (("Sipariş No", "Komisyon (%)", "Sipariş Tutarı"), "Komisyon"),
        (("Barkod", "Stok"), "Komisyon Oranı"),
        (("Barkod", "1.Komisyon"), "1.Fiyat Alt Limit"),
        (("Komisyon", "Stok"), "Barkod"),
    ],
)
def test_missing_heading_is_named(headings: Sequence[str], missing: str) -> None:
    code, data = refusal(workbook((1, 2, 3), headings=headings))

    assert (code, data) == ("heading_missing", {"missing": missing, "row": 1, "sheet": "Hesap"})


def test_heading_that_stands_twice_is_named_with_its_columns() -> None:
    code, data = refusal(workbook(ROW, headings=("Sipariş No", "Komisyon", "Sipariş Tutarı", "KOMİSYON")))

    assert (code, data) == (
        "heading_twice",
        {"heading": "KOMİSYON", "row": 1, "sheet": "Hesap", "columns": "B, D"},
    )


def test_price_band_that_stands_twice_is_named() -> None:
    code, data = refusal(workbook(("868", 1, 2), headings=("Barkod", "0-500", "0 TL - 500 TL")))

    assert (code, data["columns"]) == ("heading_twice", "B, C")


def test_heading_that_stands_twice_and_is_not_needed_does_not_matter() -> None:
    one, _rows = found(workbook(ROW, headings=(*ACCOUNTS, "Not", "Not")))

    assert one.width == 7


def test_file_without_any_known_heading_says_what_is_expected() -> None:
    assert refusal(workbook((1, 2), headings=("Ad", "Soyad"))) == (
        "no_headings",
        {"file": "dosya", "rows": 30},
    )


def test_table_is_found_on_a_later_sheet() -> None:
    book = Workbook()
    book.active.append(["Kapak"])
    sheet = book.create_sheet("İkinci")
    sheet.append(ACCOUNTS)
    sheet.append(ROW)

    one, rows = found(saved(book))

    assert (one.sheet.name, rows) == ("İkinci", [ROW])


def test_two_sheets_with_such_a_table_are_refused_by_name() -> None:
    book = Workbook()
    for name in ("Ekim", "Kasım"):
        sheet = book.create_sheet(name)
        sheet.append(ACCOUNTS)

    assert refusal(saved(book)) == ("several_tables", {"first": "Ekim", "second": "Kasım"})


def test_numbered_price_bands_of_trendyol_are_columns() -> None:
    one, _rows = found(workbook([None] * 18, headings=TRENDYOL))

    assert isinstance(one.layout, TariffLayout)
    assert places(one.layout, "key", "rate") == [1, None]
    assert [tuple(places(band, "rate", "low", "high")) for band in one.layout.columns] == [
        (12, 8, None),
        (13, 10, 9),
        (14, None, 11),
    ]


def test_price_bands_in_headings_are_columns() -> None:
    one, _rows = found(workbook(("Topuklu", 21, 19), headings=("Kategori", "0-499,99 TL", "500 TL ve üzeri")))

    assert isinstance(one.layout, TariffLayout)
    assert one.layout.target == "CATEGORY"
    assert [band.band for band in one.layout.columns] == [Band(*money("0", "499.99")), Band(*money("500"))]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (("Barkod", "Fiyat Aralığı", "Komisyon Oranı (%)"), [0, 2, None, None, 1]),
        (("Barkod", "Alt Limit", "Üst Limit", "Komisyon %"), [0, 3, 1, 2, None]),
        (("BARKOD", "Min. Fiyat", "Maks. Fiyat", "KOMİSYON"), [0, 3, 1, None, None]),
        (("Barkod", "Kategori", "Komisyon"), [0, 2, None, None, None]),
    ],
)
def test_price_bands_as_rows_are_found(headings: Sequence[str], expected: list[int | None]) -> None:
    one, _rows = found(workbook(("868", 1, 2, 3), headings=headings))

    assert places(one.layout, "key", "rate", "low", "high", "band") == expected


# --- CSV ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_is_read_with_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    lines = [
        delimiter.join(ACCOUNTS),
        delimiter.join(["10452345678", '"19,50"', '"1.100,00"', "0", "25.10.2026"]),
    ]

    one, rows = found(text("Trendyol; Şubat, raporu", *lines, encoding=encoding))

    assert isinstance(one.layout, AccountsLayout)
    assert rows == [("10452345678", "19,50", "1.100,00", "0", "25.10.2026")]


def test_csv_with_quotes_and_line_breaks_keeps_its_row_numbers() -> None:
    one, rows = found(text("Sipariş No;Komisyon;Sipariş Tutarı", "", '1;"2\n3";4', "5;6;7"))

    assert (one.row_number, rows) == (1, [("1", "2\n3", "4"), ("5", "6", "7")])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\t ", "file_empty"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<html><table></table></html>", "not_a_table"),
        (b'{"a": 1}', "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"abc\x00def", "not_a_table"),
        (b"\xff\xfe\x00\xd8;;", "not_a_table"),
        (b"\x81\x8d;\x8f", "not_a_table"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old_excel"),
        (b"PK\x03\x04 and then nothing", "broken_workbook"),
        ("Sipariş No;Komisyon;Sipariş Tutarı\n1;".encode() + b"x" * 200_000, "broken_text"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert refusal(BytesIO(content))[0] == code


# --- hostile workbooks --------------------------------------------------------------------------------------------


def changed(content: BytesIO, *, part: str, data: bytes, size: int | None = None) -> BytesIO:
    """The workbook with one part replaced; `size` is what the archive then says of it."""
    out = BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info, old.read(info))
        new.writestr(part, data)
        if size is not None:
            new.getinfo(part).file_size = size
    return out


def test_zip_that_is_no_workbook_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")

    assert refusal(out)[0] == "not_a_table"


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(workbook(ROW), part="xl/sharedStrings.xml", data=b" " * (files.MOST_PART + 1))

    code, data = refusal(bomb)

    assert len(bomb.getvalue()) < files.MOST_PART / 100
    assert (code, data["most"]) == ("file_too_large", "64 MB")


def test_sheets_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED", 10_000)

    assert (
        refusal(changed(workbook(ROW), part="xl/worksheets/sheet9.xml", data=b"x" * 20_000))[0]
        == "file_too_large"
    )


def test_part_that_is_longer_than_the_archive_says_is_refused() -> None:
    sheet = b"<worksheet>" + b" " * 100_000 + b"</worksheet>"

    assert (
        refusal(changed(workbook(ROW), part="xl/worksheets/sheet1.xml", data=sheet, size=50))[0]
        == "broken_workbook"
    )


def test_entities_that_multiply_are_refused() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<!DOCTYPE s [<!ENTITY a0 "ha">{levels}]><worksheet><sheetData><row r="1"><c t="str"><v>&a9;</v></c></row></sheetData></worksheet>'

    code, data = refusal(changed(workbook(ROW), part="xl/worksheets/sheet1.xml", data=sheet.encode()))

    assert (code, "amplification" in data["detail"]) == ("broken_workbook", True)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_damaged_part_is_refused(part: str) -> None:
    assert refusal(changed(workbook(ROW), part=part, data=b"<not closed"))[0] == "broken_workbook"


def test_locked_and_binary_workbooks_are_refused_with_the_way_out() -> None:
    assert refusal(changed(workbook(ROW), part="xl/workbook.bin", data=b"x"))[0] == "old_excel"


def test_too_many_rows_columns_sheets_and_bytes_are_refused_or_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    assert refusal(workbook(*[ROW] * 3))[0] == "file_too_large"

    monkeypatch.setattr(files, "MOST_SHEETS", 1)
    book = Workbook()
    book.create_sheet("Daha")
    assert refusal(saved(book))[0] == "file_too_large"

    monkeypatch.setattr(files, "MOST_BYTES", 100)
    assert refusal(workbook(ROW))[0] == "file_too_large"


def test_row_far_below_the_end_of_any_sheet_is_not_waited_for() -> None:
    content = workbook(ROW)
    with zipfile.ZipFile(content) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="999999999999"><c><v>1</v></c></row></sheetData>')

    _one, rows = found(changed(content, part="xl/worksheets/sheet1.xml", data=far))

    assert rows == [ROW]


def test_sheet_whose_named_extent_is_wrong_is_read_whole() -> None:
    content = workbook(ROW, ROW, ROW)
    with zipfile.ZipFile(content) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")

    _one, rows = found(
        changed(content, part="xl/worksheets/sheet1.xml", data=sheet.replace(b'ref="A1:E4"', b'ref="A1:A1"'))
    )

    assert rows == [ROW, ROW, ROW]


def test_formulas_are_not_computed_and_their_stored_values_are_read() -> None:
    content = workbook((10452345678, "=1+1", 100, 0, None))
    with zipfile.ZipFile(content) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    computed = sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")

    _one, never_computed = found(content)
    _one, stored = found(changed(content, part="xl/worksheets/sheet1.xml", data=computed))

    assert (never_computed[0][1], stored[0][1]) == (None, 2)


def test_macros_are_left_alone() -> None:
    _one, rows = found(changed(workbook(ROW), part="xl/vbaProject.bin", data=b"Sub Auto_Open()"))

    assert rows == [ROW]


def test_percent_format_and_dates_of_a_workbook_are_read_as_shown() -> None:
    content = workbook(
        (10452345678, 0.195, 100, 0, 46320),
        headings=ACCOUNTS,
        formats={"B2": "0.00%", "E2": "dd.mm.yyyy"},
    )

    _one, rows = found(content)

    assert rows[0][1] == "%19.5"
    assert rows[0][4].date() == date(2026, 10, 25)


def test_blank_rows_are_left_out_and_counted() -> None:
    one, _rows = found(workbook((None,) * 5, ROW, ("", None, ""), ROW))
    with open_table(workbook((None,) * 5, ROW, ("", None, ""), ROW), name="dosya") as table:
        numbers = [row.number for row in table.sheets[0].rows(10, 100)]

    assert (one.row_number, numbers) == (1, [1, 3, 5])


def test_kit_makes_what_excel_makes() -> None:
    assert load_workbook(workbook(ROW)).active["A1"].value == "Sipariş No"
