"""The one clock that all machines share: that of the database.

Whatever one host decides and another one has to respect (leases, due times, windows of a rule) is measured with it.
A host whose own clock is wrong, or is put right, then neither doubles nor forgets anything.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The database's time at this very moment, also inside a transaction. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    found: datetime = moment
    return found
