"""The product label: QR at the left, model, colour and size beside it, the linear code with its text below."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.errors import NotEncodable, SymbolTooWide
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box
from gullu.labels.kinds import LabelField, Symbology
from gullu.labels.symbols import Symbol, code128, ean13, is_ean13, qr


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductText:
    """What stands on a product label; `price` is written out (`1.234,50 ₺`), empty when not known."""

    barcode: str
    model: str
    colour: str
    size: str
    title: str = ""
    price: str = ""


def product_label(text: ProductText, design: Design) -> Label:
    """Raises `LabelRefused` (with the value and the way out) for what could not be scanned."""
    builder = design.builder(text.barcode)
    upper = _lower_part(builder, text, design)
    if design.shows(LabelField.QR):
        taken = builder.matrix(upper, qr(text.barcode), side=design.qr_mm)
        beside = Box(taken.right, upper.y, builder.width - taken.right - design.padding_mm, upper.height)
    else:
        beside = Box(design.padding_mm, upper.y, builder.width - 2 * design.padding_mm, upper.height)
    _write_beside(builder, beside.below(design.padding_mm), text, design)
    return builder.finish()


def _lower_part(builder: LabelBuilder, text: ProductText, design: Design) -> Box:
    """The code and its text at the bottom; returns what is left above them."""
    area = builder.area.above(design.padding_mm)
    if design.shows(LabelField.CODE_TEXT):
        height = line_mm(design.small_pt)
        room = Box(design.padding_mm, area.bottom - height, area.width - 2 * design.padding_mm, height)
        line = Line(text=text.barcode, pt=design.small_pt, bold=True, lines=2, required=True, align="center")
        builder.text(room, line)
        area = area.above(height)
    if design.shows(LabelField.CODE):
        area = _linear_code(builder, area, text.barcode, design)
    return area


def _linear_code(builder: LabelBuilder, area: Box, barcode: str, design: Design) -> Box:
    width = min(design.code_width_mm, area.width)
    room = Box((area.width - width) / 2, area.bottom - design.code_height_mm, width, design.code_height_mm)
    try:
        builder.linear(room, linear_symbol(barcode, design.symbology))
    except (NotEncodable, SymbolTooWide):
        if design.symbology != Symbology.AUTO or not design.shows(LabelField.QR):
            raise
        builder.notes.append(
            _("“%(value)s” has no room as bars on this label: it carries the QR code only.")
            % {"value": barcode}
        )
        return area
    return area.above(design.code_height_mm)


def linear_symbol(text: str, symbology: str) -> Symbol:
    """The bars of a barcode as the template wants them. Raises `NotAnEan13`, `NotEncodable`."""
    if symbology == Symbology.EAN13 or (symbology == Symbology.AUTO and is_ean13(text)):
        return ean13(text)
    return code128(text)


def _write_beside(builder: LabelBuilder, area: Box, text: ProductText, design: Design) -> None:
    lines = [
        (LabelField.TITLE, Line(text=text.title, pt=design.small_pt, lines=2)),
        (LabelField.MODEL, Line(text=text.model, pt=design.title_pt, bold=True, lines=2)),
        (LabelField.COLOUR, Line(text=text.colour, pt=design.title_pt, lines=2)),
        (LabelField.SIZE, Line(text=text.size, pt=design.large_pt, bold=True, required=True)),
        (LabelField.PRICE, Line(text=text.price, pt=design.title_pt, bold=True, required=True)),
    ]
    builder.stack(area, [line for field, line in lines if design.shows(field)], middle=True)
