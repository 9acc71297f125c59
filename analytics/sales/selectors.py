"""Figures of sales: each function one statement over the facts, however many groups there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value

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
from analytics.sales.measures import (
    CONDITIONS,
    COUNTED,
    DAY_SUMS,
    LINE_SUMS,
    SHARED,
    Figures,
    Measure,
    What,
    percent,
)
from analytics.sales.periods import Span
from analytics.sales.sources import Source

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


def totals(source: Source) -> Figures:
    """All lines together."""
    rows = _summed(source, _Keys((), {"key": Value(1, IntegerField())}))
    return rows[0][1] if rows else Figures()


def groups(source: Source, dimension: Dimension) -> dict[str, Figures]:
    """The figures of every group that has a line sold or cancelled."""
    rows = _summed(source, _Keys((dimension,), {"key": expression(dimension)}))
    return {key_of(key): figures for (key,), figures in rows}


@dataclass(frozen=True, slots=True)
class _Keys:
    """What makes a group: expressions out of `dimensions`; `condition` may name them.

    `shown`: groups of `side` that stay; all others become one, whose side is None.
    """

    dimensions: tuple[Dimension, ...]
    expressions: Mapping[str, Any]
    condition: Q = field(default_factory=Q)
    shown: Sequence[Any] | None = None

    def of(self, rows: QuerySet[Any]) -> Any:
        return rows.annotate(**self.expressions).filter(self.condition).values(*self.expressions).order_by()


def _summed(source: Source, keys: _Keys) -> list[tuple[tuple[Any, ...], Figures]]:
    """Figures of groups, out of days where they know enough, else out of lines."""
    days = source.by_days(keys.dimensions)
    if days is None:
        wide = keys.of(source.lines.filter(COUNTED)).annotate(**_named(LINE_SUMS))
    else:
        wide = keys.of(days).annotate(**_named(DAY_SUMS))
    shared = keys.of(source.lines.filter(SHARED)).values(*keys.expressions, "order_number")
    try:
        added, of_added = wide.query.sql_with_params()
        numbers, of_numbers = shared.query.sql_with_params()
    except EmptyResultSet:
        return []
    shown = [] if keys.shown is None else [list(keys.shown)]
    with connection.cursor() as cursor:
        cursor.execute(_together(keys, added, numbers), [*shown, *of_added, *shown, *of_numbers])
        rows = cursor.fetchall()
    place = len(keys.expressions)
    return [(row[:place], Figures(**dict(zip(LINE_SUMS, row[place:], strict=True)))) for row in rows]


def _named(sums: Mapping[str, Any]) -> dict[str, Any]:
    # Some figures have the name of a field.
    return {f"sum_{name}": total for name, total in sums.items()}


def _together(keys: _Keys, added: str, numbers: str) -> str:
    """Orders of one line are counted with the rest; the few that have several sold lines are put together first.

    Counting different numbers within each group would sort all lines. Groups are named when they are few.
    """
    names = ", ".join(keys.expressions)
    shown = names
    if keys.shown is not None:
        shown = names.replace("side", "CASE WHEN side = ANY(%s) THEN side::text END AS side")
    figures = ", ".join(f"sum_{name}" for name in LINE_SUMS)
    sums = ", ".join(
        f"sum(sum_{name})" if name == "amount" else f"sum(sum_{name})::bigint" for name in LINE_SUMS
    )
    orders = ", ".join("count(*)" if name == "orders" else "0" for name in LINE_SUMS)
    return f"""
        SELECT {names}, {sums}
          FROM (SELECT {shown}, {figures} FROM ({added}) AS added
                 UNION ALL
                SELECT {names}, {orders}
                  FROM (SELECT DISTINCT {shown}, order_number FROM ({numbers}) AS numbers) AS number
                 GROUP BY {names}) AS one
         GROUP BY {names}
    """  # noqa: S608  (names of our own; every value is a parameter)


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
    source: Source, rows: Dimension, series: Series, *, only_rows: Collection[str] | None = None
) -> Cells:
    """Figures of each row in each series; the series None are all others. `only_rows` limits what is read."""
    keys = _Keys(
        (rows, series.dimension),
        {"key": expression(rows), "side": expression(series.dimension)},
        Q() if only_rows is None else Q(key__in=[value_of(rows, key) for key in only_rows]),
        shown=[value_of(series.dimension, key) for key in series.keys],
    )
    return {(key_of(key), side): figures for (key, side), figures in _summed(source, keys)}


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


def best_codes(by_model: Mapping[str, Figures]) -> list[str]:
    """Models of which pairs were kept, most first."""
    ranked = sorted(by_model, key=lambda code: (-by_model[code].pairs, code))
    return [code for code in ranked if code and by_model[code].pairs > 0]


def sellers(asked: Asked, by_model: Mapping[str, Figures]) -> Sellers:
    """Rank the models by what `groups` found; the catalogue is read once, for those that sold nothing."""
    goods = (
        asked.goods().filter(draft=False).values_list("code", "title", "active", "discontinued", "created_at")
    )
    known = {code: (title, active and not ended, made) for code, title, active, ended, made in goods}
    best = [Seller(code, known.get(code, ("",))[0], by_model[code]) for code in best_codes(by_model)[:BEST]]
    # A model that was not there for the whole period would stand here for that reason alone.
    first = asked.period.span.first
    offered = [code for code, (_title, sold_now, made) in known.items() if sold_now and made.date() < first]
    worst = sorted(offered, key=lambda code: (by_model.get(code, Figures()).pairs, code))
    rows = [Seller(code, known[code][0], by_model.get(code, Figures())) for code in worst]
    silent = sum(1 for row in rows if row.figures.sold == 0)
    return Sellers(tuple(best), tuple(rows[:BEST]), silent)


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


# As with orders: packages of one line are counted, the few others are put together first.
_PICKED: Final = """
    SELECT picked_by_id, sum(pairs)::bigint, sum(packages)::bigint, sum(days)::bigint
      FROM (SELECT picked_by_id, sum(pairs) AS pairs, sum(packages) AS packages, count(*) AS days
              FROM ({days}) AS days GROUP BY picked_by_id
             UNION ALL
            SELECT picked_by_id, 0, count(*), 0 FROM ({parcels}) AS parcels GROUP BY picked_by_id) AS one
     GROUP BY picked_by_id
"""


def pickers(asked: Asked) -> list[Picker]:
    """Who picked how much, most first."""
    span = asked.period.span
    picked = SaleLine.objects.filter(
        picked_by__isnull=False, picked_day__gte=span.first, picked_day__lte=span.last
    )
    narrowed = asked.narrow(picked).order_by()
    by_day = narrowed.values("picked_by_id", "picked_day")
    counted = by_day.annotate(pairs=Sum("quantity"), packages=Count("pk", filter=Q(alone=True)))
    several = narrowed.filter(alone=False).values("picked_by_id", "order_id").distinct()
    try:
        days, of_days = counted.query.sql_with_params()
        parcels, of_parcels = several.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PICKED.format(days=days, parcels=parcels), [*of_days, *of_parcels])
        people = [Picker(key_of(person), *figures) for person, *figures in cursor.fetchall()]
    return sorted(people, key=lambda one: (-one.pairs, one.key))


# --- lines ------------------------------------------------------------------------------------------------------------


def newest_first(lines: Lines) -> Lines:
    """The order in which lines are listed."""
    return lines.order_by(F("day").desc(), F("hour").desc(), F("id").desc())
