"""What the pages of insights read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.insights import budget, config
from analytics.insights.conversation import LIMITS
from analytics.insights.services import LOST_AFTER, WAITS_AT_MOST
from analytics.models import Insight

State = Insight.State


@dataclass(frozen=True, slots=True)
class Month:
    """US dollars of this month. `percent` of the budget, 100 at most where the budget is 0."""

    used: Decimal
    budget: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.budget - self.used, Decimal(0))

    @property
    def percent(self) -> int:
        return min(int(self.used * 100 / self.budget), 100) if self.budget else 100


def month(now: datetime) -> Month:
    """What was used this month; one statement."""
    return Month(budget.used_in_month(now), config.budget())


def newest_first() -> QuerySet[Insight]:
    """All insights with who asked."""
    return Insight.objects.select_related("asked_by").order_by("-asked_at", "-pk")


def last_summary() -> Insight | None:
    """The newest weekly summary that was written."""
    return newest_first().filter(kind=Insight.Kind.WEEKLY, state=State.DONE).first()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is. `lost`: its worker was killed, or none ever took it."""

    insight: Insight
    rounds: int
    queries: int
    lost: bool

    @property
    def state(self) -> str:
        return State.FAILED.value if self.lost else self.insight.state

    @property
    def open(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}

    @property
    def most_rounds(self) -> int:
        return LIMITS.rounds

    @property
    def words(self) -> str:
        """Where it stands, or why there is no answer."""
        if self.state == State.FAILED:
            return self.insight.error or _("The worker was stopped before the answer was there. Ask again.")
        if self.state == State.WAITING:
            return _("Waits for the worker.")
        if self.state == State.RUNNING and self.queries:
            words = ngettext(
                "Being answered: %(count)s query of figures so far.",
                "Being answered: %(count)s queries of figures so far.",
                self.queries,
            )
            return words % {"count": self.queries}
        return str(self.insight.get_state_display())


def is_lost(insight: Insight, *, now: datetime) -> bool:
    """Whether nobody works on it any more, though its row says so; the next question writes it down."""
    if insight.state == State.RUNNING:
        return insight.started_at is None or insight.started_at < now - LOST_AFTER
    return insight.state == State.WAITING and insight.asked_at < now - WAITS_AT_MOST


def progress(insight_id: int, *, now: datetime) -> Progress | None:
    """One insight; one statement."""
    counted = newest_first().annotate(
        round_count=Count("rounds", distinct=True), query_count=Count("calls", distinct=True)
    )
    row = counted.filter(pk=insight_id).first()
    if row is None:
        return None
    return Progress(row, row.round_count, row.query_count, is_lost(row, now=now))
