"""What a laid-out label consists of. Renderers draw it, the check before printing measures it."""

from __future__ import annotations

from dataclasses import dataclass

from gullu.labels.geometry import Box, dot_mm
from gullu.labels.symbols import Symbol
from gullu.labels.typeface import BOLD, REGULAR


@dataclass(frozen=True, slots=True)
class Text:
    """One line. `x` is its left end and `baseline` its height on the label, in millimetres."""

    text: str
    x: float
    baseline: float
    pt: float
    bold: bool
    box: Box

    @property
    def font(self) -> str:
        return BOLD if self.bold else REGULAR


@dataclass(frozen=True, slots=True)
class Bars:
    """A symbol on the dot grid: position, module width and row height are whole dots."""

    symbol: Symbol
    x: int
    y: int
    module: int
    row_height: int
    dpi: int

    @property
    def box(self) -> Box:
        dot = dot_mm(self.dpi)
        width, height = self.symbol.columns * self.module, len(self.symbol.rows) * self.row_height
        return Box(self.x * dot, self.y * dot, width * dot, height * dot)

    @property
    def quiet_dots(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the area that must stay free, in dots from the label's corner."""
        left, right = (side * self.module for side in self.symbol.quiet)
        vertical = left if self.symbol.is_matrix else 0
        return (
            self.x - left,
            self.y - vertical,
            self.x + self.symbol.columns * self.module + right,
            self.y + len(self.symbol.rows) * self.row_height + vertical,
        )

    @property
    def quiet_box(self) -> Box:
        dot = dot_mm(self.dpi)
        left, top, right, bottom = self.quiet_dots
        return Box(left * dot, top * dot, (right - left) * dot, (bottom - top) * dot)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle drawn with a line of `line` millimetres, inside `box`; a filled one is a rule or a block."""

    box: Box
    line: float
    filled: bool = False


Element = Text | Bars | Frame


@dataclass(frozen=True, slots=True)
class Label:
    """`name` says which label this is in messages; `notes` are remarks for the person who prints."""

    name: str
    width: float
    height: float
    dpi: int
    elements: tuple[Element, ...]
    notes: tuple[str, ...] = ()

    @property
    def texts(self) -> list[Text]:
        return [element for element in self.elements if isinstance(element, Text)]

    @property
    def bars(self) -> list[Bars]:
        return [element for element in self.elements if isinstance(element, Bars)]

    @property
    def frames(self) -> list[Frame]:
        return [element for element in self.elements if isinstance(element, Frame)]
