"""The one way past the protection of histories and logs: emptying personal data that stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pgtrigger
from django.db import models, transaction

TRIGGER: Final = "append_only"


@contextmanager
def append_only_lifted(*logs: type[models.Model]) -> Iterator[None]:
    """Let the current transaction change rows of these tables; it ends with the block. Needs a transaction.

    Only triggers whose name ends in `append_only` are passed over; all others, above all those that keep histories,
    go on.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("append-only tables are changed in a transaction only")
    uris = [
        f"{model._meta.app_label}.{model.__name__}:{trigger.name}"  # noqa: SLF001 - Django's documented API
        for model in logs
        for trigger in getattr(model._meta, "triggers", ())  # noqa: SLF001
        if trigger.name.endswith(TRIGGER)
    ]
    if not uris:
        yield
        return
    with pgtrigger.ignore(*uris):
        yield


__all__ = ["append_only_lifted"]
