"""The advice of a plan: what to make of each barcode within the capacity, and why, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from analytics.advice.rules import PAST_DAYS
from analytics.models import ForecastRun
from analytics.production.allocation import Limits, Share, Why, allocate
from analytics.production.needs import Key, Known, Span, needs_of
from analytics.production.services import PlanTerms
from gullu.money import format_number


@dataclass(frozen=True, slots=True)
class Line:
    """The advice on one barcode."""

    known: Known
    share: Share

    @property
    def reason(self) -> str:
        """Why so many, in one or two sentences."""
        return reason_of(self.known, self.share)


@dataclass(frozen=True)
class Advice:
    """By model code, colour and size. `run`: the forecast it stands on, None without one."""

    terms: PlanTerms
    run: ForecastRun | None
    lines: tuple[Line, ...]
    left_out: int

    @cached_property
    def pairs(self) -> Mapping[int, int]:
        """Pairs to make by variant, without those of zero."""
        return {line.known.goods.variant_id: line.share.given for line in self.lines if line.share.given}

    @property
    def given(self) -> int:
        return sum(self.pairs.values())

    @property
    def short(self) -> int:
        """Pairs that lack before anything is made."""
        return sum(line.share.need.shortage for line in self.lines)

    @property
    def open(self) -> int:
        """Pairs that still lack when all of it is made."""
        return sum(line.share.open for line in self.lines)

    @property
    def wanting(self) -> list[Line]:
        """The barcodes of which something lacks."""
        return [line for line in self.lines if line.share.wanted]

    @property
    def averaged(self) -> int:
        """Barcodes that no forecast knows."""
        return sum(line.known.by_average for line in self.lines)


def advise(keys: Collection[Key], terms: PlanTerms, *, today: date | None = None) -> Advice:
    """What to make of these models and colours in the days of a plan, within its capacity and lots."""
    needs = needs_of(keys, Span(terms.first_day, terms.days), today=today)
    limits = Limits(terms.capacity, terms.lot_least, terms.lot_most)
    shares = allocate([known.need for known in needs.known], limits)
    lines = tuple(Line(known, share) for known, share in zip(needs.known, shares, strict=True))
    return Advice(terms, needs.run, lines, needs.left_out)


# --- in words ---------------------------------------------------------------------------------------------------------


def reason_of(known: Known, share: Share) -> str:
    """Demand, stock and what follows from them; what was out of stock lately, and what no forecast knows."""
    numbers = numbers_of(known, share)
    parts = [_demand(share.need.expected) % numbers, _outcome(share) % numbers]
    if known.days_out:
        words = _("Out of stock on %(days)s of the last %(past)s days.")
        parts.append(words % {"days": known.days_out, "past": PAST_DAYS})
    return " ".join(parts)


def numbers_of(known: Known, share: Share) -> dict[str, Any]:
    """Every number a sentence can name, as the shop writes it."""
    return {
        "expected": format_number(known.demand.expected, places=1),
        "enough": format_number(known.demand.quantile, places=0),
        "days": known.days,
        "there": known.available,
        "coming": known.coming,
        "short": share.need.shortage,
        "given": share.given,
        "open": share.open,
    }


def _demand(expected: float) -> str:
    if not expected:
        return _("Nothing is expected to be sold; %(there)s available, %(coming)s coming.")
    return _(
        "In %(days)s days %(expected)s pairs are expected and %(enough)s are enough; %(there)s available, "
        "%(coming)s coming."
    )


def _outcome(share: Share) -> str:
    if share.why == Why.NOTHING_NEEDED:
        return _("Nothing lacks.")
    if share.why == Why.COVERED:
        return _("%(short)s lack: %(given)s in even lots.")
    if share.why == Why.LOT_LIMIT:
        return _("%(short)s lack: %(given)s in this plan, the most of a barcode; %(open)s stay open.")
    if share.given:
        return _("%(short)s lack: %(given)s, then the capacity was used up; %(open)s stay open.")
    return _("%(short)s lack, but others are sold out sooner: the capacity was used up.")


__all__ = ["Advice", "Line", "advise", "numbers_of", "reason_of"]
