"""`Raflar`: make shelves in ranges, see what lies on one, and where it stands in the walk."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from inventory.contents import contents, last_movements
from inventory.enums import ScanOutcome
from inventory.models import Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import newest
from inventory.scan.words import no_number, pairs_words, unknown, whole_number
from inventory.scanning import find_shelf, read
from inventory.shelves import (
    ShelfRange,
    blocks,
    create_range,
    neighbours,
    order_by_code,
    place_after,
    preview_range,
    set_open,
    set_route,
    shelf_list,
)

MOST_LISTED = 300
_SHELF = "shelf:"


class ShelvesPage(ScanPage):
    """State: the shelf scanned last. `?block=A` and `?empty=1` choose what is listed."""

    page = "shelves"
    template = "scan/shelves"
    permission_required = "gullu.keep_shelves"
    actions = frozenset({"preview", "create", "by_code", "after", "route", "open", "close", "all"})
    shown_range: ShelfRange | None = None

    def scan(self, text: str) -> Answer:
        shelf = find_shelf(text)
        if shelf is None:
            scanned = read(text)
            if scanned.variant is None:
                return unknown(scanned)
            message = _("This is a box: here shelves are scanned.")
            return Answer(outcome=ScanOutcome.WRONG, message=message, variant_id=scanned.variant.pk)
        return _about(shelf, shelf.code)

    def do_preview(self) -> Answer:
        """Show what a range would make."""
        wanted = self.shown_range = preview_range(first=self._field("first"), last=self._field("last"))
        words = {"new": len(wanted.new), "count": wanted.count}
        message = _("%(new)s of %(count)s shelves would be made. Check and create them.") % words
        return Answer(outcome=ScanOutcome.OK, message=message)

    def do_create(self) -> Answer:
        made = create_range(first=self._field("first"), last=self._field("last"))
        words = {"new": len(made.new), "existing": len(made.existing)}
        message = _("%(new)s shelves made, %(existing)s existed already.") % words
        return Answer(outcome=ScanOutcome.DONE, message=message)

    def do_by_code(self) -> Answer:
        message = _("The walk follows the codes now: %(count)s shelves changed their place.")
        return Answer(outcome=ScanOutcome.DONE, message=message % {"count": order_by_code()})

    def do_after(self) -> Answer:
        shelf = place_after(code=self._field("shelf"), after=self._field("text"))
        return _about(shelf, _("%(shelf)s has its new place in the walk.") % {"shelf": shelf.code})

    def do_route(self) -> Answer:
        number = whole_number(self._field("text"))
        if number is None:
            return no_number()
        shelf = set_route(code=self._field("shelf"), route_order=number)
        return _about(shelf, _("%(shelf)s has its new place in the walk.") % {"shelf": shelf.code})

    def do_open(self) -> Answer:
        shelf = set_open(code=self._field("text"), active=True)
        return _about(shelf, _("%(shelf)s is open.") % {"shelf": shelf.code})

    def do_close(self) -> Answer:
        shelf = set_open(code=self._field("text"), active=False)
        pairs = sum(row.adet for row in contents(shelf.pk))
        message = _("%(shelf)s is closed: nothing more goes there.")
        if pairs:
            message = _("%(shelf)s is closed: nothing more goes there. %(pairs)s still lie on it.")
        return _about(shelf, message % {"shelf": shelf.code, "pairs": pairs_words(pairs)})

    def do_all(self) -> Answer:
        """Back from one shelf to the whole warehouse."""
        return Answer(outcome=ScanOutcome.OK, message=_("All shelves"), reference="all")

    def context(self) -> dict[str, Any]:
        shelf = self._chosen()
        common = {"range": self.shown_range, "labels_url": labels_url(), "shelf": shelf}
        if shelf is not None:
            rows = contents(shelf.pk)
            before, after = neighbours(shelf)
            return common | {
                "rows": rows,
                "pairs": sum(row.adet for row in rows),
                "moved": last_movements(shelf.pk),
                "before": before,
                "after": after,
            }
        block, empty = self.request.GET.get("block", ""), self.request.GET.get("empty") == "1"
        listed = list(shelf_list(block=block, empty=empty)[: MOST_LISTED + 1]) if block or empty else []
        return common | {
            "blocks": blocks(),
            # `block` belongs to the template language.
            "listed_block": block,
            "listed_empty": empty,
            "listed": listed[:MOST_LISTED],
            "more": len(listed) > MOST_LISTED,
        }

    def _chosen(self) -> Shelf | None:
        step = newest(user=self.person, page=self.page)
        if step is None or not step.reference.startswith(_SHELF) or "block" in self.request.GET:
            return None
        return Shelf.objects.filter(pk=step.shelf_id or 0).first()

    def _field(self, name: str) -> str:
        return self.request.POST.get(name, "")[:60]


def _about(shelf: Shelf, message: str) -> Answer:
    return Answer(outcome=ScanOutcome.OK, message=message, shelf_id=shelf.pk, reference=f"{_SHELF}{shelf.pk}")


def labels_url() -> str:
    """Where shelf labels are printed, if that page is there."""
    try:
        return reverse("labels:shelves")
    except NoReverseMatch:
        return ""
