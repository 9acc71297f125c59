"""What the worker runs for this app. Each task calls one service."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from analytics.commissions.errors import FileRefused, NotWaiting
from analytics.commissions.reading import read_import
from analytics.facts.services import refresh_facts
from analytics.forecasts.errors import NothingSold
from analytics.forecasts.services import continue_run, prepare_run, start_run, work_slice
from analytics.inputs.rates import read_rates
from analytics.insights.errors import NotConfigured
from analytics.insights.services import answer_insight, ask_for_week
from analytics.profit.services import refresh_profit
from gullu.errors import DomainError
from gullu.jobs import reason_of
from gullu.models import JobRun


def read_commissions_job(
    *, import_id: int, trigger: str = JobRun.Trigger.STAFF, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Read a commission file somebody handed in. Returns the counts, or why it could not be read."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    try:
        return read_import(import_id=import_id, trigger=trigger, actor=actor).as_dict()
    except (FileRefused, NotWaiting) as refusal:
        # The page of the file says why; to the queue the work is done.
        return {"outcome": "REFUSED", "code": refusal.code, "error": reason_of(refusal)}


def refresh_facts_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Facts of the orders that changed, and the profits that follow from them. Returns the counts of both."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    facts = refresh_facts(trigger=trigger, actor=actor)
    profit = refresh_profit(trigger=trigger, actor=actor)
    return {**facts.as_dict(), "profit": profit.as_dict()}


def read_rates_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Exchange rates of the days since the last one. Returns the counts, or why the bank could not be read."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    try:
        return read_rates(trigger=trigger, actor=actor).as_dict()
    except DomainError as refusal:
        # The run tells it; the next one asks again.
        return {"outcome": "FAILED", "code": refusal.code, "error": reason_of(refusal)}


def train_forecasts_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Start a forecast of the whole catalogue; the workers share its tasks."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    return start_run(trigger=trigger, actor=actor).as_dict()


def prepare_forecasts_job(*, run_id: int, **_: Any) -> dict[str, Any]:
    """Make the tasks of a forecast run."""
    try:
        return {"prepared": prepare_run(run_id)}
    except NothingSold as error:
        # The run says so; to the queue the work is done.
        return {"outcome": "REFUSED", "code": error.code, "error": reason_of(error)}


def work_forecasts_job(*, run_id: int, **_: Any) -> dict[str, Any]:
    """Study tasks of a forecast run for a while, beside the other workers."""
    return asdict(work_slice(run_id))


def continue_forecasts_job(**_: Any) -> dict[str, Any]:
    """Take up a forecast run whose workers died."""
    return continue_run()


def answer_insight_job(
    *, insight_id: int, trigger: str = JobRun.Trigger.STAFF, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """Ask the language model a question that waits. Returns how it ended; the page says why there is no answer."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    return answer_insight(insight_id=insight_id, trigger=trigger, actor=actor).as_dict()


def weekly_insight_job(**_: Any) -> dict[str, Any]:
    """The summary of last week: once a week, on the first morning it can be asked for. Nothing without a key."""
    try:
        insight = ask_for_week(now=timezone.now(), language=settings.LANGUAGE_CODE)
    except NotConfigured:
        return {"outcome": "NOT_CONFIGURED"}
    return {"outcome": "ASKED" if insight else "THERE"}
