"""What a chart draws, in values: bars from one value to another, lines through points, areas below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.reports.report import Chart

# As static/analytics/chart.js has them.
_PALETTE: Final = (
    "#d11f5b",
    "#2563eb",
    "#15803d",
    "#d97706",
    "#7c3aed",
    "#0891b2",
    "#b45309",
    "#475569",
    "#db2777",
    "#4d7c0f",
    "#1d4ed8",
    "#9333ea",
    "#64748b",
)
_UP, _DOWN, _SUM = "#15803d", "#b91c1c", "#475569"


def colour_of(number: int) -> str:
    """Of a series."""
    return _PALETTE[number % len(_PALETTE)]


@dataclass(frozen=True, slots=True)
class Bar:
    """From `low` to `high` at a place; `slot` of `slots` beside each other there. `value` is what it stands for."""

    place: int
    low: float
    high: float
    colour: str
    value: float
    slot: int = 0
    slots: int = 1


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through neighbouring places: a gap in the values begins another."""

    colour: str
    points: tuple[tuple[int, float], ...]


def bars_of(chart: Chart) -> list[Bar]:
    """The bars of a chart that is no line."""
    if chart.kind == "WATERFALL":
        return list(_waterfall(chart))
    return list(_stacked(chart) if chart.stacked else _grouped(chart))


def _grouped(chart: Chart) -> Iterator[Bar]:
    slots = len(chart.series)
    for slot, series in enumerate(chart.series):
        for place, value in enumerate(series.values):
            if value is not None:
                low, high = min(value, 0.0), max(value, 0.0)
                yield Bar(place, low, high, colour_of(slot), value, slot, slots)


def _stacked(chart: Chart) -> Iterator[Bar]:
    """What is above zero grows up, what is below it grows down."""
    tops = [[0.0, 0.0] for _label in chart.labels]
    for number, series in enumerate(chart.series):
        for place, value in enumerate(series.values):
            if value is not None:
                side = int(value < 0)
                start = tops[place][side]
                tops[place][side] = end = start + value
                yield Bar(place, min(start, end), max(start, end), colour_of(number), value)


def _waterfall(chart: Chart) -> Iterator[Bar]:
    """Each step begins where the one before ended; a sum begins at zero, and the next step at its end."""
    level = 0.0
    for place, value in enumerate(chart.series[0].values):
        if value is None:
            continue
        is_sum = place in chart.totals
        start = 0.0 if is_sum else level
        level = start + value
        colour = _SUM if is_sum else _UP if value >= 0 else _DOWN
        yield Bar(place, min(start, level), max(start, level), colour, value)


def strokes_of(chart: Chart, *, bands: bool) -> list[Stroke]:
    """The lines of a chart, or the upper edges of its bands."""
    return [
        Stroke(colour_of(number), points)
        for number, series in enumerate(chart.series)
        if series.band == bands
        for points in _unbroken(series.values)
    ]


def _unbroken(values: Sequence[float | None]) -> Iterator[tuple[tuple[int, float], ...]]:
    run: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append((place, value))
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def extent(chart: Chart) -> tuple[float, float]:
    """The lowest and the highest value drawn, zero among them."""
    if chart.kind == "LINE":
        drawn = [value for series in chart.series for value in series.values if value is not None]
    else:
        drawn = [edge for bar in bars_of(chart) for edge in (bar.low, bar.high)]
    return min([0.0, *drawn]), max([0.0, *drawn])


__all__ = ["Bar", "Stroke", "bars_of", "colour_of", "extent", "strokes_of"]
