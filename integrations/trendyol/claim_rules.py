"""What Trendyol asks of a refusal beyond a reason and a text (contract sections 9.1 and 9.3, numbers of 9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

# From the moment the parcel was booked in; afterwards Trendyol accepts by itself.
DECISION_TIME: Final = timedelta(hours=48)
# "Sent to analysis", "not delivered to me" and "exchange asked for" have nothing to show.
WITHOUT_FILE: Final = frozenset({451, 1651, 2101})
# "Not delivered to me" is not believed on the first day.
USABLE_AFTER: Final[Mapping[int, timedelta]] = {1651: timedelta(hours=24)}


def needs_file(reason_id: int) -> bool:
    """Whether a refusal with this reason must come with a picture."""
    return reason_id not in WITHOUT_FILE


def usable_from(reason_id: int, act_by_at: datetime | None) -> datetime | None:
    """When this reason may be used for a unit that must be decided by `act_by_at`; None: at once, or nobody knows."""
    wait = USABLE_AFTER.get(reason_id)
    if wait is None or act_by_at is None:
        return None
    return act_by_at - DECISION_TIME + wait
