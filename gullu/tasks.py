"""Work of the shop as a whole: housekeeping at night, the summary in the morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.pictures.files import prune_picture_files
from gullu.digest import send_digest
from gullu.excel.keeping import prune as prune_excel_files
from gullu.labels.services import prune_label_runs
from gullu.models import JobRun

KEEP_RUNS = timedelta(days=60)


def prune_records_job(**_: Any) -> dict[str, int]:
    """Drop rows of runs older than 60 days, old prints, sheets handed in, and picture files that no row names.

    Business records, ledgers and push logs are kept.
    """
    now = timezone.now()
    deleted, _by_model = JobRun.objects.filter(started_at__lt=now - KEEP_RUNS).delete()
    return {
        "job_runs": deleted,
        "label_runs": prune_label_runs(now=now),
        "picture_files": prune_picture_files(now=now),
        "excel_files": prune_excel_files(now=now),
    }


def send_digest_job(*, trigger: str = JobRun.Trigger.SCHEDULE, **_: Any) -> dict[str, Any]:
    """The daily summary; nothing is done while DIGEST_RECIPIENTS names nobody."""
    if not settings.DIGEST_RECIPIENTS:
        return {"outcome": "NO_RECIPIENTS"}
    return send_digest(trigger=trigger).as_dict()
