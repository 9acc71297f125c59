"""`Sayım`: what should be counted, the blind count itself, and the decision about its differences."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from inventory.contents import pictures
from inventory.counting import (
    approve_count,
    ask_for_count,
    count_box,
    drop_count,
    finish_count,
    may_decide,
    moved_meanwhile,
    open_tasks,
    reject_count,
    set_counted,
    start_count,
    unfinished_counts,
)
from inventory.enums import CountState, ScanOutcome
from inventory.models import StockCount, StockCountLine
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import newest
from inventory.scan.words import describe, no_number, pairs_words, unknown, whole_number
from inventory.scanning import ScannedKind, find_shelf, read, typed_quantity
from inventory.sheet_errors import NotAllowed

APPROVE = "gullu.approve_counts"


class CountsPage(ScanPage):
    """The list; scanning a shelf turns it into the blind count of that shelf until it is finished or dropped."""

    page = "counts"
    template = "scan/counts"
    permission_required = "gullu.count_goods"
    actions = frozenset({"quantity", "finish", "drop", "drop_other", "ask"})

    def scan(self, text: str) -> Answer:
        quantity = typed_quantity(text)
        if quantity is not None:
            return self._write_quantity(self._last_variant_id(), quantity)
        scanned = read(text)
        if scanned.kind is ScannedKind.UNKNOWN:
            return unknown(scanned)
        if scanned.variant is not None:
            line = count_box(user=self.person, variant=scanned.variant)
            return _line_answer(line, describe(scanned.variant))
        assert scanned.shelf is not None  # noqa: S101  (read() says SHELF)
        count = start_count(user=self.person, shelf=scanned.shelf)
        message = _("You count %(shelf)s: scan every box on it.") % {"shelf": scanned.shelf.code}
        return Answer(
            outcome=ScanOutcome.OK,
            message=message,
            shelf_id=scanned.shelf.pk,
            reference=f"count:{count.pk}:shelf",
        )

    def do_quantity(self) -> Answer:
        quantity = whole_number(self.request.POST.get("text", ""))
        if quantity is None:
            return no_number()
        return self._write_quantity(whole_number(self.request.POST.get("variant", "")), quantity)

    def do_finish(self) -> Answer:
        done = finish_count(user=self.person)
        words = {"shelf": done.shelf_code, "pairs": pairs_words(done.counted), "count": done.differences}
        if done.differences:
            message = _(
                "%(shelf)s: %(pairs)s counted, %(count)s barcodes differ. Somebody has to approve it."
            )
        else:
            message = _("%(shelf)s: %(pairs)s counted, everything agrees.")
        return Answer(outcome=ScanOutcome.DONE, message=message % words, reference=f"count:{done.count_id}")

    def do_drop(self) -> Answer:
        count = drop_count(count_id=self._count_id(), user=self.person)
        return _dropped(count)

    def do_drop_other(self) -> Answer:
        """A count that somebody left lying keeps the shelf from being counted."""
        _require(self, APPROVE)
        return _dropped(drop_count(count_id=self._count_id(), user=self.person, any_person=True))

    def do_ask(self) -> Answer:
        _require(self, APPROVE)
        text = self.request.POST.get("text", "")
        shelf = find_shelf(text)
        if shelf is None:
            return unknown(read(text))
        asked = ask_for_count(shelf=shelf, user=self.person)
        words = {"shelf": shelf.code}
        message = _("%(shelf)s is on the list.") if asked else _("%(shelf)s is on the list already.")
        return Answer(outcome=ScanOutcome.DONE, message=message % words, shelf_id=shelf.pk)

    def context(self) -> dict[str, Any]:
        own = StockCount.objects.filter(counted_by_id=self.person.pk, state=CountState.OPEN)
        count = own.select_related("shelf").order_by("pk").first()
        may_approve = self.request.user.has_perm(APPROVE)
        if count is None:
            return {
                "count": None,
                "tasks": open_tasks(),
                "counts": unfinished_counts(),
                "may_approve": may_approve,
            }
        lines = list(count.lines.select_related("variant__product").order_by("-pk"))
        last_id = self._last_variant_id()
        last = next((line for line in lines if line.variant_id == last_id), None)
        return {
            "count": count,
            "lines": lines,
            "pairs": sum(line.counted for line in lines),
            "last": last,
            "picture": pictures([last.variant]).get(last.variant_id, "") if last else "",
            "may_approve": may_approve,
        }

    def _write_quantity(self, variant_id: int | None, quantity: int) -> Answer:
        line = set_counted(user=self.person, variant_id=variant_id, quantity=quantity)
        return _line_answer(line, line.variant.barcode)

    def _count_id(self) -> int:
        return whole_number(self.request.POST.get("text", "")) or 0

    def _last_variant_id(self) -> int | None:
        step = newest(user=self.person, page=self.page, prefix="count:")
        return step.variant_id if step else None


class CountPage(ScanPage):
    """One finished count: counted beside expected, and the decision. Whoever still counts is shown no expectation."""

    page = "count"
    template = "scan/count"
    permission_required = "gullu.count_goods"
    actions = frozenset({"approve", "reject"})

    def scan(self, text: str) -> Answer:
        message = _("Here nothing is scanned: go back to the list of counts.")
        return Answer(outcome=ScanOutcome.REFUSED, message=message, code="no_scan_here")

    def do_approve(self) -> Answer:
        _require(self, APPROVE)
        done = approve_count(count_id=self.kwargs["pk"], user=self.person)
        words = {"shelf": done.shelf_code, "delta": f"{done.delta:+d}"}
        message = _("Approved already.") if done.repeated else _("%(shelf)s: %(delta)s pairs booked.") % words
        return Answer(outcome=ScanOutcome.DONE, message=message, reference=f"count:{self.kwargs['pk']}")

    def do_reject(self) -> Answer:
        _require(self, APPROVE)
        done = reject_count(count_id=self.kwargs["pk"], user=self.person)
        message = _("Rejected: nothing was booked. Count %(shelf)s again.") % {"shelf": done.shelf_code}
        return Answer(outcome=ScanOutcome.DONE, message=message, reference=f"count:{self.kwargs['pk']}")

    def context(self) -> dict[str, Any]:
        counts = StockCount.objects.select_related("shelf", "counted_by", "decided_by")
        count = get_object_or_404(counts, pk=self.kwargs["pk"])
        blind = count.finished_at is None
        lines = [] if blind else list(count.lines.select_related("variant__product"))
        rows = [(line, line.counted - (line.expected or 0)) for line in lines]
        rows.sort(key=lambda row: (row[1] == 0, row[0].variant.product.code, row[0].variant.barcode))
        waits = count.state == CountState.COUNTED
        may_approve = waits and self.request.user.has_perm(APPROVE)
        return {
            "count": count,
            "blind": blind,
            "rows": rows,
            "differences": sum(delta != 0 for _line, delta in rows),
            "delta": sum(delta for _line, delta in rows),
            "moved": [] if blind else moved_meanwhile(count),
            "may_approve": may_approve,
            "own": may_approve and not may_decide(count, self.person),
        }


def _line_answer(line: StockCountLine, what: str) -> Answer:
    words = {"what": what, "count": line.counted}
    return Answer(
        outcome=ScanOutcome.OK,
        message=_("%(what)s: %(count)s") % words,
        variant_id=line.variant_id,
        reference=f"count:{line.count_id}",
    )


def _dropped(count: StockCount) -> Answer:
    message = _("The count of %(shelf)s was dropped.") % {"shelf": count.shelf.code}
    return Answer(outcome=ScanOutcome.DONE, message=message, reference=f"count:{count.pk}")


def _require(page: ScanPage, permission: str) -> None:
    if not page.request.user.has_perm(permission):
        raise NotAllowed
