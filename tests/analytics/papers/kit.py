"""Goods with pictures, and papers made from them as the worker would."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from PIL import Image

from analytics.papers.entries import Entry, entries_of
from analytics.papers.kinds import PaperKind
from analytics.papers.making import Made, write_paper
from analytics.papers.options import PaperOptions
from catalog.models import Product, ProductImage
from inventory.models import Shelf
from tests.factories import make_product, make_shelf, make_variant, stock

LETTERS = "İıŞşĞğÇçÖöÜü"


def picture(width: int = 1200, height: int = 1800, *, colour: str = "#884422", form: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()


def add_picture(product: Product, colour: str, content: bytes, *, position: int = 1) -> ProductImage:
    """A picture that lies in the storage, however broken it is."""
    name = default_storage.save(f"products/{product.pk}-{position}.jpg", ContentFile(content))
    return ProductImage.objects.create(
        product=product,
        colour=colour,
        position=position,
        url=f"/media/{name}",
        file=name,
        thumb=name,
        width=1,
        height=1,
        digest="0" * 64,
    )


def make_goods(
    code: str,
    *,
    colour: str = "Siyah",
    sizes: Sequence[str] = ("36", "37", "38"),
    price: str | None = "1299.90",
    shelf: Shelf | None = None,
    pairs: int = 0,
    **fields: Any,
) -> Product:
    """A model in one colour; with a shelf `pairs` of each size lie there."""
    product = make_product(code, **fields)
    sale = None if price is None else Decimal(price)
    for size in sizes:
        variant = make_variant(product=product, colour=colour, size=size, sale_price=sale, list_price=sale)
        if pairs:
            stock(variant, shelf or make_shelf(), pairs)
    return product


def entries(*products: Product, with_stock: bool = False) -> list[Entry]:
    keys = [
        (product.pk, colour)
        for product in products
        for colour in product.variants.values_list("colour", flat=True).distinct()
    ]
    return entries_of(keys, only_active=True, with_stock=with_stock)


def paper(kind: PaperKind, rows: Sequence[Entry], **fields: Any) -> tuple[bytes, Made]:
    """The file of a paper, and what was counted."""
    values = {"cover": False, "shop": "Güllü Ayakkabı", **fields}
    target = BytesIO()
    options = PaperOptions(kind=kind, **values)
    made = write_paper(target, rows, options, made_at=timezone.now(), report=lambda _done: None)
    return target.getvalue(), made


# --- reading a PDF --------------------------------------------------------------------------------------------------


def page_texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def images_mm(
    data: bytes, *, page: int = 0
) -> list[tuple[tuple[float, float, float, float], tuple[int, int]]]:
    """(left, top, width, height in mm; points across and down) of every picture on a page, from the top left."""
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page]
        height = sheet.get_height()
        found = []
        for item in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
            left, bottom, right, top = item.get_bounds()
            places = (left, height - top, right - left, top - bottom)
            found.append((tuple(round(value * 25.4 / 72, 1) for value in places), item.get_px_size()))
        return sorted(found, key=lambda one: (one[0][1], one[0][0]))
    finally:
        document.close()


def fonts_embedded(data: bytes) -> set[bool]:
    """Whether the typeface of every text in the file lies in the file itself."""
    document = pypdfium2.PdfDocument(data)
    try:
        return {
            bool(pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item.raw)))
            for page in document
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
        }
    finally:
        document.close()


def page_sizes_mm(data: bytes) -> set[tuple[int, int]]:
    document = pypdfium2.PdfDocument(data)
    try:
        sizes = [page.get_size() for page in document]
    finally:
        document.close()
    return {(round(width * 25.4 / 72), round(height * 25.4 / 72)) for width, height in sizes}


# --- the worker -----------------------------------------------------------------------------------------------------


def run_queue() -> None:
    """Carry out what is queued, as the worker does."""
    for row in OrmQ.objects.order_by("pk"):
        task = row.task
        import_string(task["func"])(**task["kwargs"])
        row.delete()
