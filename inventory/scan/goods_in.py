"""`Stok Ekleme`: scan the shelf, then the boxes, then book them all at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from inventory.contents import pictures
from inventory.enums import GoodsInMode, GoodsInState, ScanOutcome
from inventory.models import GoodsIn, GoodsInLine
from inventory.receiving import (
    Booked,
    book_set_aside,
    book_sheet,
    drop_set_aside,
    drop_sheet,
    open_sheet,
    preview,
    scan_box,
    scan_shelf,
    set_aside_rows,
    set_quantity,
)
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import newest
from inventory.scan.words import describe, no_number, pairs_words, unknown, whole_number
from inventory.scanning import Scanned, ScannedKind, find_shelf, read, typed_quantity

_LONGEST_CODE = 100  # what a line of a sheet can hold


class GoodsInPage(ScanPage):
    """State: the person's open sheet; the last box is the newest kept scan of that sheet."""

    page = "goods-in"
    template = "scan/goods_in"
    permission_required = "gullu.receive_goods"
    actions = frozenset({"mode", "shelf", "quantity", "book", "drop", "book_aside", "drop_aside"})

    def scan(self, text: str) -> Answer:
        quantity = typed_quantity(text)
        if quantity is not None:
            return self._write_quantity(self._last_line_id(), quantity)
        scanned = read(text)
        if scanned.shelf is not None:
            return self._on_shelf(scanned, anyway=False)
        if scanned.kind is ScannedKind.UNKNOWN and not _can_be_set_aside(scanned):
            return unknown(scanned)
        line = scan_box(user=self.person, barcode=scanned.text, variant=scanned.variant)
        return self._counted(line, scanned)

    def do_mode(self) -> Answer:
        mode = self.request.POST.get("text", "")
        if mode not in GoodsInMode.values:
            return Answer(outcome=ScanOutcome.UNKNOWN, message=_("Reload the page and try again."))
        sheet = open_sheet(user=self.person, mode=GoodsInMode(mode))
        words = {
            GoodsInMode.ADD: _("The boxes are added to what lies on the shelf."),
            GoodsInMode.REPLACE: _("The shelf will hold exactly what you scan."),
        }
        return Answer(outcome=ScanOutcome.OK, message=words[GoodsInMode(sheet.mode)])

    def do_shelf(self) -> Answer:
        """The scanned boxes belong on another shelf."""
        shelf = find_shelf(self.request.POST.get("text", ""))
        if shelf is None:
            return unknown(read(self.request.POST.get("text", "")))
        return self._on_shelf(Scanned(kind=ScannedKind.SHELF, text=shelf.code, shelf=shelf), anyway=True)

    def do_quantity(self) -> Answer:
        quantity = whole_number(self.request.POST.get("text", ""))
        if quantity is None:
            return no_number()
        return self._write_quantity(whole_number(self.request.POST.get("line", "")), quantity)

    def do_book(self) -> Answer:
        sheet_id, _colon, token = self.request.POST.get("text", "").partition(":")
        booked = book_sheet(sheet_id=whole_number(sheet_id) or 0, token=token, user=self.person)
        return Answer(
            outcome=ScanOutcome.DONE, message=_booked_words(booked), reference=f"goodsin:{sheet_id}"
        )

    def do_drop(self) -> Answer:
        sheet = drop_sheet(user=self.person)
        message = _("The sheet was dropped. Nothing was booked.")
        return Answer(outcome=ScanOutcome.DONE, message=message, reference=f"goodsin:{sheet.pk}")

    def do_book_aside(self) -> Answer:
        line_id = whole_number(self.request.POST.get("text", "")) or 0
        booked = book_set_aside(line_id=line_id, user=self.person)
        return Answer(outcome=ScanOutcome.DONE, message=_booked_words(booked))

    def do_drop_aside(self) -> Answer:
        line = drop_set_aside(line_id=whole_number(self.request.POST.get("text", "")) or 0)
        message = _("%(code)s is no longer set aside.") % {"code": line.barcode}
        return Answer(outcome=ScanOutcome.DONE, message=message)

    def context(self) -> dict[str, Any]:
        sheets = GoodsIn.objects.filter(user_id=self.person.pk, state=GoodsInState.OPEN)
        sheet = sheets.select_related("shelf").first()
        lines = list(sheet.lines.select_related("variant__product").order_by("-pk")) if sheet else []
        last_id = self._last_line_id() if lines else None
        last = next((line for line in lines if line.pk == last_id), None)
        return {
            "sheet": sheet,
            "modes": GoodsInMode,
            "chosen_mode": sheet.mode if sheet else GoodsInMode.ADD,
            "lines": lines,
            "pairs": sum(line.quantity for line in lines),
            "last": last,
            "picture": _picture(last),
            "preview": preview(sheet, lines) if sheet else None,
            "set_aside": set_aside_rows(),
        }

    def _on_shelf(self, scanned: Scanned, *, anyway: bool) -> Answer:
        assert scanned.shelf is not None  # noqa: S101  (read() says SHELF)
        sheet = scan_shelf(user=self.person, shelf=scanned.shelf, anyway=anyway)
        message = _("%(shelf)s: now scan the boxes.") % {"shelf": scanned.shelf.code}
        return Answer(
            outcome=ScanOutcome.OK,
            message=message,
            shelf_id=scanned.shelf.pk,
            reference=f"goodsin:{sheet.pk}:shelf",
        )

    def _counted(self, line: GoodsInLine, scanned: Scanned) -> Answer:
        variant = scanned.variant
        words = {"what": describe(variant) if variant else line.barcode, "count": line.quantity}
        known = _("%(what)s: %(count)s")
        aside = _(
            "%(what)s is not known: set aside with its count (%(count)s). The rest is booked without it."
        )
        return Answer(
            outcome=ScanOutcome.OK if variant else ScanOutcome.UNKNOWN,
            message=(known if variant else aside) % words,
            code="" if variant else "set_aside",
            variant_id=variant.pk if variant else None,
            reference=f"goodsin:{line.sheet_id}:{line.pk}",
        )

    def _write_quantity(self, line_id: int | None, quantity: int) -> Answer:
        line = set_quantity(user=self.person, line_id=line_id, quantity=quantity)
        words = {"what": line.barcode, "count": quantity}
        message = _("%(what)s: %(count)s") if quantity else _("%(what)s was taken off the sheet.")
        return Answer(
            outcome=ScanOutcome.OK,
            message=message % words,
            variant_id=line.variant_id,
            reference=f"goodsin:{line.sheet_id}:{line.pk}",
        )

    def _last_line_id(self) -> int | None:
        step = newest(user=self.person, page=self.page, prefix="goodsin:")
        return whole_number(step.reference.rpartition(":")[2]) if step else None


def _can_be_set_aside(scanned: Scanned) -> bool:
    """Only what is simply not in the catalogue; never what may be another product or two scans in one."""
    return not scanned.hint and 0 < len(scanned.text) <= _LONGEST_CODE


def _picture(line: GoodsInLine | None) -> str:
    if line is None or line.variant is None:
        return ""
    return pictures([line.variant]).get(line.variant.pk, "")


def _booked_words(booked: Booked) -> str:
    words = {"shelf": booked.shelf_code, "pairs": pairs_words(booked.pairs), "aside": booked.set_aside}
    if booked.repeated:
        return _("Booked already: %(pairs)s on %(shelf)s. Nothing was booked twice.") % words
    if booked.mode == GoodsInMode.REPLACE:
        message = _("%(shelf)s now holds exactly %(pairs)s.")
    else:
        message = _("%(pairs)s are on %(shelf)s.")
    if booked.set_aside:
        aside = _("%(aside)s set aside.")
        return f"{message} {aside}" % words
    return message % words
