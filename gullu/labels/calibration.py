"""The calibration sheet: shows whether a printer prints at real size, where it begins, and which dots it loses."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.elements import Label
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box
from gullu.labels.paper import Page, Paper, Shift, paginate
from gullu.labels.symbols import code128, qr

SAMPLE_CODE: Final = "GULLU-TEST-1"
_FRAME_INSET: Final = 2.0
_INNER: Final = 5.0
_TICK: Final = 0.2


def calibration_page(paper: Paper, *, dpi: int, shift: Shift) -> Page:
    """One page of this paper with rulers along two sides, a frame exactly 2 mm inside, and sample codes."""
    whole = Paper(width=paper.width, height=paper.height)
    return next(paginate([_sheet(whole, dpi)], whole, shift=shift))


def _sheet(paper: Paper, dpi: int) -> Label:
    builder = LabelBuilder(name=SAMPLE_CODE, width=paper.width, height=paper.height, dpi=dpi)
    frame = builder.area.inset(_FRAME_INSET)
    builder.frame(frame, line=_TICK)
    _ruler(builder, frame, upright=False)
    _ruler(builder, frame, upright=True)
    inside = frame.inset(_INNER)
    used = builder.stack(inside, [Line(text=text, pt=8, lines=4) for text in _sentences(paper, dpi)])
    _samples(builder, inside.below(used + 1))
    return builder.finish()


def _ruler(builder: LabelBuilder, frame: Box, *, upright: bool) -> None:
    """A tick each millimetre from the frame's corner, longer at 5 and 10."""
    length = int(frame.height if upright else frame.width)
    for mm in range(1, length):
        tick = 3.0 if mm % 10 == 0 else 2.0 if mm % 5 == 0 else 1.0
        across = Box(frame.x + 2 * _TICK, frame.y + mm, tick, _TICK)
        down = Box(frame.x + mm, frame.y + 2 * _TICK, _TICK, tick)
        box = across if upright else down
        if mm > 3:  # the two rulers would cross in the corner
            builder.block(box)


def _sentences(paper: Paper, dpi: int) -> list[str]:
    values = {"width": f"{paper.width:g}", "height": f"{paper.height:g}", "dpi": dpi}
    return [
        _("Calibration: %(width)s × %(height)s mm, %(dpi)s dpi") % values,
        _("The frame lies 2 mm inside the paper on every side: type what differs as the printer's shift."),
        _("10 ticks are 10 mm. If not, switch off “fit to page” and print at 100 %%.") % {},
    ]


def _samples(builder: LabelBuilder, area: Box) -> None:
    """Small codes: if they scan, so do all labels. On paper too small for them they are left out."""
    symbol = qr(SAMPLE_CODE)
    if area.height >= 14 and area.width >= 14:
        taken = builder.matrix(Box(area.x, area.y, area.width, min(area.height, 24)), symbol, side=16)
        rest = Box(taken.right, area.y + 2, area.right - taken.right, min(area.height - 4, 12))
        if rest.width >= 50 and rest.height >= 8:
            builder.linear(rest.above(line_mm(8)), code128(SAMPLE_CODE))
            text = Box(rest.x, rest.bottom - line_mm(8), rest.width, line_mm(8))
            builder.text(text, Line(text=SAMPLE_CODE, pt=8, align="center"))
