"""The paper of a plan for the workshop: per model its colours and sizes with large numbers."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, KeepTogether, Spacer, Table

from analytics.models import ProductionPlan
from analytics.papers.sheet import FAINT, GREY, GROUND, INK
from analytics.production.selectors import ColourRow, ModelGrid, capacity_words
from analytics.reports.paper import FAINT_WORDS, HEADING, PLAIN, Look, words, write_pages
from gullu.labels.fitting import shorten
from gullu.labels.typeface import BOLD, REGULAR, printable, width_em
from gullu.money import format_number

# In points.
_NUMBER_PT: Final = 17.0
_HEAD_PT: Final = 11.0
_COLOUR: Final = 118.0
_SUM: Final = 56.0
_MOST_CELL: Final = 52.0
_LEAST_CELL: Final = 26.0
_ROW: Final = 30.0
_HEAD: Final = 20.0
_PAD: Final = 4.0
_GAP: Final = 10
# A model up to so many rows is not torn apart.
_TOGETHER: Final = 12


def workshop_pdf(plan: ProductionPlan, models: Sequence[ModelGrid]) -> bytes:
    """The PDF as bytes; `models` as `selectors.grids` has them for paper."""
    look = Look(title=_("Production plan: %(name)s") % {"name": plan.name}, made_at=timezone.now())
    target = BytesIO()
    write_pages(target, _story(plan, models, look.room[0]), look)
    return target.getvalue()


def _story(plan: ProductionPlan, models: Sequence[ModelGrid], width: float) -> list[Any]:
    planned, made = sum(one.planned for one in models), sum(one.made for one in models)
    head = _("Pairs: %(pairs)s · Models: %(models)s · %(state)s · from %(day)s on · %(capacity)s")
    said = {
        "pairs": format_number(planned, places=0),
        "models": len(models),
        "state": plan.get_state_display(),
        "day": f"{plan.first_day:%d.%m.%Y}",
        "capacity": capacity_words(plan),
    }
    story: list[Any] = [words(head % said, PLAIN)]
    if plan.note:
        story.append(words(plan.note, PLAIN))
    if made:
        counts = {"made": format_number(made, places=0), "pairs": said["pairs"]}
        story.append(words(_("%(made)s of %(pairs)s pairs were made so far.") % counts, FAINT_WORDS))
    if not models:
        story.append(words(_("No pair is planned."), FAINT_WORDS))
    for model in models:
        story += _model(model, width)
    return story


def _model(model: ModelGrid, width: float) -> list[Any]:
    """One table, or several where the sizes are too many for the width of the paper."""
    most = int((width - _COLOUR - _SUM) / _LEAST_CELL)
    parts: list[Any] = [words(f"{model.code} · {model.title}", HEADING)]
    for start in range(0, len(model.sizes), most):
        places = range(start, min(start + most, len(model.sizes)))
        parts += [_table(model, places, width), Spacer(0, _GAP)]
    if len(model.rows) <= _TOGETHER:
        return [KeepTogether(parts)]
    return [CondPageBreak(_HEAD + 3 * _ROW), *parts]


def _table(model: ModelGrid, places: range, width: float) -> Table:
    cell = min((width - _COLOUR - _SUM) / len(places), _MOST_CELL)
    sums = model.sums()
    rows = [[_("Colour"), *(printable(model.sizes[place], BOLD) for place in places), _("Total")]]
    rows += [_row(row, places) for row in model.rows]
    if len(model.rows) > 1:
        total = format_number(sum(sums[place] for place in places), places=0)
        rows.append([_("Total"), *(_number(sums[place]) for place in places), total])
    return Table(
        rows,
        colWidths=[_COLOUR, *(cell for _place in places), _SUM],
        rowHeights=[_HEAD, *(_ROW for _row in rows[1:])],
        repeatRows=1,
        hAlign="LEFT",
        style=_style(has_total=len(model.rows) > 1),
    )


def _row(row: ColourRow, places: range) -> list[str]:
    cells = [row.cells[place] for place in places]
    total = sum(cell.planned for cell in cells if cell)
    numbers = [_number(cell.planned) if cell else "" for cell in cells]
    return [_colour(row.colour), *numbers, format_number(total, places=0)]


def _number(pairs: int) -> str:
    """Nothing to make is an empty place: a zero would be read as a number."""
    return format_number(pairs, places=0) if pairs else ""


def _colour(name: str) -> str:
    """On one line."""
    text, room = printable(name, BOLD), (_COLOUR - 2 * _PAD) / _HEAD_PT
    return text if width_em(text, BOLD) <= room else shorten(text, BOLD, room)


def _style(*, has_total: bool) -> list[tuple[Any, ...]]:
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), BOLD, _HEAD_PT),
        ("FONT", (1, 1), (-1, -1), BOLD, _NUMBER_PT, _NUMBER_PT),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(INK)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(FAINT)),
        ("BACKGROUND", (-1, 1), (-1, -1), HexColor(GROUND)),
        ("ALIGN", (1, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor(GREY)),
    ]
    if has_total:
        style += [
            ("FONT", (0, -1), (-1, -1), REGULAR, _HEAD_PT),
            ("LINEABOVE", (0, -1), (-1, -1), 1.2, HexColor(INK)),
            ("BACKGROUND", (0, -1), (-1, -1), HexColor(GROUND)),
        ]
    return style


__all__ = ["workshop_pdf"]
