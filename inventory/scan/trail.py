"""What a person scanned on a page since the last finished step, read back from the kept scans.

Pages without a sheet of their own (move, put-backs, look-up) remember nothing beside the scan log: an answer that
carries a `reference` is a step, and the reference `END` closes the trail. So the page is the same after a reload, on
another device, and after a scan that was sent twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from gullu.locks import transaction_lock
from inventory.models import ScanLog

END = "end"
# What was begun and left lying is forgotten after a shift.
FORGOTTEN_AFTER = timedelta(hours=12)


def lock_trail(*, user: AbstractBaseUser, page: str) -> None:
    """Let two devices of one person follow each other. Call first in a scan that depends on the trail."""
    transaction_lock(f"scan.{page}.{user.pk}")


def trail(*, user: AbstractBaseUser, page: str) -> list[ScanLog]:
    """The steps since the last END, oldest first; one statement."""
    steps = _steps(user, page)
    last_end = steps.filter(reference=END).order_by("-received_at", "-id").values("pk")[:1]
    rows = steps.filter(received_at__gt=timezone.now() - FORGOTTEN_AFTER).exclude(reference=END)
    return list(rows.filter(pk__gt=Coalesce(Subquery(last_end), Value(0))).order_by("pk"))


def newest(*, user: AbstractBaseUser, page: str, prefix: str = "") -> ScanLog | None:
    """The newest step, or the newest whose reference begins with `prefix`."""
    rows = _steps(user, page).filter(reference__startswith=prefix) if prefix else _steps(user, page)
    return rows.order_by("-received_at", "-id").first()


def _steps(user: AbstractBaseUser, page: str) -> QuerySet[ScanLog]:
    return ScanLog.objects.filter(user_id=user.pk, page=page).exclude(reference="")
