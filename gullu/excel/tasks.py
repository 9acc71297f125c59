"""What the worker does with large files. Each task calls one service."""

from __future__ import annotations

from typing import Any

from gullu.errors import DomainError
from gullu.excel.keeping import Kept
from gullu.excel.services import apply_claimed, read_kept
from gullu.models import User


def read_excel_job(*, actor_id: int, **kept: Any) -> dict[str, Any]:
    """Preview a file somebody handed in. A refusal stands on its run; to the queue the work is done."""
    user = User.objects.filter(pk=actor_id).first()
    if user is None:
        return {"outcome": "NOBODY"}
    try:
        return read_kept(kept=Kept.from_dict(kept), user=user)
    except DomainError as refusal:
        return {"outcome": "REFUSED", "code": refusal.code}


def apply_excel_job(*, run_id: int, **_: Any) -> dict[str, Any]:
    """Write a file somebody decided about."""
    try:
        return apply_claimed(run_id=run_id)
    except DomainError as refusal:
        return {"outcome": "REFUSED", "code": refusal.code}
