"""What all query functions share: days and filters as arguments, the answer, and figures as plain JSON.

Arguments come from a language model: everything is checked, and nothing unknown is taken. Results hold no customer
data: no order numbers, no names, cities only from `LEAST_ORDERS` orders on, and reasons that somebody may have typed
only when they are common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analytics.sales.asked import MOST_LETTERS, Asked
from analytics.sales.dimensions import Dimension
from analytics.sales.periods import Period, Preset, Span, may_be_asked, period_of

# Fewer orders than this could tell who bought.
LEAST_ORDERS: Final = 5
MOST_ROWS: Final = 50


def _clean(value: Any) -> Any:
    return " ".join(value.replace("\0", " ").split()) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_clean), Field(max_length=MOST_LETTERS)]
Code = Annotated[str, BeforeValidator(_clean), Field(max_length=100)]
Limit = Annotated[
    int, Field(ge=1, le=MOST_ROWS, description="Most rows to return; totals are always of everything.")
]


class Arguments(BaseModel):
    """The arguments of a function: exactly these."""

    model_config = ConfigDict(extra="forbid")


class Days(Arguments):
    """A period: one of the quick choices, or both days."""

    period: Literal[
        "TODAY", "DAYS_7", "DAYS_28", "DAYS_90", "THIS_MONTH", "LAST_MONTH", "THIS_YEAR", "FREE"
    ] = Field(default="DAYS_28", description="FREE: give first_day and last_day.")
    first_day: date | None = Field(default=None, description="YYYY-MM-DD, with period FREE")
    last_day: date | None = Field(default=None, description="YYYY-MM-DD, with period FREE; included")

    @model_validator(mode="after")
    def _days_go_together(self) -> Self:
        if self.first_day is None and self.last_day is None:
            if self.period == "FREE":
                raise ValueError("period FREE needs first_day and last_day")
            return self
        if self.first_day is None or self.last_day is None:
            raise ValueError("give both first_day and last_day, or neither")
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        if not may_be_asked(self.first_day, self.last_day):
            raise ValueError("at most ten years, and none before 1000 or after 8999")
        return self

    def asked_period(self, today: date) -> Period:
        """The days that were meant."""
        if self.first_day and self.last_day:
            return Period(Preset.FREE, Span(self.first_day, self.last_day))
        return period_of(Preset(self.period), today=today)


class Filters(Days):
    """A period, and which goods."""

    model: Code | None = Field(default=None, description="Exact model code")
    words: Text | None = Field(default=None, description="Words of a model's code or name")
    category: Code | None = Field(default=None, description="Exact category, as results write it")
    brand: Text | None = Field(default=None, description="Words of the brand")
    colour: Code | None = Field(default=None, description="Exact colour")
    size: Code | None = Field(default=None, description="Exact size, e.g. 37")
    channel: Literal["TRENDYOL", "MANUAL"] | None = None

    def asked(self, today: date, **values: Any) -> Asked:
        """The same as a question of the page of sales: of fixed days, so that its address means them for ever."""
        only = (
            (Dimension.MODEL, self.model),
            (Dimension.CATEGORY, self.category),
            (Dimension.COLOUR, self.colour),
            (Dimension.SIZE, self.size),
            (Dimension.CHANNEL, self.channel),
        )
        texts = {"model": self.words, "brand": self.brand}
        return Asked(
            period=fixed(self.asked_period(today).span),
            texts={name: text for name, text in texts.items() if text},
            only=tuple((dimension, key) for dimension, key in only if key),
            **values,
        )


def fixed(span: Span) -> Period:
    """These very days, whatever day it is when the page is opened."""
    return Period(Preset.FREE, span)


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain JSON, the page that shows the same figures, and the one of the days they are compared with."""

    data: Mapping[str, Any]
    address: str
    compared_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A query the language model may make. `right`: who may ask it. `run` gets valid arguments and today's date."""

    name: str
    description: str
    arguments: type[Arguments]
    right: str
    run: Callable[[Any, date], Answer]


def number(value: Decimal | float | None, places: int = 2) -> int | float | None:
    """A figure as JSON has it; None stays None, which is "not known"."""
    if value is None:
        return None
    if isinstance(value, int):
        return value
    rounded = round(float(value), places)
    return int(rounded) if rounded.is_integer() else rounded


def span_of(span: Span) -> dict[str, Any]:
    """`{"first_day": "2026-11-01", …}`."""
    return {"first_day": span.first.isoformat(), "last_day": span.last.isoformat(), "days": span.days}
