"""`Toplu toplama`: the batches, and the page of one: the shelf and the boxes, then the slots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from catalog.models import Variant
from inventory.enums import ScanOutcome
from inventory.models import ScanLog, Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.words import no_number, unknown, whole_number
from inventory.scanning import read
from orders.batch_board import Board, list_rows, read_board
from orders.batch_selectors import Slot, batch_rows
from orders.models import PickBatch, PickBatchOrder
from orders.picking_list import PickingRow, picking_list_pdf, picking_list_xlsx
from orders.scan import batch_answers as say
from orders.scan.answers import SplitOffer, answered, offer_split
from orders.scan.finished import just_finished
from orders.selectors import TimeLeft
from orders.services import batches
from orders.services.preparing import CONFIRMED
from orders.split_plan import plan_of_slot

PICK_ORDERS = "gullu.pick_orders"
USUAL_SIZE = 20


class BatchesPage(ScanPage):
    """The list of batches. A new one is proposed or chosen here; scanning an order says which batch has it."""

    page = "batches"
    template = "scan/batches"
    permission_required = PICK_ORDERS
    actions = frozenset({"propose", "choose"})
    answer: Answer | None = None

    def scan(self, text: str) -> Answer:
        number = text.strip()
        found = PickBatchOrder.objects.filter(active=True).select_related("order")
        slot = found.filter(Q(order__order_number=number) | Q(order__cargo_tracking_number=number)).first()
        if slot is None:
            return Answer(
                outcome=ScanOutcome.UNKNOWN, message=_("No open batch has this order."), code="not_in_batch"
            )
        message = _("Order %(order)s is in batch %(batch)s, slot %(slot)s.")
        words = {"order": slot.order.order_number, "batch": slot.batch_id, "slot": slot.slot}
        return Answer(
            outcome=ScanOutcome.OK,
            message=message % words,
            code="in_batch",
            reference=say.about(slot.batch_id),
        )

    def do_propose(self) -> Answer:
        size = whole_number(self.request.POST.get("text", ""))
        return no_number() if size is None else say.made(batches.propose_batch(size=size, user=self.person))

    def do_choose(self) -> Answer:
        numbers = self.request.POST.get("text", "").replace(",", " ").replace(";", " ").split()
        return say.made(batches.make_batch(order_numbers=numbers, user=self.person))

    def fragment(self, answer: Answer) -> HttpResponse:
        self.answer = answer
        return super().fragment(answer)

    def context(self) -> dict[str, Any]:
        answer = self.answer
        return {
            "rows": batch_rows(),
            "usual_size": USUAL_SIZE,
            "highest_size": batches.MAX_ORDERS,
            "found": say.batch_of(answer.reference) if answer else None,
            "made": answer is not None and answer.code == say.MADE,
        }


class BatchPage(ScanPage):
    """One batch. Its state says what a scanned box means: collected from the shelf, or sorted into a slot."""

    page = "batch"
    template = "scan/batch"
    permission_required = PICK_ORDERS
    actions = frozenset(
        {"sort", "collect", "pause", "resume", "finish", "drop", "confirm", "split", "take_out", "give_back"}
    )
    answer: Answer | None = None

    @property
    def batch_id(self) -> int:
        return int(self.kwargs["pk"])

    # --- scans --------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> Answer:
        scanned = read(text)
        if scanned.shelf is not None:
            return self._shelf(scanned.shelf)
        return unknown(scanned) if scanned.variant is None else self._box(scanned.variant)

    def _shelf(self, shelf: Shelf) -> Answer:
        def stand() -> Answer:
            here = batches.scan_shelf(batch_id=self.batch_id, shelf=shelf, user=self.person)
            return say.shelf(self.batch_id, here)

        return answered(stand, shelf_id=shelf.pk, reference=say.about(self.batch_id))

    def _box(self, variant: Variant) -> Answer:
        def work() -> Answer:
            result = batches.scan_box(batch_id=self.batch_id, variant=variant, user=self.person)
            if isinstance(result, batches.BoxResult):
                return say.collected(self.batch_id, result)
            return say.sorted_box(self.batch_id, result)

        return answered(work, variant_id=variant.pk, reference=say.about(self.batch_id))

    # --- buttons ------------------------------------------------------------------------------------------------

    def do_sort(self) -> Answer:
        batch = batches.start_sorting(batch_id=self.batch_id, user=self.person)
        return say.state(batch, _("Scan each box: the page says its slot."))

    def do_collect(self) -> Answer:
        batch = batches.collect_more(batch_id=self.batch_id, user=self.person)
        return say.state(batch, _("Scan the shelf, then the box."))

    def do_pause(self) -> Answer:
        batch = batches.pause_batch(batch_id=self.batch_id, user=self.person)
        return say.state(batch, _("Batch %(batch)s is paused. Anybody can go on.") % {"batch": batch.pk})

    def do_resume(self) -> Answer:
        batch = batches.resume_batch(batch_id=self.batch_id, user=self.person)
        return say.state(batch, _("Batch %(batch)s is in your hands.") % {"batch": batch.pk})

    def do_finish(self) -> Answer:
        return say.ended(self.batch_id, batches.finish_batch(batch_id=self.batch_id))

    def do_drop(self) -> Answer:
        return say.dropped(self.batch_id, batches.drop_order(batch_id=self.batch_id, slot=self._number()))

    def do_confirm(self) -> Answer:
        result = batches.confirm_slot(batch_id=self.batch_id, slot=self._number(), user=self.person)
        return say.sorted_box(self.batch_id, result)

    def do_split(self) -> Answer:
        """`Böl`: what lies in the slot is one parcel, the rest another one."""
        done = batches.split_slot(
            batch_id=self.batch_id,
            slot=self._number(),
            token=self.request.POST.get("token", ""),
            user=self.person,
        )
        return say.split(self.batch_id, done)

    def do_take_out(self) -> Answer:
        item = batches.take_out(batch_id=self.batch_id, item_id=self._number())
        return say.taken_out(self.batch_id, item)

    def do_give_back(self) -> Answer:
        return say.gave_back(self.batch_id, batches.give_back(batch_id=self.batch_id, item_id=self._number()))

    def _number(self) -> int:
        return whole_number(self.request.POST.get("text", "")) or 0

    # --- showing ------------------------------------------------------------------------------------------------

    def fragment(self, answer: Answer) -> HttpResponse:
        self.answer = answer
        return super().fragment(answer)

    def context(self) -> dict[str, Any]:
        batch = PickBatch.objects.select_related("user", "shelf").filter(pk=self.batch_id).first()
        if batch is None:
            raise Http404
        board = read_board(batch)
        mine = batch.user_id == self.person.pk
        return {
            "board": board,
            "batch": batch,
            "mine": mine,
            "shelf": batch.shelf if mine else None,
            "last": self._last_slot(board),
            "finished": just_finished(self.answer, user=self.person),
            "open_slots": _open_slots(board),
        }

    def _last_slot(self, board: Board) -> Slot | None:
        """The slot of the box scanned last, also after a reload: then from the log."""
        if not (board.sorting or board.closed):
            return None
        if self.answer is not None:
            return _slot_of(board, self.answer.code, self.answer.reference)
        mine = ScanLog.objects.filter(user_id=self.person.pk, page=self.page).order_by("-received_at", "-pk")
        newest = mine.values_list("code", "reference").first()
        return _slot_of(board, *newest) if newest else None


def _open_slots(board: Board) -> list[tuple[Slot, TimeLeft | None, SplitOffer | None]]:
    """Each open slot with the time that is left, and the parcels it could be split into."""
    now = timezone.now()
    return [(slot, _time_left(slot, now), _offer(board, slot)) for slot in board.open_slots]


def _time_left(slot: Slot, now: datetime) -> TimeLeft | None:
    moment = slot.order.ship_by_at
    return TimeLeft.until(moment, now) if moment else None


def _offer(board: Board, slot: Slot) -> SplitOffer | None:
    """A paused batch is nobody's to split in."""
    plan = None if board.paused else plan_of_slot(slot)
    return offer_split(plan, order_number=slot.order.order_number)


def _slot_of(board: Board, code: str, reference: str) -> Slot | None:
    """The slot an answer speaks of: by its number, or by the order that it completed."""
    if code == CONFIRMED:
        done = [slot for slot in board.done_slots if slot.order.order_number == reference]
        return max(done, key=lambda slot: slot.order.picked_at or slot.order.ordered_at, default=None)
    return board.slot(say.slot_of(reference, batch_id=board.batch.pk))


class PaperList(PermissionRequiredMixin, View):
    """`Raf Toplama Listesi`: what the open slots want, in walking order."""

    permission_required = PICK_ORDERS

    @staticmethod
    def rows(pk: int) -> list[PickingRow]:
        batch = get_object_or_404(PickBatch, pk=pk)
        return [
            PickingRow(
                shelf=row.shelf,
                model=row.model,
                colour=row.colour,
                size=row.size,
                order_number=row.order_number,
                quantity=row.quantity,
                barcode=row.barcode,
                slot=row.slot,
            )
            for row in list_rows(batch)
        ]


class ListAsPdf(PaperList):
    """For the printer; streamed page by page."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        pages = picking_list_pdf(self.rows(pk), made_at=timezone.now())
        return FileResponse(pages, content_type="application/pdf", filename=f"raf-toplama-{pk}.pdf")


class ListAsWorkbook(PaperList):
    """For Excel."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return HttpResponse(
            picking_list_xlsx(self.rows(pk)),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers={"Content-Disposition": f'attachment; filename="raf-toplama-{pk}.xlsx"'},
        )
