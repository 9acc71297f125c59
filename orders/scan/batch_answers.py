"""What the pages of a batch answer to a scan or a button: outcome, one sentence, and what the log keeps of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.enums import ScanOutcome
from inventory.scan.kernel import Answer
from inventory.scan.words import describe, pairs_words
from orders.enums import BatchState
from orders.models import PickBatch, PickBatchItem
from orders.services.batches import (
    BatchEnd,
    BoxOutcome,
    BoxResult,
    DropResult,
    GaveBack,
    MadeBatch,
    ShelfResult,
    SlotSplit,
    SortResult,
)
from orders.services.preparing import CONFIRMED

MADE = "batch_made"
# More articles than this are read from the list, not from the answer.
_NAMED = 3
_REFERENCE = re.compile(r"batch:(\d+)(?:/(\d+))?")


def about(batch_id: int, slot: int | None = None) -> str:
    """How the log of scans names a batch, or a slot of it."""
    return f"batch:{batch_id}" if slot is None else f"batch:{batch_id}/{slot}"


def batch_of(reference: str) -> int | None:
    """The batch a log entry is about."""
    match = _REFERENCE.fullmatch(reference)
    return int(match[1]) if match else None


def slot_of(reference: str, *, batch_id: int) -> int:
    """The slot of this batch that a log entry is about; 0 if it is about none."""
    match = _REFERENCE.fullmatch(reference)
    return int(match[2]) if match and match[2] and int(match[1]) == batch_id else 0


def made(batch: MadeBatch) -> Answer:
    message = ngettext(
        "Batch %(batch)s: %(orders)s order, %(pairs)s.",
        "Batch %(batch)s: %(orders)s orders, %(pairs)s.",
        batch.orders,
    )
    words = {"batch": batch.batch_id, "orders": batch.orders, "pairs": pairs_words(batch.pairs)}
    return _good(batch.batch_id, message % words, code=MADE)


def shelf(batch_id: int, result: ShelfResult) -> Answer:
    fields: dict[str, Any] = {"code": "shelf", "shelf_id": result.shelf.pk}
    if not result.to_take:
        message = _("Shelf %(shelf)s: nothing to take here.") % {"shelf": result.shelf.code}
        return _answer(ScanOutcome.WRONG, batch_id, message, **fields)
    named = ", ".join(result.articles[:_NAMED]) + (" …" if len(result.articles) > _NAMED else "")
    message = _("Shelf %(shelf)s. Take %(take)s.") % {"shelf": result.shelf.code, "take": named}
    return _good(batch_id, message, **fields)


def collected(batch_id: int, result: BoxResult) -> Answer:
    fields: dict[str, Any] = {"variant_id": result.variant.pk, "shelf_id": result.shelf.pk}
    words = {
        "article": describe(result.variant),
        "collected": result.collected,
        "needed": result.needed,
        "shelf": result.shelf.code,
        "wanted": ", ".join(result.wanted[:_NAMED]),
    }
    if result.outcome is BoxOutcome.COMPLETE:
        message = _("Everything is collected. Go to the slots and press “Sort”.")
        return _answer(ScanOutcome.DONE, batch_id, message, code="complete", **fields)
    if result.outcome is BoxOutcome.COUNTED:
        message = _("%(article)s: %(collected)s of %(needed)s.") % words
        return _good(batch_id, message, code="box", **fields)
    outcome, sentence = {
        BoxOutcome.ENOUGH: (
            ScanOutcome.WRONG,
            _("The batch has all %(needed)s of %(article)s already: back on shelf %(shelf)s with it."),
        ),
        BoxOutcome.NEIGHBOUR: (ScanOutcome.NEIGHBOUR, _("This is %(article)s. Wanted: %(wanted)s.")),
        BoxOutcome.STRANGER: (
            ScanOutcome.WRONG,
            _("%(article)s is not in this batch: back on shelf %(shelf)s with it."),
        ),
    }[result.outcome]
    return _answer(outcome, batch_id, sentence % words, code=result.outcome.value.lower(), **fields)


def sorted_box(batch_id: int, result: SortResult) -> Answer:
    variant_id = result.variant.pk
    words = {
        "slot": result.slot,
        "article": describe(result.variant),
        "in_slot": result.in_slot,
        "wanted": result.wanted,
        "order": result.order_number,
        "problem": result.problem,
        "instead": ", ".join(result.wanted_instead[:_NAMED]),
    }
    if result.confirmed:
        message = _("Slot %(slot)s. Order %(order)s is ready. Put its label on.") % words
        # As on the other picking pages, so that one look at the log finds who prepared an order.
        return Answer(
            outcome=ScanOutcome.DONE,
            message=message,
            code=CONFIRMED,
            variant_id=variant_id,
            reference=result.order_number,
        )
    if result.problem:
        message = _("Slot %(slot)s is full, but order %(order)s is not ready: %(problem)s") % words
        return _answer(
            ScanOutcome.REFUSED,
            batch_id,
            message,
            code="not_confirmed",
            variant_id=variant_id,
            slot=result.slot,
        )
    if result.slot:
        message = _("Slot %(slot)s. %(article)s, %(in_slot)s of %(wanted)s.") % words
        return _answer(
            ScanOutcome.OK, batch_id, message, code="slot", variant_id=variant_id, slot=result.slot
        )
    outcome, sentence = {
        BoxOutcome.ENOUGH: (
            ScanOutcome.WRONG,
            _("No slot needs %(article)s any more: put it aside, it goes back to its shelf."),
        ),
        BoxOutcome.NEIGHBOUR: (ScanOutcome.NEIGHBOUR, _("This is %(article)s. Wanted: %(instead)s.")),
        BoxOutcome.STRANGER: (ScanOutcome.WRONG, _("%(article)s is not in this batch: put it aside.")),
    }[result.outcome]
    return _answer(
        outcome, batch_id, sentence % words, code=result.outcome.value.lower(), variant_id=variant_id
    )


def state(batch: PickBatch, message: str) -> Answer:
    """After a button that changed the state; the batch may have turned out to be finished."""
    if batch.state == BatchState.CLOSED:
        message = _("Batch %(batch)s is finished: no order is left in it.") % {"batch": batch.pk}
        return _answer(ScanOutcome.DONE, batch.pk, message, code="closed")
    return _good(batch.pk, message, code=batch.state.lower())


def dropped(batch_id: int, result: DropResult) -> Answer:
    message = _("Order %(order)s is back in the queue.") % {"order": result.order_number}
    if result.in_slot:
        message += " " + _("Take %(pairs)s out of slot %(slot)s.") % {
            "pairs": pairs_words(result.in_slot),
            "slot": result.slot,
        }
    return _good(batch_id, message, code="dropped")


def split(batch_id: int, result: SlotSplit) -> Answer:
    words = {"order": result.order_number, "slot": result.slot, "pairs": pairs_words(result.in_slot)}
    if result.confirmation is not None:
        done = sorted_box(batch_id, result.confirmation)
        message = _("Order %(order)s is split, the rest is a new order in the queue.") % words
        return replace(done, message=f"{message} {done.message}")
    message = _(
        "Order %(order)s is being split: its parcels come as new orders in a few minutes. "
        "Take %(pairs)s out of slot %(slot)s."
    )
    return _good(batch_id, message % words, code="split")


def ended(batch_id: int, end: BatchEnd) -> Answer:
    parts = [
        ngettext("%(count)s order is ready.", "%(count)s orders are ready.", end.done) % {"count": end.done},
    ]
    if end.unfinished:
        left = ngettext(
            "%(count)s went back to the queue.", "%(count)s went back to the queue.", end.unfinished
        )
        parts.append(left % {"count": end.unfinished})
    if end.pairs_left:
        back = _("Put %(pairs)s back on their shelves: see the list.")
        parts.append(back % {"pairs": pairs_words(end.pairs_left)})
    return _answer(ScanOutcome.DONE, batch_id, " ".join(parts), code="closed")


def taken_out(batch_id: int, item: PickBatchItem) -> Answer:
    message = _("%(article)s: one less. Put it back on shelf %(shelf)s.")
    words = {"article": describe(item.variant), "shelf": item.shelf.code}
    return _good(
        batch_id, message % words, code="taken_out", variant_id=item.variant_id, shelf_id=item.shelf_id
    )


def gave_back(batch_id: int, back: GaveBack) -> Answer:
    message = _("%(pairs)s of %(article)s back on shelf %(shelf)s.")
    words = {
        "pairs": pairs_words(back.pairs),
        "article": describe(back.item.variant),
        "shelf": back.item.shelf.code,
    }
    return _good(
        batch_id,
        message % words,
        code="gave_back",
        variant_id=back.item.variant_id,
        shelf_id=back.item.shelf_id,
    )


def _good(batch_id: int, message: str, **fields: Any) -> Answer:
    return _answer(ScanOutcome.OK, batch_id, message, **fields)


def _answer(
    outcome: ScanOutcome, batch_id: int, message: str, *, slot: int | None = None, **fields: Any
) -> Answer:
    return Answer(outcome=outcome, message=message, reference=about(batch_id, slot), **fields)
