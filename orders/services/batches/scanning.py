"""A box scanned for a batch: the batch's state says whether it is collected or sorted."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from catalog.models import Variant
from orders.enums import BatchState
from orders.services.batches.collecting import BoxResult, collect_in
from orders.services.batches.locks import lock_work
from orders.services.batches.sorting import SortResult, sort_in


@transaction.atomic
def scan_box(*, batch_id: int, variant: Variant, user: AbstractBaseUser) -> BoxResult | SortResult:
    """Collect the box or sort it; the state is read under the lock. Raises as `collect_box` and `sort_box` do."""
    work = lock_work(batch_id)
    if work.batch.state == BatchState.COLLECTING:
        return collect_in(work, variant=variant, user=user)
    return sort_in(work, variant=variant, user=user)
