"""What the page hands to its chart: plain data, drawn by static/analytics/chart.js."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.sales.dimensions import DATES, ORDERED, Dimension
from analytics.sales.measures import RATES, Measure, in_words

# Bars of more groups cannot be read; all are in the table.
MOST_BARS: Final = 25
# So many days are bars, more are a line.
MOST_DAY_BARS: Final = 45


@dataclass(frozen=True, slots=True)
class Point:
    """One value: where it stands, how it is written, and the address of the lines behind it."""

    value: Decimal | int | None
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One series of points, one for each label of the chart. `rest`: what is left beside the named ones."""

    name: str
    points: Sequence[Point]
    rest: bool = False


def point(measure: Measure, value: Decimal | int | None, address: str) -> Point:
    """A point with its value in words."""
    return Point(value, in_words(measure, value), address)


def chart(
    *, rows: Dimension, measure: Measure, keys: Sequence[str], labels: Sequence[str], traces: Sequence[Trace]
) -> dict[str, Any]:
    """As JSON: `x` are keys where they are days, else labels; bars lie down where the labels are names."""
    is_dates = rows in DATES
    return {
        "title": str(measure.label),
        "kind": "line" if is_dates and len(keys) > MOST_DAY_BARS else "bar",
        "lying": rows not in ORDERED,
        "dates": is_dates,
        "stacked": len(traces) > 1 and measure in {Measure.PAIRS, Measure.AMOUNT},
        "percent": measure in RATES,
        "labels": list(labels),
        "keys": list(keys),
        "traces": [
            {
                "name": trace.name,
                "rest": trace.rest,
                "values": [None if one.value is None else float(one.value) for one in trace.points],
                "words": [one.words for one in trace.points],
                "links": [one.address for one in trace.points],
            }
            for trace in traces
        ],
    }
