"""Emptying personal data whose time is over: kind by kind, in small transactions, again and again until done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.errors import DomainError
from gullu.jobs import Run, reason_of, record_run
from gullu.locks import advisory_lock
from gullu.models import User
from gullu.privacy.definition import BATCH, Retention, retentions

logger = logging.getLogger(__name__)

LOCK: Final = "anonymize_customers"
RUN: Final = "anonymize_customers"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Anonymized:
    """How many rows of each kind were emptied, by `personal_<code>`; `failed` names the kinds that stopped early."""

    outcome: str
    cleaned: dict[str, int] = field(default_factory=dict)
    failed: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json` and the queue."""
        return {"outcome": self.outcome, "cleaned": self.cleaned, "failed": self.failed}


def anonymize_customers(
    *, trigger: str, actor: User | None = None, progress: Progress | None = None
) -> Anonymized:
    """Empty everything whose time is over. Statistics stay: no order, line, amount or return is removed.

    A kind that cannot be cleaned is reported and does not hold up the others. A second run at the same time says
    ALREADY_RUNNING and does nothing.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return Anonymized("ALREADY_RUNNING")
        with record_run(RUN, trigger=trigger, actor=actor) as run:
            return _clean_all(run, now=timezone.now(), progress=progress)


def _clean_all(run: Run, *, now: datetime, progress: Progress | None) -> Anonymized:
    failed: list[str] = []
    for kind in retentions():
        try:
            _clean(kind, run, now=now, progress=progress)
        except (DatabaseError, OSError, DomainError) as error:
            logger.exception("personal data of kind %s could not be cleaned", kind.code)
            failed.append(f"{kind.what}: {reason_of(error)}")
    cleaned = dict(run.counts)
    if failed:
        run.fail(_("Not everything could be emptied. %(reasons)s") % {"reasons": " ".join(failed)})
        return Anonymized("FAILED", cleaned, run.failed)
    return Anonymized("DONE", cleaned)


def _clean(kind: Retention, run: Run, *, now: datetime, progress: Progress | None) -> None:
    before, done = kind.before(now), 0
    total = kind.due(before) if progress else None
    while True:
        cleaned = kind.clean(before, BATCH)
        done += cleaned
        run.progress(**{f"personal_{kind.code.lower()}": done})
        if progress:
            progress(str(kind.what), done, total)
        if cleaned < BATCH:
            return


__all__ = ["Anonymized", "anonymize_customers"]
