"""Pages as pictures: the preview, the check before printing, and the dots of thermal printers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from gullu.labels.elements import Bars, Frame, Label, Text
from gullu.labels.geometry import MM_PER_INCH, PT_PER_INCH
from gullu.labels.paper import Page, Placed
from gullu.labels.symbols import runs
from gullu.labels.typeface import advance, font_path

WHITE, BLACK = 255, 0


@lru_cache(maxsize=256)
def _font(name: str, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(name)), pixels, layout_engine=ImageFont.Layout.BASIC)


def pixels(mm: float, dpi: float) -> int:
    return round(mm * dpi / MM_PER_INCH)


def render_page(page: Page, *, dpi: int) -> Image.Image:
    """The page as an 8-bit grey picture at `dpi`."""
    image = Image.new("L", (pixels(page.width, dpi), pixels(page.height, dpi)), WHITE)
    for placed in page.labels:
        _draw_label(image, placed, dpi)
    return image


def render_label(label: Label, *, dpi: int | None = None) -> Image.Image:
    """One label without paper around it, at the dots of its printer unless `dpi` is given."""
    return render_page(Page(label.width, label.height, (Placed(0, 0, label),)), dpi=dpi or label.dpi)


def _draw_label(image: Image.Image, placed: Placed, dpi: int) -> None:
    draw = ImageDraw.Draw(image)
    origin = (placed.x * dpi / MM_PER_INCH, placed.y * dpi / MM_PER_INCH)
    for element in placed.label.elements:
        if isinstance(element, Text):
            _draw_text(draw, element, origin, dpi)
        elif isinstance(element, Bars):
            _draw_bars(draw, element, origin, dpi)
        else:
            _draw_frame(draw, element, origin, dpi)


def _draw_text(draw: ImageDraw.ImageDraw, text: Text, origin: tuple[float, float], dpi: int) -> None:
    size = text.pt / PT_PER_INCH * dpi
    font = _font(text.font, size)
    x = origin[0] + text.x * dpi / MM_PER_INCH
    y = round(origin[1] + text.baseline * dpi / MM_PER_INCH)
    for character in text.text:
        if character != " ":
            draw.text((round(x), y), character, fill=BLACK, font=font, anchor="ls")
        x += advance(character, text.font) * size


def _draw_bars(draw: ImageDraw.ImageDraw, bars: Bars, origin: tuple[float, float], dpi: int) -> None:
    scale = dpi / bars.dpi
    for column, row, length in runs(bars.symbol):
        left = round(origin[0] + (bars.x + column * bars.module) * scale)
        right = round(origin[0] + (bars.x + (column + length) * bars.module) * scale)
        top = round(origin[1] + (bars.y + row * bars.row_height) * scale)
        bottom = round(origin[1] + (bars.y + (row + 1) * bars.row_height) * scale)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=BLACK)


def _draw_frame(draw: ImageDraw.ImageDraw, frame: Frame, origin: tuple[float, float], dpi: int) -> None:
    box = frame.box
    left, top = origin[0] + box.x * dpi / MM_PER_INCH, origin[1] + box.y * dpi / MM_PER_INCH
    right, bottom = left + box.width * dpi / MM_PER_INCH, top + box.height * dpi / MM_PER_INCH
    line = max(1, round(frame.line * dpi / MM_PER_INCH))
    corners = (
        round(left),
        round(top),
        max(round(right) - 1, round(left)),
        max(round(bottom) - 1, round(top)),
    )
    draw.rectangle(corners, outline=BLACK, width=line, fill=BLACK if frame.filled else None)


def png_bytes(page: Page, *, dpi: int) -> bytes:
    """The page as a PNG that knows its resolution, so that it prints at its real size."""
    out = BytesIO()
    render_page(page, dpi=dpi).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


class _Sink:
    """A file nobody can seek in: what was written since the last `take`."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Part of the interface of a file; nothing is held back here."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def stream_zip(pages: Iterable[Page], *, dpi: int) -> Iterator[bytes]:
    """All pages as PNG files in one archive, page by page."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for number, page in enumerate(pages, start=1):
            archive.writestr(f"{number:04d}.png", png_bytes(page, dpi=dpi))
            yield sink.take()
    yield sink.take()
