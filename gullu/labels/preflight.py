"""The check before printing: every label is measured, drawn at its printer's dots, and its symbols read back."""

from __future__ import annotations

from itertools import combinations

from PIL import Image

from gullu.labels.elements import Bars, Element, Frame, Label, Text
from gullu.labels.errors import OutsideLabel, Overlap, SymbolSpoilt
from gullu.labels.geometry import Box
from gullu.labels.png import BLACK, WHITE, render_label


def check_label(label: Label) -> None:
    """Raises `OutsideLabel`, `Overlap` or `SymbolSpoilt` with the value that would be unreadable."""
    _check_inside(label)
    _check_apart(label)
    if label.bars:
        _check_dots(label)


def _describe(element: Element) -> str:
    if isinstance(element, Text):
        return element.text
    return element.symbol.text if isinstance(element, Bars) else "□"


def _claimed(element: Element) -> Box:
    return element.quiet_box if isinstance(element, Bars) else element.box


def _check_inside(label: Label) -> None:
    whole = Box(0, 0, label.width, label.height)
    for element in label.elements:
        if not whole.holds(_claimed(element)):
            raise OutsideLabel(name=label.name, value=_describe(element))


def _check_apart(label: Label) -> None:
    for first, second in combinations(label.elements, 2):
        if _claimed(first).overlaps(_claimed(second)) and not _frames(first, second):
            raise Overlap(name=label.name, value=_describe(first), other=_describe(second))


def _frames(first: Element, second: Element) -> bool:
    """Whether one is an open frame around the other."""
    return any(
        isinstance(outer, Frame) and not outer.filled and outer.box.inset(outer.line).holds(_claimed(inner))
        for outer, inner in ((first, second), (second, first))
    )


def _check_dots(label: Label) -> None:
    image = render_label(label)
    for bars in label.bars:
        if not _reads_back(image, bars):
            raise SymbolSpoilt(name=label.name, value=bars.symbol.text, dpi=label.dpi)


def _reads_back(image: Image.Image, bars: Bars) -> bool:
    """The middle of each module has its colour, and with the quiet zone there is not one dark dot too many."""
    area = image.crop(bars.quiet_dots)
    histogram = area.histogram()
    dark_modules = sum(row.count("1") for row in bars.symbol.rows)
    dark = dark_modules * bars.module * bars.row_height
    if histogram[BLACK] != dark or histogram[WHITE] != area.width * area.height - dark:
        return False
    data = image.tobytes()
    start, step = bars.x + bars.module // 2, bars.module
    for index, row in enumerate(bars.symbol.rows):
        line = (bars.y + index * bars.row_height + bars.row_height // 2) * image.width + start
        seen = data[line : line + (len(row) - 1) * step + 1 : step]
        if seen != bytes(BLACK if module == "1" else WHITE for module in row):
            return False
    return True
