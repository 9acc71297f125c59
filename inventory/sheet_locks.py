"""Row locks on what is being scanned. They come before the balances: sheets and counts → CentralStock → RafUrun."""

from __future__ import annotations

from inventory.enums import CountState, GoodsInState
from inventory.models import GoodsIn, GoodsInLine, StockCount


def lock_open_sheet(user_id: int) -> GoodsIn | None:
    """The person's open sheet of goods in, locked."""
    rows = GoodsIn.objects.select_for_update(no_key=True, of=("self",)).select_related("shelf")
    return rows.filter(user_id=user_id, state=GoodsInState.OPEN).first()


def lock_sheet(sheet_id: int, *, user_id: int) -> GoodsIn | None:
    """A sheet of this person in whatever state, locked."""
    rows = GoodsIn.objects.select_for_update(no_key=True, of=("self",)).select_related("shelf")
    return rows.filter(pk=sheet_id, user_id=user_id).first()


def lock_set_aside(line_id: int) -> GoodsInLine | None:
    """A row of a booked sheet, locked."""
    rows = GoodsInLine.objects.select_for_update(of=("self",)).select_related("sheet__shelf")
    return rows.filter(pk=line_id, sheet__state=GoodsInState.BOOKED, set_aside=True).first()


def lock_open_count(user_id: int) -> StockCount | None:
    """The count this person is working on, locked."""
    rows = StockCount.objects.select_for_update(no_key=True, of=("self",)).select_related("shelf")
    return rows.filter(counted_by_id=user_id, state=CountState.OPEN).order_by("pk").first()


def lock_count(count_id: int) -> StockCount | None:
    """A count in whatever state, locked."""
    rows = StockCount.objects.select_for_update(no_key=True, of=("self",)).select_related("shelf")
    return rows.filter(pk=count_id).first()
