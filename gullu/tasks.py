"""Work of the shop as a whole: housekeeping at night, the summary in the morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.pictures.files import prune_picture_files
from gullu.accounts.services import prune_sessions
from gullu.alarms.services import check_alarms
from gullu.digest import send_digest
from gullu.excel.keeping import prune as prune_excel_files
from gullu.labels.services import prune_label_runs
from gullu.models import JobRun
from gullu.privacy.services import anonymize_customers
from integrations.webhooks.keeping import prune_webhook_events

KEEP_RUNS = timedelta(days=60)


def prune_records_job(**_: Any) -> dict[str, int]:
    """Drop runs older than 60 days, old prints, sheets handed in, webhook events, ended sessions, unnamed pictures.

    Business records, ledgers and push logs are kept.
    """
    now = timezone.now()
    deleted, _by_model = JobRun.objects.filter(started_at__lt=now - KEEP_RUNS).delete()
    return {
        "job_runs": deleted,
        "label_runs": prune_label_runs(now=now),
        "picture_files": prune_picture_files(now=now),
        "excel_files": prune_excel_files(now=now),
        "webhook_events": prune_webhook_events(now=now),
        "sessions": prune_sessions(now=now),
    }


def anonymize_customers_job(*, trigger: str = JobRun.Trigger.SCHEDULE, **_: Any) -> dict[str, Any]:
    """Empty personal data whose retention time is over."""
    return anonymize_customers(trigger=trigger).as_dict()


def check_alarms_job(*, trigger: str = JobRun.Trigger.SCHEDULE, **_: Any) -> dict[str, Any]:
    """What somebody must look at now: kept for the home page, mailed to ALARM_RECIPIENTS."""
    return check_alarms(trigger=trigger).as_dict()


def send_digest_job(*, trigger: str = JobRun.Trigger.SCHEDULE, **_: Any) -> dict[str, Any]:
    """The daily summary; nothing is done while DIGEST_RECIPIENTS names nobody."""
    if not settings.DIGEST_RECIPIENTS:
        return {"outcome": "NO_RECIPIENTS"}
    return send_digest(trigger=trigger).as_dict()
