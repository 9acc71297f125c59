"""Every default paper, with easy and with unkind texts: what is printed can be read, on paper and on screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gullu.labels.defaults import DEFAULTS
from gullu.labels.designs.cargo import ParcelText, cargo_label
from gullu.labels.designs.product import ProductText, product_label
from gullu.labels.designs.shelf import shelf_label
from gullu.labels.designs.slip import slip_labels
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.errors import SymbolTooWide
from gullu.labels.geometry import MM_PER_INCH
from gullu.labels.kinds import LabelKind
from gullu.labels.paper import Page, paginate
from gullu.labels.pdf import pdf_bytes
from gullu.labels.png import render_page
from gullu.labels.preflight import check_label
from gullu.labels.services import template_of
from gullu.labels.symbols import is_ean13
from gullu.labels.zpl import zpl_page
from tests.labels.reading import DPI, decode, decode_with_zbar, draw_pdf, draw_zpl

Reader = Callable[[Image.Image], set[tuple[str, str]]]
FORTY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ12345678901234"
TURKISH = "ÇŞĞÜÖİ-çşğüöı-₺"

PRODUCTS = [
    ProductText(barcode="8690000000012", model="0172", colour="Siyah", size="38"),
    ProductText(
        barcode="2900000000018", model="0172", colour="Siyah", size="38", title="Kısa", price="99,90 ₺"
    ),
    ProductText(
        barcode="GUL-0172-37-SYH",
        model="GÜLLÜ-ŞIK-İĞNE-0172",
        colour="Koyu Kahverengi Süet Şampanya Taşlı",
        size="37,5",
        title="Kadın Şıpıdık İğne Topuklu Abiye Gelin Ayakkabısı Özel Üretim Ğ",
        price="123.456,78 ₺",
    ),
    ProductText(barcode=FORTY, model="M" * 40, colour="Bej/Siyah/Ekru/Vizon", size="40-41"),
    ProductText(barcode="7", model="1", colour="A", size="35"),
    ProductText(barcode="İĞNE-ŞIK-1", model="0001", colour="Gümüş", size="36"),
]
PARCELS = [
    ParcelText(
        code="7280000000012",
        order_number="10452345678",
        carrier="Trendyol Express",
        recipient="Şükriye Işıl Çağlayangil",
        address="Atatürk Mah. İğde Sk. No: 12, Bornova / İzmir",
        phone="0532 000 00 00",
        contents=("1 × 0172 Siyah 38",),
    ),
    ParcelText(
        code="12345678901234567890",
        order_number="SP00012345",
        carrier="Çok Uzun İsimli Uluslararası Kargo ve Lojistik Hizmetleri Anonim Şirketi",
        recipient="Prof. Dr. Mehmet Abdurrahman Kızılırmakoğulları Şahinbeyoğlu Güllüoğlu",
        address="Cumhuriyet Mahallesi 1453. Fatih Sultan Mehmet Bulvarı Güllübahçe Sitesi C Blok Kat: 14 "
        * 3,
        phone="+90 532 000 00 00",
        contents=tuple(f"{n} × 0{n}72 Koyu Kahverengi Süet {35 + n % 7}" for n in range(1, 40)),
        cash_due="123.456,78 ₺",
    ),
    ParcelText(code="SF000000013", order_number="1"),
]
SHELVES = ["A-B-03", "MAL-KABUL", "ÇĞ-ÖŞÜ-10", "BLOK-IKINCIL-KATMAN-012345-67"]


def designs(*kinds: LabelKind) -> list:
    rows = [row for row in DEFAULTS if row.kind in kinds]
    return [pytest.param(template_of(row).design(), id=row.code) for row in rows]


def expected(label: Label) -> set[tuple[str, str]]:
    names = {"QR": "QRCode", "Code 128": "Code128", "EAN-13": "EAN13"}
    return {(names[bars.symbol.kind], bars.symbol.text) for bars in label.bars}


def assert_readable(label: Label, design: Design) -> None:
    """The label passes the check, and each symbol reads back from the PNG, the PDF and the ZPL of its page."""
    check_label(label)
    page = next(paginate([label], design.paper))
    wanted = expected(label)
    assert wanted
    assert read(page) == {"png": wanted, "pdf": wanted, "zpl": wanted}


def read(page: Page, reader: Reader = decode) -> dict[str, set[tuple[str, str]]]:
    return {
        "png": reader(render_page(page, dpi=DPI)),
        "pdf": reader(draw_pdf(pdf_bytes([page], title="test"))),
        "zpl": reader(draw_zpl(zpl_page(page, dpi=DPI))),
    }


@pytest.mark.parametrize("text", PRODUCTS, ids=lambda text: text.barcode)
@pytest.mark.parametrize("design", designs(LabelKind.PRODUCT))
def test_product_label_reads_back(design: Design, text: ProductText) -> None:
    label = product_label(text, design)

    assert_readable(label, design)
    assert ("QRCode", text.barcode) in expected(label)


@pytest.mark.parametrize("design", designs(LabelKind.PRODUCT))
def test_product_label_carries_an_ean13_as_ean13(design: Design) -> None:
    label = product_label(PRODUCTS[1], design)

    assert is_ean13(PRODUCTS[1].barcode)
    assert expected(label) == {("QRCode", "2900000000018"), ("EAN13", "2900000000018")}


@pytest.mark.parametrize("code", SHELVES[:2])
@pytest.mark.parametrize("design", designs(LabelKind.SHELF, LabelKind.SHELF_SMALL))
def test_shelf_label_reads_back(design: Design, code: str) -> None:
    assert_readable(shelf_label(code, design), design)


@pytest.mark.parametrize("design", designs(LabelKind.SHELF_SMALL))
def test_small_shelf_label_carries_turkish_letters(design: Design) -> None:
    assert_readable(shelf_label(SHELVES[2], design), design)


def test_shelf_label_of_the_longest_code_says_what_does_not_fit() -> None:
    design = template_of(next(row for row in DEFAULTS if row.kind == LabelKind.SHELF)).design()

    with pytest.raises(SymbolTooWide) as refused:
        shelf_label(SHELVES[3], design)

    assert refused.value.data == {
        "name": SHELVES[3],
        "value": SHELVES[3],
        "symbology": "Code 128",
        "needs_mm": refused.value.data["needs_mm"],
        "has_mm": "80",
    }


@pytest.mark.parametrize("text", PARCELS, ids=lambda text: text.code)
@pytest.mark.parametrize("design", designs(LabelKind.CARGO, LabelKind.CARGO_MANUAL))
def test_cargo_label_reads_back(design: Design, text: ParcelText) -> None:
    label = cargo_label(text, design)

    assert_readable(label, design)
    assert expected(label) == {("Code128", text.code), ("QRCode", text.code)}


@pytest.mark.parametrize("text", PARCELS, ids=lambda text: text.code)
@pytest.mark.parametrize("design", designs(LabelKind.SLIP))
def test_packing_slip_reads_back_on_every_part(design: Design, text: ParcelText) -> None:
    labels = slip_labels(text, design)

    for label in labels:
        assert_readable(label, design)
    lines = [line.text for label in labels for line in label.texts]
    assert [line for line in text.contents if line not in lines] == []


@pytest.mark.parametrize("dpi", [300, 600])
def test_finer_printer_gets_modules_of_whole_dots(dpi: int) -> None:
    design = template_of(DEFAULTS[0]).design(dpi=dpi)
    label = product_label(PRODUCTS[0], design)

    check_label(label)

    page = next(paginate([label], design.paper))
    assert decode(render_page(page, dpi=dpi)) == expected(label)


def test_first_free_label_leaves_the_used_ones_empty() -> None:
    row = next(row for row in DEFAULTS if row.code == "product-a4-3x7")
    design = template_of(row).design()
    labels = [product_label(PRODUCTS[0], design)] * 17

    pages = list(paginate(labels, design.paper, first_cell=5))

    assert [len(page.labels) for page in pages] == [16, 1]
    cell = design.paper.cell(5)
    assert pages[0].labels[0].x == pytest.approx(cell.x, abs=0.07)
    assert pages[0].labels[0].y == pytest.approx(cell.y, abs=0.07)


def test_small_shelf_sheet_holds_nine_readable_codes() -> None:
    row = next(row for row in DEFAULTS if row.kind == LabelKind.SHELF_SMALL)
    design = template_of(row).design()
    codes = [f"A-0{n}-1{n}" for n in range(9)]

    (page,) = paginate([shelf_label(code, design) for code in codes], design.paper)

    wanted = {("QRCode", code) for code in codes}
    assert read(page) == {"png": wanted, "pdf": wanted, "zpl": wanted}


def labels_on(design: Design) -> list[Label]:
    """Every label of the tests above that this paper can carry."""
    if design.kind == LabelKind.PRODUCT:
        return [product_label(text, design) for text in PRODUCTS]
    if design.kind in {LabelKind.SHELF, LabelKind.SHELF_SMALL}:
        codes = SHELVES[:3] if design.kind == LabelKind.SHELF_SMALL else SHELVES[:2]
        return [shelf_label(code, design) for code in codes]
    if design.kind == LabelKind.SLIP:
        return [label for text in PARCELS for label in slip_labels(text, design)]
    return [cargo_label(text, design) for text in PARCELS]


@pytest.mark.usefixtures("zbar")
@pytest.mark.parametrize("design", designs(*LabelKind))
def test_zbar_reads_every_symbol_as_well(design: Design) -> None:
    for label in labels_on(design):
        (page,) = paginate([label], design.paper)
        wanted = expected(label)

        assert wanted
        assert read(page, decode_with_zbar) == {"png": wanted, "pdf": wanted, "zpl": wanted}


@pytest.mark.usefixtures("zbar")
@pytest.mark.parametrize("design", designs(LabelKind.PRODUCT, LabelKind.SHELF_SMALL))
def test_zbar_reads_each_label_of_a_full_sheet(design: Design) -> None:
    codes = [f"A-0{n % 10}-{n:02d}" for n in range(design.paper.cells)]
    labels = [
        product_label(ProductText(barcode=code, model="0172", colour="Siyah", size="38"), design)
        if design.kind == LabelKind.PRODUCT
        else shelf_label(code, design)
        for code in codes
    ]
    (page,) = paginate(labels, design.paper)

    sheet = draw_pdf(pdf_bytes([page], title="test"))

    seen = [decode_with_zbar(one_label(sheet, design, cell)) for cell in range(design.paper.cells)]
    assert seen == [expected(label) for label in labels]


def one_label(sheet: Image.Image, design: Design, cell: int) -> Image.Image:
    """What a scanner sees that is held over one label of a sheet."""
    box, dots = design.paper.cell(cell), DPI / MM_PER_INCH
    edges = (box.x, box.y, box.right, box.bottom)
    return sheet.crop(tuple(round(edge * dots) for edge in edges))
