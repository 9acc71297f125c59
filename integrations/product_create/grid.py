"""The step "colours and sizes": what is shown, and what was sent. A pair is one colour in one size."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from catalog.models import AgeGroup, Product, Variant
from catalog.writing import Pair
from catalog.writing_errors import TooManyVariants
from catalog.writing_variants import MOST_NEW, tidy
from inventory.stock_grid import size_order

_MOST_SUGGESTED: Final = 24
_OWN: Final = "barcode:"
# Far above what may be added at once, so that a table that is too large comes back as it was typed.
_MOST_PAIRS: Final = 10_000
ONE_SIZE: Final = "Tek Ebat"
"""How the marketplace names a size that fits everybody."""


@dataclass(frozen=True, slots=True)
class Range:
    """Sizes that are put in by one press: `first` to `last`, whole ones."""

    first: int
    last: int

    @property
    def sizes(self) -> list[str]:
        return [str(number) for number in range(self.first, self.last + 1)]


RANGES: Final[dict[str, Range]] = {
    AgeGroup.WOMEN: Range(35, 41),
    AgeGroup.MEN: Range(39, 46),
    AgeGroup.CHILDREN: Range(25, 35),
}
"""What shoe shops usually stock, by whom the model is for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the table. `barcode` empty: not made yet; `own` is the barcode that was typed for it."""

    key: str
    colour: str
    size: str
    barcode: str = ""
    ticked: bool = True
    own: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    colour: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks for: names in their order, ticked pairs, barcodes of their own, and the variants they saw."""

    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    pairs: frozenset[Pair] = frozenset()
    barcodes: dict[Pair, str]
    seen: tuple[int, ...] = ()


def key_of(colour: str, size: str) -> str:
    """How a form names a pair."""
    return json.dumps([colour, size], ensure_ascii=False, separators=(",", ":"))


def pair_of(key: str) -> Pair | None:
    """The pair behind a name of `key_of`; None for anything else."""
    try:
        value = json.loads(key)
    except ValueError:
        return None
    match value:
        case [str(colour), str(size)]:
            return colour, size
    return None


def wanted_now(variants: Sequence[Variant]) -> Wanted:
    """What a model has: colours in the order they were added, sizes from small to large."""
    return Wanted(
        colours=tuple(dict.fromkeys(row.colour for row in variants)),
        sizes=tuple(sorted({row.size for row in variants}, key=size_order)),
        pairs=frozenset((row.colour, row.size) for row in variants),
        barcodes={},
        seen=tuple(row.pk for row in variants),
    )


def wanted_of(data: QueryDict) -> Wanted:
    """What was sent. A colour or size that no table has shown yet (its script did not run) is wanted in everything.

    Raises `TooManyVariants` for a table larger than any page.
    """
    colours, sizes = _lines(data.get("colours", "")), _lines(data.get("sizes", ""))
    if len(colours) * len(sizes) > _MOST_PAIRS:
        raise TooManyVariants(count=len(colours) * len(sizes), most=MOST_NEW)
    ticked = {pair for key in data.getlist("pair") if (pair := pair_of(key))}
    shown_colours, shown_sizes = set(data.getlist("shown_colour")), set(data.getlist("shown_size"))
    unseen = {
        (colour, size)
        for colour in colours
        for size in sizes
        if colour not in shown_colours or size not in shown_sizes
    }
    typed = ((pair_of(name.removeprefix(_OWN)), name) for name in data if name.startswith(_OWN))
    return Wanted(
        colours=tuple(colours),
        sizes=tuple(sizes),
        pairs=frozenset(ticked | unseen),
        barcodes={pair: code for pair, name in typed if pair and (code := data.get(name, "").strip())},
        seen=tuple(
            int(pk) for pk in data.getlist("seen") if pk.isascii() and pk.isdecimal() and len(pk) < 19
        ),
    )


def rows_of(wanted: Wanted, variants: Iterable[Variant]) -> tuple[Row, ...]:
    """The table: wanted colours and sizes, and all that have a barcode."""
    barcodes = {(row.colour, row.size): row.barcode for row in variants}
    colours = dict.fromkeys([*wanted.colours, *(colour for colour, _size in barcodes)])
    sizes = sizes_of(wanted, barcodes)
    return tuple(
        Row(colour, tuple(_cell((colour, size), wanted, barcodes) for size in sizes)) for colour in colours
    )


def sizes_of(wanted: Wanted, barcodes: Iterable[Pair]) -> list[str]:
    """Columns of the table, from small to large."""
    return sorted({*wanted.sizes, *(size for _colour, size in barcodes)}, key=size_order)


def _cell(pair: Pair, wanted: Wanted, barcodes: dict[Pair, str]) -> Cell:
    return Cell(
        key=key_of(*pair),
        colour=pair[0],
        size=pair[1],
        barcode=barcodes.get(pair, ""),
        ticked=pair in wanted.pairs,
        own=wanted.barcodes.get(pair, ""),
    )


def usual_colours() -> list[str]:
    """The colours most models of the shop come in, by name. One statement."""
    pairs = Variant.objects.filter(product__active=True).values_list("colour", "product_id").distinct()
    often = Counter(colour for colour, _product in pairs)
    return sorted(name for name, _count in often.most_common(_MOST_SUGGESTED))


def table_data(product: Product, variants: Sequence[Variant]) -> dict[str, Any]:
    """What the script of the step needs: which pairs have a barcode, and whether it can be taken away again."""
    return {
        "draft": product.draft,
        "existing": [[row.colour, row.size, row.barcode] for row in variants],
    }


def _lines(text: str) -> list[str]:
    """One name a line; each once, without spaces around it."""
    return list(dict.fromkeys(name for line in text.splitlines() if (name := tidy(line))))


__all__ = [
    "ONE_SIZE",
    "RANGES",
    "Cell",
    "Range",
    "Row",
    "Wanted",
    "key_of",
    "pair_of",
    "rows_of",
    "sizes_of",
    "table_data",
    "usual_colours",
    "wanted_now",
    "wanted_of",
]
