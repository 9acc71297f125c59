"""An alarm, as plain data. Each part of the product has a function that says which of its alarms hold right now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How pressing it is."""

    WARNING = "WARNING"
    DANGER = "DANGER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """`code` (UPPER_CASE, unique) tells one alarm from another; `sentence` names the value and the way out.

    `link` leads to the page where it is settled, for those who have all `rights`; others do not see it.
    """

    code: str
    level: Level
    sentence: str
    link: str = ""
    rights: tuple[str, ...] = ()


# Named in `settings.ALARMS` by dotted path; each makes a constant number of statements and no request to anybody.
AlarmCheck = Callable[[], Sequence[Alarm]]
