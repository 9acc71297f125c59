"""What the worker runs for this app. Each task calls one service."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from analytics.commissions.errors import FileRefused, NotWaiting
from analytics.commissions.reading import read_import
from analytics.facts.services import refresh_facts
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
    """Facts of the orders that changed. Returns the counts."""
    actor = get_user_model().objects.filter(pk=actor_id).first() if actor_id else None
    return refresh_facts(trigger=trigger, actor=actor).as_dict()
