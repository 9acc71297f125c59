"""What every page of a printed report has: the head with shop, title and day, the foot with its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from analytics.papers.sheet import GREY, INK, Sheet, Words
from gullu.labels.geometry import MM_PER_PT, Box
from gullu.labels.typeface import BOLD, REGULAR, pdf_font, printable

# In mm.
MARGIN: Final = 10.0
_HEAD: Final = 11.0
_AIR: Final = 4.0
_FOOT: Final = 6.0
_RULE: Final = 0.8

_TEXT: Final = {"fontName": REGULAR, "fontSize": 8.5, "leading": 11, "textColor": INK}
PLAIN: Final = ParagraphStyle("plain", **_TEXT)
FAINT_WORDS: Final = ParagraphStyle("faint", **{**_TEXT, "textColor": GREY, "fontSize": 8, "spaceAfter": 4})
HEADING: Final = ParagraphStyle(
    "heading",
    **{**_TEXT, "fontName": BOLD, "fontSize": 12, "leading": 15},
    spaceBefore=8,
    spaceAfter=3,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What stands at the head of each page."""

    title: str
    made_at: datetime
    wide: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Of the paper, in points."""
        narrow, high = A4
        return (high, narrow) if self.wide else (narrow, high)

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of what stands between head and foot, in points."""
        width, height = self.size
        used = (2 * MARGIN + _HEAD + _AIR + _FOOT) / MM_PER_PT
        return width - 2 * MARGIN / MM_PER_PT, height - used


def words(text: str, style: ParagraphStyle = PLAIN) -> Paragraph:
    """A text as it is: nothing in it is taken for markup, and letters the typeface lacks are marked."""
    shown = printable(text, style.fontName)
    return Paragraph(shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), style)


def write_pages(target: Any, story: list[Any], look: Look) -> None:
    """Set the story on pages of this look, into a file."""
    for name in (REGULAR, BOLD):
        pdf_font(name)
    width, height = look.room
    left, bottom = MARGIN / MM_PER_PT, (MARGIN + _FOOT) / MM_PER_PT
    area = Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document = BaseDocTemplate(
        target,
        pagesize=look.size,
        pageTemplates=[PageTemplate(frames=[area])],
        title=look.title,
        author=settings.SHOP.name,
        initialFontName=REGULAR,
    )
    document.build(story, canvasmaker=_canvas_of(look))


def _canvas_of(look: Look) -> type[Canvas]:
    """ReportLab's canvas, which draws head and foot last: only then is the number of pages known."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  (the name is ReportLab's)
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = self._pages
            for number, page in enumerate(pages, start=1):
                self.__dict__.update(page)
                _draw_frame(self, look, number=number, pages=len(pages))
                super().showPage()
            super().save()

    return Numbered


def _draw_frame(canvas: Canvas, look: Look, *, number: int, pages: int) -> None:
    width, height = (points * MM_PER_PT for points in look.size)
    sheet = Sheet(canvas, width=width, height=height)
    inner = width - 2 * MARGIN
    sheet.words(Box(MARGIN, MARGIN, inner * 0.45, 7), Words(text=settings.SHOP.name, pt=13, bold=True))
    right = Box(MARGIN + inner * 0.45, MARGIN - 0.5, inner * 0.55, 5.5)
    sheet.words(right, Words(text=look.title, pt=11, bold=True, align="right"))
    day = f"{timezone.localtime(look.made_at):%d.%m.%Y %H:%M}"
    below = Box(right.x, right.bottom, right.width, 4.5)
    sheet.words(below, Words(text=day, pt=8, colour=GREY, align="right"))
    sheet.block(Box(MARGIN, MARGIN + _HEAD - _RULE, inner, _RULE), settings.SHOP.colour)
    foot = Box(MARGIN, height - MARGIN - 4, inner, 4)
    counted = _("page %(number)s / %(pages)s") % {"number": number, "pages": pages}
    sheet.words(foot, Words(text=counted, pt=8, colour=GREY, align="right"))


__all__ = ["FAINT_WORDS", "HEADING", "MARGIN", "PLAIN", "Look", "words", "write_pages"]
