"""The packing slip: every article of a parcel, on as many labels as it takes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.designs.cargo import ParcelText, parcel_code, parcel_recipient
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.errors import NoRoom
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box
from gullu.labels.kinds import LabelField

_GAP = 1.0
_SPACING = 1.25


def slip_labels(text: ParcelText, design: Design) -> list[Label]:
    """One label, or more when the contents need them; each says which of how many it is."""
    row = line_mm(design.small_pt) * _SPACING
    probe = design.builder(text.order_number)
    rows = int((_upper_part(probe, text, design, part="9/9").height + 1e-6) / row)
    if rows < 1:
        raise NoRoom(name=text.order_number)
    shown = text.contents if design.shows(LabelField.CONTENTS) else ()
    parts = [shown[start : start + rows] for start in range(0, len(shown), rows)] or [()]
    return [_slip(text, design, part, f"{n}/{len(parts)}", row) for n, part in enumerate(parts, start=1)]


def _slip(text: ParcelText, design: Design, contents: tuple[str, ...], part: str, row: float) -> Label:
    builder = design.builder(text.order_number)
    area = _upper_part(builder, text, design, part=part)
    for index, line in enumerate(contents):
        box = Box(area.x, area.y + index * row, area.width, line_mm(design.small_pt))
        builder.text(box, Line(text=line, pt=design.small_pt))
    return builder.finish()


def _upper_part(builder: LabelBuilder, text: ParcelText, design: Design, *, part: str) -> Box:
    """Heading, code and recipient; returns what is left for the contents."""
    area = builder.area.inset(design.padding_mm)
    head = Box(area.x, area.y, area.width * 0.75, line_mm(design.large_pt))
    number = text.order_number if design.shows(LabelField.ORDER_NUMBER) else _("Packing slip")
    builder.text(head, Line(text=number, pt=design.large_pt, bold=True, required=True))
    corner = Box(area.x + area.width * 0.75, area.y, area.width * 0.25, head.height)
    builder.text(corner, Line(text=part, pt=design.title_pt, align="right"))
    area = area.below(head.height)
    if design.shows(LabelField.CARRIER) and text.carrier:
        area = area.below(
            builder.text(_row(area, design.small_pt), Line(text=text.carrier, pt=design.small_pt))
        )
    area = area.below(_GAP)
    area = area.below(parcel_code(builder, area, text, design))
    area = area.below(parcel_recipient(builder, area, text, design) + _GAP)
    builder.rule(area)
    return area.below(_GAP * 1.5)


def _row(area: Box, pt: float) -> Box:
    return Box(area.x, area.y, area.width, line_mm(pt))
