"""Placing elements on a label. Every method refuses with a sentence what would not be readable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from gullu.labels.elements import Bars, Element, Frame, Label, Text
from gullu.labels.errors import NoRoom, SymbolTooHigh, SymbolTooWide, TextDoesNotFit
from gullu.labels.fitting import LEAST_PT, Fitted, fit, line_mm
from gullu.labels.geometry import MM_PER_PT, Box, dot_mm
from gullu.labels.symbols import LEAST_MODULE_DOTS, Symbol
from gullu.labels.typeface import ASCENT, BOLD, REGULAR, printable, width_mm

Align = Literal["left", "center", "right"]

# A scanner's line must cross all bars also when the hand is not straight.
LEAST_BAR_MM: Final = 5.0
# Wider bars gain nothing and eat the label.
MOST_MODULE_DOTS: Final = 5
_EPSILON: Final = 1e-6
_SCALES: Final = tuple(1 - step * 0.05 for step in range(13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A text to be placed: at most `pt` high and `lines` lines; a `required` one is never cut."""

    text: str
    pt: float
    bold: bool = False
    lines: int = 1
    required: bool = False
    align: Align = "left"

    @property
    def font(self) -> str:
        return BOLD if self.bold else REGULAR


class LabelBuilder:
    """Collects the elements of one label of `width` × `height` mm for a printer of `dpi`."""

    def __init__(self, *, name: str, width: float, height: float, dpi: int) -> None:
        self.name = name
        self.width = width
        self.height = height
        self.dpi = dpi
        self.notes: list[str] = []
        self._elements: list[Element] = []

    @property
    def area(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def finish(self) -> Label:
        return Label(self.name, self.width, self.height, self.dpi, tuple(self._elements), tuple(self.notes))

    # --- text -------------------------------------------------------------------------------------------------

    def text(self, area: Box, line: Line) -> float:
        """Place the text at the top of `area`; returns the height used. Raises `TextDoesNotFit`."""
        return self.stack(area, [line])

    def stack(self, area: Box, lines: Sequence[Line], *, middle: bool = False) -> float:
        """Place texts below each other, all made smaller alike until they fit; returns the height used."""
        wanted = [(line, printable(line.text, line.font)) for line in lines if line.text.strip()]
        fitted = self._shrink_together(area, wanted)
        used = sum(part.height for part in fitted)
        y = area.y + ((area.height - used) / 2 if middle else 0)
        for (line, text), part in zip(wanted, fitted, strict=True):
            self._check_cut(line, text, part)
            self._write(Box(area.x, y, area.width, part.height), line, part)
            y += part.height
        return used

    def _shrink_together(self, area: Box, wanted: list[tuple[Line, str]]) -> list[Fitted]:
        best: list[Fitted] = []
        for scale in _SCALES:
            best = [self._fit(area, line, text, scale) for line, text in wanted]
            high = sum(part.height for part in best) > area.height + 1e-6
            if not high and not any(part.cut for part in best):
                return best
        if sum(part.height for part in best) > area.height + 1e-6:
            raise NoRoom(name=self.name)
        return best

    @staticmethod
    def _fit(area: Box, line: Line, text: str, scale: float) -> Fitted:
        pt = max(LEAST_PT, round(line.pt * scale * 2) / 2)
        height = line_mm(pt) * line.lines
        return fit(text, line.font, width=area.width, height=height, pt=pt, lines=line.lines)

    def _check_cut(self, line: Line, text: str, part: Fitted) -> None:
        if part.cut and (line.required or not part.lines):
            raise TextDoesNotFit(name=self.name, value=text)

    def _write(self, box: Box, line: Line, part: Fitted) -> None:
        height = line_mm(part.pt)
        for index, text in enumerate(part.lines):
            width = width_mm(text, line.font, part.pt)
            free = box.width - width
            x = box.x + {"left": 0.0, "center": free / 2, "right": free}[line.align]
            top = box.y + index * height
            baseline = top + part.pt * ASCENT * MM_PER_PT
            self._elements.append(Text(text, x, baseline, part.pt, line.bold, Box(x, top, width, height)))

    # --- symbols ----------------------------------------------------------------------------------------------

    def linear(self, area: Box, symbol: Symbol) -> Box:
        """Place a Code 128 or EAN-13 in the middle of `area` with its quiet zones; returns what it takes.

        Raises `SymbolTooWide`, `SymbolTooHigh`.
        """
        left, top, width, height = self._dots(area)
        module = min(width // symbol.columns_with_quiet, MOST_MODULE_DOTS * self._finer)
        if module < LEAST_MODULE_DOTS * self._finer:
            raise self._too_wide(symbol, symbol.columns_with_quiet, area.width)
        if area.height < LEAST_BAR_MM:
            raise SymbolTooHigh(
                name=self.name, value=symbol.text, symbology=symbol.kind, has_mm=f"{max(area.height, 0):.0f}"
            )
        free = width - symbol.columns_with_quiet * module
        x = left + free // 2 + symbol.quiet[0] * module
        return self._place(Bars(symbol, x, top, module, height, self.dpi))

    def matrix(self, area: Box, symbol: Symbol, *, side: float, align: Align = "left") -> Box:
        """Place a QR of at most `side` mm, in the vertical middle of `area`; returns what it takes with its quiet zone.

        Raises `SymbolTooWide`.
        """
        left, top, width, height = self._dots(area)
        whole = symbol.columns_with_quiet
        module = min(int(side / dot_mm(self.dpi) / symbol.columns), min(width, height) // whole)
        if module < LEAST_MODULE_DOTS * self._finer:
            raise self._too_wide(symbol, whole, min(area.width, area.height))
        free_x, free_y = width - whole * module, height - whole * module
        quiet = symbol.quiet[0] * module
        x = left + quiet + {"left": 0, "center": free_x // 2, "right": free_x}[align]
        return self._place(Bars(symbol, x, top + free_y // 2 + quiet, module, module, self.dpi))

    @property
    def _finer(self) -> int:
        """How many dots of this printer stand for one dot of a 203-dpi printer."""
        return max(1, round(self.dpi / 203))

    def _dots(self, area: Box) -> tuple[int, int, int, int]:
        """Left, top, width and height of the whole dots inside `area`."""
        dot = dot_mm(self.dpi)
        left, top = math.ceil(area.x / dot - _EPSILON), math.ceil(area.y / dot - _EPSILON)
        right, bottom = math.floor(area.right / dot + _EPSILON), math.floor(area.bottom / dot + _EPSILON)
        return left, top, max(right - left, 0), max(bottom - top, 0)

    def _place(self, bars: Bars) -> Box:
        self._elements.append(bars)
        return bars.quiet_box

    def _too_wide(self, symbol: Symbol, columns: int, has: float) -> SymbolTooWide:
        needs = columns * LEAST_MODULE_DOTS * self._finer * dot_mm(self.dpi)
        return SymbolTooWide(
            name=self.name,
            value=symbol.text,
            symbology=symbol.kind,
            needs_mm=f"{needs:.0f}",
            has_mm=f"{max(has, 0):.0f}",
        )

    # --- lines ------------------------------------------------------------------------------------------------

    def frame(self, box: Box, *, line: float) -> Box:
        """Draw a frame; returns the room inside it."""
        self._elements.append(Frame(box, line))
        return box.inset(line * 2)

    def rule(self, area: Box, *, line: float = 0.25) -> None:
        """A horizontal line at the top of `area`."""
        self.block(Box(area.x, area.y, area.width, line))

    def block(self, box: Box) -> None:
        """A filled rectangle."""
        self._elements.append(Frame(box, min(box.width, box.height), filled=True))
