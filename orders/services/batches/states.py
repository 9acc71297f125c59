"""Whose hands a batch is in, and what is done with it: collecting, sorting, resting."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from orders.batch_selectors import Work
from orders.enums import BatchState
from orders.models import PickBatch
from orders.services.batches.errors import BatchIsClosed
from orders.services.batches.locks import lock_batch, lock_work
from orders.services.batches.releasing import close_if_empty, release_lost


@transaction.atomic
def pause_batch(*, batch_id: int, user: AbstractBaseUser) -> PickBatch:
    """Put the batch down. What was collected and sorted stays; anybody may go on. Repeating it is harmless.

    Raises `BatchNotFound`, `BatchIsClosed`.
    """
    return _write(lock_batch(batch_id), BatchState.PAUSED, user)


@transaction.atomic
def resume_batch(*, batch_id: int, user: AbstractBaseUser) -> PickBatch:
    """Take the batch in hand, paused or out of somebody else's. It goes on where it stopped.

    Raises `BatchNotFound`, `BatchIsClosed`.
    """
    work = lock_work(batch_id, paused_allowed=True)
    release_lost(work)
    close_if_empty(work)
    if work.batch.state == BatchState.CLOSED:
        return work.batch
    state = _where_it_stopped(work) if work.batch.state == BatchState.PAUSED else BatchState(work.batch.state)
    return _write(work.batch, state, user)


@transaction.atomic
def start_sorting(*, batch_id: int, user: AbstractBaseUser) -> PickBatch:
    """Go on to the slots, also when pairs are missing: only the orders that want those stay unfinished.

    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`.
    """
    return _switch(batch_id, BatchState.SORTING, user)


@transaction.atomic
def collect_more(*, batch_id: int, user: AbstractBaseUser) -> PickBatch:
    """Go back to the shelves for what is still missing. Raises as `start_sorting` does."""
    return _switch(batch_id, BatchState.COLLECTING, user)


def _switch(batch_id: int, state: BatchState, user: AbstractBaseUser) -> PickBatch:
    work = lock_work(batch_id)
    release_lost(work)
    close_if_empty(work)
    return work.batch if work.batch.state == BatchState.CLOSED else _write(work.batch, state, user)


def _where_it_stopped(work: Work) -> BatchState:
    sorting = any(item.sorted for item in work.items)
    return BatchState.SORTING if sorting else BatchState.COLLECTING


def _write(batch: PickBatch, state: BatchState, user: AbstractBaseUser) -> PickBatch:
    """The shelf is forgotten: after a pause or in other hands nobody stands there any more."""
    if batch.state == BatchState.CLOSED:
        raise BatchIsClosed(batch=batch.pk)
    batch.state, batch.user_id, batch.shelf = state, user.pk, None
    batch.save(update_fields=["state", "user", "shelf"])
    return batch
