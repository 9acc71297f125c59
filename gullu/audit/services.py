"""The one door to the list of activities."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from gullu import origin
from gullu.audit.records import Activity
from gullu.models import User


def record(
    kind: Activity.Kind,
    *,
    actor: User | None,
    name: str = "",
    subject: models.Model | None = None,
    details: dict[str, Any] | None = None,
) -> Activity:
    """Write down what somebody does, with where they are (`gullu.origin`). Call it in the transaction of the deed.

    `name` is for somebody who is not known; `details` are JSON-like words and numbers, nothing secret and no
    customer's data.
    """
    where = origin.current()
    return Activity.objects.create(
        at=timezone.now(),
        kind=kind,
        actor=actor,
        name=name[:150],
        subject_kind=subject._meta.label_lower if subject else "",  # noqa: SLF001 - Django's documented name of a model
        subject_id=str(subject.pk) if subject else "",
        subject=str(subject)[:200] if subject else "",
        details=details or {},
        source=where.source.value if where else "",
        reference=where.reference if where else "",
        place=where.name[:200] if where else "",
        address=where.address if where else None,
        device=where.device if where else "",
    )
