"""What the worker runs: the backup of the night, and the drill of the week."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from gullu.backup.drill import drill, is_due
from gullu.backup.services import back_up
from gullu.errors import DomainError
from gullu.jobs import reason_of
from gullu.models import JobRun, User


def backup_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """One backup. Returns its figures, or why there is none; the run says it too."""
    try:
        return back_up(trigger=trigger, actor=_actor(actor_id)).as_dict()
    except DomainError as refusal:
        return _refused(refusal)


def drill_job(
    *, trigger: str = JobRun.Trigger.SCHEDULE, actor_id: int | None = None, **_: Any
) -> dict[str, Any]:
    """One drill now. Returns its figures, or why it failed; the run says it too."""
    try:
        return drill(trigger=trigger, actor=_actor(actor_id)).as_dict()
    except DomainError as refusal:
        return _refused(refusal)


def weekly_drill_job(**_: Any) -> dict[str, Any]:
    """A drill once a week; one that failed is tried again the next morning."""
    return drill_job() if is_due(now=timezone.now()) else {"outcome": "NOT_DUE"}


def _actor(actor_id: int | None) -> User | None:
    return get_user_model().objects.filter(pk=actor_id).first() if actor_id else None


def _refused(refusal: DomainError) -> dict[str, Any]:
    # Trying again at once would meet the same: the alarm on the home page asks for a person.
    return {"outcome": "FAILED", "code": refusal.code, "error": reason_of(refusal)}
