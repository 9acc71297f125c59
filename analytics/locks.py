"""Locks of the analytics app. Order: the lock of a kind of commission file, then the row of a file."""

from __future__ import annotations

from datetime import datetime

from analytics.commissions.errors import ImportNotFound
from analytics.models import CommissionImport
from gullu.locks import transaction_lock


def lock_commissions(kind: str) -> datetime:
    """Serialise what reads or changes the commissions of this kind as a whole; returns the database's time."""
    return transaction_lock(f"analytics.commissions.{kind}")


def lock_import(import_id: int) -> CommissionImport:
    """The file, locked; raises `ImportNotFound`."""
    rows = CommissionImport.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound(id=import_id)
    return row
