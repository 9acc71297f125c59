"""Refusals of the stock pages. Each says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class SheetGone(DomainError):
    """Data: none."""

    code = "sheet_gone"
    template = _("This sheet was dropped or does not exist: scan the shelf to start a new one.")


class SheetChanged(DomainError):
    """Data: shelf."""

    code = "sheet_changed"
    template = _(
        "%(shelf)s changed since the list was shown. Nothing was booked: check the new list and book again."
    )


class SheetHasBoxes(DomainError):
    """Data: shelf, pairs."""

    code = "sheet_has_boxes"
    template = _(
        "%(pairs)s pairs are scanned for %(shelf)s: book or drop them before you scan another shelf."
    )


class NoShelfYet(DomainError):
    """Data: none."""

    code = "no_shelf_yet"
    template = _("Scan the shelf first, then the boxes.")


class NothingScanned(DomainError):
    """Data: none."""

    code = "nothing_scanned"
    template = _("Nothing was scanned yet: scan the boxes first.")


class StillUnknown(DomainError):
    """Data: barcode."""

    code = "still_unknown"
    template = _("%(barcode)s is still not known: add the product or an alias, then book it.")


class SetAsideGone(DomainError):
    """Data: none."""

    code = "set_aside_gone"
    template = _("This row is no longer set aside: it was booked or dropped.")


class ShelfEmpty(DomainError):
    """Data: shelf."""

    code = "shelf_empty"
    template = _("Nothing lies on %(shelf)s: scan a shelf with goods on it.")


class CountTaken(DomainError):
    """Data: shelf, person, since."""

    code = "count_taken"
    template = _("%(shelf)s is being counted by %(person)s since %(since)s: count another shelf.")


class CountInHand(DomainError):
    """Data: shelf."""

    code = "count_in_hand"
    template = _("You are counting %(shelf)s: finish or drop that count before you scan another shelf.")


class NoCountYet(DomainError):
    """Data: none."""

    code = "no_count_yet"
    template = _("Scan the shelf that you count first, then its boxes.")


class CountClosed(DomainError):
    """Data: none."""

    code = "count_closed"
    template = _("This count is not waiting for a decision: reload the page.")


class OwnCount(DomainError):
    """Data: none."""

    code = "own_count"
    template = _("You counted this yourself: somebody else has to approve it.")


class CountOutdated(DomainError):
    """Data: shelf, barcode, there, less."""

    code = "count_outdated"
    template = _(
        "%(shelf)s holds only %(there)s of %(barcode)s now, the count takes away %(less)s: "
        "reject it, and count the shelf again."
    )


class NotAllowed(DomainError):
    """Data: none."""

    code = "not_allowed"
    template = _("You may not do this: ask somebody who may.")


class BadShelfRange(DomainError):
    """Data: first, last."""

    code = "bad_shelf_range"
    template = _(
        "%(first)s … %(last)s is no range: write both codes like A-01-01 and C-12-05, the smaller one first."
    )


class ShelfRangeTooLarge(DomainError):
    """Data: count, most."""

    code = "shelf_range_too_large"
    template = _("That would be %(count)s shelves; at most %(most)s can be made at once.")


class ReceivingShelfStaysOpen(DomainError):
    """Data: shelf."""

    code = "receiving_shelf_stays_open"
    template = _("%(shelf)s is where goods arrive: it stays open.")
