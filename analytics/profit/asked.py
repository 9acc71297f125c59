"""What an address of the pages of profit asks for: a question about sales, and which lines and groups are looked at.

Period, words and groups are read as on the page of sales, so that an address means the same days and lines on both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.enums import Missing
from analytics.models import ProfitLine
from analytics.profit import selectors
from analytics.profit.selectors import ProfitBy
from analytics.sales import asked as sales
from analytics.sales.dimensions import Dimension
from analytics.sales.periods import Period, Span

MOST_LETTERS: Final = sales.MOST_LETTERS


class Which(models.TextChoices):
    """Which sold lines stand behind a number."""

    ALL = "ALL", gettext_lazy("All sold lines")
    COMPLETE = "COMPLETE", gettext_lazy("Profit known")
    INCOMPLETE = "INCOMPLETE", gettext_lazy("Profit not known")
    LOSS = "LOSS", gettext_lazy("Sold at a loss")


class Sort(models.TextChoices):
    """In which order groups are listed that have none of their own."""

    PROFIT = "PROFIT", gettext_lazy("most profit first")
    LOSS = "LOSS", gettext_lazy("least profit first")
    SALE = "SALE", gettext_lazy("most sale first")


CONDITIONS: Final = {
    Which.ALL: Q(),
    Which.COMPLETE: Q(missing=[]),
    Which.INCOMPLETE: ~Q(missing=[]),
    Which.LOSS: Q(profit__lt=0),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid question. `sold` has the days and what narrows them; `order` is an order number, "" for all."""

    sold: sales.Asked
    by: ProfitBy = ProfitBy.MODEL
    sort: Sort = Sort.PROFIT
    which: Which = Which.ALL
    missing: Missing | None = None
    order: str = ""

    @property
    def period(self) -> Period:
        return self.sold.period

    @property
    def page(self) -> int:
        return self.sold.page

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the days was asked for."""
        return bool(self.sold.texts or self.sold.only or self.sold.without or self.order)

    def rows(self, span: Span | None = None) -> QuerySet[ProfitLine]:
        """All profits asked for; of another span, to compare with it."""
        days = span or self.period.span
        rows = selectors.rows(days)
        if self.order:
            rows = rows.filter(line__order_number=self.order)
        if self.sold.texts or self.sold.only or self.sold.without:
            rows = rows.filter(line__in=self.sold.lines(days))
        return rows

    def behind(self) -> QuerySet[ProfitLine]:
        """The lines that `which` and `missing` name."""
        rows = self.rows().filter(CONDITIONS[self.which])
        return rows.filter(missing__contains=[self.missing.value]) if self.missing else rows

    # -- addresses -----------------------------------------------------------------------------------------------

    def query(self, **changes: Any) -> str:
        """The address of this question with some parts changed; None takes a part away."""
        own = {"by": self.by.value, "sort": self.sort.value, "order": self.order or None}
        return self.sold.query(**{"rows": None, "measure": None, "series": None, **own, **changes})

    def with_only(self, by: ProfitBy, key: str) -> Asked:
        """The same question of one group."""
        if by == ProfitBy.ORDER:
            return replace(self, order=key)
        return replace(self, sold=self.sold.with_only((Dimension(by.value), key)))

    def without_order(self) -> Asked:
        """The same question of all orders again."""
        return replace(self, order="")

    def with_sold(self, sold: sales.Asked) -> Asked:
        """The same question of other sales."""
        return replace(self, sold=sold)


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid question, and one sentence for each part of the address that could not be taken as it was."""

    asked: Asked
    problems: tuple[str, ...]


def read(given: QueryDict, *, today: date) -> Reading:
    """The question in an address; nothing in it can make this fail."""
    sold = sales.read(_for_sales(given), today=today, may_see_money=True)
    problems = list(sold.problems)
    asked = Asked(
        sold=sold.asked,
        by=_choice(given, "by", ProfitBy, problems) or ProfitBy.MODEL,
        sort=_choice(given, "sort", Sort, problems) or Sort.PROFIT,
        which=_choice(given, "which", Which, problems) or Which.ALL,
        missing=_choice(given, "missing", Missing, problems),
        order=_order(given, problems),
    )
    return Reading(asked, tuple(problems))


def _for_sales(given: QueryDict) -> QueryDict:
    """What the page of sales knows and these pages have another name for is none of its business."""
    kept = given.copy()
    for name in ("rows", "series", "measure", "what"):
        kept.pop(name, None)
    return kept


def _choice(given: QueryDict, name: str, known: Any, problems: list[str]) -> Any:
    text = given.get(name, "")
    if not text or text in known.values:
        return known(text) if text else None
    words = _("“%(value)s” is no choice here: the usual is shown.")
    problems.append(words % {"value": text.replace("\0", "")[:MOST_LETTERS]})
    return None


def _order(given: QueryDict, problems: list[str]) -> str:
    text = given.get("order", "").strip()
    if "\0" not in text and len(text) <= MOST_LETTERS:
        return text
    words = _("“%(value)s” is no order number: it was left out.")
    problems.append(words % {"value": text.replace("\0", "")[:MOST_LETTERS]})
    return ""


__all__ = ["CONDITIONS", "Asked", "Reading", "Sort", "Which", "read"]
