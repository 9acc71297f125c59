"""The monthly budget: what a call can cost at most is set aside before it is made.

Whoever sets aside holds a lock, so two questions together cannot exceed the budget. A call whose end nobody saw (a
killed worker, a broken connection) keeps what was set aside for it, because the service may have counted it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from analytics.insights.config import Configuration
from analytics.insights.errors import BudgetReached
from analytics.locks import lock_insight_budget
from analytics.models import Insight, InsightRound
from analytics.selectors import start_of_day
from gullu.money import format_number


def used_in_month(now: datetime) -> Decimal:
    """US dollars of this month's calls (Istanbul time), with what is set aside for those that run; one statement."""
    first = start_of_day(timezone.localdate(now).replace(day=1))
    rounds = InsightRound.objects.filter(started_at__gte=first)
    used: Decimal = rounds.aggregate(used=Sum(Coalesce("cost", "reserved"), default=Decimal(0)))["used"]
    return used


@transaction.atomic
def set_aside(*, insight_id: int, number: int, worst: Decimal, config: Configuration) -> int:
    """Note the next call of an insight; returns the id of its row. Raises `BudgetReached`."""
    now = lock_insight_budget()
    used = used_in_month(now)
    if used + worst > config.budget:
        raise BudgetReached(
            budget=format_number(config.budget),
            used=format_number(used, places=4),
            worst=format_number(worst, places=4),
        )
    row = InsightRound.objects.create(insight_id=insight_id, number=number, started_at=now, reserved=worst)
    return row.pk


@transaction.atomic
def settle(*, round_id: int, cost: Decimal | None, tokens_in: int, tokens_out: int, now: datetime) -> None:
    """Write down what a call cost; `cost` None: nobody knows, so what was set aside counts."""
    rows = InsightRound.objects.filter(pk=round_id)
    rows.update(cost=cost, tokens_in=tokens_in, tokens_out=tokens_out, ended_at=now)
    insight_id = rows.values_list("insight_id", flat=True).get()
    sums = InsightRound.objects.filter(insight_id=insight_id).aggregate(
        tokens_in=Sum("tokens_in"), tokens_out=Sum("tokens_out"), cost=Sum(Coalesce("cost", "reserved"))
    )
    Insight.objects.filter(pk=insight_id).update(**sums)
