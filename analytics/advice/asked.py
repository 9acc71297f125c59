"""What an address of the page asks for. A wrong part falls back to the usual, and a sentence says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.advice.entry import VariantAdvice
from analytics.advice.kinds import AdviceKind
from gullu.text import fold

MOST_LETTERS: Final = 60
# Ticks of a page; an address that names more was not made by it.
MOST_MODELS: Final = 1000


class Sort(models.TextChoices):
    """By what the models are listed; their barcodes always by colour and size."""

    SUGGESTED = "SUGGESTED", gettext_lazy("Most to order")
    LOST = "LOST", gettext_lazy("Most lost sales")
    COVER = "COVER", gettext_lazy("Shortest cover")
    STOCK = "STOCK", gettext_lazy("Most stock")
    SOLD = "SOLD", gettext_lazy("Most sold")
    MODEL = "MODEL", gettext_lazy("Model code")


class Cover(models.TextChoices):
    """Classes of cover: the bars of the chart."""

    OUT = "OUT", gettext_lazy("Nothing left")
    DAYS_7 = "DAYS_7", gettext_lazy("up to 7 days")
    DAYS_14 = "DAYS_14", gettext_lazy("8–14 days")
    DAYS_30 = "DAYS_30", gettext_lazy("15–30 days")
    DAYS_60 = "DAYS_60", gettext_lazy("31–60 days")
    DAYS_90 = "DAYS_90", gettext_lazy("61–90 days")
    DAYS_180 = "DAYS_180", gettext_lazy("91–180 days")
    LONGER = "LONGER", gettext_lazy("over 180 days")
    NO_DEMAND = "NO_DEMAND", gettext_lazy("No demand expected")


_UP_TO: Final = (
    (7, Cover.DAYS_7),
    (14, Cover.DAYS_14),
    (30, Cover.DAYS_30),
    (60, Cover.DAYS_60),
    (90, Cover.DAYS_90),
    (180, Cover.DAYS_180),
)


def cover_class(row: VariantAdvice) -> Cover | None:
    """The class of a barcode; None where there is neither stock nor demand."""
    if row.cover_days is None:
        return Cover.NO_DEMAND if row.available > 0 else None
    if row.available <= 0:
        return Cover.OUT
    return next((name for days, name in _UP_TO if row.cover_days <= days), Cover.LONGER)


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid question. `products` are chosen models; none of them: all."""

    kind: AdviceKind | None = None
    cover: Cover | None = None
    model: str = ""
    category: str = ""
    suggested: bool = False
    sort: Sort = Sort.SUGGESTED
    products: tuple[int, ...] = ()
    page: int = 1

    def fits(self, row: VariantAdvice) -> bool:
        """Whether a barcode is asked for."""
        return (
            (self.kind is None or self.kind in row.kinds)
            and (self.cover is None or cover_class(row) == self.cover)
            and (not self.suggested or row.suggested > 0)
        )

    def models(self, rows: Iterable[VariantAdvice]) -> list[VariantAdvice]:
        """The barcodes of the models that are asked for, whatever is said of them."""
        wanted = set(self.products)
        words = fold(self.model).split()
        found: dict[int, bool] = {}
        kept = []
        for row in rows:
            if row.product_id not in found:
                found[row.product_id] = (not wanted or row.product_id in wanted) and self._names(row, words)
            if found[row.product_id]:
                kept.append(row)
        return kept

    def _names(self, row: VariantAdvice, words: list[str]) -> bool:
        if self.category and row.category != self.category:
            return False
        name = fold(f"{row.model_code} {row.title}")
        return all(word in name for word in words)

    def query(self, **changes: Any) -> str:
        """The address of this question with some parts changed; what is usual is left out."""
        asked = replace(self, **changes)
        parts: list[tuple[str, Any]] = [
            ("kind", asked.kind and asked.kind.value),
            ("cover", asked.cover and asked.cover.value),
            ("model", asked.model),
            ("category", asked.category),
            ("suggested", "1" if asked.suggested else ""),
            ("sort", "" if asked.sort == Sort.SUGGESTED else asked.sort.value),
            *(("product", str(product)) for product in asked.products),
        ]
        return urlencode([(name, value) for name, value in parts if value])


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid question, and one sentence for each part of the address that could not be taken as it was."""

    asked: Asked
    problems: tuple[str, ...]


def read(given: QueryDict) -> Reading:
    """The question in an address; nothing in it can make this fail."""
    problems: list[str] = []
    asked = Asked(
        kind=_choice(given, "kind", AdviceKind, None, problems),
        cover=_choice(given, "cover", Cover, None, problems),
        model=_text(given, "model", problems),
        category=_text(given, "category", problems),
        suggested=given.get("suggested") == "1",
        sort=_choice(given, "sort", Sort, Sort.SUGGESTED, problems),
        products=_products(given, problems),
        page=_number(given.get("page", ""), 6) or 1,
    )
    return Reading(asked, tuple(problems))


def _choice(given: QueryDict, name: str, known: Any, usual: Any, problems: list[str]) -> Any:
    text = given.get(name, "")
    if not text:
        return usual
    if text in known.values:
        return known(text)
    words = _("“%(value)s” is no choice here: the usual is shown.")
    problems.append(words % {"value": text[:MOST_LETTERS]})
    return usual


def _text(given: QueryDict, name: str, problems: list[str]) -> str:
    limit = MOST_LETTERS if name == "model" else 100
    text = " ".join(given.get(name, "").replace("\0", " ").split())
    if len(text) > limit:
        problems.append(_("Only the first %(letters)s letters of a search are taken.") % {"letters": limit})
    return text[:limit]


def _products(given: QueryDict, problems: list[str]) -> tuple[int, ...]:
    texts = [text for text in given.getlist("product") if text]
    found = dict.fromkeys(number for text in texts if (number := _number(text, 18)))
    wrong = next((text for text in texts if not _number(text, 18)), None)
    if wrong is not None:
        problems.append(_("“%(value)s” is no model: it was left out.") % {"value": wrong[:MOST_LETTERS]})
    if len(found) > MOST_MODELS:
        words = _("Only the first %(most)s chosen models are taken.")
        problems.append(words % {"most": MOST_MODELS})
    return tuple(found)[:MOST_MODELS]


def _number(text: str, digits: int) -> int:
    """A whole number of so many digits at most; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else 0


__all__ = ["Asked", "Cover", "Reading", "Sort", "cover_class", "read"]
