"""What is to be studied: the history of the shop shared out to tasks, one per model or category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.forecasting.forecast import Task, tasks_of
from analytics.forecasting.holidays import Campaign as CampaignDays
from analytics.forecasting.methods import LONGEST
from analytics.forecasting.series import sales_matrix
from analytics.forecasts.errors import NothingSold
from analytics.forecasts.history import sales_frame, stockouts_frame
from analytics.models import Campaign
from catalog.models import Variant
from inventory.models import CentralStock

if TYPE_CHECKING:
    import pandas as pd

# Three years: the yearly pattern needs two, and older seasons say little about shoes.
HISTORY_DAYS: Final = 3 * 365
# What nobody bought for a year is not forecast.
ASLEEP_DAYS: Final = 365
# A group is named by what its signal is of; "" is what has none.
MODEL: Final = "model:"
CATEGORY: Final = "category:"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A task with the campaigns that act on its group."""

    task: Task
    campaigns: tuple[CampaignDays, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """Model of each variant that can still be sold and category of each model, as names of groups."""

    model_of: Mapping[str, str]
    category_of: Mapping[str, str]


def group_label(group: str) -> str:
    """`model:0172` → `0172`, `category:Bot` → `Bot`."""
    return group.removeprefix(MODEL).removeprefix(CATEGORY)


def prepare_tasks(last_day: date) -> list[Prepared]:
    """The tasks of a run that knows the sales up to `last_day`, those that take longest first. Five statements.

    Raises `NothingSold`.
    """
    first = last_day - timedelta(days=HISTORY_DAYS - 1)
    sales = _awake(sales_frame(first, last_day), last_day)
    if sales.empty:
        raise NothingSold(day=f"{last_day:%d.%m.%Y}")
    names = _names([int(variant) for variant in sales["barcode"].unique()])
    sales = sales[sales["barcode"].isin(names.model_of)]
    if sales.empty:
        raise NothingSold(day=f"{last_day:%d.%m.%Y}")
    matrix = sales_matrix(sales, stockouts=stockouts_frame(first, last_day), last_date=last_day)
    tasks = tasks_of(matrix, names.model_of, categories=names.category_of)
    campaigns = _campaigns(matrix.first_date, last_day + timedelta(days=LONGEST))
    found = [Prepared(task, _acting(campaigns, task.group)) for task in tasks]
    return sorted(found, key=lambda one: (not one.task.group, -one.task.history.quantities.size))


def _awake(sales: pd.DataFrame, last_day: date) -> pd.DataFrame:
    """Without what was sold long ago only."""
    since = last_day - timedelta(days=ASLEEP_DAYS - 1)
    awake = sales.loc[sales["date"] >= since, "barcode"].unique()
    return sales[sales["barcode"].isin(awake)]


def _names(variants: Sequence[int]) -> _Names:
    rows = _for_sale(variants).values_list("pk", "product__code", "product__category")
    found = [(str(pk), f"{MODEL}{code}", category) for pk, code, category in rows]
    return _Names(
        {variant: model for variant, model, _category in found},
        {model: f"{CATEGORY}{category}" for _variant, model, category in found if category},
    )


def _for_sale(variants: Sequence[int]) -> QuerySet[Variant]:
    """Without what is gone for good: no longer made, or taken off sale, and none on hand."""
    ended = Q(discontinued=True) | Q(product__discontinued=True) | Q(active=False) | Q(product__active=False)
    there = Exists(CentralStock.objects.filter(variant=OuterRef("pk"), qty__gt=0))
    return Variant.objects.filter(~ended | Q(there), pk__in=variants)


_Acting = tuple[CampaignDays, frozenset[str]]


def _campaigns(first: date, last: date) -> list[_Acting]:
    """Campaigns of these days, each with the models it was limited to (none: all)."""
    rows = Campaign.objects.filter(first_day__lte=last, last_day__gte=first).order_by("first_day", "pk")
    return [
        (
            CampaignDays(row.name, row.first_day, row.last_day),
            frozenset(f"{MODEL}{product.code}" for product in row.products.all()),
        )
        for row in rows.prefetch_related("products")
    ]


def _acting(campaigns: Sequence[_Acting], group: str) -> tuple[CampaignDays, ...]:
    """A campaign of some models does not show in the signal of a whole category."""
    return tuple(days for days, models in campaigns if not models or group in models)
