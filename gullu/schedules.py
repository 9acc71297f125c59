"""The schedule table, as data. `setup_jobs` writes it into django-q2, where staff can see and edit it.

Only jobs that exist stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from gullu.locks import transaction_lock

PREFIX = "gullu."


@dataclass(frozen=True, slots=True)
class Job:
    """`minutes` between runs, or daily `at` (hour, minute) Istanbul time; first run `delay_minutes` from now."""

    name: str
    task: str
    minutes: int | None = None
    at: tuple[int, int] | None = None
    delay_minutes: int = 0


JOBS: tuple[Job, ...] = (
    Job("pull_orders_job", "integrations.tasks.pull_orders_job", minutes=4),
    Job("push_stock_job", "integrations.tasks.push_stock_job", minutes=10, delay_minutes=3),
    Job("send_outbox_job", "integrations.tasks.send_outbox_job", minutes=1),
    # A return has 48 hours to be decided: one reading a day could cost half of them.
    Job("pull_returns_job", "integrations.tasks.pull_returns_daily", minutes=60, delay_minutes=10),
    Job("pull_returns_daily", "integrations.tasks.pull_returns_daily", at=(23, 50)),
    Job("read_issue_reasons_job", "integrations.tasks.read_issue_reasons_job", minutes=60),
    Job("check_listings_job", "integrations.tasks.check_listings_job", minutes=10, delay_minutes=5),
    Job("refresh_facts_job", "analytics.tasks.refresh_facts_job", minutes=5),
    # The bank publishes in the afternoon; a failed reading is made up for within hours.
    Job("read_rates_job", "analytics.tasks.read_rates_job", minutes=180, delay_minutes=15),
    Job("continue_forecasts_job", "analytics.tasks.continue_forecasts_job", minutes=5),
    Job("train_forecasts_job", "analytics.tasks.train_forecasts_job", at=(2, 40)),
    # Asks once a week, on Monday or on the first morning after it.
    Job("weekly_insight_job", "analytics.tasks.weekly_insight_job", at=(7, 30)),
    # Reads once a week; an hour is how soon it comes back to a reading that failed.
    Job("refresh_reference_job", "integrations.tasks.refresh_reference_job", minutes=60, delay_minutes=2),
    Job("reconcile_orders_job", "integrations.tasks.reconcile_orders_job", at=(2, 10)),
    Job("read_back_products_job", "integrations.tasks.read_back_products_job", at=(3, 20)),
    Job("pull_settlements_job", "integrations.tasks.pull_settlements_job", at=(3, 50)),
    # Events ask for a run themselves; this finds what a lost queue left behind.
    Job("process_webhooks_job", "integrations.tasks.process_webhooks_job", minutes=5, delay_minutes=1),
    Job("check_webhooks_job", "integrations.tasks.check_webhooks_job", at=(5, 10)),
    Job("check_stock_job", "inventory.tasks.check_stock_job", minutes=60, delay_minutes=20),
    # The first time when the first orders are in and the first stock is out.
    Job("check_alarms_job", "gullu.tasks.check_alarms_job", minutes=5, delay_minutes=10),
    Job("send_digest_job", "gullu.tasks.send_digest_job", at=(8, 0)),
    Job("anonymize_customers_job", "gullu.tasks.anonymize_customers_job", at=(1, 20)),
    Job("backup_job", "gullu.backup.tasks.backup_job", at=(1, 40)),
    # Once a week; a drill that failed is tried again the next morning.
    Job("weekly_drill_job", "gullu.backup.tasks.weekly_drill_job", at=(5, 10)),
    Job("prune_records_job", "gullu.tasks.prune_records_job", at=(4, 30)),
)


@dataclass(frozen=True, slots=True)
class SetupResult:
    """Names of schedules that were added, kept, and removed."""

    added: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


@transaction.atomic
def setup_jobs(*, now: datetime | None = None) -> SetupResult:
    """Bring the schedule rows in line with `JOBS`. Rows staff have edited keep their time and interval.

    Rows of ours that no longer exist are removed; rows staff added themselves are left alone.
    """
    locked_at = transaction_lock("schedules")
    moment = now or locked_at
    known = {row.name: row for row in Schedule.objects.filter(name__startswith=PREFIX)}
    added: list[str] = []
    for job in JOBS:
        import_string(job.task)
        row = known.pop(PREFIX + job.name, None)
        if row is None:
            _create(job, moment)
            added.append(job.name)
        elif row.func != job.task:
            row.func = job.task
            row.save(update_fields=["func"])
    removed = sorted(known)
    Schedule.objects.filter(name__in=removed).delete()
    kept = tuple(job.name for job in JOBS if job.name not in added)
    return SetupResult(tuple(added), kept, tuple(name.removeprefix(PREFIX) for name in removed))


def _create(job: Job, now: datetime) -> None:
    timing = (
        {
            "schedule_type": Schedule.MINUTES,
            "minutes": job.minutes,
            "next_run": now + timedelta(minutes=job.delay_minutes),
        }
        if job.minutes
        else {"schedule_type": Schedule.DAILY, "next_run": next_daily(job.at or (0, 0), now)}
    )
    Schedule.objects.create(name=PREFIX + job.name, func=job.task, repeats=-1, **timing)


def next_daily(at: tuple[int, int], now: datetime) -> datetime:
    """The next moment at which the clock in Istanbul shows `at`."""
    local = timezone.localtime(now)
    moment = local.replace(hour=at[0], minute=at[1], second=0, microsecond=0)
    return moment if moment > local else moment + timedelta(days=1)
