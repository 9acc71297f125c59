"""Drawing on A4 in millimetres from the top left corner, streamed as one PDF however many pictures it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from analytics.papers.pictures import Jpeg
from gullu.labels.fitting import fit
from gullu.labels.geometry import MM_PER_PT, Box
from gullu.labels.pdf import StreamedDocument
from gullu.labels.typeface import ASCENT, BOLD, LINE, REGULAR, pdf_font, printable, width_mm

A4: Final = (210.0, 297.0)
INK, GREY, FAINT, RED, WHITE = "#18181b", "#71717a", "#d4d4d8", "#b91c1c", "#ffffff"
GROUND: Final = "#f4f4f5"
LEAST_PT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text: at most `pt` high and `lines` lines; it shrinks to `least_pt`, wraps, is then cut with an ellipsis."""

    text: str
    pt: float
    bold: bool = False
    colour: str = INK
    align: Literal["left", "center", "right"] = "left"
    lines: int = 1
    least_pt: float = LEAST_PT
    middle: bool = False

    @property
    def font(self) -> str:
        return BOLD if self.bold else REGULAR


class Sheet:
    """One page while it is drawn."""

    def __init__(self, canvas: Any, *, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._canvas = canvas

    @property
    def area(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def words(self, box: Box, words: Words) -> float:
        """Write at the top of the box, or in its middle; returns the height used in mm."""
        text = printable(words.text, words.font)
        if not text:
            return 0.0
        fitted = fit(
            text,
            words.font,
            width=box.width,
            height=box.height,
            pt=words.pt,
            lines=words.lines,
            least_pt=words.least_pt,
        )
        self._canvas.setFillColor(HexColor(words.colour))
        self._canvas.setFont(words.font, fitted.pt)
        step = fitted.pt * LINE * MM_PER_PT
        top = box.y + ((box.height - fitted.height) / 2 if words.middle else 0)
        for number, line in enumerate(fitted.lines):
            baseline = top + number * step + fitted.pt * ASCENT * MM_PER_PT
            x = box.x + _shift(box.width - width_mm(line, words.font, fitted.pt), words.align)
            self._canvas.drawString(x / MM_PER_PT, self._up(baseline), line)
        return fitted.height

    def block(self, box: Box, colour: str) -> None:
        """A filled rectangle."""
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.rect(*self._rectangle(box), stroke=0, fill=1)

    def frame(self, box: Box, *, colour: str = FAINT, line: float = 0.2) -> None:
        """The outline of a rectangle; `line` in mm."""
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(line / MM_PER_PT)
        self._canvas.rect(*self._rectangle(box.inset(line / 2)), stroke=1, fill=0)

    def picture(self, box: Box, jpeg: Jpeg, *, name: str) -> Box:
        """The whole picture in the middle of the box; returns where it lies. A `name` is one picture of the file."""
        place = contained(box, jpeg.width, jpeg.height)
        document = self._canvas._doc  # noqa: SLF001  (no method gives the document)
        if not document.hasForm(name):
            document.add_jpeg(name, jpeg)
        x, y, width, height = self._rectangle(place)
        self._canvas.saveState()
        self._canvas.transform(width, 0, 0, height, x, y)
        self._canvas.doForm(name)
        self._canvas.restoreState()
        return place

    def _up(self, y: float) -> float:
        return (self.height - y) / MM_PER_PT

    def _rectangle(self, box: Box) -> tuple[float, float, float, float]:
        return box.x / MM_PER_PT, self._up(box.bottom), box.width / MM_PER_PT, box.height / MM_PER_PT


def _shift(free: float, align: str) -> float:
    return {"left": 0.0, "center": free / 2, "right": free}[align]


def contained(box: Box, width: int, height: int) -> Box:
    """The largest rectangle of this proportion in the middle of the box."""
    scale = min(box.width / width, box.height / height)
    wide, high = width * scale, height * scale
    return Box(box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2, wide, high)


@dataclass(frozen=True, slots=True)
class PageDraw:
    """A page to come: its size in mm, and what draws it."""

    draw: Callable[[Sheet], None]
    width: float = A4[0]
    height: float = A4[1]


class _Document(StreamedDocument):
    def add_jpeg(self, name: str, jpeg: Jpeg) -> None:
        """Write a picture to the file now: memory never holds two."""
        facts = {
            "Type": pdfdoc.PDFName("XObject"),
            "Subtype": pdfdoc.PDFName("Image"),
            "Width": jpeg.width,
            "Height": jpeg.height,
            "BitsPerComponent": 8,
            "ColorSpace": pdfdoc.PDFName("DeviceRGB"),
            "Filter": pdfdoc.PDFName("DCTDecode"),
        }
        stream = pdfdoc.PDFStream(pdfdoc.PDFDictionary(facts), content=jpeg.content)
        self.add_now(self.getXObjectName(name), stream)


def stream_pages(pages: Iterable[PageDraw], *, title: str) -> Iterator[bytes]:
    """The PDF in pieces, one for each page and one for the end."""
    for name in (REGULAR, BOLD):
        pdf_font(name)
    canvas = Canvas("", pageCompression=0, initialFontName=REGULAR)
    document = canvas._doc = _Document()  # noqa: SLF001  (no argument takes a document)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageSize((page.width / MM_PER_PT, page.height / MM_PER_PT))
        page.draw(Sheet(canvas, width=page.width, height=page.height))
        canvas.showPage()
        yield document.take()
    document.GetPDFData(canvas)
    yield document.take()


__all__ = [
    "A4",
    "FAINT",
    "GREY",
    "GROUND",
    "INK",
    "RED",
    "WHITE",
    "PageDraw",
    "Sheet",
    "Words",
    "contained",
    "stream_pages",
]
