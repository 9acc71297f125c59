"""Missed picks: orders that left without a deduction here are settled by a scan, a shelf, or a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.roles import EDIT_ORDERS, PICK_ORDERS
from inventory.scanning import not_recognised, read
from orders.missed_picks import MissedOrder, missed_order, missed_orders
from orders.models import Order
from orders.services.missed import (
    NOT_OURS,
    SHELF_UNKNOWN,
    Settled,
    settle_from_shelves,
    settle_not_from_stock,
    settle_shelf_unknown,
)
from orders.services.picking import Pick

PER_PAGE: Final = 50
SCAN, SHELVES = "scan", "shelves"


class _MissedView(UnfoldModelAdminViewMixin, TemplateView):
    """What both pages share: who may do what, and the two decisions about whole orders."""

    title = gettext_lazy("Missed picks")
    permission_required = ("orders.view_order",)
    raise_exception = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            may_scan=user.has_perm(PICK_ORDERS), may_decide=user.has_perm(EDIT_ORDERS), **kwargs
        )

    def require(self, permission: str) -> None:
        if not self.request.user.has_perm(permission):
            raise PermissionDenied

    def decision(self, step: str) -> Callable[[Any], Settled] | None:
        """What to do with an order for a pressed button; None for a button there is not."""
        user, reason = who(self.request), self.request.POST.get("reason", "")
        steps: dict[str, Callable[[Any], Settled]] = {
            SHELF_UNKNOWN: lambda order: settle_shelf_unknown(order_id=order.pk, user=user),
            NOT_OURS: lambda order: settle_not_from_stock(order_id=order.pk, reason=reason, user=user),
        }
        return steps.get(step)


class MissedListView(_MissedView):
    """All missed picks; ticked ones can be decided together, with an answer for each."""

    template_name = "admin/orders/missed.html"

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        total = Order.objects.missed_picks().count()
        page = Paginator(range(total), PER_PAGE).get_page(self.request.GET.get("page"))
        rows = missed_orders(first=max(page.start_index() - 1, 0), most=PER_PAGE)
        return super().get_context_data(rows=rows, total=total, page=page)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require(EDIT_ORDERS)
        act = self.decision(request.POST.get("step", ""))
        ids = [int(text) for text in request.POST.getlist("order") if text.isdecimal() and len(text) < 19]
        if act is None or not ids:
            messages.error(request, _("Nothing was chosen: tick orders, then press what became of them."))
        else:
            orders = Order.objects.filter(pk__in=ids[:PER_PAGE]).only("order_number").order_by("pk")
            self.model_admin.carry_out(request, orders, act)
        return HttpResponseRedirect(reverse("admin:orders_order_missed"))


@dataclass(frozen=True, slots=True)
class ScanState:
    """What was scanned on the page so far, carried by its form: the shelf, and (line, shelf) of each box."""

    shelf: str = ""
    taken: tuple[tuple[int, str], ...] = ()

    @classmethod
    def posted(cls, data: Any) -> ScanState:
        """From the form's hidden fields; what is not of their form is left out, and the service checks the rest."""
        taken = []
        for text in data.getlist("taken"):
            line, _sign, shelf = text.partition("@")
            if line.isdecimal() and len(line) < 19 and shelf:
                taken.append((int(line), shelf[:40]))
        return cls(data.get("shelf", "")[:40], tuple(taken))

    def left_of(self, missed: MissedOrder) -> dict[int, int]:
        """Boxes still to be scanned, by line."""
        done = Counter(line for line, _shelf in self.taken)
        return {row.line.pk: row.line.quantity - done[row.line.pk] for row in missed.lines}

    def picks(self) -> list[Pick]:
        return [
            Pick(line_id=line, shelf_code=shelf, quantity=pairs)
            for (line, shelf), pairs in sorted(Counter(self.taken).items())
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scan came to: the new state and a sentence. `complete`: every box was scanned."""

    state: ScanState
    sentence: str
    good: bool
    complete: bool = False


def take_scan(missed: MissedOrder, state: ScanState, text: str) -> Answer:
    """The shelf first, then its boxes. Two statements at most; books nothing."""
    scanned = read(text)
    if scanned.shelf is not None:
        code = scanned.shelf.code
        words = _("Shelf %(shelf)s. Now scan the box, or type its barcode.")
        return Answer(replace(state, shelf=code), words % {"shelf": code}, good=True)
    if scanned.variant is None:
        return Answer(state, not_recognised(scanned), good=False)
    if not state.shelf:
        return Answer(
            state, _("Scan the shelf first: nothing is taken from a shelf that is guessed."), good=False
        )
    left = state.left_of(missed)
    own = [row.line for row in missed.lines if row.line.variant_id == scanned.variant.pk]
    line = next((line for line in own if left[line.pk] > 0), None)
    if line is None:
        words = _("%(barcode)s is not among what is still open in this order.")
        return Answer(state, words % {"barcode": scanned.variant.barcode}, good=False)
    new = replace(state, taken=(*state.taken, (line.pk, state.shelf)))
    rest = sum(new.left_of(missed).values())
    words = ngettext(
        "%(count)s box is still to be scanned.", "%(count)s boxes are still to be scanned.", rest
    )
    return Answer(new, words % {"count": rest}, good=True, complete=rest == 0)


class MissedOrderView(_MissedView):
    """One missed pick. A scan, a shelf per line, or a decision settles it; a refusal leaves everything as it was."""

    template_name = "admin/orders/missed_order.html"
    answer: Answer | None = None

    @cached_property
    def missed(self) -> MissedOrder | None:
        return missed_order(self.kwargs["pk"])

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        state = self.answer.state if self.answer else ScanState()
        left = state.left_of(self.missed) if self.missed else {}
        lines = self.missed.lines if self.missed else ()
        return super().get_context_data(
            missed=self.missed,
            rows=[
                (row, left[row.line.pk], self.request.POST.get(f"shelf_{row.line.pk}", "")) for row in lines
            ],
            settleable=all(row.settleable for row in lines),
            answer=self.answer,
            state=state,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.missed is None:
            return self._gone()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", SCAN)
        self.require(PICK_ORDERS if step == SCAN else EDIT_ORDERS)
        if self.missed is None:
            return self._gone()
        try:
            settled = self._settle(step, self.missed)
        except DomainError as error:
            messages.error(request, error.message)
            settled = None
        if settled is None:
            return self.render_to_response(self.get_context_data())
        return self._done(settled)

    def _settle(self, step: str, missed: MissedOrder) -> Settled | None:
        """None when more is needed before anything can be booked."""
        if step == SCAN:
            return self._scan(missed)
        if step == SHELVES:
            return self._from_typed_shelves(missed)
        act = self.decision(step)
        if act is None:
            messages.error(self.request, _("Nothing was chosen: press one of the buttons."))
        return act(missed.order) if act else None

    def _scan(self, missed: MissedOrder) -> Settled | None:
        state = ScanState.posted(self.request.POST)
        answer = take_scan(missed, state, self.request.POST.get("text", ""))
        # Kept as it was before this box, should the booking be refused.
        self.answer = replace(answer, state=state) if answer.complete else answer
        return self._take(missed, answer.state.picks()) if answer.complete else None

    def _from_typed_shelves(self, missed: MissedOrder) -> Settled | None:
        codes = {
            row.line.pk: self.request.POST.get(f"shelf_{row.line.pk}", "").strip() for row in missed.lines
        }
        if not all(codes.values()):
            messages.error(self.request, _("A shelf is missing: name one for every line."))
            return None
        picks = [
            Pick(line_id=row.line.pk, shelf_code=codes[row.line.pk], quantity=row.line.quantity)
            for row in missed.lines
        ]
        return self._take(missed, picks)

    def _take(self, missed: MissedOrder, picks: list[Pick]) -> Settled:
        return settle_from_shelves(order_id=missed.order.pk, picks=picks, user=who(self.request))

    def _done(self, settled: Settled) -> HttpResponse:
        words = _("Order %(order)s is settled: %(pairs)s pairs deducted, %(counts)s counts asked for.")
        numbers = {"order": settled.order_number, "pairs": settled.pairs, "counts": settled.counts}
        messages.success(self.request, words % numbers)
        return HttpResponseRedirect(reverse("admin:orders_order_missed"))

    def _gone(self) -> HttpResponse:
        messages.warning(self.request, _("This order is no missed pick any more: it was settled meanwhile."))
        return HttpResponseRedirect(reverse("admin:orders_order_missed"))


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Mounted by the admin of all orders."""
    return (
        ("missed/", "orders_order_missed", MissedListView.as_view(model_admin=model_admin)),
        ("missed/<int:pk>/", "orders_order_missed_one", MissedOrderView.as_view(model_admin=model_admin)),
    )
