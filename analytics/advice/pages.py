"""The pages put together: each part as plain data with its words and addresses, ready for a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.advice import words
from analytics.advice.asked import Asked, Cover, cover_class
from analytics.advice.entry import VariantAdvice
from analytics.advice.groups import Group, Sums, by_kind, sums_of
from analytics.advice.kinds import AdviceKind
from analytics.advice.rules import PAST_DAYS
from gullu.money import format_money, format_number
from inventory.stock_grid import size_order

# Bars of more models cannot be read; all are in the table.
MOST_BARS: Final = 15


def page_address(asked: Asked, **changes: Any) -> str:
    """The page with another question."""
    query = asked.query(**changes)
    return f"{reverse('advice:start')}{'?' if query else ''}{query}"


@dataclass(frozen=True, slots=True)
class Chip:
    """What narrows the list by a click, and the page without it."""

    words: str
    off: str


def chips(asked: Asked) -> list[Chip]:
    """The class of cover, and the number of chosen models."""
    found = []
    if asked.cover:
        found.append(Chip(str(asked.cover.label), page_address(asked, cover=None, page=1)))
    if asked.products:
        chosen = len(asked.products)
        words_ = ngettext("%(count)s chosen model", "%(count)s chosen models", chosen)
        found.append(Chip(words_ % {"count": _whole(chosen)}, page_address(asked, products=(), page=1)))
    return found


# --- tiles ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tile:
    """A kind: its barcodes, a figure beside them, and the page of it alone (of all, where it is chosen already)."""

    label: str
    value: str
    note: str
    tone: str
    address: str
    chosen: bool


def tiles(rows: Sequence[VariantAdvice], asked: Asked, *, may_see_money: bool) -> list[Tile]:
    """A tile for each kind, of the models asked for."""
    found = by_kind(rows)
    return [
        Tile(
            label=str(kind.label),
            value=format_number(len(of_kind), places=0),
            note=_note(kind, of_kind, may_see_money=may_see_money),
            tone=kind.tone,
            address=page_address(asked, kind=None if asked.kind == kind else kind, page=1),
            chosen=asked.kind == kind,
        )
        for kind, of_kind in found.items()
    ]


def _note(kind: AdviceKind, rows: Sequence[VariantAdvice], *, may_see_money: bool) -> str:
    """What the barcodes of a kind come to."""
    sums = sums_of(rows)
    if kind == AdviceKind.BROKEN_SIZES:
        colours = len({(row.product_id, row.colour) for row in rows})
        return ngettext("%(count)s colour", "%(count)s colours", colours) % {"count": _whole(colours)}
    if kind == AdviceKind.LOST_SALES:
        lost = _("%(pairs)s pairs lost") % {"pairs": format_number(sums.lost_pairs, places=0)}
        return f"{lost}, {format_money(sums.lost_amount)}" if may_see_money else lost
    counted: Mapping[AdviceKind, tuple[str, int]] = {
        AdviceKind.REORDER: (_("%(pairs)s pairs suggested"), sums.suggested),
        AdviceKind.STOCKOUT: (_("%(pairs)s pairs coming"), sums.coming),
        AdviceKind.OVERSTOCK: (_("%(pairs)s pairs too many"), sums.excess),
    }
    text, pairs = counted.get(kind, (_("%(pairs)s pairs on hand"), sums.on_hand))
    return text % {"pairs": _whole(pairs)}


def _whole(value: int) -> str:
    return format_number(value, places=0)


# --- chart ------------------------------------------------------------------------------------------------------------


def chart_of(rows: Sequence[VariantAdvice], asked: Asked, *, may_see_money: bool) -> dict[str, Any]:
    """For static/analytics/chart.js: lost sales by model where they are asked for, else barcodes by cover."""
    if asked.kind == AdviceKind.LOST_SALES:
        return _lost_chart(rows, asked, may_see_money=may_see_money)
    of_any_cover = replace(asked, cover=None)
    return _cover_chart([row for row in rows if of_any_cover.fits(row)], asked)


def _cover_chart(rows: Sequence[VariantAdvice], asked: Asked) -> dict[str, Any]:
    counts = dict.fromkeys(Cover, 0)
    for row in rows:
        if name := cover_class(row):
            counts[name] += 1
    bars = [
        Bar(str(name.label), count, _whole(count), page_address(asked, cover=name, page=1))
        for name, count in counts.items()
    ]
    return _chart(_("Barcodes by days of cover"), bars, lying=False)


def _lost_chart(rows: Sequence[VariantAdvice], asked: Asked, *, may_see_money: bool) -> dict[str, Any]:
    by_model: dict[int, list[VariantAdvice]] = {}
    for row in rows:
        if asked.fits(row):
            by_model.setdefault(row.product_id, []).append(row)
    measure: Callable[[Sums], float] = _lost_money if may_see_money else _lost_pairs
    write = format_money if may_see_money else words.pairs
    bars = []
    for of_model in by_model.values():
        value = measure(sums_of(of_model))
        first = of_model[0]
        address = reverse("advice:model", args=[first.product_id])
        bars.append(Bar(f"{first.model_code} {first.title}", value, write(round(value, 2)), address))
    title = _("Lost amount by model") if may_see_money else _("Lost pairs by model")
    return _chart(title, sorted(bars, key=lambda bar: (-bar.value, bar.label))[:MOST_BARS], lying=True)


def _lost_money(sums: Sums) -> float:
    return float(sums.lost_amount)


def _lost_pairs(sums: Sums) -> float:
    return sums.lost_pairs


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: what it is called, how long it is, how that is written, and where a click leads."""

    label: str
    value: float
    words: str
    address: str


def _chart(title: str, bars: Sequence[Bar], *, lying: bool) -> dict[str, Any]:
    return {
        "title": title,
        "kind": "bar",
        "lying": lying,
        "dates": False,
        "stacked": False,
        "percent": False,
        "labels": [bar.label for bar in bars],
        "keys": [bar.label for bar in bars],
        "traces": [
            {
                "name": title,
                "rest": False,
                "values": [bar.value for bar in bars],
                "words": [bar.words for bar in bars],
                "links": [bar.address for bar in bars],
            }
        ],
    }


# --- one model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One barcode in the grid of a model; `tone` says what is wrong with it."""

    row: VariantAdvice
    tone: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A colour: its cell for each size (None where that size does not exist), and its sums."""

    colour: str
    cells: tuple[Cell | None, ...]
    sums: Sums
    missing: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Colours down, sizes across, with the share of each size in the model."""

    sizes: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]


def grid_of(rows: Sequence[VariantAdvice]) -> Grid:
    """The sizes and colours of one model."""
    sizes = sorted({row.size for row in rows}, key=size_order)
    shares = {row.size: row.judged.numbers.share for row in rows}
    colours: dict[str, dict[str, VariantAdvice]] = {}
    for row in rows:
        colours.setdefault(row.colour, {})[row.size] = row
    return Grid(
        tuple((size, words.percent(shares[size])) for size in sizes),
        tuple(_grid_row(colour, sizes, of_colour) for colour, of_colour in colours.items()),
    )


def _grid_row(colour: str, sizes: Sequence[str], of_colour: Mapping[str, VariantAdvice]) -> GridRow:
    cells = tuple(
        Cell(of_colour[size], _tone(of_colour[size])) if size in of_colour else None for size in sizes
    )
    rows = list(of_colour.values())
    broken = next((row.judged.whole for row in rows if AdviceKind.BROKEN_SIZES in row.kinds), None)
    return GridRow(colour, cells, sums_of(rows), ", ".join(broken.missing) if broken else "")


def _tone(row: VariantAdvice) -> str:
    """The most pressing thing about a cell."""
    if {AdviceKind.STOCKOUT, AdviceKind.BROKEN_SIZES} & set(row.kinds):
        return "danger"
    if AdviceKind.REORDER in row.kinds:
        return "warning"
    return "info" if {AdviceKind.DEAD, AdviceKind.OVERSTOCK} & set(row.kinds) else "none"


# --- where to go on ---------------------------------------------------------------------------------------------------


def sales_address(row: VariantAdvice, today: date) -> str:
    """The order lines behind the pairs sold."""
    first, last = today - timedelta(days=PAST_DAYS), today - timedelta(days=1)
    days = f"from={first.isoformat()}&to={last.isoformat()}"
    return f"{reverse('sales:lines')}?{days}&in_variant={row.barcode}&what=SOLD"


def rule_address(request: HttpRequest, product_id: int, rule_id: int | None) -> str:
    """Where the model's rule is changed or made; empty for who may do neither."""
    if rule_id is not None:
        may = request.user.has_perm("analytics.view_planningrule")
        return reverse("admin:analytics_planningrule_change", args=[rule_id]) if may else ""
    may = request.user.has_perm("analytics.add_planningrule")
    return f"{reverse('admin:analytics_planningrule_add')}?product={product_id}" if may else ""


def production_address(groups: Sequence[Group]) -> str:
    """A new plan of production of these models."""
    return f"{reverse('production:new')}?{'&'.join(f'product={group.product_id}' for group in groups)}"


__all__ = [
    "Bar",
    "Cell",
    "Chip",
    "Grid",
    "GridRow",
    "Tile",
    "chart_of",
    "chips",
    "grid_of",
    "page_address",
    "production_address",
    "rule_address",
    "sales_address",
    "tiles",
]
