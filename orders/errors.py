"""Refusals of order services. Each names the order and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class OrderNotFound(DomainError):
    """Data: order."""

    code = "order_not_found"
    template = _("Order %(order)s does not exist: read the orders again, or check the number.")


class OrderClosed(DomainError):
    """Data: order, status (label)."""

    code = "order_closed"
    template = _("Order %(order)s is “%(status)s”: only a new order can be prepared.")


class OrderUnpaid(DomainError):
    """Data: order."""

    code = "order_unpaid"
    template = _(
        "Order %(order)s waits for its payment: it is reserved, and can be prepared once it is paid."
    )


class OrderIsParked(DomainError):
    """Data: order, reason (label)."""

    code = "order_parked"
    template = _("Order %(order)s is parked (%(reason)s): take it out of parking first.")


class IncompletePick(DomainError):
    """Data: order, barcode, picked, wanted."""

    code = "incomplete_pick"
    template = _(
        "Order %(order)s wants %(wanted)s of barcode %(barcode)s and %(picked)s were picked: "
        "pick exactly what was ordered, or split the order."
    )


class UnknownPickLine(DomainError):
    """Data: order, line."""

    code = "unknown_pick_line"
    template = _("Order %(order)s has no open line %(line)s: load the order again.")


class UnknownOrderBarcode(DomainError):
    """Data: order, barcode."""

    code = "unknown_order_barcode"
    template = _(
        "Order %(order)s has barcode %(barcode)s, which is not in the catalogue: add the product first."
    )


class NotCancellable(DomainError):
    """Data: order, status (label)."""

    code = "not_cancellable"
    template = _("Order %(order)s is “%(status)s” and can no longer be cancelled here.")


class NothingMissed(DomainError):
    """Data: order."""

    code = "nothing_missed"
    template = _("Order %(order)s is no missed pick: every line already has its stock outcome.")


class IllegalMove(DomainError):
    """Data: order, from_status, to_status. A bug in the caller, or a race it did not lock against."""

    code = "illegal_move"
    template = _("Order %(order)s cannot go from %(from_status)s to %(to_status)s.")


class PutBackClosed(DomainError):
    """Data: put_back."""

    code = "put_back_closed"
    template = _("Put-back %(put_back)s is already settled: nothing is left to put on a shelf.")


class AlreadyParked(DomainError):
    """Data: order."""

    code = "already_parked"
    template = _("Order %(order)s is already parked.")


class NotParked(DomainError):
    """Data: order."""

    code = "not_parked"
    template = _("Order %(order)s is not parked.")


class ReasonRequired(DomainError):
    """Data: order."""

    code = "reason_required"
    template = _("Order %(order)s: a reason is needed.")


class OrderBeingSplit(DomainError):
    """Data: order."""

    code = "order_being_split"
    template = _(
        "Order %(order)s is being split by the marketplace: wait until its parcels arrive as orders of their own."
    )


class NotSplittable(DomainError):
    """Data: order, status (label)."""

    code = "not_splittable"
    template = _("Order %(order)s is “%(status)s”: it can no longer be split.")


class AlreadySplitting(DomainError):
    """Data: order."""

    code = "already_splitting"
    template = _("Order %(order)s is being split already: its parcels arrive with the next reading.")


class NotSplitting(DomainError):
    """Data: order."""

    code = "not_splitting"
    template = _("Order %(order)s is not waiting for a split.")


class NothingToSplit(DomainError):
    """Data: order."""

    code = "nothing_to_split"
    template = _("Order %(order)s would stay in one parcel: leave at least one pair for another parcel.")


class SplitBeyondLine(DomainError):
    """Data: order, barcode, wanted, there."""

    code = "split_beyond_line"
    template = _(
        "Order %(order)s has %(there)s of barcode %(barcode)s left to share out, %(wanted)s were named: "
        "name fewer."
    )
