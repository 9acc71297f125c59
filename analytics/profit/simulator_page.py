"""The page "Fiyat simülatörü" put together: the form with what it begins with, and what a pair earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.models import Campaign
from analytics.profit.missing import codes_in_words
from analytics.profit.parts import DEDUCTIONS, percent_in_words
from analytics.profit.simulator import Outcome, Trial, break_even, curve, outcome
from analytics.profit.simulator_form import FIELDS, SECTIONS, TrialForm, data_of, typed_by
from analytics.profit.simulator_prefill import Values, of_campaign, of_model, of_shop
from catalog.models import Product
from gullu.money import format_money

MOST_LETTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Bench:
    """The form as it was opened or sent. `sources` say where prefilled values come from."""

    form: TrialForm
    product: Product | None = None
    campaign: Campaign | None = None
    model: str = ""
    problems: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)

    def trial(self) -> Trial | None:
        """What is tried; None while nothing was typed, or something wrong."""
        return self.form.trial() if self.form.is_bound and self.form.is_valid() else None


def read(given: QueryDict, *, today: date) -> Bench:
    """Take the form from an address. With `load`, or with a model alone, it begins with the model's real figures."""
    problems: list[str] = []
    product = _product(given, problems)
    campaign = _campaign(given, problems)
    model = product.code if product else given.get("model", "").replace("\0", "")[:MOST_LETTERS]
    is_typed = any(name in given for name in FIELDS) and "load" not in given
    if is_typed:
        return Bench(TrialForm(typed_by(given)), product, campaign, model, tuple(problems))
    values = _begin(product, campaign, today)
    data = data_of({name: one.value for name, one in values.items()})
    sources = {name: one.source for name, one in values.items()}
    form = TrialForm(data) if product else TrialForm(initial=data)
    return Bench(form, product, campaign, model, tuple(problems), sources)


def query_of(bench: Bench) -> str:
    """The address of the trial as it stands, to be kept or sent."""
    parts = {"model": bench.model, **{name: bench.form[name].value() or "" for name in FIELDS}}
    return urlencode(parts)


def _begin(product: Product | None, campaign: Campaign | None, today: date) -> Values:
    values = of_shop(today)
    if product is not None:
        values |= of_model(product, today)
    return values | of_campaign(campaign) if campaign else values


def _product(given: QueryDict, problems: list[str]) -> Product | None:
    code = given.get("model", "").replace("\0", "").strip()
    found = (
        Product.objects.filter(code__iexact=code[:MOST_LETTERS]).order_by("code").first() if code else None
    )
    if code and found is None:
        words = _("There is no model “%(code)s”: choose one of the list, or type the costs by hand.")
        problems.append(words % {"code": code[:MOST_LETTERS]})
    return found


def _campaign(given: QueryDict, problems: list[str]) -> Campaign | None:
    text = given.get("campaign", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    found = Campaign.objects.filter(pk=number).first() if number else None
    if text and found is None:
        problems.append(_("This campaign is no longer there: it was left out."))
    return found


def campaigns(today: date) -> list[Campaign]:
    """Campaigns that are on, or still to come."""
    return list(Campaign.objects.filter(last_day__gte=today).order_by("first_day", "name"))


def models() -> list[tuple[str, str]]:
    """Codes and titles to choose from."""
    return list(Product.objects.filter(draft=False).order_by("code").values_list("code", "title"))


# --- what stands beside the form ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pair of the trial earns. `steps` are what each part adds to its profit, mostly less than nothing.

    `lacking`: what is not known, in words; then there is no profit.
    """

    outcome: Outcome
    break_even: Decimal | None
    lacking: str
    steps: tuple[tuple[str, Decimal | None], ...]
    waterfall: dict[str, Any] | None
    curve: dict[str, Any] | None

    @property
    def margin(self) -> str:
        return "—" if self.outcome.margin is None else percent_in_words(self.outcome.margin)


def answer(trial: Trial) -> Answer:
    """Reckon a trial; no statement."""
    found = outcome(trial)
    even = break_even(trial)
    steps = tuple((str(label), _taken(found.parts[name])) for name, label in DEDUCTIONS.items())
    known = found.profit is not None
    return Answer(
        outcome=found,
        break_even=even,
        lacking=codes_in_words(found.missing),
        steps=steps,
        waterfall=_waterfall(found, steps) if known else None,
        curve=_curve(trial, even) if known else None,
    )


def _taken(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _waterfall(found: Outcome, steps: Sequence[tuple[str, Decimal | None]]) -> dict[str, Any]:
    taken = [(label, value) for label, value in steps if value]
    rows = [(_("Price paid"), found.paid)]
    if found.sale != found.paid:
        rows.append((_("Paid back"), found.sale - found.paid))
    rows += [*taken, (_("Profit"), found.profit or Decimal(0))]
    values = [value for _label, value in rows]
    return {
        "title": _("From the price to the profit of a pair"),
        "kind": "waterfall",
        "totals": [0, len(rows) - 1],
        "labels": [label for label, _value in rows],
        "traces": [
            {
                "name": _("A pair"),
                "values": [float(value) for value in values],
                "words": [format_money(value) for value in values],
                "links": [None] * len(rows),
            }
        ],
    }


def _curve(trial: Trial, even: Decimal | None) -> dict[str, Any]:
    """Profit against price; the price of the trial and the one without profit are marked."""
    points = curve(trial, also=(even,) if even else ())
    traces = [_trace(_("Profit per pair"), points, {point.price for point in points})]
    traces.append({**_trace(_("This price"), points, {trial.price}), "mark": True})
    if even:
        traces.append({**_trace(_("Break-even price"), points, {even}), "mark": True})
    return {
        "title": _("Profit per pair against the price"),
        "kind": "line",
        "numbers": True,
        "keys": [float(point.price) for point in points],
        "labels": [format_money(point.price) for point in points],
        "traces": traces,
    }


def _trace(name: str, points: Sequence[Any], prices: set[Decimal]) -> dict[str, Any]:
    shown = [point if point.price in prices else None for point in points]
    return {
        "name": name,
        "values": [None if point is None else float(point.profit) for point in shown],
        "words": ["" if point is None else format_money(point.profit) for point in shown],
        "links": [None] * len(shown),
    }


def sections(bench: Bench) -> list[dict[str, Any]]:
    """The fields in their groups, each with where its value comes from."""
    return [
        {
            "title": section.title,
            "fields": [(bench.form[name], bench.sources.get(name, "")) for name in section.names],
            "has_errors": any(bench.form[name].errors for name in section.names),
        }
        for section in SECTIONS
    ]


__all__ = ["Answer", "Bench", "answer", "campaigns", "models", "query_of", "read", "sections"]
