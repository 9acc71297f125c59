"""Refusals while an order is being picked with the scanner. Each names what was expected instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class OrderInOtherHands(DomainError):
    """Data: order, person, since (a time of day)."""

    code = "order_in_other_hands"
    template = _("%(person)s has had order %(order)s in hand since %(since)s: take another one.")


class OrderInBatch(DomainError):
    """Data: order, batch."""

    code = "order_in_batch"
    template = _("Order %(order)s is being collected with batch %(batch)s: finish it there.")


class BoxesInHand(DomainError):
    """Data: order, pairs."""

    code = "boxes_in_hand"
    template = _("%(pairs)s boxes of order %(order)s are scanned already: finish it, or give it back first.")


class NoOrderInHand(DomainError):
    """No data."""

    code = "no_order_in_hand"
    template = _("You have no order in hand: take the next one first.")


class ClaimLost(DomainError):
    """Data: order."""

    code = "claim_lost"
    template = _(
        "Order %(order)s waited too long and somebody else took it: put its boxes back on their shelf."
    )


class ShelfWithout(DomainError):
    """Data: shelf, article, shelves (codes with pairs)."""

    code = "shelf_without"
    template = _("Shelf %(shelf)s holds no %(article)s. Go to %(shelves)s.")


class NoShelfHolds(DomainError):
    """Data: shelf, article."""

    code = "no_shelf_holds"
    template = _(
        "Shelf %(shelf)s holds no %(article)s, nor does any other shelf: park the order or report it."
    )


class ShelfFirst(DomainError):
    """Data: shelves."""

    code = "shelf_first"
    template = _("Scan the shelf before the box: %(shelves)s.")


class AnyShelfFirst(DomainError):
    """No data."""

    code = "shelf_first"
    template = _("Scan the shelf you stand at before the box.")


class WrongBox(DomainError):
    """Data: got, wanted (articles)."""

    code = "wrong_box"
    template = _("Wrong box: %(got)s. Needed: %(wanted)s.")


class NeighbourBox(DomainError):
    """The same model in another size or colour. Data: got, wanted (only what differs)."""

    code = "neighbour_box"
    template = _("%(got)s was scanned, %(wanted)s is needed.")


class EnoughOfIt(DomainError):
    """Data: article, missing (articles)."""

    code = "enough_of_it"
    template = _("There is enough of %(article)s already. Still missing: %(missing)s.")


class NothingWanted(DomainError):
    """Data: article."""

    code = "nothing_wanted"
    template = _("No order of one pair waits for %(article)s: put it back.")


class WantedElsewhere(DomainError):
    """Data: article, order."""

    code = "wanted_elsewhere"
    template = _(
        "No order of one pair waits for %(article)s. "
        "Order %(order)s wants it, but is larger, parked, or in other hands."
    )


class EmptyNeedsShelf(DomainError):
    """Data: article."""

    code = "empty_needs_shelf"
    template = _("Scan the shelf first, then say that %(article)s is not on it.")


class NotOnShelf(DomainError):
    """Data: shelf, article."""

    code = "not_on_shelf"
    template = _("Shelf %(shelf)s is not meant to hold %(article)s: nothing to report there.")


class SplitChanged(DomainError):
    """Data: order."""

    code = "split_changed"
    template = _("Order %(order)s changed meanwhile: look at its parcels again, then split it.")


class FiredTwice(DomainError):
    """Data: article."""

    code = "fired_twice"
    template = _("%(article)s was read twice at once and counts once. If it was another box, scan it again.")
