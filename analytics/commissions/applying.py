"""Deciding about a file that was compared: apply it, undo it, drop it. One transaction each, under a lock.

Files of one kind build on one another, so that only the newest applied one can be undone. Orders are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from analytics.commissions.comparing import compare_import
from analytics.commissions.errors import (
    ImportNotFound,
    LaterImport,
    NotApplied,
    NothingValid,
    NotWaiting,
    PreviewOutdated,
    RowsWrong,
)
from analytics.enums import ImportKind, ImportState
from analytics.locks import lock_commissions, lock_import
from analytics.models import CommissionImport, CommissionRate, OrderCommission
from gullu.models import User

_REPLACE_ORDERS: Final = """
UPDATE analytics_ordercommission AS c SET replaced_by_id = %(id)s
FROM analytics_commissionimportrow AS r
WHERE r.commission_import_id = %(id)s AND r.outcome = 'CHANGED'
    AND c.order_number = r.key AND c.replaced_by_id IS NULL
"""
_ADD_ORDERS: Final = """
INSERT INTO analytics_ordercommission
    (commission_import_id, order_number, commission, order_amount, discount, order_date)
SELECT r.commission_import_id, r.key, r.new_value, r.new_amount, COALESCE(r.new_discount, r.old_discount, 0),
    r.order_date
FROM analytics_commissionimportrow AS r
WHERE r.commission_import_id = %(id)s AND r.outcome IN ('NEW', 'CHANGED')
"""
_END_RATES: Final = """
UPDATE analytics_commissionrate AS c SET valid_to = %(valid_from)s, ended_by_id = %(id)s
FROM analytics_commissionimportrow AS r
WHERE r.commission_import_id = %(id)s AND r.outcome IN ('CHANGED', 'ENDED')
    AND c.target = r.target AND c.key = r.key AND c.price_from = r.price_from AND c.valid_to IS NULL
"""
_ADD_RATES: Final = """
INSERT INTO analytics_commissionrate
    (commission_import_id, target, key, name, price_from, price_to, rate, valid_from)
SELECT r.commission_import_id, r.target, r.key, r.name, r.price_from, r.price_to, r.new_value, %(valid_from)s
FROM analytics_commissionimportrow AS r
WHERE r.commission_import_id = %(id)s AND r.outcome IN ('NEW', 'CHANGED')
"""
_APPLY: Final[Mapping[str, tuple[str, str]]] = {
    ImportKind.ACCOUNTS: (_REPLACE_ORDERS, _ADD_ORDERS),
    ImportKind.TARIFF: (_END_RATES, _ADD_RATES),
}
_WAITING: Final = frozenset({ImportState.READING, ImportState.PREVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying or undoing did. `new`, `changed` and `ended` are orders or price bands; `wrong` were left out."""

    import_id: int
    state: str
    new: int
    changed: int
    ended: int
    wrong: int


@transaction.atomic
def apply_import(*, import_id: int, only_valid: bool, user: User | None = None) -> Applied:
    """Write what the preview shows: everything, or with `only_valid` all rows but the wrong ones.

    Raises `ImportNotFound`, `NotWaiting` (somebody decided already), `PreviewOutdated` (other commissions were written
    since: see `compare_import`), `RowsWrong` and `NothingValid`.
    """
    row, now = _locked(import_id)
    if row.state != ImportState.PREVIEW:
        raise NotWaiting(file=row.file_name, state=row.get_state_display())
    if _changed_since(row):
        raise PreviewOutdated(file=row.file_name)
    if row.wrong_count and not only_valid:
        raise RowsWrong(count=row.wrong_count)
    changes = row.new_count + row.changed_count + row.ended_count
    if not changes and not row.same_count:
        raise NothingValid(file=row.file_name)
    if changes:
        _execute(_APPLY[row.kind], row)
    row.state = ImportState.APPLIED if changes else ImportState.UNCHANGED
    row.applied_at, row.applied_by, row.only_valid = now, user, bool(row.wrong_count)
    row.save(update_fields=["state", "applied_at", "applied_by", "only_valid"])
    return _result(row)


@transaction.atomic
def undo_import(*, import_id: int, user: User | None = None) -> Applied:
    """Take back what a file wrote, so that everything is as before it. Its rows stay as the history.

    Raises `ImportNotFound`, `NotApplied`, and `LaterImport` while another file of its kind was applied after it.
    """
    row, now = _locked(import_id)
    if row.state != ImportState.APPLIED:
        raise NotApplied(file=row.file_name, state=row.get_state_display())
    applied = CommissionImport.objects.filter(kind=row.kind, state=ImportState.APPLIED)
    later = applied.filter(applied_at__gt=row.applied_at).order_by("-applied_at").first()
    if later is not None:
        raise LaterImport(file=row.file_name, later=later.file_name)
    if row.kind == ImportKind.ACCOUNTS:
        OrderCommission.objects.filter(commission_import=row).delete()
        OrderCommission.objects.filter(replaced_by=row).update(replaced_by=None)
    else:
        CommissionRate.objects.filter(commission_import=row).delete()
        CommissionRate.objects.filter(ended_by=row).update(ended_by=None, valid_to=None)
    row.state, row.undone_at, row.undone_by = ImportState.UNDONE, now, user
    row.save(update_fields=["state", "undone_at", "undone_by"])
    return _result(row)


@transaction.atomic
def drop_import(*, import_id: int) -> bool:
    """Forget a file that waits, with its rows and content. False when it did not wait any more."""
    row = lock_import(import_id)
    if row.state not in _WAITING:
        return False
    row.rows.all().delete()
    row.state = ImportState.DROPPED
    row.save(update_fields=["state"])
    storage, kept = row.file.storage, row.file.name
    if kept:
        transaction.on_commit(lambda: storage.delete(kept))
    return True


def renew_preview(*, import_id: int) -> CommissionImport:
    """Compare a waiting file again with what holds now; the way out of `PreviewOutdated`."""
    return compare_import(import_id=import_id)


def _locked(import_id: int) -> tuple[CommissionImport, datetime]:
    """The file and the time, under the lock of its kind: times of decisions are in their order."""
    kind = CommissionImport.objects.filter(pk=import_id).values_list("kind", flat=True).first()
    if kind is None:
        raise ImportNotFound(id=import_id)
    now = lock_commissions(kind)
    return lock_import(import_id), now


def _changed_since(row: CommissionImport) -> bool:
    """Whether commissions of this kind were written after this file was compared with them."""
    others = CommissionImport.objects.filter(kind=row.kind).exclude(pk=row.pk)
    written = Q(state=ImportState.APPLIED, applied_at__gt=row.compared_at) | Q(undone_at__gt=row.compared_at)
    return others.filter(written).exists()


def _execute(statements: tuple[str, ...], row: CommissionImport) -> None:
    values: dict[str, Any] = {"id": row.pk, "valid_from": row.valid_from}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def _result(row: CommissionImport) -> Applied:
    return Applied(
        import_id=row.pk,
        state=row.state,
        new=row.new_count,
        changed=row.changed_count,
        ended=row.ended_count,
        wrong=row.wrong_count,
    )
