"""How the queue stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django_q.models import OrmQ


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """Tasks that wait and tasks a worker has taken; of the one that waits longest its name and since when."""

    waiting: int
    taken: int
    oldest_name: str
    oldest_at: datetime | None


def standing() -> QueueStanding:
    """Two statements. A task is locked into the future by the worker that has taken it."""
    free = Q(lock__lte=Now())
    found = OrmQ.objects.aggregate(
        waiting=Count("pk", filter=free), taken=Count("pk", filter=~free), first=Min("pk", filter=free)
    )
    oldest = OrmQ.objects.filter(pk=found["first"]).first()
    task = oldest.task if oldest else {}
    return QueueStanding(
        waiting=found["waiting"],
        taken=found["taken"],
        oldest_name=str(task.get("func", "")),
        oldest_at=task.get("started"),
    )
