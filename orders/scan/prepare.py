"""`Sipariş Hazırla`: one order at a time. The shelf, the box, the label, the next order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.enums import ScanOutcome
from inventory.models import Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.words import unknown, whole_number
from inventory.scanning import read
from orders.claim_errors import BoxesInHand, NoOrderInHand
from orders.enums import ParkReason, UnsuppliedReason
from orders.errors import OrderNotFound
from orders.scan.answers import (
    answered,
    not_allowed,
    nothing_waits,
    offer_split,
    put_back_words,
    reload_page,
    scanned_at,
    sentences,
    split_answer,
)
from orders.scan.fast import Lane
from orders.scan.finished import Done, finished
from orders.scan.strip import strip
from orders.selectors import queue
from orders.services import disagreements, preparing
from orders.services.fast_lane import last_at_shelf, refuse_double_fire
from orders.services.preparing import (
    CONFIRMED,
    LOST,
    PARKED,
    RELEASED,
    UNSUPPLIED,
    BoxOutcome,
    BoxScanned,
    Held,
    Lost,
)
from orders.services.splitting_at_hand import split_in_hand
from orders.split_plan import plan_of_card

COUNT_GOODS = "gullu.count_goods"
REPORT_UNSUPPLIED = "gullu.report_unsupplied"
# In the session: written when the switch is pressed, never by a scan.
FREE_MODE = "scan.free_mode"


class PreparePage(ScanPage):
    """State: the person's claim with its shelf and scans. The mode (`Sıralı Mod`) is remembered in the session."""

    page = "prepare"
    template = "scan/prepare"
    permission_required = "gullu.pick_orders"
    actions = frozenset(
        {"next", "confirm", "release", "restart", "empty", "correct", "park", "split", "report", "mode"}
    )
    answer: Answer | None = None
    done: Done | None = None

    # --- scans --------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> Answer:
        if self.free_mode:
            return self.lane.scan(text)
        scanned = read(text)
        if scanned.shelf is not None:
            shelf = scanned.shelf
            return self._with_order(lambda held: self._shelf(held, shelf))
        if scanned.variant is not None:
            variant = scanned.variant
            return self._with_order(lambda held: self._box(held, variant))
        try:
            order = preparing.take_by_number(user=self.person, text=scanned.text)
        except OrderNotFound:
            return unknown(scanned)
        message = _("Order %(order)s is in your hand now.") % {"order": order.order_number}
        return Answer(outcome=ScanOutcome.OK, message=message, code="order", reference=order.order_number)

    def _with_order(self, work: Callable[[Held], Answer]) -> Answer:
        """Do it with the order in hand, which is claimed now if there is none."""
        held = preparing.hold(user=self.person)
        if held is None:
            gone = preparing.taken_over(user=self.person, page=self.page)
            taken = preparing.take_next(user=self.person)
            if gone is not None:
                return Answer(
                    outcome=ScanOutcome.REFUSED,
                    message=gone.message,
                    code=gone.code,
                    reference=gone.data["order"],
                )
            if taken is None:
                return nothing_waits()
            held = preparing.hold(user=self.person)
        if isinstance(held, Held):
            return work(held)
        return self._lost(held) if held is not None else nothing_waits()

    def _lost(self, lost: Lost) -> Answer:
        preparing.take_next(user=self.person)
        message = sentences(lost.sentence, put_back_words(lost.pairs))
        return Answer(outcome=ScanOutcome.REFUSED, message=message, code=LOST, reference=lost.order_number)

    def _shelf(self, held: Held, shelf: Shelf) -> Answer:
        if held.card.complete:
            return self._confirmed(preparing.confirm(held, user=self.person))

        def stand() -> Answer:
            here = preparing.scan_shelf(held, shelf=shelf)
            message = _("Shelf %(shelf)s. Take %(take)s.") % {"shelf": here.shelf_code, "take": here.take}
            return self._good(message, held, code="shelf", shelf_id=shelf.pk)

        # A refused shelf is not where the person stands: it must not look so in the log.
        return answered(stand, reference=held.order.order_number)

    def _box(self, held: Held, variant: Variant) -> Answer:
        own = [line for line in held.card.lines if line.variant_id == variant.pk]
        if own and held.card.complete:
            return self._confirmed(preparing.confirm(held, user=self.person))

        def take() -> Answer:
            if any(line.scanned for line in own):
                last = last_at_shelf(user_id=self.person.pk, page=self.page)
                refuse_double_fire(last, variant=variant, scanned_at=scanned_at(self.request))
            box = preparing.scan_box(held, variant=variant, user=self.person)
            if box.outcome is BoxOutcome.CONFIRMED:
                return self._confirmed(box, variant_id=variant.pk, shelf_id=held.claim.shelf_id)
            message = _("%(article)s. Still missing: %(missing)s.")
            words = {"article": box.article, "missing": box.missing}
            return self._good(
                message % words, held, code="box", variant_id=variant.pk, shelf_id=held.claim.shelf_id
            )

        return answered(
            take, variant_id=variant.pk, shelf_id=held.claim.shelf_id, reference=held.order.order_number
        )

    def _good(self, message: str, held: Held, **fields: Any) -> Answer:
        return Answer(outcome=ScanOutcome.OK, message=message, reference=held.order.order_number, **fields)

    def _confirmed(self, box: BoxScanned, **fields: Any) -> Answer:
        self.done = box.order_id, box.channel
        message = _("Order %(order)s is ready. Put its label on.") % {"order": box.order_number}
        return Answer(
            outcome=ScanOutcome.DONE, message=message, code=CONFIRMED, reference=box.order_number, **fields
        )

    # --- buttons ------------------------------------------------------------------------------------------------

    def do_next(self) -> Answer:
        held = preparing.hold(user=self.person)
        if isinstance(held, Lost):
            return self._lost(held)
        if held is None and preparing.take_next(user=self.person) is None:
            return nothing_waits()
        return Answer(outcome=ScanOutcome.OK, message=_("Scan the shelf, then the box."), code="order")

    def do_confirm(self) -> Answer:
        return self._held(lambda held: self._confirmed(preparing.confirm(held, user=self.person)))

    def do_release(self) -> Answer:
        def release(held: Held) -> Answer:
            pairs = preparing.give_back(held)
            message = _("Order %(order)s is free for others.") % {"order": held.order.order_number}
            return self._good(sentences(message, put_back_words(pairs)), held, code=RELEASED)

        return self._held(release)

    def do_restart(self) -> Answer:
        def restart(held: Held) -> Answer:
            pairs = preparing.start_again(held)
            message = _("Scan the boxes of order %(order)s again.") % {"order": held.order.order_number}
            return self._good(sentences(message, put_back_words(pairs)), held, code="restarted")

        return self._held(restart)

    def do_empty(self) -> Answer:
        return self._held(self._empty)

    def _empty(self, held: Held) -> Answer:
        slot = disagreements.report_empty(held, line_id=self._number("text"), user=self.person)
        report = _("Shelf %(shelf)s should be counted: %(article)s was not there.")
        if slot.surprise is None:
            report = _("It is known already that %(article)s is not on shelf %(shelf)s.")
        way_out = (
            _("Go to %(shelves)s.")
            if slot.shelves
            else _("No other shelf holds it: park the order or report it.")
        )
        message = sentences(
            report % {"shelf": slot.shelf_code, "article": slot.article}, way_out % {"shelves": slot.shelves}
        )
        return self._good(
            message,
            held,
            code=disagreements.SLOT_EMPTY,
            variant_id=slot.variant_id,
            shelf_id=held.claim.shelf_id,
        )

    def do_correct(self) -> Answer:
        if not self._may(COUNT_GOODS):
            return not_allowed()
        return self._held(self._correct)

    def _correct(self, held: Held) -> Answer:
        counted = whole_number(self.request.POST.get("counted", ""))
        if counted is None:
            return Answer(
                outcome=ScanOutcome.REFUSED, message=_("Write how many lie there."), code="no_number"
            )
        change = disagreements.correct_count(
            held,
            line_id=self._number("line"),
            counted=counted,
            reason=self.request.POST.get("reason", ""),
            user=self.person,
            key=f"scan:{self.request.POST['key']}",
        )
        message = _("Shelf %(shelf)s holds %(count)s of %(barcode)s now.")
        words = {"shelf": change.shelf_code, "count": counted, "barcode": change.barcode}
        return self._good(message % words, held, code="corrected", shelf_id=held.claim.shelf_id)

    def do_park(self) -> Answer:
        return self._held(self._park)

    def _park(self, held: Held) -> Answer:
        pairs = disagreements.park(
            held,
            reason=self.request.POST.get("text", ""),
            note=self.request.POST.get("note", ""),
            user=self.person,
        )
        preparing.take_next(user=self.person)
        message = _("Order %(order)s is parked.") % {"order": held.order.order_number}
        return self._good(sentences(message, put_back_words(pairs)), held, code=PARKED)

    def do_split(self) -> Answer:
        """`Böl`: what is scanned is one parcel, the rest another one."""
        done = split_in_hand(user=self.person, token=self.request.POST.get("token", ""))
        if done is None:
            raise NoOrderInHand
        if isinstance(done, Lost):
            return self._lost(done)
        if done.waiting:
            preparing.take_next(user=self.person)
        return split_answer(done)

    def do_report(self) -> Answer:
        if not self._may(REPORT_UNSUPPLIED):
            return not_allowed()
        reason = self._number("text")
        if reason not in UnsuppliedReason.values:
            return reload_page()
        given_up = disagreements.report_unsupplied(user=self.person, reason_id=reason)
        if given_up is None:
            raise NoOrderInHand
        preparing.take_next(user=self.person)
        message = _("Order %(order)s is reported as not supplied.") % {"order": given_up.result.order_number}
        return Answer(
            outcome=ScanOutcome.OK,
            message=sentences(message, put_back_words(given_up.pairs)),
            code=UNSUPPLIED,
            reference=given_up.result.order_number,
        )

    def do_mode(self) -> Answer:
        """`Sıralı Mod` on or off. An order in hand is given back, unless boxes are scanned for it."""
        free = self.request.POST.get("text") == "free"
        held = preparing.hold(user=self.person)
        if free and isinstance(held, Held):
            if held.card.scanned:
                raise BoxesInHand(order=held.order.order_number, pairs=held.card.scanned)
            preparing.give_back(held)
        self.request.session[FREE_MODE] = free
        if free:
            return Answer(outcome=ScanOutcome.OK, message=_("Scan a shelf, then any box on it."), code="mode")
        preparing.take_next(user=self.person)
        return Answer(outcome=ScanOutcome.OK, message=_("The page says which order is next."), code="mode")

    def _held(self, work: Callable[[Held], Answer]) -> Answer:
        """Press a button about the order in hand; without one there is nothing to press it for."""
        held = preparing.hold(user=self.person)
        if held is None:
            raise NoOrderInHand
        return self._lost(held) if isinstance(held, Lost) else work(held)

    def _may(self, permission: str) -> bool:
        return isinstance(self.person, AbstractUser) and self.person.has_perm(permission)

    def _number(self, name: str) -> int:
        return whole_number(self.request.POST.get(name, "")) or 0

    @cached_property
    def lane(self) -> Lane:
        return Lane(user=self.person, page=self.page, scanned_at=scanned_at(self.request))

    @property
    def free_mode(self) -> bool:
        return bool(self.request.session.get(FREE_MODE))

    # --- showing ------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Opening the page takes an order in hand; its own refreshing does not: no idle page hoards orders."""
        if not self.free_mode and request.headers.get("X-Requested-With") != "scan":
            with transaction.atomic():
                held = preparing.hold(user=self.person)
                if isinstance(held, Lost):
                    self.answer = self._lost(held)
                elif held is None:
                    preparing.take_next(user=self.person)
        return super().get(request, *args, **kwargs)

    def fragment(self, answer: Answer) -> HttpResponse:
        self.answer = answer
        return super().fragment(answer)

    def context(self) -> dict[str, Any]:
        if self.free_mode:
            return {"free": True, **self.lane.context(self.answer)}
        shown = queue(user_id=self.person.pk, now=timezone.now())
        card = shown.current
        return {
            "free": False,
            "card": card,
            "stops": card.stops() if card else [],
            "step": card.step() if card else None,
            "split": offer_split(plan_of_card(card), order_number=card.order_number) if card else None,
            "upcoming": strip(shown.upcoming),
            "finished": finished(self.answer, user=self.person, done=self.done),
            "answer": self.answer,
            "park_reasons": ParkReason,
            "unsupplied_reasons": UnsuppliedReason,
        }
