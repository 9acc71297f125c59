"""Cancelled after picking: scan the box, scan the shelf, next."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
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
from orders.enums import PutBackState
from orders.errors import PutBackClosed
from orders.models import PutBack
from orders.services import put_back

MOST_LISTED = 60
_TASK = "putback:"


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
        return Answer(outcome=ScanOutcome.OK, message=_("Scan a box from the put-back pile."), reference=END)

    def context(self) -> dict[str, Any]:
        waiting = _waiting()
        tasks = list(waiting[:MOST_LISTED])
        chosen = self._chosen()
        shown = {task.variant_id: task.variant for task in (*tasks, *([chosen] if chosen else []))}
        images = pictures(list(shown.values()))
        return {
            "chosen": chosen,
            "picture": images.get(chosen.variant_id, "") if chosen else "",
            "holding": shelves_holding(variant_id=chosen.variant_id)[:6] if chosen else [],
            "tasks": [(task, images.get(task.variant_id, "")) for task in tasks],
            "waiting": waiting.count() if len(tasks) == MOST_LISTED else len(tasks),
        }

    def _put(self, shelf: Shelf) -> Answer:
        task = self._chosen()
        if task is None:
            message = _("Scan the box first, then the shelf.")
            return Answer(outcome=ScanOutcome.WRONG, message=message, code="no_box_yet", shelf_id=shelf.pk)
        # Two people hold a box of the same barcode each: one task for either, one after the other.
        transaction_lock(f"putback.{task.variant_id}")
        mine = _still_waiting(task)
        done = put_back(put_back_id=mine.pk, shelf_code=shelf.code, user=self.person)
        words = {
            "what": describe(task.variant),
            "pairs": pairs_words(done.quantity),
            "shelf": done.shelf_code,
        }
        message = _("%(what)s: %(pairs)s on %(shelf)s. Scan the next box.") % words
        return Answer(
            outcome=ScanOutcome.DONE,
            message=message,
            variant_id=task.variant_id,
            shelf_id=shelf.pk,
            reference=END,
        )

    def _chosen(self) -> PutBack | None:
        steps = [step for step in trail(user=self.person, page=self.page) if step.reference.startswith(_TASK)]
        if not steps:
            return None
        tasks = PutBack.objects.select_related("variant__product", "line__order")
        return tasks.filter(pk=int(steps[-1].reference.removeprefix(_TASK))).first()


def _waiting() -> QuerySet[PutBack]:
    rows = PutBack.objects.filter(state=PutBackState.WAITING).select_related(
        "variant__product", "line__order"
    )
    large = ("payload", "shipment_address", "invoice_address", "search_key")
    return rows.defer(*(f"line__order__{name}" for name in large)).order_by("created_at", "pk")


def _choose(variant: Variant) -> Answer:
    """The oldest task for this box."""
    task = _waiting().filter(variant=variant).first()
    if task is not None:
        words = {"what": describe(variant), "pairs": pairs_words(task.quantity)}
        message = _("%(what)s, %(pairs)s: now scan the shelf.") % words
        return Answer(
            outcome=ScanOutcome.OK, message=message, variant_id=variant.pk, reference=f"{_TASK}{task.pk}"
        )
    near = _waiting().filter(variant__product_id=variant.product_id).first()
    words = {"what": describe(variant), "near": describe(near.variant) if near else ""}
    if near is not None:
        message = _("%(what)s does not wait for a shelf, but %(near)s does: check colour and size.") % words
        return Answer(outcome=ScanOutcome.NEIGHBOUR, message=message, code="neighbour", variant_id=variant.pk)
    message = (
        _("%(what)s does not wait for a shelf: book it on the goods-in page, or ask the office.") % words
    )
    return Answer(outcome=ScanOutcome.WRONG, message=message, code="no_put_back", variant_id=variant.pk)


def _still_waiting(task: PutBack) -> PutBack:
    """The chosen task, or the next one just like it where somebody was faster. Raises `PutBackClosed`."""
    alike = list(_waiting().filter(variant_id=task.variant_id, quantity=task.quantity))
    if not alike:
        raise PutBackClosed(put_back=task.pk)
    return next((other for other in alike if other.pk == task.pk), alike[0])
