"""Why something is advised: one sentence for each kind, with its numbers. No sentence holds an amount of money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from analytics.advice.kinds import AdviceKind
from analytics.advice.rules import PAST_DAYS, Judged
from analytics.advice.sizes import whole_pairs
from gullu.money import format_number


def sentence(judged: Judged, kind: AdviceKind) -> str:
    """The reason for one of its kinds."""
    return _SENTENCES[kind](judged)


def pairs(value: float) -> str:
    """`12` → `12`, `2.345` → `2,3`: whole numbers without decimals."""
    return format_number(value, places=0 if float(value).is_integer() else 1)


def days(value: float | None) -> str:
    """Whole days; a dash where nothing is expected to be sold."""
    return "—" if value is None else format_number(int(value), places=0)


def percent(part: float) -> str:
    """`0.125` → `%12,5`."""
    return f"%{format_number(part * 100, places=1)}"


def _stockout(judged: Judged) -> str:
    demand = judged.known.demand
    said = {
        "expected": format_number(demand.expected_cycle, places=1),
        "days": judged.rule.cycle_days,
        "coming": judged.known.stock.coming,
    }
    if judged.known.stock.coming:
        text = _(
            "Nothing is left to sell, coming: %(coming)s; %(expected)s pairs are expected in the next %(days)s days."
        )
    else:
        text = _("Nothing is left to sell; %(expected)s pairs are expected in the next %(days)s days.")
    return text % said


def _reorder(judged: Judged) -> str:
    numbers, rule, demand = judged.numbers, judged.rule, judged.known.demand
    said = {"position": numbers.position, "suggested": numbers.suggested, "lead": rule.lead_days}
    if not numbers.shortage:
        text = _(
            "This size is %(share)s of the model: %(suggested)s pairs round off the order of its colour."
        )
        return text % {**said, "share": percent(numbers.share)}
    if rule.minimum_pairs > whole_pairs(demand.quantile_cycle):
        text = _("There or coming: %(position)s; the rule asks for at least %(minimum)s.")
        return text % {**said, "minimum": rule.minimum_pairs}
    if numbers.position <= numbers.reorder_point:
        text = _(
            "There or coming: %(position)s; up to %(most)s pairs may be sold in the %(lead)s days an order takes."
        )
        return text % {**said, "most": pairs(demand.quantile_lead)}
    text = _(
        "There or coming: %(position)s; enough until an order is here,"
        " but up to %(most)s may be sold before the next one."
    )
    return text % {**said, "most": pairs(demand.quantile_cycle)}


def _broken(judged: Judged) -> str:
    text = _("Of this colour %(lying)s pairs lie here, but these sizes are gone: %(missing)s.")
    return text % {"lying": judged.whole.lying, "missing": ", ".join(judged.whole.missing)}


def _lost(judged: Judged) -> str:
    text = _("Out of stock on %(out)s of the last %(days)s days: about %(lost)s pairs were not sold.")
    lost = format_number(judged.numbers.lost_pairs, places=1)
    return text % {"out": judged.known.past.days_out, "days": PAST_DAYS, "lost": lost}


def _dead(judged: Judged) -> str:
    on_hand, last = judged.known.stock.on_hand, judged.known.past.last_sold
    if last is None:
        text = _("In stock for %(days)s days or longer without a single sale; on hand: %(pairs)s.")
        return text % {"pairs": on_hand, "days": judged.rule.dead_days}
    text = _("Last sold on %(day)s, more than %(days)s days ago; on hand: %(pairs)s.")
    return text % {"pairs": on_hand, "day": f"{last:%d.%m.%Y}", "days": judged.rule.dead_days}


def _overstock(judged: Judged) -> str:
    text = _(
        "The stock of %(pairs)s lasts for %(cover)s days; %(excess)s of it is more than %(most)s days need."
    )
    return text % {
        "pairs": judged.known.stock.available,
        "cover": days(judged.numbers.cover_days),
        "excess": judged.numbers.excess,
        "most": judged.rule.overstock_days,
    }


def _raise(judged: Judged) -> str:
    text = _(
        "The stock of this colour (%(pairs)s) lasts for %(cover)s days, an order takes %(lead)s, and nothing is coming."
    )
    return text % {
        "pairs": judged.whole.available,
        "cover": days(judged.whole.cover_days),
        "lead": judged.rule.lead_days,
    }


def _lower(judged: Judged) -> str:
    if judged.whole.cover_days is None:
        text = _("Nothing of this colour is expected to be sold, and the price leaves room above the cost.")
        return text % {}
    text = _(
        "The stock of this colour (%(pairs)s) lasts for %(cover)s days, and the price leaves room above the cost."
    )
    return text % {"pairs": judged.whole.available, "cover": days(judged.whole.cover_days)}


_SENTENCES: Final[Mapping[AdviceKind, Callable[[Judged], str]]] = {
    AdviceKind.STOCKOUT: _stockout,
    AdviceKind.REORDER: _reorder,
    AdviceKind.BROKEN_SIZES: _broken,
    AdviceKind.LOST_SALES: _lost,
    AdviceKind.DEAD: _dead,
    AdviceKind.OVERSTOCK: _overstock,
    AdviceKind.RAISE_PRICE: _raise,
    AdviceKind.LOWER_PRICE: _lower,
}

__all__ = ["days", "pairs", "percent", "sentence"]
