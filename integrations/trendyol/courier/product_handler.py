"""Delivering a message about products: queued there, judged item by item; its result is read back (section 8.10)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.listing.standing import UNDER_WAY
from integrations.listing.writing import exact, reopen
from integrations.models import OutboxMessage, ProductWrite
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.courier.handler import Handler, note
from integrations.trendyol.courier.product_effects import carry_over
from integrations.trendyol.errors import Rejected, TrendyolError
from integrations.trendyol.schemas import BatchItem, BatchResult

State = ProductWrite.State
Writes = Sequence[ProductWrite]

RESULT_PAUSES: Final = (0.0, 0.3, 0.7, 1.5)
"""Seconds before each look at the result just after sending, as long as nothing else is to be said."""
RESULT_WAIT: Final = timedelta(seconds=10)
LONGEST_RESULT_WAIT: Final = timedelta(minutes=10)
# Contract section 8.10: kept for four hours.
RESULT_KEPT: Final = timedelta(hours=4)
# A result that is asked for at once may not be there yet.
RESULT_APPEARS: Final = timedelta(minutes=15)


@dataclass(slots=True)
class Verdicts:
    """What became of the items of one message; nobody knows of those that are in none of the lists."""

    done: list[ProductWrite] = field(default_factory=list)
    failed: list[ProductWrite] = field(default_factory=list)
    unknown: list[ProductWrite] = field(default_factory=list)


class ProductHandler(Handler):
    """One message is one call. `say` speaks; `already` looks which items are so, however that came about."""

    trouble: ClassVar[Verdict] = Verdict.PAUSE
    looks_before_repeating: ClassVar[bool] = False
    """Saying it twice would be refused, or do something twice."""
    absence_tells: ClassVar[bool] = True
    """What `already` does not find was not done."""
    success: ClassVar[ProductWrite.State] = State.SUCCESS

    def say(self, client: TrendyolClient, items: Sequence[dict[str, Any]]) -> str:
        """Send the items; returns the number of the batch. Raises TrendyolError."""
        raise NotImplementedError

    def already(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> set[int]:
        """Keys of the writes that are so by now. Raises TrendyolError."""
        return set()

    def complete(self, client: TrendyolClient, writes: Writes) -> None:
        """Put into the items what only Trendyol knows. Raises TrendyolError."""

    def excused(self, client: TrendyolClient, message: OutboxMessage, failed: Writes) -> set[int]:
        """Keys of refused writes that are so all the same: an earlier attempt did it. Raises TrendyolError."""
        # What was said once and was so already was so before, and somebody should know.
        return self.already(client, message, failed) if message.answer.get("attempt", 1) > 1 else set()

    def judge(self, message: OutboxMessage) -> Delivery | None:
        return None

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        writes = open_writes(message)
        if message.answer.get("batch"):
            return self._result(client, message, writes, pauses=(0.0,))
        writes = writes or reopen(message)
        if not writes:
            return Delivery(Verdict.OBSOLETE, _("Something newer was sent since."))
        try:
            if message.attempts > 1 and self.looks_before_repeating:
                writes = self.settle_what_is_so(client, message, writes)
                if not writes:
                    return delivered(message)
            self.complete(client, writes)
        except Rejected as refusal:
            # It is the reading that was refused: nothing is known, so nothing may be repeated.
            return Delivery(Verdict.LATER, str(refusal))
        batch = self.say(client, [exact(row.body) for row in writes])
        # Before anything else: a result whose number is lost cannot be read by anybody.
        note(message, batch=batch, attempt=message.attempts, sent_at=timezone.now().isoformat())
        ProductWrite.objects.filter(pk__in=[row.pk for row in writes]).update(state=State.SENT)
        return self._result(client, message, writes, pauses=RESULT_PAUSES)

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        """The request as a whole: no item of it was looked at."""
        settle(message, Verdicts(failed=because(open_writes(message), [str(refusal)])))
        return Delivery(Verdict.REFUSED, str(refusal))

    def settle_what_is_so(
        self, client: TrendyolClient, message: OutboxMessage, writes: Writes
    ) -> list[ProductWrite]:
        """Settle what an earlier attempt has done; returns the rest. Raises TrendyolError."""
        so = self.already(client, message, writes)
        settle(message, Verdicts(done=[row for row in writes if row.pk in so]), success=self.success)
        return [row for row in writes if row.pk not in so]

    # --- the result -------------------------------------------------------------------------------------------

    def _result(
        self, client: TrendyolClient, message: OutboxMessage, writes: Writes, *, pauses: Sequence[float]
    ) -> Delivery:
        reason = _("Trendyol has not finished with it.")
        for pause in pauses:
            if pause and _others_wait(message):
                break
            time.sleep(pause)
            try:
                result = client.get_batch_result(message.answer["batch"])
            except Rejected as refusal:
                result, reason = None, str(refusal)
            except TrendyolError as error:
                if _age(message) > RESULT_KEPT:
                    return self._lost(client, message, writes)
                return Delivery(Verdict.LATER, str(error), wait=_wait(message))
            empty = result is None or _is_empty(result)
            if result is not None and result.finished and not (empty and writes):
                return self._settle(client, message, writes, result)
            if empty and _age(message) > RESULT_APPEARS:
                return self._lost(client, message, writes)
        if _age(message) > RESULT_KEPT:
            return self._lost(client, message, writes)
        return Delivery(Verdict.LATER, reason, wait=_wait(message))

    def _settle(
        self, client: TrendyolClient, message: OutboxMessage, writes: Writes, result: BatchResult
    ) -> Delivery:
        verdicts = judged(writes, result)
        try:
            so = self.excused(client, message, verdicts.failed) if verdicts.failed else set()
        except TrendyolError as error:
            return Delivery(Verdict.LATER, str(error), wait=_wait(message))
        verdicts.done += [row for row in verdicts.failed if row.pk in so]
        verdicts.failed = [row for row in verdicts.failed if row.pk not in so]
        settle(message, verdicts, success=self.success)
        return delivered(message)

    def _lost(self, client: TrendyolClient, message: OutboxMessage, writes: Writes) -> Delivery:
        """The result is gone: what stands there is all that can be known."""
        try:
            so = self.already(client, message, writes)
        except TrendyolError as error:
            return Delivery(Verdict.LATER, str(error), wait=_wait(message))
        verdicts = Verdicts(done=[row for row in writes if row.pk in so])
        rest = [row for row in writes if row.pk not in so]
        if self.absence_tells:
            verdicts.failed = because(rest, [_("It was not done, and the reason can no longer be read.")])
        else:
            verdicts.unknown = because(rest, [_("The result can no longer be read.")])
        settle(message, verdicts, success=self.success)
        return delivered(message)


# --- items --------------------------------------------------------------------------------------------------------


def open_writes(message: OutboxMessage) -> list[ProductWrite]:
    """The items of a message that have no verdict."""
    return list(message.product_writes.filter(state__in=UNDER_WAY).order_by("pk"))


def judged(writes: Writes, result: BatchResult) -> Verdicts:
    """The verdict on each write, by its barcode or card; what the result does not tell of is unknown."""
    told: dict[str | int, list[BatchItem]] = {}
    for item in result.items:
        told.setdefault(item.barcode or _content_id(item), []).append(item)
    verdicts = Verdicts()
    for row in writes:
        items = told.get(row.barcode or row.content_id or 0, [])
        if not items:
            verdicts.unknown += because([row], [_("The result does not tell of it.")])
        elif all(item.succeeded for item in items):
            verdicts.done.append(row)
        else:
            reasons = [reason for item in items for reason in item.failure_reasons]
            verdicts.failed += because([row], [reason.replace("\x00", "") for reason in reasons])
    return verdicts


def _content_id(item: BatchItem) -> int:
    for holder in (item.request_item.get("updateRequest"), item.request_item):
        number = holder.get("contentId") if isinstance(holder, dict) else None
        if isinstance(number, int):
            return number
    return 0


def _is_empty(result: BatchResult) -> bool:
    """An answer without items that is no running batch either: nothing yet, or nothing any more."""
    return not result.items and not result.running


def _others_wait(message: OutboxMessage) -> bool:
    """Whether anything else is to be said now, a pick perhaps: it does not wait for this result."""
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, due_at__lte=timezone.now())
    return waiting.exclude(pk=message.pk).exists()


@transaction.atomic
def settle(
    message: OutboxMessage, verdicts: Verdicts, *, success: ProductWrite.State = State.SUCCESS
) -> None:
    """Keep the verdicts, and what follows from those that are done."""
    now = timezone.now()
    done = ProductWrite.objects.filter(pk__in=[row.pk for row in verdicts.done])
    done.update(state=success, reasons=[], decided_at=None if success == State.ENTERED else now)
    for rows, state in ((verdicts.failed, State.FAILED), (verdicts.unknown, State.UNKNOWN)):
        for row in rows:
            row.state, row.decided_at = state, now
        ProductWrite.objects.bulk_update(rows, ["state", "reasons", "decided_at"], batch_size=200)
    if success == State.SUCCESS:
        carry_over(message.kind, verdicts.done)


def because(writes: Writes, reasons: list[str]) -> list[ProductWrite]:
    """The writes with these reasons, for `settle`."""
    for row in writes:
        row.reasons = reasons
    return list(writes)


def delivered(message: OutboxMessage) -> Delivery:
    """Said and answered, whatever the answer: that stands on the items."""
    states = list(message.product_writes.values_list("state", flat=True))
    counts = {state.value.lower(): states.count(state) for state in State if state in states}
    return Delivery(Verdict.DELIVERED, answer={"items": counts})


def _age(message: OutboxMessage) -> timedelta:
    return timezone.now() - datetime.fromisoformat(message.answer["sent_at"])


def _wait(message: OutboxMessage) -> timedelta:
    """10 s after the first attempt, doubling up to ten minutes."""
    doubled: timedelta = RESULT_WAIT * 2 ** min(message.attempts - 1, 20)
    return min(doubled, LONGEST_RESULT_WAIT)
