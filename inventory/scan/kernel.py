"""One scan, one transaction: worked on once per key, always answered, always kept.

The key is made on the device, so a scan that was sent twice (Wi-Fi, impatience, the offline queue) gets the answer
of the first time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from gullu.errors import DomainError
from gullu.people import lock_person
from gullu.prepared import Prepared
from inventory.enums import ScanOutcome

MAX_TEXT = 200

# Every scan of every page begins and ends with these two.
_KNOWN: Final = Prepared(
    "SELECT outcome, answer, code, variant_id, shelf_id, reference FROM inventory_scanlog WHERE key = $1",
    ("text",),
)
_KEEP: Final = Prepared(
    """
INSERT INTO inventory_scanlog (key, page, user_id, text, outcome, answer, code, variant_id, shelf_id, reference,
                               scanned_at, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
""",
    (
        *("text", "text", "bigint"),
        *("text", "text", "text", "text"),
        *("bigint", "bigint", "text", "timestamptz", "timestamptz"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a scan came to. `message` is one short sentence for the person; `code` is for programs."""

    outcome: ScanOutcome
    message: str = ""
    code: str = ""
    variant_id: int | None = None
    shelf_id: int | None = None
    reference: str = ""
    repeated: bool = False

    @property
    def good(self) -> bool:
        return self.outcome in {ScanOutcome.OK, ScanOutcome.DONE}


Handler = Callable[[], Answer]


def work_on_scan(
    *,
    key: str,
    page: str,
    text: str,
    user: AbstractBaseUser,
    handler: Handler,
    scanned_at: datetime | None = None,
) -> Answer:
    """Run `handler` and keep the scan, in one transaction; a key seen before is answered from the log.

    A `DomainError` of the handler is an answer (REFUSED, nothing booked), not a failure. Anything else is a bug and
    leaves neither a booking nor a log row.
    """
    scan = _Scan(key=key, page=page, text=text, user_id=user.pk, scanned_at=scanned_at)
    try:
        try:
            return _work(handler, scan)
        except DomainError as error:
            # Whatever it wrote was taken back with its transaction. Only a refusal pays for a second one.
            refusal = Answer(outcome=ScanOutcome.REFUSED, message=error.message, code=error.code)
            return _work(lambda: refusal, scan)
    except IntegrityError:
        # The same key came in under another name at the same moment and won; the whole of ours was rolled back.
        known = _known(key)
        if known is None:
            raise
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    key: str
    page: str
    text: str
    user_id: int
    scanned_at: datetime | None


@transaction.atomic
def _work(handler: Handler, scan: _Scan) -> Answer:
    now = lock_person(scan.user_id)
    known = _known(scan.key)
    if known is not None:
        return known
    answer = handler()
    _KEEP.run(
        scan.key,
        scan.page,
        scan.user_id,
        scan.text.replace("\x00", "")[:MAX_TEXT],
        answer.outcome.value,
        answer.message,
        answer.code,
        answer.variant_id,
        answer.shelf_id,
        answer.reference,
        scan.scanned_at,
        now,
    )
    return answer


def _known(key: str) -> Answer | None:
    row = _KNOWN.one(key)
    if row is None:
        return None
    outcome, message, code, variant_id, shelf_id, reference = row
    return Answer(
        outcome=ScanOutcome(outcome),
        message=message,
        code=code,
        variant_id=variant_id,
        shelf_id=shelf_id,
        reference=reference,
        repeated=True,
    )
