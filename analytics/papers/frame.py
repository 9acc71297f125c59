"""What stands on every page, whatever the paper: the head with shop and title, the foot with contact and number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.papers.options import PaperOptions
from analytics.papers.pictures import Jpeg
from analytics.papers.sheet import GREY, INK, WHITE, PageDraw, Sheet, Words
from gullu.labels.geometry import Box

MARGIN: Final = 8.0
HEAD: Final = 13.0
FOOT: Final = 6.0
# Above and below the content.
_AIR: Final = 3.0
_LOGO: Final = "logo"
_LOGO_WIDTH: Final = 24.0
_RULE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Look:
    """The paper's options with what they need: the logo as a picture, and when the paper was made."""

    options: PaperOptions
    made_at: datetime
    logo: Jpeg | None = None

    @property
    def day(self) -> str:
        return f"{timezone.localtime(self.made_at):%d.%m.%Y}"


def content_box(width: float, height: float) -> Box:
    """What head and foot leave of a page of this size."""
    top = MARGIN + HEAD + _AIR
    return Box(MARGIN, top, width - 2 * MARGIN, height - top - MARGIN - FOOT)


def draw_frame(sheet: Sheet, look: Look, *, number: int, pages: int) -> None:
    """Head and foot of page `number` of `pages`."""
    options = look.options
    head = Box(MARGIN, MARGIN, sheet.width - 2 * MARGIN, HEAD)
    half = head.width / 2 - 2
    left = head.x
    if look.logo is not None:
        height = HEAD - 3
        width = min(_LOGO_WIDTH, height * look.logo.width / look.logo.height)
        left = sheet.picture(Box(left, head.y, width, height), look.logo, name=_LOGO).right + 3
    sheet.words(Box(left, head.y + 2.5, head.x + half - left, 7), Words(text=options.shop, pt=14, bold=True))
    right = Box(head.right - half, head.y, half, 5.5)
    sheet.words(right, Words(text=options.heading, pt=11, bold=True, align="right"))
    day = Box(right.x, right.bottom, half, 4.5)
    sheet.words(day, Words(text=look.day, pt=8, colour=GREY, align="right"))
    sheet.block(Box(head.x, head.bottom - _RULE, head.width, _RULE), options.colour)
    _draw_foot(sheet, look, number=number, pages=pages)


def _draw_foot(sheet: Sheet, look: Look, *, number: int, pages: int) -> None:
    foot = Box(MARGIN, sheet.height - MARGIN - FOOT + 2, sheet.width - 2 * MARGIN, FOOT - 2)
    contact = " · ".join(line.strip() for line in look.options.contact.splitlines() if line.strip())
    sheet.words(Box(foot.x, foot.y, foot.width - 30, foot.height), Words(text=contact, pt=8, colour=GREY))
    words = _("page %(number)s / %(pages)s") % {"number": number, "pages": pages}
    sheet.words(
        Box(foot.right - 28, foot.y, 28, foot.height), Words(text=words, pt=8, colour=GREY, align="right")
    )


def cover(look: Look, *, subtitle: str) -> Iterator[PageDraw]:
    """The cover, if one is wanted."""
    if look.options.cover:
        yield PageDraw(lambda sheet: _draw_cover(sheet, look, subtitle))


def _draw_cover(sheet: Sheet, look: Look, subtitle: str) -> None:
    options = look.options
    ink = ink_on(options.colour)
    sheet.block(sheet.area, options.colour)
    inner = sheet.area.inset(22)
    y = inner.y + 22
    if look.logo is not None:
        plate = Box(inner.x + inner.width / 2 - 45, y, 90, 60)
        sheet.block(plate, WHITE)
        sheet.picture(plate.inset(6), look.logo, name=_LOGO)
    y += 76
    for text, pt, bold, lines in (
        (options.shop, 40.0, True, 2),
        (options.slogan, 16.0, False, 3),
    ):
        area = Box(inner.x, y, inner.width, 36)
        y += (
            sheet.words(area, Words(text=text, pt=pt, bold=bold, colour=ink, align="center", lines=lines)) + 5
        )
    sheet.block(Box(inner.x + inner.width / 2 - 20, 178, 40, 0.8), ink)
    for text, pt, bold, top in ((options.heading, 26.0, True, 184.0), (subtitle, 13.0, False, 207.0)):
        area = Box(inner.x, top, inner.width, 22)
        sheet.words(area, Words(text=text, pt=pt, bold=bold, colour=ink, align="center", lines=2))
    _draw_contact(sheet, options.contact, Box(inner.x, inner.bottom - 30, inner.width, 38), ink)


def _draw_contact(sheet: Sheet, contact: str, area: Box, ink: str) -> None:
    for number, line in enumerate(contact.splitlines()[:6]):
        row = Box(area.x, area.y + number * 6, area.width, 6)
        sheet.words(row, Words(text=line, pt=12, colour=ink, align="center"))


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read on this ground (WCAG relative luminance)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return INK if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else WHITE


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


__all__ = ["MARGIN", "Look", "content_box", "cover", "draw_frame", "ink_on"]
