"""What a row of a sheet is about: as the database has it, as the row wants it, and what the preview tells of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What becomes of a row."""

    WRONG = "WRONG"
    NEW = "NEW"
    CHANGED = "CHANGED"
    SAME = "SAME"


@dataclass(slots=True, kw_only=True)
class Line:
    """The record a row is about. `values` is what it would be after the row, `stored` what the database has.

    `record` tells whether it is still the same record later: its key, empty for one that is to be made. `given` are the
    columns the row fills; `extra` is whatever the sheet's own kind keeps with it.
    """

    name: str
    record: str
    values: dict[str, Any]
    stored: dict[str, Any]
    given: set[str] = field(default_factory=set)
    extra: Any = None

    @property
    def is_new(self) -> bool:
        return not self.record

    def __deepcopy__(self, _memo: dict[int, Any]) -> Line:
        # The library copies each row to compare it later; values are plain, so a flat copy does.
        return Line(
            name=self.name,
            record=self.record,
            values=dict(self.values),
            stored=self.stored,
            given=set(self.given),
            extra=self.extra,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would be different, in words; `before` is empty where there was nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A row of the preview. `seen` is what the database had when it was made, to be compared when it is applied."""

    number: int
    outcome: Outcome
    name: str
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PreviewRow:
        return cls(
            number=data["number"],
            outcome=Outcome(data["outcome"]),
            name=data["name"],
            changes=tuple(Change(**change) for change in data["changes"]),
            problems=tuple(data["problems"]),
            seen=data["seen"],
        )
