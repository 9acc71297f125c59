"""Files of sheets: headings and formats that are understood, files made on purpose, and being written once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given as for_all
from hypothesis import strategies as st
from openpyxl import Workbook

from catalog.models import Variant
from gullu.errors import DomainError
from gullu.excel import given as reading
from gullu.excel import services
from gullu.excel.cells import UNCOMPUTED, guarded, kept_in_workbook, read_text, read_whole, unguarded
from gullu.excel.columns import heading_key
from gullu.excel.errors import CellRefused, ContentGone, FileRefused, NothingToWrite, StillReading
from gullu.excel.keeping import KEEP_DAYS, keep_preview, left_out_of, prune
from gullu.excel.kinds import kinds
from gullu.excel.services import decide, hand_in, standing_of
from gullu.excel.tables import Limits, open_table
from gullu.excel.writing import write_csv, write_left_out, write_template, write_workbook
from gullu.models import JobRun, User
from gullu.text import tr_upper
from inventory.models import StockMovement
from tests.concurrency.threads import race
from tests.factories import make_product, make_shelf, make_superuser, make_variant, stock
from tests.gullu.excelkit import (
    applied,
    cells,
    changed_part,
    give,
    given,
    notes,
    outcomes,
    preview,
    problems,
    run_queue,
    saved,
    text,
    told,
    workbook,
)

pytestmark = pytest.mark.django_db
HEADS = ("Barkod", "Liste fiyatı", "Satış fiyatı")
SHEET = "xl/worksheets/sheet1.xml"
LIMITS = Limits(size=1_000_000)


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


@pytest.fixture
def owner() -> User:
    return make_superuser()


@pytest.fixture
def boots() -> Variant:
    return make_variant("8680000000017", product=make_product("GA-1042"))


def refusal(content: bytes, owner: User, *, slug: str = "prices") -> tuple[str, dict[str, Any]]:
    with pytest.raises(FileRefused) as caught:
        give(slug, content, user=owner)
    assert caught.value.message
    assert JobRun.objects.count() == 0
    return caught.value.code, caught.value.data


# --- headings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heads",
    [
        ("Barkod", "Liste fiyatı", "Satış fiyatı"),
        ("BARKOD", "LİSTE FİYATI", "SATIŞ FİYATI (TL)"),
        ("barcode", "List Price", "SALE PRICE"),
        ("  ürün  barkodu ", "liste fiyati.", "Fiyat"),
    ],
)
def test_headings_are_known_in_both_languages_and_in_any_letters(
    owner: User, boots: Variant, heads: tuple[str, ...]
) -> None:
    rows = given("prices", heads, (boots.barcode, 900, 800), user=owner)

    assert [(one[1], one[2]) for one in told(rows)[0][2]] == [("600,00", "900,00"), ("500,00", "800,00")]


@pytest.mark.parametrize("slug", ["products", "prices", "costs", "counts", "placements"])
def test_no_two_columns_of_a_kind_share_a_heading(slug: str) -> None:
    resource = kinds()[slug](money=True)
    spellings = [spelling for column in resource.columns for spelling in column.spellings()]

    assert sorted(spellings) == sorted(set(spellings))


def test_headings_may_stand_below_a_title_in_any_order_on_any_sheet(owner: User, boots: Variant) -> None:
    book = Workbook()
    book.active.append(["Notlar"])
    sheet = book.create_sheet("Fiyat")
    for row in (["Fiyatlar 2026"], [], ["Satış fiyatı", "Not", "Barkod"], [800, "x", boots.barcode]):
        sheet.append(row)
    excel = give("prices", saved(book), user=owner)

    assert [row[0] for row in told(preview(excel, user=owner))] == [4]
    assert ("Not" in notes(excel, user=owner)[0], len(notes(excel, user=owner))) == (True, 1)


def test_missing_and_doubled_columns_are_named(owner: User) -> None:
    assert (
        refusal(workbook(("Barkod", "Renk"), ("1", "x")), owner)[1]["missing"]
        == "Liste fiyatı / Satış fiyatı"
    )
    assert refusal(workbook(("Satış fiyatı",), (5,)), owner)[1]["missing"] == "Barkod"
    assert refusal(workbook(("Barkod", "Fiyat", "Satış fiyatı"), ("1", 1, 2)), owner) == (
        "column_twice",
        {"heading": "Satış fiyatı", "sheet": "Sayfa", "columns": "B, C"},
    )
    assert refusal(workbook(HEADS), owner)[0] == "no_rows_below"


# --- formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize(
    "lines",
    [
        ("Barkod;Liste fiyatı;Satış fiyatı;Açıklama", "8680000000017;1.499,90;1299,9;şık, ığüşöç"),
        ("Barkod\tListe fiyatı\tSatış fiyatı", "8680000000017\t1499.90\t1299.9"),
        ("Barkod,Liste fiyatı,Satış fiyatı", '8680000000017,"1.499,90","1299,90"'),
    ],
)
def test_csv_is_read_in_every_usual_form(
    owner: User, boots: Variant, lines: tuple[str, ...], encoding: str
) -> None:
    rows = preview(give("prices", text(*lines, encoding=encoding), user=owner), user=owner)

    assert [one[2] for one in told(rows)[0][2]] == ["1.499,90", "1.299,90"]


def test_csv_amount_that_was_split_by_its_comma_is_refused(owner: User) -> None:
    content = text("Barkod,Liste fiyatı,Satış fiyatı", "8680000000017,1499,90,1299,90")

    assert refusal(content, owner) == ("row_shifted", {"file": "dosya.xlsx", "row": 2})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 x", "not_a_table"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old_excel"),
        (b"PK\x03\x04 broken", "broken_workbook"),
        (b"\x00\x01\x02 binary", "not_a_table"),
    ],
)
def test_file_that_is_no_table_is_refused(owner: User, content: bytes, code: str) -> None:
    assert refusal(content, owner)[0] == code


def test_no_file_is_refused(owner: User) -> None:
    with pytest.raises(FileRefused):
        hand_in(kind=kinds()["prices"], upload=None, user=owner)


def test_workbook_that_unpacks_to_too_much_is_not_opened(owner: User) -> None:
    bomb = changed_part(
        workbook(HEADS, ("1", 1, 1)), part="xl/sharedStrings.xml", data=b" " * (reading.LIMITS.part + 1)
    )

    assert refusal(bomb, owner)[0] == "file_too_large"


def test_sheet_that_unpacks_to_too_much_is_not_opened(owner: User) -> None:
    with (
        pytest.raises(FileRefused) as caught,
        open_table(
            BytesIO(workbook(*[("x" * 50,)] * 2000)), name="a", limits=Limits(size=1_000_000, unpacked=10_000)
        ),
    ):
        pytest.fail("opened")

    assert caught.value.code == "file_too_large"


def test_entities_of_a_workbook_are_not_expanded(owner: User) -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (one + 1, b"&l%d;" % one * 10) for one in range(12))
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]><worksheet>&l12;</worksheet>"

    assert refusal(changed_part(workbook(HEADS), part=SHEET, data=xml), owner)[0] == "broken_workbook"


# --- formulas -----------------------------------------------------------------------------------------------------


def with_formula(cell: str, content: bytes) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        xml = archive.read(SHEET).decode()
    start = xml.index('<c r="C2"')
    end = xml.index("</c>", start) + 4
    return changed_part(content, part=SHEET, data=(xml[:start] + cell + xml[end:]).encode())


def test_result_of_a_formula_is_taken(owner: User, boots: Variant) -> None:
    content = with_formula('<c r="C2"><f>500+300</f><v>800</v></c>', workbook(HEADS, (boots.barcode, 900, 1)))

    assert told(preview(give("prices", content, user=owner), user=owner))[0][2][1][2] == "800,00"


@pytest.mark.parametrize(
    "cell", ['<c r="C2"><f>500+300</f></c>', '<c r="C2" t="str"><f>A1&amp;""</f><v></v></c>']
)
def test_formula_without_a_result_is_an_error_of_its_row(owner: User, boots: Variant, cell: str) -> None:
    content = with_formula(cell, workbook(HEADS, (boots.barcode, 900, 1), ("8690000000001", 2, 1)))

    rows = preview(give("prices", content, user=owner), user=owner)

    assert (rows[0].number, "Satış fiyatı" in rows[0].problems[0]) == (2, True)


def test_error_of_a_formula_is_an_error_of_its_row(owner: User, boots: Variant) -> None:
    content = with_formula(
        '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', workbook(HEADS, (boots.barcode, 900, 1))
    )

    assert "#DIV/0!" in problems(preview(give("prices", content, user=owner), user=owner))[0]


def test_styled_empty_cell_is_no_formula() -> None:
    content = with_formula('<c r="C2" s="0"></c>', workbook(HEADS, ("1", "=1+1", 5)))

    with open_table(BytesIO(content), name="a", limits=LIMITS, mark_uncomputed=True) as table:
        rows = list(table.sheets[0].rows(10, 10))

    assert rows[1].values == ("1", UNCOMPUTED)


# --- what a spreadsheet would compute -----------------------------------------------------------------------------

TEXTS = st.text(st.sampled_from("=+-@'\t\r\n ＝aİ1–"), max_size=6)


@for_all(TEXTS)
def test_guard_is_taken_off_exactly(typed: str) -> None:
    assert (unguarded(guarded(typed)), unguarded(kept_in_workbook(typed))) == (typed, typed)


@for_all(TEXTS)
def test_nothing_in_csv_begins_like_a_formula(typed: str) -> None:
    assert guarded(typed).lstrip(" \n\r\t\u00a0")[:1] not in set("=+-@＝") or guarded(typed).startswith("'")


def test_download_is_harmless_in_both_formats(owner: User) -> None:
    evil = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1)", "\t=1"]
    for number, words in enumerate(evil):
        make_variant(product=make_product(f"G{number}", title=words))
    resource = kinds()["products"](money=True)
    as_csv, as_workbook = BytesIO(), BytesIO()

    write_csv(as_csv, resource, resource.found(""))
    write_workbook(as_workbook, resource, resource.found(""))

    rows = list(csv.reader(io.StringIO(as_csv.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == [f"'{words}" for words in evil]
    assert b"<f>" not in as_workbook.getvalue()
    assert [row[1] for row in cells(as_workbook.getvalue())[1:]][:4] == evil[:4]


# --- cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(37, "37"), (37.0, "37"), (37.5, "37,5"), (" Şık  Bot ", "Şık Bot"), ("'=x", "=x")],
)
def test_text_is_read_as_a_turkish_excel_shows_it(value: Any, expected: str) -> None:
    assert read_text(value, heading="Beden", longest=20) == expected


@pytest.mark.parametrize("value", [True, timezone.now(), timezone.now().date(), "x" * 21])
def test_what_is_no_text_any_more_is_refused(value: Any) -> None:
    with pytest.raises(CellRefused) as caught:
        read_text(value, heading="Beden", longest=20)

    assert "Beden" in caught.value.message


@pytest.mark.parametrize(("value", "expected"), [(12, 12), (12.0, 12), ("1.234", 1234), ("12,0", 12)])
def test_whole_numbers_are_read(value: Any, expected: int) -> None:
    assert read_whole(value, heading="Adet") == expected


def test_heading_key_folds_letters_and_leaves_brackets_out() -> None:
    assert heading_key("  LİSTE FİYATI (TL) ") == heading_key(tr_upper("liste-fiyatı"))


# --- templates and refused rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["products", "prices", "costs", "counts", "placements"])
def test_template_has_every_heading_and_explains_it(slug: str) -> None:
    resource = kinds()[slug](money=True)
    out = BytesIO()

    write_template(out, resource)

    titles = [column.title for column in resource.columns]
    assert cells(out.getvalue()) == [titles]
    assert [row[0] for row in cells(out.getvalue(), sheet=1)[1 : len(titles) + 1]] == titles


def test_rows_left_out_can_be_mended_and_handed_in_again(owner: User, boots: Variant) -> None:
    heads = ("Not", *HEADS)
    rows = (("=a", boots.barcode, 900, 800), ("iki", "8690000000001", 1299.9, "1.234,50"))
    standing = applied("prices", heads, *rows, user=owner, only_valid=True)
    out = BytesIO()
    assert standing.kept is not None

    write_left_out(out, services.rows_as_handed_in(standing.kept, owner), left_out_of(standing.kept))

    found = cells(out.getvalue())
    assert (found[0][2:], found[1][0], found[1][2:]) == (
        list(heads),
        3,
        ["iki", "8690000000001", 1299.9, "1.234,50"],
    )
    assert "8690000000001" in found[1][1]
    again = make_variant("8690000000001")
    excel = give("prices", out.getvalue(), user=owner)
    decide(excel=excel, only_valid=False, user=owner)
    again.refresh_from_db()
    assert (again.list_price, notes(excel, user=owner)[0].count("Not")) == (Decimal("1299.90"), 1)


# --- keeping ------------------------------------------------------------------------------------------------------


def test_files_are_removed_after_some_days(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(HEADS, (boots.barcode, 900, 800)), user=owner)
    kept = standing_of(excel=excel, user=owner).kept
    assert kept is not None

    removed = prune(now=timezone.now()), prune(now=timezone.now() + timedelta(days=KEEP_DAYS + 1))

    assert removed == (0, 2)
    with pytest.raises(ContentGone):
        decide(excel=excel, only_valid=False, user=owner)


def test_file_whose_bytes_are_others_is_not_written(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(HEADS, (boots.barcode, 900, 800)), user=owner)
    kept = standing_of(excel=excel, user=owner).kept
    assert kept is not None
    with default_storage.open(f"{kept.place}.bin", "wb") as file:
        file.write(workbook(HEADS, (boots.barcode, 9, 8)))

    with pytest.raises(ContentGone):
        decide(excel=excel, only_valid=False, user=owner)


def test_nobody_else_can_open_or_write_a_file(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(HEADS, (boots.barcode, 900, 800)), user=owner)

    with pytest.raises(StillReading):
        decide(excel=excel, only_valid=False, user=make_superuser())


def test_file_that_says_what_is_so_already_cannot_be_written(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(HEADS, (boots.barcode, 600, 500)), user=owner)

    with pytest.raises(NothingToWrite):
        decide(excel=excel, only_valid=True, user=owner)


def test_preview_is_kept_in_place_of_the_old_one(owner: User, boots: Variant) -> None:
    excel = give("prices", workbook(HEADS, (boots.barcode, 900, 800)), user=owner)
    kept = standing_of(excel=excel, user=owner).kept
    assert kept is not None

    keep_preview(kept, [], ["Not"])

    assert (preview(excel, user=owner), notes(excel, user=owner)) == ([], ["Not"])


# --- large files --------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "QUICK_ROWS", 2)


def test_large_file_is_previewed_and_written_by_the_worker(owner: User, quick: None) -> None:
    variants = [make_variant() for _number in range(4)]
    excel = give("prices", workbook(HEADS, *((one.barcode, 900, 800) for one in variants)), user=owner)
    stages = [standing_of(excel=excel, user=owner).stage]
    with pytest.raises(StillReading):
        decide(excel=excel, only_valid=False, user=owner)

    run_queue()
    stages.append(standing_of(excel=excel, user=owner).stage)
    stages += [decide(excel=excel, only_valid=False, user=owner).stage for _time in range(2)]
    run_queue()
    stages.append(standing_of(excel=excel, user=owner).stage)

    assert stages == ["WAITING", "PREVIEW", "APPLYING", "APPLYING", "APPLIED"]
    assert set(Variant.objects.values_list("sale_price", flat=True)) == {Decimal(800)}
    assert JobRun.objects.get(name="apply_excel").counts["changed"] == 4


def test_large_file_with_a_stale_row_says_so_and_can_be_decided_again(owner: User, quick: None) -> None:
    variants = [make_variant() for _number in range(3)]
    excel = give("prices", workbook(HEADS, *((one.barcode, 900, 800) for one in variants)), user=owner)
    run_queue()
    Variant.objects.filter(pk=variants[1].pk).update(sale_price=Decimal(555))

    decide(excel=excel, only_valid=False, user=owner)
    run_queue()
    standing = standing_of(excel=excel, user=owner)
    prices = set(Variant.objects.values_list("sale_price", flat=True))
    decide(excel=excel, only_valid=False, user=owner)
    run_queue()

    assert (standing.stage, standing.applied and standing.applied.state) == ("PREVIEW", JobRun.State.FAILED)
    assert prices == {Decimal(500), Decimal(555)}
    assert set(Variant.objects.values_list("sale_price", flat=True)) == {Decimal(800)}


def test_file_with_too_many_rows_is_refused(
    owner: User, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    excel = give("prices", workbook(HEADS, *(("1", 2, 1) for _number in range(4))), user=owner)

    run_queue()

    standing = standing_of(excel=excel, user=owner)
    assert (standing.stage, standing.read and "3" in standing.read.error) == ("REFUSED", True)


def test_task_delivered_twice_writes_once(owner: User, quick: None) -> None:
    shelf, variants = make_shelf(), [make_variant() for _number in range(3)]
    content = workbook(("Barkod", "Raf", "Sayılan"), *((one.barcode, shelf.code, 2) for one in variants))
    excel = give("counts", content, user=owner)
    run_queue()
    standing = decide(excel=excel, only_valid=False, user=owner)
    assert standing.applied is not None

    results = [services.apply_claimed(run_id=standing.applied.pk) for _time in range(2)]

    assert results[1] == {"outcome": "DONE_BEFORE"}
    assert StockMovement.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("only_valid", [(False, False), (False, True)])
def test_two_tabs_write_a_file_once(owner: User, only_valid: tuple[bool, bool]) -> None:
    shelf, other, boots = make_shelf(), make_shelf(), make_variant()
    stock(boots, shelf, 5)
    heads = kinds()["placements"](money=False)
    content = workbook(
        ("Barkod", heads.fields["from_shelf"].title, heads.fields["to_shelf"].title, "Adet"),
        (boots.barcode, shelf.code, other.code, 2),
    )
    excel = give("placements", content, user=owner)

    results = race(
        *(
            lambda choice=choice: decide(excel=excel, only_valid=choice, user=owner).stage  # type: ignore[misc]
            for choice in only_valid
        )
    )

    assert results == ["APPLIED", "APPLIED"]
    assert StockMovement.objects.filter(kind="MOVE").count() == 2
    assert JobRun.objects.filter(name="apply_excel").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_files_about_one_barcode_do_not_overwrite_each_other(owner: User) -> None:
    boots = make_variant()
    files = [give("prices", workbook(HEADS, (boots.barcode, 900, price)), user=owner) for price in (700, 800)]

    results = race(
        *(
            lambda excel=excel: decide(excel=excel, only_valid=False, user=owner).stage  # type: ignore[misc]
            for excel in files
        )
    )

    won = ["APPLIED" if result == "APPLIED" else getattr(result, "code", result) for result in results]
    assert sorted(won) == ["APPLIED", "preview_outdated"]
    boots.refresh_from_db()
    assert boots.sale_price == (Decimal(700) if won[0] == "APPLIED" else Decimal(800))


def test_upload_may_have_any_name(owner: User, boots: Variant) -> None:
    upload = SimpleUploadedFile("../../" + "ğ" * 200 + ".exe", workbook(HEADS, (boots.barcode, 900, 800)))

    excel = hand_in(kind=kinds()["prices"], upload=upload, user=owner)

    assert outcomes(preview(excel, user=owner)) == ["CHANGED"]


@pytest.mark.parametrize(
    "part", ["xl/styles.xml", "xl/workbook.xml", "docProps/core.xml", "[Content_Types].xml"]
)
def test_part_that_becomes_many_objects_is_small(owner: User, part: str) -> None:
    """A hundred kilobytes of empty styles would fill gigabytes of memory."""
    bomb = changed_part(workbook(HEADS, ("1", 1, 1)), part=part, data=b"<x/>" * 600_000)

    code, data = refusal(bomb, owner)

    assert (code, data["most"]) == ("file_too_large", "2 MB")


def test_csv_with_too_many_columns_is_refused(owner: User) -> None:
    wide = text("Barkod;Satış fiyatı" + ";x" * 20_000, "8680000000017;12,50")

    code, data = refusal(wide, owner)

    assert (code, data["most"]) == ("file_too_large", "100")


def test_csv_with_a_sign_no_database_takes_is_refused(owner: User, boots: Variant) -> None:
    rows = [f"{boots.barcode};1,00"] * 500
    hidden = text("Barkod;Satış fiyatı", *rows, "86800\x0000017;12,50")

    assert refusal(hidden, owner)[0] == "not_a_table"


def test_number_without_end_is_an_error_of_its_row(owner: User) -> None:
    content = workbook(("Model kodu", "Başlık", "Renk", "Beden"), ("GA-9", "Bot", "Siyah", 37))
    with ZipFile(BytesIO(content)) as archive:
        xml = archive.read(SHEET).replace(b"<v>37</v>", b"<v>1e999</v>")

    excel = give("products", changed_part(content, part=SHEET, data=xml), user=owner)

    assert outcomes(preview(excel, user=owner)) == ["WRONG"]


def test_decision_about_a_preview_that_was_made_anew_meanwhile_writes_nothing(
    owner: User, boots: Variant
) -> None:
    """A button pressed twice: the first press makes the preview anew, and nobody has looked at it yet."""
    excel = give("prices", workbook(HEADS, (boots.barcode, 200, 150)), user=owner)
    shown = standing_of(excel=excel, user=owner).preview
    Variant.objects.filter(pk=boots.pk).update(sale_price=Decimal(140), list_price=Decimal(140))

    codes = []
    for _press in range(2):
        with pytest.raises(DomainError) as refused:
            decide(excel=excel, only_valid=False, user=owner, shown=shown)
        codes.append(refused.value.code)
    boots.refresh_from_db()
    before = boots.sale_price
    looked_again = standing_of(excel=excel, user=owner).preview
    decide(excel=excel, only_valid=False, user=owner, shown=looked_again)
    boots.refresh_from_db()

    assert codes == ["preview_outdated", "preview_renewed"]
    assert (before, boots.sale_price) == (Decimal(140), Decimal(150))


def test_content_that_was_written_before_is_noted(owner: User) -> None:
    boots, source, target = make_variant(), make_shelf(), make_shelf()
    stock(boots, source, 6)
    rows = (("Barkod", "Şimdiki raf", "Hedef raf", "Adet"), (boots.barcode, source.code, target.code, 2))
    content = workbook(*rows)
    first = give("placements", content, user=owner, name="ilk.xlsx")
    before = notes(give("placements", content, user=owner), user=owner)
    decide(excel=first, only_valid=False, user=owner)

    other = make_superuser()
    (note,) = notes(give("placements", content, user=other), user=other)

    assert (before, "ilk.xlsx" in note) == ([], True)


def test_csv_whose_rows_vanish_into_an_open_quotation_mark_is_refused(owner: User, boots: Variant) -> None:
    other = make_variant()
    heads = "Barkod;Satış fiyatı;Başlık"
    inches = text(heads, f'{boots.barcode};12,50;"24 inç', f"{other.barcode};13,50;Bot")
    comma = text(heads, f'{boots.barcode};12,50;Bot,"24 inç', f"{other.barcode};13,50;Bot")

    code, data = refusal(inches, owner)

    assert (code, data["row"]) == ("broken_text", 2)
    assert len(preview(give("prices", comma, user=owner, name="a.csv"), user=owner)) == 2
