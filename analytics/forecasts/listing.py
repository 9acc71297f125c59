"""The list of models with their forecasts: what was asked for in the address, and the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db import models
from django.db.models import Case, F, FloatField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Abs
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.forecasting.methods import HORIZONS, LONGEST
from analytics.forecasts.words import FALLBACK
from analytics.models import ForecastRun, ModelForecast
from gullu.text import fold

SHORTEST: Final = min(HORIZONS)
MOST_LETTERS: Final = 60


class Order(models.TextChoices):
    """How the list is sorted; numbers from most to least, errors from worst to best."""

    EXPECTED = "EXPECTED", gettext_lazy("Most expected first")
    CODE = "CODE", gettext_lazy("By model code")
    QUANTILE = "QUANTILE", gettext_lazy("Highest 90 % quantile first")
    ERROR = "ERROR", gettext_lazy("Largest error first")
    GAIN = "GAIN", gettext_lazy("Worst beside the average first")
    BIAS = "BIAS", gettext_lazy("Most biased first")


_KEYS: Final[Mapping[Order, tuple[Any, ...]]] = {
    Order.EXPECTED: (F("expected").desc(),),
    Order.CODE: (),
    Order.QUANTILE: (F("q90").desc(),),
    Order.ERROR: (F("wape").desc(nulls_last=True),),
    Order.GAIN: ((F("wape") - F("average_wape")).desc(nulls_last=True),),
    Order.BIAS: (Abs("bias").desc(nulls_last=True),),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `problems` are sentences about what it asks for in vain."""

    text: str = ""
    order: Order = Order.EXPECTED
    page: str = "1"
    problems: tuple[str, ...] = ()

    def query(self, **changes: str) -> str:
        """The address of this list with something changed; what is the default is left out."""
        given = {"q": self.text, "sort": self.order.value, **changes}
        return urlencode({name: value for name, value in given.items() if value})


def read(given: Mapping[str, str]) -> Asked:
    """Read the address; what cannot be understood is said in one sentence and left out."""
    text, wanted = given.get("q", "").strip(), given.get("sort", "")
    problems = []
    if "\x00" in text:
        problems.append(_("The search holds a letter that cannot be searched; it was left out."))
        text = ""
    elif len(text) > MOST_LETTERS:
        problems.append(
            _("The search may have at most %(most)s letters; it was left out.") % {"most": MOST_LETTERS}
        )
        text = ""
    order = Order.EXPECTED
    if wanted in Order.values:
        order = Order(wanted)
    elif wanted:
        problems.append(
            _("“%(wanted)s” is no order of the list; choose one above it.")
            % {"wanted": wanted[:MOST_LETTERS]}
        )
    return Asked(text, order, given.get("page", "1"), tuple(problems))


def rows(run: ForecastRun, asked: Asked) -> QuerySet[ModelForecast]:
    """The models of a run over 28 days, with the expectation of 14 as `short`; one statement."""
    short = ModelForecast.objects.filter(run=run, horizon=SHORTEST, product=OuterRef("product"))
    found = ModelForecast.objects.filter(run=run, horizon=LONGEST).select_related("product")
    for word in fold(asked.text).split():
        found = found.filter(product__search_key__contains=word)
    return found.annotate(short=Subquery(short.values("expected")[:1])).order_by(
        *_KEYS[asked.order], "product__code"
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """All rows of a question together. The errors are of the models with scores, weighed by what they sold."""

    models: int
    short: float
    long: float
    wape: float | None
    average_wape: float | None
    fell_back: int


def sums(found: QuerySet[ModelForecast]) -> Sums:
    """One statement."""
    measured = When(wape__isnull=False, average_wape__isnull=False, then=F("units"))
    row = found.order_by().aggregate(
        models=models.Count("pk"),
        short_sum=Sum("short"),
        long_sum=Sum("expected"),
        units_sum=Sum(Case(measured, output_field=FloatField())),
        wrong=Sum(F("wape") * F("units")),
        average_wrong=Sum(F("average_wape") * F("units")),
        fell_back=models.Count("pk", filter=models.Q(method=FALLBACK)),
    )
    units = row["units_sum"]
    return Sums(
        row["models"],
        row["short_sum"] or 0.0,
        row["long_sum"] or 0.0,
        row["wrong"] / units if units else None,
        row["average_wrong"] / units if units else None,
        row["fell_back"],
    )
