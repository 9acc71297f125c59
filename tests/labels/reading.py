"""Reading printed labels with independent tools: zxing-cpp and zbar decode, PDFium draws the PDF."""

from __future__ import annotations

import re

import pypdfium2
import zxingcpp
from PIL import Image

DPI = 203


def decode(image: Image.Image) -> set[tuple[str, str]]:
    """(format, text) of every symbol in the picture."""
    return {(found.format.name, found.text) for found in zxingcpp.read_barcodes(image)}


def decode_with_zbar(image: Image.Image) -> set[tuple[str, str]]:
    """The same through zbar, which many phones and cheap scanners use. Needs the fixture `zbar`."""
    from pyzbar.pyzbar import ZBarSymbol
    from pyzbar.pyzbar import decode as read

    names = {"QRCODE": "QRCode", "CODE128": "Code128", "EAN13": "EAN13"}
    found = read(image, symbols=[ZBarSymbol[name] for name in names])
    return {(names[symbol.type], _meant(symbol.data.decode())) for symbol in found}


def _meant(text: str) -> str:
    """A QR code names no character set, and zbar takes some UTF-8 for Shift JIS: the bytes are what counts."""
    try:
        return text.encode("shift_jis").decode()
    except UnicodeError:
        return text


def draw_pdf(data: bytes, *, page: int = 0, dpi: int = DPI) -> Image.Image:
    """A page of the PDF at its real size."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].render(scale=dpi / 72, grayscale=True).to_pil().convert("L").copy()
    finally:
        document.close()


def pdf_sizes_mm(data: bytes) -> list[tuple[float, float]]:
    document = pypdfium2.PdfDocument(data)
    try:
        sizes = [document.get_page_size(index) for index in range(len(document))]
    finally:
        document.close()
    return [(round(width * 25.4 / 72, 2), round(height * 25.4 / 72, 2)) for width, height in sizes]


def pdf_text(data: bytes, *, page: int = 0) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].get_textpage().get_text_bounded()
    finally:
        document.close()


def draw_zpl(zpl: str) -> Image.Image:
    """The graphic of one ZPL format, decompressed by the rules of the ZPL manual."""
    found = re.search(r"\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS", zpl)
    assert found is not None
    total, per_row, data = int(found[1]), int(found[3]), found[4]
    rows: list[str] = []
    row, times = "", 0
    for character in data:
        if character == ":":
            rows.append(rows[-1])
        elif character == ",":
            rows.append(row.ljust(per_row * 2, "0"))
            row = ""
        elif "G" <= character <= "Y":
            times += ord(character) - ord("F")
        elif "g" <= character <= "z":
            times += 20 * (ord(character) - ord("f"))
        else:
            row += character * (times or 1)
            times = 0
        if len(row) == per_row * 2:
            rows.append(row)
            row = ""
    raw = bytes.fromhex("".join(rows))
    assert len(raw) == total
    return Image.frombytes("1", (per_row * 8, total // per_row), bytes(255 - byte for byte in raw)).convert(
        "L"
    )
