"""Millimetres, and the dots of the printer that symbols must sit on."""

from __future__ import annotations

from dataclasses import dataclass

MM_PER_INCH = 25.4
PT_PER_INCH = 72.0
MM_PER_PT = MM_PER_INCH / PT_PER_INCH
DEFAULT_DPI = 203

# Rounding of sizes given in hundredths of a millimetre; far below one dot.
TOLERANCE_MM = 0.02


def dot_mm(dpi: int) -> float:
    """The side of one printer dot in millimetres."""
    return MM_PER_INCH / dpi


def snap(mm: float, dpi: int) -> float:
    """The nearest position that is a whole number of dots."""
    return round(mm / dot_mm(dpi)) * dot_mm(dpi)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in millimetres; x to the right, y downwards, from the upper left corner of the label."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def inset(self, mm: float) -> Box:
        return Box(self.x + mm, self.y + mm, self.width - 2 * mm, self.height - 2 * mm)

    def below(self, mm: float) -> Box:
        """What is left when `mm` are cut off at the top."""
        return Box(self.x, self.y + mm, self.width, self.height - mm)

    def above(self, mm: float) -> Box:
        """What is left when `mm` are cut off at the bottom."""
        return Box(self.x, self.y, self.width, self.height - mm)

    def holds(self, other: Box) -> bool:
        return (
            other.x >= self.x - TOLERANCE_MM
            and other.y >= self.y - TOLERANCE_MM
            and other.right <= self.right + TOLERANCE_MM
            and other.bottom <= self.bottom + TOLERANCE_MM
        )

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.right - TOLERANCE_MM
            and other.x < self.right - TOLERANCE_MM
            and self.y < other.bottom - TOLERANCE_MM
            and other.y < self.bottom - TOLERANCE_MM
        )
