"""Which models and colours a plan is made of: found by words, and what will be sold out first stands first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from analytics.advice.rules import PAST_DAYS
from analytics.enums import SaleState
from analytics.models import SaleLine
from analytics.papers.entries import Entry, Filter, entries_of, find_entries
from analytics.production.needs import Key

# Ticks are fields of a form, and a form of more than a thousand is refused.
MOST_LISTED: Final = 600


class First(models.TextChoices):
    """What stands first in the list."""

    SHORT = "SHORT", _("What is sold out first")
    CODE = "CODE", _("By model code")


@dataclass(frozen=True, slots=True)
class Choice:
    """A model in one colour. `sold` lately; `cover`: days its stock lasts at that pace, None without sales."""

    entry: Entry
    sold: int

    @property
    def key(self) -> str:
        return f"{self.entry.product_id}:{self.entry.colour}"

    @property
    def cover(self) -> int | None:
        return self.entry.offered * PAST_DAYS // self.sold if self.sold else None


def choices(wanted: Filter, products: Sequence[int], *, first: str, today: date) -> list[Choice]:
    """What the words find, of these models alone where some are named. Three statements."""
    found = find_entries(wanted, with_stock=True)
    if products:
        found = [entry for entry in found if entry.product_id in products]
    return _in_order(_with_sales(found, today), first)


def chosen(keys: Iterable[Key], *, first: str, today: date) -> list[Choice]:
    """The same for what was ticked, as far as it still exists."""
    found = entries_of(set(keys), only_active=True, with_stock=True)
    return _in_order(_with_sales(found, today), first)


def _with_sales(entries: Sequence[Entry], today: date) -> list[Choice]:
    lines = SaleLine.objects.filter(
        state=SaleState.SOLD, day__gte=today - timedelta(days=PAST_DAYS), day__lt=today
    )
    rows = lines.values_list("product_id", "colour").annotate(pairs=Sum("quantity")).order_by()
    sold = {(product, colour): pairs for product, colour, pairs in rows}
    return [Choice(entry, sold.get(entry.key, 0)) for entry in entries]


def _in_order(found: list[Choice], first: str) -> list[Choice]:
    if first == First.CODE:
        return found
    return sorted(found, key=lambda one: (one.cover is None, one.cover or 0, -one.sold))


def read_keys(values: Iterable[str]) -> list[Key]:
    """`["12:Siyah"]` → `[(12, "Siyah")]`; what is no key is left out."""
    parts = (value.partition(":") for value in values)
    return [
        (int(number), colour)
        for number, sign, colour in parts
        if sign and number.isascii() and number.isdecimal() and len(number) < 10
    ]


__all__ = ["MOST_LISTED", "Choice", "First", "choices", "chosen", "read_keys"]
