"""Shelf labels: the code as large as the paper allows, its QR, and its Code 128."""

from __future__ import annotations

from gullu.labels.builder import Line
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box
from gullu.labels.kinds import LabelField
from gullu.labels.symbols import code128, qr


def shelf_label(code: str, design: Design) -> Label:
    """Raises `LabelRefused` for what could not be scanned."""
    builder = design.builder(code)
    area = builder.area.below(design.padding_mm).above(design.padding_mm)
    if design.shows(LabelField.CODE_TEXT):
        room = Box(design.padding_mm, area.y, area.width - 2 * design.padding_mm, line_mm(design.title_pt))
        line = Line(text=code, pt=design.title_pt, bold=True, required=True, align="center")
        area = area.below(builder.text(room, line))
    if design.shows(LabelField.CODE):
        width = min(design.code_width_mm, area.width)
        height = design.code_height_mm
        builder.linear(Box((area.width - width) / 2, area.bottom - height, width, height), code128(code))
        area = area.above(height)
    if design.shows(LabelField.QR):
        builder.matrix(area, qr(code), side=design.qr_mm, align="center")
    return builder.finish()
