"""Charts of a report on paper: bars, lying bars, lines with bands, waterfalls; the axes are ReportLab's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from reportlab.graphics.charts.axes import XValueAxis, YValueAxis
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import HexColor

from analytics.papers.sheet import FAINT, GREY, INK
from analytics.reports.marks import Bar, Stroke, bars_of, colour_of, extent, strokes_of
from analytics.reports.report import Chart
from gullu.labels.fitting import break_anywhere, shorten
from gullu.labels.typeface import REGULAR, printable, width_em
from gullu.money import format_number

# In points.
_HEIGHT: Final = 185.0
_ROW: Final = 12.5
_PT: Final = 7.5
_LINE: Final = 9.0
_AIR: Final = 6.0
_DOT: Final = 1.6
# Right of lying bars, for the words of the longest one or for the last figure below the axis.
_WORDS: Final = 42.0
_LAST: Final = 18.0
# For the figures beside the axis.
_FIGURES: Final = 46.0
# Of a place, how much its bars take.
_FILLED: Final = 0.72
# Names beside lying bars take at most this part of the width.
_NAMES: Final = 0.38
# More values are not written beside their bars: they would lie over each other.
_MOST_WORDS: Final = 16
# More lying bars are too high for a page; the table has the rest.
MOST_LYING: Final = 40


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values and places lie on the drawing, in points. `axis` maps values, places are evenly spread."""

    axis: Any
    left: float
    bottom: float
    width: float
    height: float
    places: int
    lying: bool

    def value(self, value: float) -> float:
        return float(self.axis.scale(value))

    @property
    def step(self) -> float:
        return (self.height if self.lying else self.width) / max(self.places, 1)

    def middle(self, place: int) -> float:
        """Of a place; the first one lies at the left, or at the top."""
        if self.lying:
            return self.bottom + self.height - (place + 0.5) * self.step
        return self.left + (place + 0.5) * self.step


def drawing_of(chart: Chart, width: float) -> Drawing:
    """The chart, `width` points wide. Names that are too long end in an ellipsis."""
    if chart.kind == "LYING":
        chart = _first(chart, MOST_LYING)
    legend = _legend(chart, width)
    plot = _plot(chart, width)
    top = plot.bottom + plot.height + _AIR + (_LINE if not plot.lying else 0)
    drawing = Drawing(width, top + _LINE * 1.4 * len(legend))
    drawing.add(_grid(plot))
    marks = _lines(chart, plot) if chart.kind == "LINE" else _bars(chart, plot)
    for shape in (*marks, *_labels(chart, plot)):
        drawing.add(shape)
    for number, row in enumerate(reversed(legend)):
        row.translate(0, top + number * _LINE * 1.4)
        drawing.add(row)
    return drawing


def _first(chart: Chart, most: int) -> Chart:
    series = [replace(one, values=one.values[:most]) for one in chart.series]
    return replace(chart, labels=chart.labels[:most], series=series)


def _text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK) -> String:
    return String(x, y, words, fontName=REGULAR, fontSize=_PT, textAnchor=anchor, fillColor=HexColor(colour))


# --- axes and names -------------------------------------------------------------------------------------------------


def _short(value: float) -> str:
    """`1.250`, `0,4`: as precise as a label needs."""
    return format_number(value, places=0 if abs(value) >= 10 or value == int(value) else 1)


def _plot(chart: Chart, width: float) -> _Plot:
    lying = chart.kind == "LYING"
    axis = XValueAxis() if lying else YValueAxis()
    axis.labels.fontName, axis.labels.fontSize = REGULAR, _PT
    axis.labels.fillColor = HexColor(GREY)
    axis.labelTextFormat = _short
    axis.rangeRound, axis.forceZero = "both", 1
    axis.visibleGrid, axis.gridStrokeColor, axis.gridStrokeWidth = 1, HexColor(FAINT), 0.4
    axis.visibleAxis = axis.visibleTicks = 0
    axis.maximumTicks = 8
    places = len(chart.labels)
    if lying:
        left, bottom, height = _names_width(chart, width) + _AIR, _LINE * 1.6, places * _ROW
        inner = width - left - (_WORDS if places <= _MOST_WORDS else _LAST)
        axis.setPosition(left, bottom, inner)
        axis.gridStart, axis.gridEnd = bottom, bottom + height
    else:
        lines = _label_lines(chart, width)
        left, bottom, height = _FIGURES, _LINE * lines + _AIR, _HEIGHT - _LINE * lines
        inner = width - left - _AIR
        axis.setPosition(left, bottom, height)
        axis.gridStart, axis.gridEnd = left, left + inner
    axis.configure([list(extent(chart))])
    return _Plot(axis, left, bottom, inner, height, places, lying)


def _grid(plot: _Plot) -> Group:
    group = Group()
    plot.axis.makeGrid(group)
    group.add(plot.axis.draw())
    zero = plot.value(0.0)
    ends = (zero, plot.bottom, zero, plot.bottom + plot.height)
    if not plot.lying:
        ends = (plot.left, zero, plot.left + plot.width, zero)
    group.add(Line(*ends, strokeColor=HexColor(GREY), strokeWidth=0.6))
    return group


def _names_width(chart: Chart, width: float) -> float:
    widest = max((width_em(printable(str(label)), REGULAR) for label in chart.labels), default=0.0) * _PT
    return min(widest, width * _NAMES)


def _fitted(label: str, room: float) -> str:
    text = printable(str(label))
    return text if width_em(text, REGULAR) * _PT <= room else shorten(text, REGULAR, room / _PT)


def _label_room(chart: Chart, width: float) -> float:
    return (width - _FIGURES - _AIR) / max(len(chart.labels), 1)


def _wrapped(label: str, room: float) -> list[str]:
    return break_anywhere(printable(str(label)), REGULAR, room / _PT)


def _wraps(chart: Chart, width: float) -> bool:
    """Few names are wrapped; of many, as of days, only some are written."""
    return len(chart.labels) <= _MOST_WORDS and _label_room(chart, width) > 3 * _PT


def _label_lines(chart: Chart, width: float) -> int:
    if not _wraps(chart, width):
        return 1
    room = _label_room(chart, width) - 3
    return min(max((len(_wrapped(label, room)) for label in chart.labels), default=1), 3)


def _labels(chart: Chart, plot: _Plot) -> list[String]:
    if plot.lying:
        room = plot.left - _AIR
        return [
            _text(room, plot.middle(place) - _PT * 0.35, _fitted(label, room), anchor="end")
            for place, label in enumerate(chart.labels)
        ]
    if not _wraps(chart, plot.left + plot.width + _AIR):
        return _some_labels(chart, plot)
    shapes = []
    for place, label in enumerate(chart.labels):
        room = plot.step - 3
        lines = _wrapped(label, room)
        if len(lines) > 3:
            lines = [*lines[:2], shorten(" ".join(lines[2:]), REGULAR, room / _PT)]
        shapes += [
            _text(plot.middle(place), plot.bottom - _LINE * (number + 1.2), line, anchor="middle")
            for number, line in enumerate(lines)
        ]
    return shapes


def _some_labels(chart: Chart, plot: _Plot) -> list[String]:
    """Every so many labels, as many as do not touch."""
    widest = max((width_em(printable(str(label)), REGULAR) for label in chart.labels), default=0.0) * _PT
    every = int((widest + 8) / plot.step) + 1
    return [
        _text(plot.middle(place), plot.bottom - _LINE * 1.2, printable(str(label)), anchor="middle")
        for place, label in enumerate(chart.labels)
        if place % every == 0
    ]


def _legend(chart: Chart, width: float) -> list[Group]:
    """Rows of coloured squares with the names of the series; none where there is one series only."""
    if len(chart.series) < 2:
        return []
    rows, x = [Group()], 0.0
    for number, series in enumerate(chart.series):
        name = _fitted(series.name, width / 2)
        wide = width_em(name, REGULAR) * _PT + 22
        if x + wide > width and x:
            rows.append(Group())
            x = 0.0
        square = Rect(x, 0, 6, 6, fillColor=_fill(colour_of(number), light=series.band), strokeColor=None)
        rows[-1].add(square)
        rows[-1].add(_text(x + 9, 0, name))
        x += wide
    return rows


# --- marks ------------------------------------------------------------------------------------------------------------


def _fill(colour: str, *, light: bool = False) -> Any:
    return HexColor(colour).clone(alpha=0.18) if light else HexColor(colour)


def _bars(chart: Chart, plot: _Plot) -> list[Any]:
    bars = bars_of(chart)
    shapes: list[Any] = [_bar(bar, plot) for bar in bars]
    if chart.kind == "WATERFALL":
        shapes += _joints(bars, plot)
    if len(chart.labels) <= _MOST_WORDS and len(chart.series) == 1:
        shapes += [_value(bar, plot) for bar in bars]
    return shapes


def _bar(bar: Bar, plot: _Plot) -> Rect:
    thick = plot.step * _FILLED / bar.slots
    # Slots go from left to right, and from top to bottom.
    shift = (bar.slot - bar.slots / 2) * thick
    low, high = plot.value(bar.low), plot.value(bar.high)
    colour = {"fillColor": _fill(bar.colour), "strokeColor": None}
    if plot.lying:
        return Rect(low, plot.middle(bar.place) - shift - thick, high - low, thick, **colour)
    return Rect(plot.middle(bar.place) + shift, low, thick, high - low, **colour)


def _value(bar: Bar, plot: _Plot) -> String:
    below = bar.value < 0
    words = _short(bar.value)
    if plot.lying:
        x = plot.value(bar.low) - 3 if below else plot.value(bar.high) + 3
        anchor = "end" if below else "start"
        return _text(x, plot.middle(bar.place) - _PT * 0.35, words, anchor=anchor, colour=GREY)
    y = plot.value(bar.low) - _PT if below else plot.value(bar.high) + 2
    return _text(plot.middle(bar.place), y, words, anchor="middle", colour=GREY)


def _joints(bars: Sequence[Bar], plot: _Plot) -> list[Line]:
    """Thin lines from the end of each step to the beginning of the next."""
    shapes = []
    for bar, following in pairwise(bars):
        level = plot.value(bar.high if bar.value >= 0 else bar.low)
        half = plot.step * _FILLED / 2
        ends = (plot.middle(bar.place) + half, level, plot.middle(following.place) - half, level)
        shapes.append(Line(*ends, strokeColor=HexColor(GREY), strokeWidth=0.5, strokeDashArray=(2, 2)))
    return shapes


def _lines(chart: Chart, plot: _Plot) -> list[Any]:
    """Areas first, so that lines lie over them; a point alone is a dot."""
    shapes: list[Any] = []
    for stroke in strokes_of(chart, bands=True):
        flat = _places(stroke, plot)
        floor = plot.value(0.0)
        edge = [flat[0], floor, *flat, flat[-2], floor]
        shapes.append(Polygon(edge, fillColor=_fill(stroke.colour, light=True), strokeColor=None))
    for stroke in strokes_of(chart, bands=False):
        flat, colour = _places(stroke, plot), HexColor(stroke.colour)
        if len(stroke.points) > 1:
            shapes.append(PolyLine(flat, strokeColor=colour, strokeWidth=1.4, strokeLineJoin=1))
        else:
            shapes.append(Circle(flat[0], flat[1], _DOT, fillColor=colour, strokeColor=None))
    return shapes


def _places(stroke: Stroke, plot: _Plot) -> list[float]:
    return [one for place, value in stroke.points for one in (plot.middle(place), plot.value(value))]


__all__ = ["MOST_LYING", "drawing_of"]
