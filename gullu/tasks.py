"""Housekeeping the worker does at night."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gullu.labels.services import prune_label_runs
from gullu.models import JobRun

KEEP_RUNS = timedelta(days=60)


def prune_records_job(**_: Any) -> dict[str, int]:
    """Drop rows of runs older than 60 days and old prints. Business records, ledgers and push logs are kept."""
    now = timezone.now()
    deleted, _by_model = JobRun.objects.filter(started_at__lt=now - KEEP_RUNS).delete()
    return {"job_runs": deleted, "label_runs": prune_label_runs(now=now)}
