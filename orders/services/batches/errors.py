"""Refusals of batch services. Each says what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class BatchNotFound(DomainError):
    """Data: batch."""

    code = "batch_not_found"
    template = _("Batch %(batch)s does not exist: go back to the list of batches.")


class BatchIsClosed(DomainError):
    """Data: batch."""

    code = "batch_closed"
    template = _("Batch %(batch)s is closed: nothing was booked.")


class BatchIsPaused(DomainError):
    """Data: batch."""

    code = "batch_paused"
    template = _("Batch %(batch)s is paused: press “Continue” first, then scan again.")


class InvalidBatchSize(DomainError):
    """Data: size, highest."""

    code = "invalid_batch_size"
    template = _("A batch has 1 to %(highest)s orders: “%(size)s” is not possible.")


class NothingToCollect(DomainError):
    """No data."""

    code = "nothing_to_collect"
    template = _("No order can be collected now: all are in somebody's hands, parked, or not on the shelves.")


class OrdersNotFree(DomainError):
    """Data: orders (order numbers with the reason of each)."""

    code = "orders_not_free"
    template = _("No batch was made. These orders cannot go into one: %(orders)s.")


class SortingNow(DomainError):
    """Data: shelf."""

    code = "sorting_now"
    template = _("You are sorting. To take from shelf %(shelf)s press “Collect more” first.")


class NoShelfScanned(DomainError):
    """Data: batch."""

    code = "no_shelf_scanned"
    template = _("Scan the shelf first, then the box.")


class ShelfOfSomebodyElse(DomainError):
    """Data: person."""

    code = "shelf_of_somebody_else"
    template = _("%(person)s scanned for this batch meanwhile: scan your shelf again, then the box.")


class NotOnShelf(DomainError):
    """Data: barcode, shelf, shelves."""

    code = "not_on_shelf"
    template = _("Shelf %(shelf)s does not hold %(barcode)s. It is on: %(shelves)s.")


class OnNoShelf(DomainError):
    """Data: barcode, shelf."""

    code = "on_no_shelf"
    template = _(
        "Shelf %(shelf)s does not hold %(barcode)s, and no other shelf does: put it aside and have it counted."
    )


class ShelfUsedUp(DomainError):
    """Data: barcode, shelf, there."""

    code = "shelf_used_up"
    template = _(
        "Shelf %(shelf)s holds %(there)s of %(barcode)s and all of them were collected already: have the shelf counted."
    )


class NotCollected(DomainError):
    """Data: barcode."""

    code = "not_collected"
    template = _("%(barcode)s was not collected: press “Collect more”, scan its shelf, then the box.")


class SlotNotOpen(DomainError):
    """Data: slot."""

    code = "slot_not_open"
    template = _("Slot %(slot)s has no open order.")


class SlotNotFull(DomainError):
    """Data: slot."""

    code = "slot_not_full"
    template = _("Slot %(slot)s is not full yet.")


class NothingToTakeOut(DomainError):
    """No data."""

    code = "nothing_to_take_out"
    template = _("Nothing of it lies loose: it is in a slot already, or back on its shelf.")
