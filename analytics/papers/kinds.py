"""Which papers there are, and how they can be laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

PDF: Final = "pdf"
XLSX: Final = "xlsx"
CONTENT_TYPES: Final[Mapping[str, str]] = {
    PDF: "application/pdf",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PaperKind(models.TextChoices):
    """A paper and the form it has."""

    CATALOGUE = "CATALOGUE", _("Catalogue (PDF)")
    PRICE_LIST = "PRICE_LIST", _("Price list (PDF)")
    PRICE_LIST_XLSX = "PRICE_LIST_XLSX", _("Price list (Excel)")
    SIZE_MATRIX = "SIZE_MATRIX", _("Stock by size (PDF)")
    SIZE_MATRIX_XLSX = "SIZE_MATRIX_XLSX", _("Stock by size (Excel)")

    @property
    def is_workbook(self) -> bool:
        return self in {PaperKind.PRICE_LIST_XLSX, PaperKind.SIZE_MATRIX_XLSX}

    @property
    def extension(self) -> str:
        return XLSX if self.is_workbook else PDF

    @property
    def shows_prices(self) -> bool:
        """Whether this paper is about prices, whatever was ticked."""
        return self in {PaperKind.PRICE_LIST, PaperKind.PRICE_LIST_XLSX}

    @property
    def shows_stock(self) -> bool:
        """Whether this paper is about stock, whatever was ticked."""
        return self in {PaperKind.SIZE_MATRIX, PaperKind.SIZE_MATRIX_XLSX}


TITLES: Final = {
    PaperKind.CATALOGUE: _("Catalogue"),
    PaperKind.PRICE_LIST: _("Price list"),
    PaperKind.PRICE_LIST_XLSX: _("Price list"),
    PaperKind.SIZE_MATRIX: _("Stock by size"),
    PaperKind.SIZE_MATRIX_XLSX: _("Stock by size"),
}


class PerPage(models.IntegerChoices):
    """Entries on one page of the catalogue."""

    ONE = 1, _("1 large picture")
    TWO = 2, _("2 below each other")
    FOUR = 4, _("4 (2 × 2, pictures of 95 mm)")
    NINE = 9, _("9 (3 × 3)")


class Quality(models.TextChoices):
    """How finely pictures are kept, in dots per inch of their printed size."""

    PRINT = "PRINT", _("For the printing house (300 dpi)")
    SCREEN = "SCREEN", _("For screens and mail (150 dpi, smaller file)")

    @property
    def dpi(self) -> int:
        return _DPI[self]


class Order(models.TextChoices):
    """What comes first."""

    CODE = "CODE", _("By model code")
    NEWEST = "NEWEST", _("Newest models first")
    CATEGORY = "CATEGORY", _("By category")


_DPI: Final = {Quality.PRINT: 300, Quality.SCREEN: 150}


@dataclass(frozen=True, slots=True)
class Grid:
    """How a page is divided. Captions of `caption` mm stand below the picture, or beside it.

    `scale`: their print, beside that of a page with four.
    """

    columns: int
    rows: int
    caption: float
    scale: float
    beside: bool = False


GRIDS: Final[Mapping[int, Grid]] = {
    PerPage.ONE: Grid(1, 1, caption=46, scale=1.6),
    PerPage.TWO: Grid(1, 2, caption=80, scale=1.3, beside=True),
    PerPage.FOUR: Grid(2, 2, caption=32.5, scale=1),
    PerPage.NINE: Grid(3, 3, caption=24, scale=0.82),
}
