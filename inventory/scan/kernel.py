"""One scan, one transaction: worked on once per key, always answered, always kept.

The key is made on the device, so a scan that was sent twice (Wi-Fi, impatience, the offline queue) gets the answer
of the first time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from gullu.errors import DomainError
from inventory.enums import ScanOutcome
from inventory.models import ScanLog

MAX_TEXT = 200


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
    known = _known(key)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            answer = _try(handler)
            _keep(answer, key=key, page=page, text=text, user=user, scanned_at=scanned_at)
            return answer
    except IntegrityError:
        # The same key came in at the same moment and won; the whole of ours was rolled back.
        known = _known(key)
        if known is None:
            raise
        return known


def _try(handler: Handler) -> Answer:
    try:
        with transaction.atomic():
            return handler()
    except DomainError as error:
        return Answer(outcome=ScanOutcome.REFUSED, message=error.message, code=error.code)


def _known(key: str) -> Answer | None:
    row = ScanLog.objects.filter(key=key).first()
    if row is None:
        return None
    return Answer(
        outcome=ScanOutcome(row.outcome),
        message=row.answer,
        code=row.code,
        variant_id=row.variant_id,
        shelf_id=row.shelf_id,
        reference=row.reference,
        repeated=True,
    )


def _keep(
    answer: Answer, *, key: str, page: str, text: str, user: AbstractBaseUser, scanned_at: datetime | None
) -> None:
    ScanLog.objects.create(
        key=key,
        page=page,
        user_id=user.pk,
        text=text.replace("\x00", "")[:MAX_TEXT],
        outcome=answer.outcome,
        answer=answer.message,
        code=answer.code,
        variant_id=answer.variant_id,
        shelf_id=answer.shelf_id,
        reference=answer.reference,
        scanned_at=scanned_at,
    )
