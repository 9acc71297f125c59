"""Cancelled after picking, or sent back by a customer: scan the box, scan the shelf, next."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Variant
from gullu.locks import transaction_lock
from inventory.contents import pictures
from inventory.enums import ScanOutcome
from inventory.models import Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import END, lock_trail, trail
from inventory.scan.words import describe, pairs_words, unknown
from inventory.scanning import ScannedKind, read
from inventory.selectors import shelves_holding
from orders import shelf_tasks
from orders.errors import PutBackClosed
from orders.return_errors import AlreadySettled
from orders.services import put_back
from orders.services.returns import restock_return
from orders.shelf_tasks import ShelfTask

MOST_LISTED = 60


class PutBacksPage(ScanPage):
    """State: the task chosen by the box scanned last."""

    page = "put-backs"
    template = "scan/put_backs"
    permission_required = "gullu.put_back"
    actions = frozenset({"clear"})

    def scan(self, text: str) -> Answer:
        lock_trail(user=self.person, page=self.page)
        scanned = read(text)
        if scanned.kind is ScannedKind.UNKNOWN:
            return unknown(scanned)
        if scanned.variant is not None:
            return _choose(scanned.variant)
        assert scanned.shelf is not None  # noqa: S101  (read() says SHELF)
        return self._put(scanned.shelf)

    def do_clear(self) -> Answer:
        message = _("Scan a box from the pile of put-backs and returns.")
        return Answer(outcome=ScanOutcome.OK, message=message, reference=END)

    def context(self) -> dict[str, Any]:
        tasks = shelf_tasks.waiting(most=MOST_LISTED)
        chosen = self._chosen()
        shown = {task.variant.pk: task.variant for task in (*tasks, *([chosen] if chosen else []))}
        images = pictures(list(shown.values()))
        return {
            "chosen": chosen,
            "picture": images.get(chosen.variant.pk, "") if chosen else "",
            "holding": shelves_holding(variant_id=chosen.variant.pk)[:6] if chosen else [],
            "tasks": [(task, images.get(task.variant.pk, "")) for task in tasks],
            "waiting": shelf_tasks.count_waiting() if len(tasks) == MOST_LISTED else len(tasks),
        }

    def _put(self, shelf: Shelf) -> Answer:
        task = self._chosen()
        if task is None:
            message = _("Scan the box first, then the shelf.")
            return Answer(outcome=ScanOutcome.WRONG, message=message, code="no_box_yet", shelf_id=shelf.pk)
        # Two people hold a box of the same barcode each: one task for either, one after the other.
        transaction_lock(f"putback.{task.variant.pk}")
        done = self._settle(task, shelf)
        words = {"what": describe(done.variant), "pairs": pairs_words(done.quantity), "shelf": shelf.code}
        message = _("%(what)s: %(pairs)s on %(shelf)s. Scan the next box.") % words
        return Answer(
            outcome=ScanOutcome.DONE,
            message=message,
            variant_id=done.variant.pk,
            shelf_id=shelf.pk,
            reference=END,
        )

    def _settle(self, chosen: ShelfTask, shelf: Shelf) -> ShelfTask:
        """Book the chosen task, or the next one just like it where somebody was faster.

        Raises `PutBackClosed`, `AlreadySettled`, and what `put_back` and `restock_return` raise.
        """
        task = next(iter(shelf_tasks.alike(chosen)), None)
        if chosen.is_return:
            # A unit that no longer waits is refused in the words of what became of it.
            unit = restock_return(unit_id=(task or chosen).pk, shelf_code=shelf.code, user=self.person)
            if unit.repeated:
                raise AlreadySettled(barcode=unit.barcode, where=unit.shelf_code)
            return chosen
        if task is None:
            raise PutBackClosed(put_back=chosen.pk)
        put_back(put_back_id=task.pk, shelf_code=shelf.code, user=self.person)
        return task

    def _chosen(self) -> ShelfTask | None:
        kinds = tuple(f"{kind}:" for kind in shelf_tasks.TaskKind)
        steps = [step for step in trail(user=self.person, page=self.page) if step.reference.startswith(kinds)]
        return shelf_tasks.find(steps[-1].reference) if steps else None


def _choose(variant: Variant) -> Answer:
    """The oldest task for this box."""
    task = shelf_tasks.oldest_for(variant)
    if task is not None:
        words = {"what": describe(variant), "pairs": pairs_words(task.quantity)}
        message = _("%(what)s, %(pairs)s: now scan the shelf.") % words
        return Answer(
            outcome=ScanOutcome.OK, message=message, variant_id=variant.pk, reference=task.reference
        )
    near = shelf_tasks.oldest_of_model(variant.product_id)
    words = {"what": describe(variant), "near": describe(near.variant) if near else ""}
    if near is not None:
        message = _("%(what)s does not wait for a shelf, but %(near)s does: check colour and size.") % words
        return Answer(outcome=ScanOutcome.NEIGHBOUR, message=message, code="neighbour", variant_id=variant.pk)
    message = (
        _("%(what)s does not wait for a shelf: book it on the goods-in page, or ask the office.") % words
    )
    return Answer(outcome=ScanOutcome.WRONG, message=message, code="no_put_back", variant_id=variant.pk)
