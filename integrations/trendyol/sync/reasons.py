"""The reasons a return can be refused with: Trendyol changes them without asking (contract section 9.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations.models import ClaimIssueReason
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import IssueReason
from integrations.trendyol.sync.orders import SyncOutcome
from orders.enums import Channel

LOCK: Final = "trendyol.read_issue_reasons"
FRESH_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReasonsResult:
    """`fresh`: what is stored is younger than a day, nothing was asked. `offered` now, `ended` by this reading."""

    outcome: SyncOutcome = SyncOutcome.DONE
    fresh: bool = False
    offered: int = 0
    ended: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "fresh": self.fresh,
            "offered": self.offered,
            "ended": self.ended,
        }


def read_issue_reasons(
    *, force: bool = False, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None
) -> ReasonsResult:
    """Read the list once a day, or now with `force`; what is no longer listed stays, but is not offered.

    Raises TrendyolError; SchemaChanged for an empty list, which must not end every reason.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ReasonsResult(outcome=SyncOutcome.ALREADY_RUNNING)
        if not force and _is_fresh():
            return ReasonsResult(fresh=True)
        with record_run("read_issue_reasons", trigger=trigger, actor=actor, alone=True) as run:
            reasons = get_client().claim_issue_reasons()
            if not reasons:
                raise SchemaChanged(endpoint="claims.reasons", detail="the list is empty")
            result = _store(reasons)
            run.counts = result.as_dict()
            return result


def _is_fresh() -> bool:
    newest = ClaimIssueReason.objects.filter(channel=Channel.TRENDYOL).aggregate(at=Max("read_at"))["at"]
    return newest is not None and timezone.now() - newest < FRESH_FOR


@transaction.atomic
def _store(reasons: list[IssueReason]) -> ReasonsResult:
    now = timezone.now()
    rows = {
        reason.id: ClaimIssueReason(
            channel=Channel.TRENDYOL, reason_id=reason.id, name=clean(reason.name, 300), read_at=now
        )
        for reason in reasons
    }
    ClaimIssueReason.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["channel", "reason_id"],
        update_fields=["name", "active", "read_at"],
    )
    gone = ClaimIssueReason.objects.filter(channel=Channel.TRENDYOL, active=True).exclude(reason_id__in=rows)
    return ReasonsResult(offered=len(rows), ended=gone.update(active=False))
