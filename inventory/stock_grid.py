"""The stock of one model at a glance: colours down, sizes across."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Variant
from inventory.selectors import Availability, availability


@dataclass(frozen=True, slots=True)
class Cell:
    """One barcode of the grid."""

    variant_id: int
    stock: Availability


@dataclass(frozen=True, slots=True)
class Row:
    """One colour: its cell for each size (None where that size does not exist), and the sum, in pairs."""

    colour: str
    cells: tuple[Cell | None, ...]
    available: int


@dataclass(frozen=True, slots=True)
class StockGrid:
    """Available pairs of a model. Without variants there are no rows."""

    sizes: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def available(self) -> int:
        return sum(row.available for row in self.rows)


def stock_grid(*, product_id: int) -> StockGrid:
    """The grid of one model; two statements whatever its size."""
    variants = list(Variant.objects.filter(product_id=product_id))
    stock = {row.barcode: row for row in availability([variant.barcode for variant in variants])}
    sizes = sorted({variant.size for variant in variants}, key=size_order)
    colours = sorted({variant.colour for variant in variants})
    cells = {(v.colour, v.size): Cell(v.pk, stock[v.barcode]) for v in variants}
    return StockGrid(tuple(sizes), tuple(_row(colour, sizes, cells) for colour in colours))


def _row(colour: str, sizes: list[str], cells: dict[tuple[str, str], Cell]) -> Row:
    own = tuple(cells.get((colour, size)) for size in sizes)
    return Row(colour, own, sum(cell.stock.available for cell in own if cell))


def size_order(size: str) -> tuple[int, float, str]:
    """Sort key: `36` before `36,5` before `40` before `S`."""
    try:
        return 0, float(size.replace(",", ".")), size
    except ValueError:
        return 1, 0.0, size
