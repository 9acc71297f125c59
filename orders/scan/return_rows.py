"""A returned unit as the warehouse sees it: article, picture, and one badge that says where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inventory.contents import pictures
from orders.models import ReturnUnit
from orders.return_words import status_words, time_words

URGENT_WITHIN: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`tone`: ok, urgent, late or empty."""

    unit: ReturnUnit
    picture: str
    badge: str
    tone: str


def unit_rows(units: Iterable[ReturnUnit], now: datetime) -> list[UnitRow]:
    """The units as rows, in their order; one statement for all pictures."""
    rows = list(units)
    images = pictures([unit.variant for unit in rows if unit.variant])
    return [UnitRow(unit, images.get(unit.variant_id or 0, ""), *_badge(unit, now)) for unit in rows]


def _badge(unit: ReturnUnit, now: datetime) -> tuple[str, str]:
    if unit.disposition:
        return (unit.shelf.code if unit.shelf else unit.get_disposition_display()), "ok"
    if unit.condition:
        return unit.get_condition_display(), "ok"
    if unit.status == ReturnUnit.Status.WAITING and unit.act_by_at:
        left = unit.act_by_at - now
        tone = "late" if left <= timedelta(0) else "urgent" if left <= URGENT_WITHIN else ""
        return time_words(unit.act_by_at, now), tone
    return status_words(unit.status), ""
