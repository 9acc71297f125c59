from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PIL import ImageChops

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.calibration import SAMPLE_CODE, calibration_page
from gullu.labels.defaults import DEFAULTS
from gullu.labels.designs.cargo import ParcelText, cargo_label
from gullu.labels.designs.product import ProductText, product_label
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Bars, Label
from gullu.labels.errors import (
    NotAnEan13,
    NotEncodable,
    OutsideLabel,
    Overlap,
    SymbolSpoilt,
    SymbolTooHigh,
    SymbolTooWide,
    TextDoesNotFit,
)
from gullu.labels.fitting import fit
from gullu.labels.geometry import Box
from gullu.labels.kinds import LabelField, Symbology
from gullu.labels.paper import Page, Paper, Placed, Shift, paginate
from gullu.labels.pdf import pdf_bytes, stream_pdf
from gullu.labels.png import render_label, render_page
from gullu.labels.preflight import check_label
from gullu.labels.services import template_of
from gullu.labels.symbols import Symbol, code128, ean13, is_ean13, qr, runs
from gullu.labels.typeface import BOLD, REGULAR, printable, width_mm
from gullu.labels.zpl import stream_zpl, zpl_page
from tests.labels.reading import DPI, decode, draw_pdf, draw_zpl, pdf_sizes_mm, pdf_text

TURKISH_LETTERS = "ŞşĞğİıÇçÖöÜü₺ÂâÎîÛû"
TEXT = ProductText(barcode="2900000000018", model="0172", colour="Şampanya", size="38")
TWIN = template_of(DEFAULTS[0]).design()


def two_labels() -> list[Label]:
    return [product_label(replace(TEXT, size=size), TWIN) for size in ("38", "39")]


# --- type and symbols -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("font", [REGULAR, BOLD])
def test_typeface_has_every_turkish_letter(font: str) -> None:
    assert printable(TURKISH_LETTERS, font) == TURKISH_LETTERS


def test_text_keeps_a_mark_where_the_typeface_has_no_character() -> None:
    assert printable("Ayşe \t 👠 Yılmaz") == "Ayşe \ufffd Yılmaz"


@pytest.mark.parametrize(
    ("text", "valid"),
    [("2900000000018", True), ("2900000000017", False), ("290000000001", False), ("29000000000١8", False)],
)
def test_is_ean13_checks_length_digits_and_check_digit(text: str, valid: bool) -> None:
    assert is_ean13(text) is valid


def test_ean13_refuses_a_wrong_check_digit() -> None:
    with pytest.raises(NotAnEan13) as refused:
        ean13("2900000000017")

    assert "2900000000017" in refused.value.message


@pytest.mark.parametrize("text", ["İĞNE", "ürün", "", "a\tb"])
def test_code128_refuses_what_it_cannot_carry(text: str) -> None:
    with pytest.raises(NotEncodable):
        code128(text)


def test_code128_packs_twenty_digits_into_145_modules() -> None:
    assert code128("12345678901234567890").columns == 145


def test_runs_cover_exactly_the_dark_modules() -> None:
    symbol = qr("GÜLLÜ 0172")
    rebuilt = [["0"] * symbol.columns for _row in symbol.rows]

    for x, y, length in runs(symbol):
        rebuilt[y][x : x + length] = ["1"] * length

    assert tuple("".join(row) for row in rebuilt) == symbol.rows


# --- fitting ----------------------------------------------------------------------------------------------------


def test_fit_keeps_the_wanted_size_when_there_is_room() -> None:
    assert fit("Siyah", REGULAR, width=50, height=20, pt=14, lines=2).pt == 14


def test_fit_wraps_before_it_shrinks() -> None:
    fitted = fit("Koyu Kahverengi", REGULAR, width=28, height=20, pt=14, lines=2)

    assert (fitted.lines, fitted.pt, fitted.cut) == (("Koyu", "Kahverengi"), 14, False)


def test_fit_breaks_after_a_hyphen() -> None:
    fitted = fit("GÜLLÜ-ŞIK-0172", BOLD, width=25, height=20, pt=14, lines=2)

    assert fitted.lines == ("GÜLLÜ-", "ŞIK-0172")


def test_fit_ends_in_an_ellipsis_when_nothing_else_helps() -> None:
    fitted = fit("uzun metin " * 30, REGULAR, width=20, height=5, pt=10, lines=2)

    assert fitted.cut
    assert fitted.lines[-1].endswith("…")


@pytest.mark.parametrize("text", ["kelime " * 12, "W" * 80, "Bej/Siyah-Ekru " * 6, "a b " * 40])
@pytest.mark.parametrize("width", [8, 21.3, 60])
def test_fit_never_makes_a_line_wider_than_its_room(text: str, width: float) -> None:
    fitted = fit(text.strip(), REGULAR, width=width, height=12, pt=16, lines=3)

    assert max(width_mm(line, REGULAR, fitted.pt) for line in fitted.lines) <= width + 0.01
    assert fitted.height <= 12.01


def test_required_text_is_refused_rather_than_cut() -> None:
    builder = LabelBuilder(name="x", width=20, height=10, dpi=DPI)

    with pytest.raises(TextDoesNotFit) as refused:
        builder.text(Box(0, 0, 20, 10), Line(text="W" * 60, pt=12, required=True))

    assert refused.value.data["value"] == "W" * 60


# --- refusals ---------------------------------------------------------------------------------------------------


def strict(design: Design) -> Design:
    return replace(design, symbology=Symbology.CODE128)


def test_forty_characters_as_bars_are_refused_with_value_and_way_out() -> None:
    barcode = "ABCDEFGHIJKLMNOPQRSTUVWXYZ12345678901234"

    with pytest.raises(SymbolTooWide) as refused:
        product_label(replace(TEXT, barcode=barcode), strict(TWIN))

    assert refused.value.data["value"] == barcode
    assert barcode in refused.value.message


def test_forty_characters_on_an_automatic_template_carry_the_qr_and_say_so() -> None:
    label = product_label(replace(TEXT, barcode="ABCDEFGHIJKLMNOPQRSTUVWXYZ12345678901234"), TWIN)

    assert [bars.symbol.kind for bars in label.bars] == ["QR"]
    assert len(label.notes) == 1


def test_without_qr_an_automatic_template_refuses_what_does_not_fit() -> None:
    design = replace(TWIN, fields=TWIN.fields - {LabelField.QR})

    with pytest.raises(SymbolTooWide):
        product_label(replace(TEXT, barcode="X" * 40), design)


def test_turkish_barcode_is_refused_where_bars_are_demanded() -> None:
    with pytest.raises(NotEncodable):
        product_label(replace(TEXT, barcode="İĞNE-1"), strict(TWIN))


def test_bars_too_low_to_scan_are_refused() -> None:
    builder = LabelBuilder(name="x", width=60, height=10, dpi=DPI)

    with pytest.raises(SymbolTooHigh):
        builder.linear(Box(0, 0, 60, 4), code128("123456"))


# --- the check before printing ----------------------------------------------------------------------------------


def bars_at(x: int, y: int, symbol: Symbol | None = None) -> Bars:
    return Bars(symbol or qr("123"), x, y, 4, 4, DPI)


def label_of(*elements: object) -> Label:
    return Label("x", 40, 40, DPI, tuple(elements))  # type: ignore[arg-type]


def test_check_accepts_a_clean_label() -> None:
    check_label(label_of(bars_at(20, 20)))


def test_check_refuses_a_quiet_zone_over_the_edge() -> None:
    with pytest.raises(OutsideLabel):
        check_label(label_of(bars_at(10, 20)))


def test_check_refuses_text_in_a_quiet_zone() -> None:
    text = replace(two_labels()[0].texts[0], x=1, baseline=3, box=Box(1, 1, 10, 4))

    with pytest.raises(Overlap):
        check_label(label_of(bars_at(20, 20), text))


def test_check_refuses_text_over_the_edge() -> None:
    text = replace(two_labels()[0].texts[0], box=Box(35, 1, 10, 4))

    with pytest.raises(OutsideLabel):
        check_label(label_of(text))


def test_check_refuses_dots_that_do_not_belong_to_the_symbol() -> None:
    """The box of a text may lie; the dots do not."""
    text = replace(two_labels()[0].texts[0], x=4, baseline=6, pt=20, box=Box(30, 30, 1, 1))

    with pytest.raises(SymbolSpoilt):
        check_label(label_of(bars_at(20, 20), text))


# --- the files --------------------------------------------------------------------------------------------------


def test_pdf_pages_have_the_size_of_the_paper() -> None:
    pages = paginate(two_labels() * 3, TWIN.paper)

    assert pdf_sizes_mm(pdf_bytes(pages, title="x")) == [(100.0, 35.0)] * 3


def test_pdf_of_the_same_labels_is_the_same_file() -> None:
    files = {pdf_bytes(paginate(two_labels(), TWIN.paper), title="x") for _time in range(2)}

    assert len(files) == 1


def test_pdf_embeds_its_typefaces_and_keeps_turkish_text() -> None:
    label = product_label(replace(TEXT, colour="Şğıİçöü"), TWIN)
    data = pdf_bytes(paginate([label], TWIN.paper), title="x")

    assert data.count(b"/FontFile2") == 2
    assert "Şğıİçöü" in pdf_text(data)


def test_pdf_and_preview_show_the_same_dots() -> None:
    # A page of whole dots: PDFium rounds the size of others up and stretches what is on them.
    page = Page(400 * 25.4 / DPI, 280 * 25.4 / DPI, (Placed(0, 0, two_labels()[0]),))
    preview = render_page(page, dpi=DPI)
    printed = draw_pdf(pdf_bytes([page], title="x"))

    assert printed.size == preview.size == (400, 280)

    different = ImageChops.difference(preview, printed).point(lambda value: 255 if value > 128 else 0)

    assert different.histogram()[255] / (preview.width * preview.height) < 0.01


def test_pdf_leaves_page_by_page() -> None:
    built: list[int] = []

    def pages() -> object:
        for number in range(3):
            built.append(number)
            yield next(paginate(two_labels(), TWIN.paper))

    chunks = stream_pdf(pages(), title="x")  # type: ignore[arg-type]
    first = next(chunks)

    assert built == [0]
    assert first.startswith(b"%PDF-")
    assert b"endstream" in first


def test_pdf_cross_references_point_at_their_objects() -> None:
    data = pdf_bytes(paginate(two_labels() * 2, TWIN.paper), title="x")
    start = int(re.findall(rb"startxref\n(\d+)", data)[0])
    entries = re.findall(rb"(\d{10}) 00000 n", data[start:])

    assert len(entries) > 6
    for number, offset in enumerate(entries, start=1):
        assert data[int(offset) :].startswith(f"{number} 0 obj".encode())


def test_zpl_is_the_preview_dot_by_dot() -> None:
    (page,) = paginate(two_labels(), TWIN.paper)
    preview = render_page(page, dpi=DPI).point(lambda value: 0 if value < 128 else 255)

    graphic = draw_zpl(zpl_page(page, dpi=DPI)).crop((0, 0, *preview.size))

    assert ImageChops.difference(preview, graphic).getbbox() is None


def test_zpl_of_equal_pages_is_one_format_with_a_quantity() -> None:
    single = Paper(width=50, height=35)
    label = two_labels()[0]

    (text,) = stream_zpl(paginate([label] * 7, single), dpi=DPI)

    assert b"^PQ7^" in text
    assert text.count(b"^XA") == 1


def test_shift_of_a_printer_moves_every_label() -> None:
    still = next(paginate(two_labels(), TWIN.paper))
    moved = next(paginate(two_labels(), TWIN.paper, shift=Shift(right=1, down=-0.5)))

    shifts = [
        (round(b.x - a.x, 1), round(b.y - a.y, 1)) for a, b in zip(still.labels, moved.labels, strict=True)
    ]
    assert shifts == [(1.0, -0.5), (1.0, -0.5)]


def test_a4_sheet_of_21_has_the_margins_and_gaps_of_the_shop() -> None:
    paper = template_of(next(row for row in DEFAULTS if row.code == "product-a4-3x7")).paper

    assert (paper.cell(0).x, paper.cell(0).y) == (8, 15)
    assert paper.cell(20).right == pytest.approx(210 - 8)
    assert paper.cell(20).bottom == pytest.approx(297 - 15)
    assert paper.cell(1).x - paper.cell(0).right == pytest.approx(2)
    assert paper.cell(3).y - paper.cell(0).bottom == pytest.approx(1)


@pytest.mark.parametrize("row", DEFAULTS, ids=lambda row: row.code)
def test_calibration_sheet_stays_on_its_paper(row) -> None:
    page = calibration_page(template_of(row).paper, dpi=DPI, shift=Shift())

    check_label(page.labels[0].label)


def test_calibration_sheet_scans_and_its_frame_is_two_millimetres_inside() -> None:
    page = calibration_page(Paper(width=100, height=100), dpi=DPI, shift=Shift())
    image = render_page(page, dpi=DPI)

    assert decode(image) == {("QRCode", SAMPLE_CODE), ("Code128", SAMPLE_CODE)}
    assert image.point(lambda value: 255 - value).getbbox() == (16, 16, 783, 783)


def test_cargo_label_counts_articles_that_have_no_room() -> None:
    design = template_of(next(row for row in DEFAULTS if row.code == "cargo-100x100")).design()
    text = ParcelText(
        code="7280000000012",
        order_number="1",
        contents=tuple(f"1 × {n:04d}" for n in range(50)),
        cash_due="5,00 ₺",
    )

    lines = [line.text for line in cargo_label(text, design).texts]

    shown = [line for line in lines if line in text.contents]
    assert any(str(50 - len(shown)) in line for line in lines if line not in text.contents)
    assert any("5,00 ₺" in line for line in lines)


def test_label_alone_is_drawn_without_paper() -> None:
    label = two_labels()[0]

    alone = render_label(label)

    assert alone.tobytes() == render_page(Page(50, 35, (Placed(0, 0, label),)), dpi=DPI).tobytes()
