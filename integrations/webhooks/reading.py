"""What an event says: the raw packages in its body, and which package it is about. Pure; contract section 11.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from integrations.trendyol.client import NotJson, RawRecord, decode_json
from integrations.trendyol.schemas import PackagePayload, validate_each

# The marketplace sends one package; an envelope with more than a page is no event.
MOST_PACKAGES: Final = 200
_LARGEST_ID: Final = 2**63
# Kept in English, shown in the language of who looks.
NOT_READABLE: Final = gettext_noop("The content cannot be read.")
NO_PACKAGE: Final = gettext_noop("The content is no package.")


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """`content` goes to the same place as a page of the poll. `problem` is empty when it could be read.

    `content` may be filled although there is a problem: a package with an unusable field, which is reported there.
    """

    content: tuple[RawRecord, ...] = ()
    package_id: int | None = None
    modified_at: datetime | None = None
    problem: str = ""


def read_event(body: bytes) -> ReadEvent:
    """The packages of one body. Never raises: whatever it holds, the answer says what is wrong with it."""
    try:
        content = _content(decode_json(body))
    except NotJson:
        return ReadEvent(problem=NOT_READABLE)
    if not content:
        return ReadEvent(problem=NO_PACKAGE)
    good, bad = validate_each(PackagePayload, content)
    if bad:
        package_id = _number(content[bad[0].index].get("shipmentPackageId"))
        return ReadEvent(content=content, package_id=package_id, problem=bad[0].reason)
    newest = max(good, key=lambda package: package.last_modified_at)
    return ReadEvent(
        content=content, package_id=_number(newest.shipment_package_id), modified_at=newest.last_modified_at
    )


def _content(value: Any) -> tuple[RawRecord, ...]:
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(content, list) or not 1 <= len(content) <= MOST_PACKAGES:
        return ()
    return tuple(content) if all(isinstance(raw, dict) for raw in content) else ()


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and int(text[:20]) < _LARGEST_ID else None
