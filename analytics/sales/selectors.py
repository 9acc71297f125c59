"""Figures of sales: each function one statement over the facts, however many groups there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, F, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast

from analytics.models import SaleLine
from analytics.sales.asked import Asked
from analytics.sales.dimensions import (
    CLOCK,
    ORDERED,
    Dimension,
    all_keys,
    expression,
    key_of,
    order_of,
    value_of,
)
from analytics.sales.measures import CONDITIONS, SUMS, Figures, Measure, What, percent
from analytics.sales.periods import Span

# So many series can be told apart; more are added up as "others".
MOST_SERIES: Final = 12
TOP_SERIES: Final = 8
BEST: Final = 10

Lines = QuerySet[SaleLine]


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one group."""

    key: str
    figures: Figures


def totals(lines: Lines) -> Figures:
    """All lines together."""
    return Figures.of(lines.aggregate(**SUMS))


def groups(lines: Lines, dimension: Dimension) -> dict[str, Figures]:
    """The figures of every group that has a line."""
    rows = _summed(lines.annotate(key=expression(dimension)), ("key",))
    return {key_of(key): figures for (key,), figures in rows}


def _summed(lines: Lines, names: tuple[str, ...]) -> list[tuple[tuple[Any, ...], Figures]]:
    """Figures of the groups that these annotations make.

    Orders are counted by summing up each order first: counting different numbers within each group would sort all
    lines, which takes more than twice as long as everything else together.
    """
    added = {name: total for name, total in SUMS.items() if name != "orders"}
    of_orders = lines.values(*names, "order_number").order_by()
    by_order = of_orders.annotate(**added, sold_lines=Count("pk", filter=CONDITIONS[What.SOLD]))
    try:
        inner, parameters = by_order.query.sql_with_params()
    except EmptyResultSet:
        return []
    sums = ", ".join(f"sum({name}){'' if name == 'amount' else '::bigint'}" for name in added)
    keys = ", ".join(names)
    sql = f"""
        SELECT {keys}, {sums}, count(*) FILTER (WHERE sold_lines > 0)
          FROM ({inner}) AS one GROUP BY {keys}
    """  # noqa: S608  (names of our own; every value is a parameter)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    place = len(names)
    figures = (*added, "orders")
    return [(row[:place], Figures(**dict(zip(figures, row[place:], strict=True)))) for row in rows]


def in_order(found: dict[str, Figures], dimension: Dimension, *, measure: Measure, span: Span) -> list[Group]:
    """Groups of time and sizes in their own order, without a gap in time; the others from most to least."""
    if dimension in ORDERED:
        keys = dict.fromkeys([*all_keys(dimension, span), *found]) if dimension in CLOCK else found
        return [Group(key, found.get(key, Figures())) for key in sorted(keys, key=_by(dimension))]

    def rank(key: str) -> tuple[bool, Decimal, int, str]:
        value = found[key].value(measure)
        return (value is None, -Decimal(value or 0), -found[key].sold, key)

    return [Group(key, found[key]) for key in sorted(found, key=rank)]


def _by(dimension: Dimension) -> Any:
    return lambda key: order_of(dimension, key)


@dataclass(frozen=True, slots=True)
class Series:
    """Which groups stand side by side. `others`: what is not among `keys` is added up beside them."""

    dimension: Dimension
    keys: tuple[str, ...]
    others: bool


def series_of(found: dict[str, Figures], dimension: Dimension, *, measure: Measure, span: Span) -> Series:
    """All groups if they are few, else the strongest ones."""
    ordered = in_order(found, dimension, measure=measure, span=span)
    keys = [group.key for group in ordered if group.key in found]
    if len(keys) <= MOST_SERIES:
        return Series(dimension, tuple(keys), others=False)
    strongest = set(sorted(keys, key=lambda key: (-found[key].sold, key))[:TOP_SERIES])
    return Series(dimension, tuple(key for key in keys if key in strongest), others=True)


Cells = dict[tuple[str, str | None], Figures]


def cells(
    lines: Lines, rows: Dimension, series: Series, *, only_rows: Collection[str] | None = None
) -> Cells:
    """Figures of each row in each series; the series None are all others. `only_rows` limits what is read."""
    narrowed = lines.annotate(key=expression(rows), side=expression(series.dimension))
    if only_rows is not None:
        narrowed = narrowed.filter(key__in=[value_of(rows, key) for key in only_rows])
    shown = [value_of(series.dimension, key) for key in series.keys]
    named = Case(
        When(side__in=shown, then=Cast("side", TextField())), default=Value(None), output_field=TextField()
    )
    rows_of_cells = _summed(narrowed.annotate(side_shown=named), ("key", "side_shown"))
    return {(key_of(key), side): figures for (key, side), figures in rows_of_cells}


# --- best and worst ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seller:
    """A model and what it sold."""

    code: str
    title: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Sellers:
    """The models with most and with fewest pairs kept. `worst` are for sale now; `silent` of them sold nothing."""

    best: tuple[Seller, ...]
    worst: tuple[Seller, ...]
    silent: int


def sellers(asked: Asked, by_model: dict[str, Figures]) -> Sellers:
    """Rank the models by what `groups` found; the catalogue is read once, for those that sold nothing."""
    goods = (
        asked.goods().filter(draft=False).values_list("code", "title", "active", "discontinued", "created_at")
    )
    known = {code: (title, active and not ended, made) for code, title, active, ended, made in goods}
    ranked = sorted(by_model, key=lambda code: (-by_model[code].pairs, code))
    best = [
        Seller(code, known.get(code, ("",))[0], by_model[code])
        for code in ranked
        if code and by_model[code].pairs > 0
    ]
    # A model that was not there for the whole period would stand here for that reason alone.
    first = asked.period.span.first
    offered = [code for code, (_title, sold_now, made) in known.items() if sold_now and made.date() < first]
    worst = sorted(offered, key=lambda code: (by_model.get(code, Figures()).pairs, code))
    rows = [Seller(code, known[code][0], by_model.get(code, Figures())) for code in worst]
    silent = sum(1 for row in rows if row.figures.sold == 0)
    return Sellers(tuple(best[:BEST]), tuple(rows[:BEST]), silent)


# --- size curves ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SizeShare:
    """Pairs of one size, and their share of a hundred pairs of the model."""

    size: str
    pairs: int
    share: Decimal | None

    @property
    def tone(self) -> int:
        """How dark the cell is: 0 to 5."""
        return 0 if self.share is None or self.share <= 0 else min(5, int(self.share / 8) + 1)


@dataclass(frozen=True, slots=True)
class SizeCurve:
    """The sizes a model sells in. All curves of a list have the same sizes in the same places."""

    code: str
    pairs: int
    sizes: tuple[SizeShare, ...]


def size_curves(lines: Lines, codes: Sequence[str]) -> list[SizeCurve]:
    """What sizes these models sell in: pairs kept."""
    rows = lines.filter(CONDITIONS[What.SOLD], model_code__in=codes)
    found = {
        (row["model_code"], row["size"]): row["pairs"]
        for row in rows.values("model_code", "size").order_by().annotate(pairs=Sum("net_quantity"))
    }
    sizes = sorted({size for _code, size in found}, key=_by(Dimension.SIZE))
    curves = []
    for code in codes:
        pairs = sum(found.get((code, size), 0) for size in sizes)
        shares = [(size, found.get((code, size), 0)) for size in sizes]
        curves.append(
            SizeCurve(
                code, pairs, tuple(SizeShare(size, sold, percent(sold, pairs)) for size, sold in shares)
            )
        )
    return [curve for curve in curves if curve.pairs > 0]


# --- reasons and people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """How many pairs for this reason, and their share of a hundred."""

    key: str
    pairs: int
    share: Decimal | None


def cancel_reasons(lines: Lines) -> list[Reason]:
    """Why pairs were cancelled, the commonest first."""
    return _reasons(lines.filter(CONDITIONS[What.CANCELLED]), Dimension.CANCEL_REASON, "quantity")


def return_reasons(lines: Lines) -> list[Reason]:
    """Why pairs came back, the commonest first; a line counts under its main reason."""
    return _reasons(lines.filter(CONDITIONS[What.RETURNED]), Dimension.RETURN_REASON, "returned_quantity")


def _reasons(lines: Lines, dimension: Dimension, pairs: str) -> list[Reason]:
    rows = lines.annotate(key=expression(dimension)).values("key").order_by().annotate(pairs=Sum(pairs))
    counted = sorted(((row["pairs"], key_of(row["key"])) for row in rows), key=lambda one: (-one[0], one[1]))
    whole = sum(number for number, _key in counted)
    return [Reason(key, number, percent(number, whole)) for number, key in counted]


@dataclass(frozen=True, slots=True)
class Picker:
    """What one person picked in the days asked for: by the day of picking, whatever became of the order."""

    key: str
    pairs: int
    packages: int
    days: int

    @property
    def pairs_per_day(self) -> Decimal:
        """Pairs per day on which this person picked."""
        return (Decimal(self.pairs) / self.days).quantize(Decimal("0.1"))


def pickers(asked: Asked) -> list[Picker]:
    """Who picked how much, most first."""
    span = asked.period.span
    picked = SaleLine.objects.filter(
        picked_by__isnull=False, picked_day__gte=span.first, picked_day__lte=span.last
    )
    rows = asked.narrow(picked).values("picked_by_id").order_by()
    counted = rows.annotate(
        pairs=Sum("quantity"),
        packages=Count("order_id", distinct=True),
        days=Count("picked_day", distinct=True),
    )
    people = [
        Picker(key_of(row["picked_by_id"]), row["pairs"], row["packages"], row["days"]) for row in counted
    ]
    return sorted(people, key=lambda one: (-one.pairs, one.key))


# --- lines ------------------------------------------------------------------------------------------------------------


def newest_first(lines: Lines) -> Lines:
    """The order in which lines are listed."""
    return lines.order_by(F("day").desc(), F("hour").desc(), F("id").desc())
