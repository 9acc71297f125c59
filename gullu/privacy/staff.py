"""How long it is kept from which address and with which device people of the shop worked."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gullu.audit.foreign import Work
from gullu.models import Activity
from gullu.privacy.append_only import append_only_lifted
from gullu.privacy.definition import Retention

# --- the list of activities ---------------------------------------------------------------------------------------


def _activities(before: datetime) -> QuerySet[Activity]:
    return Activity.objects.filter(~Q(device="") | Q(address__isnull=False), at__lt=before)


@transaction.atomic
def _clean_activities(before: datetime, most: int) -> int:
    ids = list(_activities(before).order_by("at").values_list("pk", flat=True)[:most])
    with append_only_lifted(Activity):
        return Activity.objects.filter(pk__in=ids).update(address=None, device="")


# --- the history of records ---------------------------------------------------------------------------------------

_COUNT: Final = """
    SELECT count(*) FROM pghistory_context WHERE created_at < %s AND metadata ->> 'address' IS NOT NULL
"""
_EMPTY: Final = """
    UPDATE pghistory_context SET metadata = metadata - 'address' - 'device'
     WHERE id IN (
         SELECT id FROM pghistory_context
          WHERE created_at < %s AND metadata ->> 'address' IS NOT NULL ORDER BY created_at LIMIT %s
     )
"""


def _count_works(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [before])
        count: int = cursor.fetchone()[0]
    return count


@transaction.atomic
def _clean_works(before: datetime, most: int) -> int:
    with append_only_lifted(Work), connection.cursor() as cursor:
        cursor.execute(_EMPTY, [before, most])
        return int(cursor.rowcount)


# --- sign-ins -----------------------------------------------------------------------------------------------------

_SIGN_INS: Final = (AccessAttempt, AccessFailureLog, AccessLog)


def _count_sign_ins(before: datetime) -> int:
    return sum(model.objects.filter(attempt_time__lt=before).count() for model in _SIGN_INS)


@transaction.atomic
def _clean_sign_ins(before: datetime, most: int) -> int:
    done = 0
    for model in _SIGN_INS:
        ids = model.objects.filter(attempt_time__lt=before).order_by("pk").values_list("pk", flat=True)
        # Nothing else hangs on these rows but their own time of expiry.
        found = list(ids[: most - done])
        model.objects.filter(pk__in=found).delete()
        done += len(found)
    return done


RETENTIONS: Final = (
    Retention(
        code="STAFF_ACTIVITIES",
        what=_("Addresses and devices of staff in the list of activities"),
        setting="RETENTION_STAFF_DAYS",
        due=lambda before: _activities(before).count(),
        clean=_clean_activities,
    ),
    Retention(
        code="STAFF_HISTORY",
        what=_("Addresses and devices of staff in the history of changes"),
        setting="RETENTION_STAFF_DAYS",
        due=_count_works,
        clean=_clean_works,
    ),
    Retention(
        code="SIGN_INS",
        what=_("Failed sign-ins"),
        setting="RETENTION_MESSAGE_DAYS",
        due=_count_sign_ins,
        clean=_clean_sign_ins,
    ),
)
