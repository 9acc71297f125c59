"""Pages as one PDF, written page by page: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from gullu.labels.elements import Bars, Frame, Label, Text
from gullu.labels.geometry import MM_PER_PT, PT_PER_INCH
from gullu.labels.paper import Page, Placed
from gullu.labels.symbols import Symbol, runs
from gullu.labels.typeface import BOLD, REGULAR, pdf_font


class StreamedDocument(pdfdoc.PDFDocument):
    """ReportLab's document, with each page written as soon as it is complete.

    ReportLab keeps every page until the end. Here a finished page leaves at once; fonts (whose subset is known only
    at the end), the page tree and the cross-reference table follow last. The file is the same to a reader.
    """

    def __init__(self) -> None:
        # Without a time stamp the same labels are the same bytes.
        super().__init__(compression=0, invariant=1)
        self._chunks: list[bytes] = []
        self._file = pdfdoc.PDFFile(self._pdfVersion)
        self._chunks.extend(self._file.strings)
        self._file.write = self._chunks.append
        self._written: set[str] = set()

    def take(self) -> bytes:
        """What was written since the last call."""
        taken = b"".join(self._chunks)
        self._chunks.clear()
        return taken

    def addPage(self, page: Any) -> None:  # noqa: N802  (the name is ReportLab's)
        page.Contents = pdfdoc.PDFStream(content=page.stream, filters=[pdfdoc.PDFZCompress])
        contents = self.Reference(page.Contents)
        super().addPage(page)
        self._write(page.__InternalName__)
        self._write(contents.name)
        # The page tree needs the page's number only.
        page.stream = page.Contents = page.Resources = page.MediaBox = None

    def add_now(self, name: str, content: Any) -> None:
        """Write a large object (a picture) at once, under ReportLab's internal name for it."""
        self.Reference(content, name)
        self._write(name)

    def _write(self, name: str) -> None:
        indirect = pdfdoc.PDFIndirectObject(name, self.idToObject[name])
        self.idToOffset[name] = self._file.add(indirect.format(self))
        self.idToObject[name] = None
        self._written.add(name)

    def format(self) -> bytes:
        """Write what is left, and the end of the file. Objects may be added while others are formatted."""
        self.encrypt.prepare(self)
        catalog, info = self.Reference(self.Catalog), self.Reference(self.info)
        number = 0
        while (number := number + 1) in self.numberToId:
            name = self.numberToId[number]
            if name not in self._written:
                self._write(name)
        table = pdfdoc.PDFCrossReferenceTable()
        table.addsection(0, [self.numberToId[n] for n in range(1, number)])
        start = self._file.add(table.format(self))
        trailer = pdfdoc.PDFTrailer(startxref=start, Size=number, Root=catalog, Info=info, ID=self.ID())
        self._file.add(trailer.format(self))
        return b""


def stream_pdf(pages: Iterable[Page], *, title: str) -> Iterator[bytes]:
    """The PDF in pieces, at least one for each page. Each page has the size of its paper."""
    for name in (REGULAR, BOLD):
        pdf_font(name)
    canvas = Canvas("", pageCompression=0, initialFontName=REGULAR)
    document = canvas._doc = StreamedDocument()  # noqa: SLF001  (no argument takes a document)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageSize((page.width / MM_PER_PT, page.height / MM_PER_PT))
        for placed in page.labels:
            _draw_label(canvas, placed, page.height)
        canvas.showPage()
        yield document.take()
    document.GetPDFData(canvas)
    yield document.take()


def pdf_bytes(pages: Iterable[Page], *, title: str) -> bytes:
    return b"".join(stream_pdf(pages, title=title))


def _draw_label(canvas: Canvas, placed: Placed, page_height: float) -> None:
    canvas.saveState()
    canvas.translate(placed.x / MM_PER_PT, (page_height - placed.y) / MM_PER_PT)
    _draw_texts(canvas, placed.label)
    for bars in placed.label.bars:
        _draw_bars(canvas, bars)
    for frame in placed.label.frames:
        _draw_frame(canvas, frame)
    canvas.restoreState()


def _draw_texts(canvas: Canvas, label: Label) -> None:
    if not label.texts:
        return
    block = canvas.beginText()
    for text in label.texts:
        _write_text(block, text)
    canvas.drawText(block)


def _write_text(block: Any, text: Text) -> None:
    block.setFont(text.font, text.pt)
    block.setTextOrigin(text.x / MM_PER_PT, -text.baseline / MM_PER_PT)
    block.textOut(text.text)


def _draw_bars(canvas: Canvas, bars: Bars) -> None:
    """Rectangles in whole modules, scaled once: exact, small, and the same text for every copy."""
    dot = PT_PER_INCH / bars.dpi
    matrix = (bars.module * dot, 0, 0, -bars.row_height * dot, bars.x * dot, -bars.y * dot)
    canvas._code.append(f"q {fp_str(*matrix)} cm {_rectangles(bars.symbol)}f Q")  # noqa: SLF001


@lru_cache(maxsize=2048)
def _rectangles(symbol: Symbol) -> str:
    return "".join(f"{x} {y} {length} 1 re " for x, y, length in runs(symbol))


def _draw_frame(canvas: Canvas, frame: Frame) -> None:
    inset = 0.0 if frame.filled else frame.line / 2
    box = frame.box.inset(inset)
    canvas.setLineWidth(frame.line / MM_PER_PT)
    canvas.rect(
        box.x / MM_PER_PT,
        -box.bottom / MM_PER_PT,
        box.width / MM_PER_PT,
        box.height / MM_PER_PT,
        stroke=0 if frame.filled else 1,
        fill=1 if frame.filled else 0,
    )
