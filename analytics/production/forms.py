"""What is asked for a plan: which models are listed, and the terms it is made with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import ProductionPlan
from analytics.papers.entries import Filter, brands, categories
from analytics.production.allocation import STEP
from analytics.production.choosing import First
from analytics.production.services import Entered, PlanTerms
from gullu.formats.tr.formats import DATE_INPUT_FORMATS

_LONGEST: Final = 120
_MOST_PAIRS: Final = 10_000
_YEAR: Final = timedelta(days=366)
_FIELD: Final = re.compile(r"new_([0-9]{1,9})")


class FilterForm(forms.Form):
    """Which models and colours are listed."""

    search = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=_LONGEST)
    brand = forms.ChoiceField(label=gettext_lazy("Brand"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    first = forms.ChoiceField(label=gettext_lazy("What comes first"), choices=First)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["search"].widget.input_type = "search"
        for name, values in (("brand", brands()), ("category", categories())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("All")), *((value, value) for value in values)]

    def filter(self) -> Filter:
        """The filter of a valid form."""
        names = ("search", "brand", "category")
        return Filter(**{name: self.cleaned_data[name] for name in names})


class TermsForm(forms.Form):
    """How many pairs can be made, from when on, and in which lots."""

    name = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=80)
    # A browser’s own field for dates takes and gives this form whatever language is active.
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", *DATE_INPUT_FORMATS],
        error_messages={"invalid": gettext_lazy("Write the date like 25.10.2026.")},
    )
    days = forms.IntegerField(label=gettext_lazy("Working days"), min_value=1, max_value=90)
    daily_capacity = forms.IntegerField(
        label=gettext_lazy("Pairs per day"), min_value=1, max_value=_MOST_PAIRS
    )
    lot_least = forms.IntegerField(
        label=gettext_lazy("Least pairs of a barcode"), min_value=STEP, max_value=500
    )
    lot_most = forms.IntegerField(
        label=gettext_lazy("Most pairs of a barcode"),
        min_value=STEP,
        max_value=500,
        help_text=gettext_lazy("One of which twice as many lack or more is made in several lots."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial=usual_terms(today))
        self._today = today

    def clean_first_day(self) -> date:
        """A day within a year: others come from a mistyped year."""
        day: date = self.cleaned_data["first_day"]
        if abs(day - self._today) > _YEAR:
            words = _("%(day)s is more than a year away: enter the day the work begins.")
            raise ValidationError(words % {"day": f"{day:%d.%m.%Y}"})
        return day

    def clean_lot_least(self) -> int:
        return self._even("lot_least")

    def clean_lot_most(self) -> int:
        return self._even("lot_most")

    def _even(self, name: str) -> int:
        pairs: int = self.cleaned_data[name]
        if pairs % STEP:
            words = _("Lots are even: enter %(less)s or %(more)s instead of %(pairs)s.")
            raise ValidationError(words % {"less": pairs - 1, "more": pairs + 1, "pairs": pairs})
        return pairs

    def clean(self) -> dict[str, Any]:
        """The least of a barcode is not above its most."""
        least, most = self.cleaned_data.get("lot_least"), self.cleaned_data.get("lot_most")
        if least and most and least > most:
            words = _("The most pairs of a barcode (%(most)s) cannot be below the least (%(least)s).")
            self.add_error("lot_most", words % {"most": most, "least": least})
        return self.cleaned_data

    def terms(self) -> PlanTerms:
        """The terms of a valid form."""
        return PlanTerms(**self.cleaned_data)


def usual_terms(today: date) -> dict[str, Any]:
    """What the newest plan was made with; the first plan has the lots of the model and no capacity yet."""
    last = ProductionPlan.objects.order_by("-created_at", "-pk").first()
    plan = last or ProductionPlan()
    return {
        "name": _("Plan of %(day)s") % {"day": f"{today:%d.%m.%Y}"},
        "first_day": today,
        "days": plan.days if last else None,
        "daily_capacity": plan.daily_capacity if last else None,
        "lot_least": plan.lot_least,
        "lot_most": plan.lot_most,
    }


class NumberRefused(Exception):
    """A number of the page that is none: `text` is what was entered."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def read_numbers(posted: QueryDict) -> list[Entered]:
    """The fields `new_<variant>` with the `was_<variant>` beside them; an empty field is zero.

    Raises `NumberRefused`.
    """
    found = []
    for name in posted:
        if match := _FIELD.fullmatch(name):
            variant = match[1]
            seen = _pairs(posted.get(f"was_{variant}", ""))
            found.append(Entered(int(variant), seen, _pairs(posted.get(name, ""))))
    return found


def _pairs(text: str) -> int:
    plain = text.strip()
    if plain and not (plain.isascii() and plain.isdecimal() and len(plain) < 6 and int(plain) <= _MOST_PAIRS):
        raise NumberRefused(plain[:20])
    return int(plain or 0)


__all__ = ["FilterForm", "NumberRefused", "TermsForm", "read_numbers", "usual_terms"]
