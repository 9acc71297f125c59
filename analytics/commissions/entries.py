"""What a file says about one order, or about one price band: what is stored as a row of the preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analytics.commissions.errors import CellRefused
from analytics.enums import RowTarget

Tick = Callable[[int], None]
_CENT: Final = Decimal("0.01")


@dataclass(slots=True, kw_only=True)
class Entry:
    """`value` is a commission in TRY or a rate in percent; `amount` and `discount` belong to orders.

    An entry with a `refusal` is wrong and is never written. Without a `discount` the file has no such column.
    """

    row_number: int
    target: RowTarget
    key: str = ""
    name: str = ""
    value: Decimal | None = None
    price_from: Decimal = Decimal(0)
    price_to: Decimal | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None
    order_date: date | None = None
    refusal: CellRefused | None = None


def rounded(amount: Decimal) -> Decimal:
    """To the kuruş, half up; once, after everything was added up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)
