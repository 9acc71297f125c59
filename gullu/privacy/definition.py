"""A kind of personal data with its time, as plain data. Each part of the product declares what it keeps.

The declarations are named in `settings.RETENTIONS` by dotted path, so that this base need not import the apps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

# Rows cleaned in one transaction: small enough that nobody waits for their locks.
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """One kind of personal data.

    `setting` names the number of days it is kept. `due(before)` counts the rows older than that moment that still
    hold such data. `clean(before, most)` empties at most so many of them, whole and in one transaction of its own,
    and returns how many: fewer than `most` means that nothing is left. A run that was killed is thus simply repeated.
    """

    code: str
    what: Any
    setting: str
    due: Callable[[datetime], int]
    clean: Callable[[datetime, int], int]

    @property
    def days(self) -> int:
        """How long it is kept."""
        days: int = getattr(settings, self.setting)
        return days

    def before(self, now: datetime) -> datetime:
        """What is older than this has had its time."""
        return now - timedelta(days=self.days)


def retentions() -> list[Retention]:
    """All kinds, in the order of the page."""
    return [kind for name in settings.RETENTIONS for kind in import_string(name)]


__all__ = ["BATCH", "Retention", "retentions"]
