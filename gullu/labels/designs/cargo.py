"""The cargo label: who brings it, to whom, what is in it, and what is to be collected."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.errors import NoRoom
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box
from gullu.labels.kinds import LabelField
from gullu.labels.symbols import code128, qr

_GAP = 1.0
_CASH_LINE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelText:
    """What stands on a cargo label or packing slip. `code` is the cargo number, or our own for want of one.

    `contents` has one line per article; `cash_due` is written out (`1.234,50 ₺`), empty when nothing is collected.
    """

    code: str
    order_number: str
    carrier: str = ""
    recipient: str = ""
    address: str = ""
    phone: str = ""
    contents: tuple[str, ...] = ()
    cash_due: str = ""


def cargo_label(text: ParcelText, design: Design) -> Label:
    """Raises `LabelRefused`; contents that have no room are counted, never clipped."""
    builder = design.builder(text.order_number)
    area = builder.area.inset(design.padding_mm)
    area = area.below(_head(builder, area, text, design) + _GAP)
    area = area.below(parcel_code(builder, area, text, design))
    if text.cash_due:
        area = area.above(_cash_box(builder, area, text, design) + _GAP)
    area = area.below(parcel_recipient(builder, area, text, design) + _GAP)
    if design.shows(LabelField.CONTENTS) and text.contents:
        builder.rule(area)
        _contents(builder, area.below(_GAP), text.contents, design)
    return builder.finish()


def _head(builder: LabelBuilder, area: Box, text: ParcelText, design: Design) -> float:
    """Carrier at the left, order number at the right, on one line each with half of the width."""
    half = Box(area.x, area.y, area.width * 0.5 - _GAP, line_mm(design.title_pt))
    if design.shows(LabelField.CARRIER):
        builder.text(half, Line(text=text.carrier, pt=design.title_pt, bold=True))
    if design.shows(LabelField.ORDER_NUMBER):
        other = Box(area.x + area.width * 0.5, area.y, area.width * 0.5, half.height)
        line = Line(text=text.order_number, pt=design.title_pt, bold=True, required=True, align="right")
        builder.text(other, line)
    return half.height


def parcel_code(builder: LabelBuilder, area: Box, text: ParcelText, design: Design) -> float:
    """The Code 128 with its text; returns the height used."""
    used = 0.0
    if design.shows(LabelField.CODE):
        width = min(design.code_width_mm, builder.width)
        room = Box((builder.width - width) / 2, area.y, width, design.code_height_mm)
        builder.linear(room, code128(text.code))
        used += design.code_height_mm
    if design.shows(LabelField.CODE_TEXT):
        room = Box(area.x, area.y + used, area.width, line_mm(design.small_pt + 2))
        line = Line(text=text.code, pt=design.small_pt + 2, bold=True, required=True, align="center")
        used += builder.text(room, line) + _GAP
    return used


def parcel_recipient(builder: LabelBuilder, area: Box, text: ParcelText, design: Design) -> float:
    """Recipient, address and phone at the left, the QR at the right; returns the height used."""
    width, height = area.width, 0.0
    if design.shows(LabelField.QR):
        symbol = qr(text.code)
        room = min(design.qr_mm * symbol.columns_with_quiet / symbol.columns, area.height)
        taken = builder.matrix(
            Box(area.x, area.y, builder.width - area.x, room), symbol, side=design.qr_mm, align="right"
        )
        width, height = taken.x - area.x, taken.bottom - area.y
    lines = [
        (LabelField.RECIPIENT, Line(text=text.recipient, pt=design.title_pt, bold=True, lines=2)),
        (LabelField.ADDRESS, Line(text=text.address, pt=design.small_pt, lines=6)),
        (LabelField.PHONE, Line(text=text.phone, pt=design.small_pt)),
    ]
    shown = [line for field, line in lines if design.shows(field)]
    room = height or min(area.height, sum(line_mm(line.pt) * line.lines for line in shown))
    used = builder.stack(Box(area.x, area.y, width, room), shown)
    return max(height, used)


def _cash_box(builder: LabelBuilder, area: Box, text: ParcelText, design: Design) -> float:
    """The amount to collect, large, in a thick frame at the bottom; returns its height."""
    height = line_mm(design.large_pt) + 6 * _CASH_LINE
    if height > area.height:
        raise NoRoom(name=builder.name)
    box = Box(area.x, area.bottom - height, area.width, height)
    inside = builder.frame(box, line=_CASH_LINE)
    due = _("TO COLLECT: %(amount)s") % {"amount": text.cash_due}
    line = Line(text=due, pt=design.large_pt, bold=True, required=True, align="center")
    builder.stack(inside, [line], middle=True)
    return height


def _contents(builder: LabelBuilder, area: Box, contents: tuple[str, ...], design: Design) -> None:
    room = int((area.height + 1e-6) / line_mm(design.small_pt))
    if room < 1:
        raise NoRoom(name=builder.name)
    shown = contents if len(contents) <= room else contents[: room - 1]
    lines = [Line(text=line, pt=design.small_pt) for line in shown]
    if len(shown) < len(contents):
        rest = _("and %(count)s more, see the packing slip") % {"count": len(contents) - len(shown)}
        lines.append(Line(text=rest, pt=design.small_pt))
    builder.stack(area, lines)
