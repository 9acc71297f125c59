"""Refusals of stock services. Each names the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class InsufficientStock(DomainError):
    """Data: barcode, shelf, wanted, there. `wanted` and `there` are pairs."""

    code = "insufficient_stock"
    template = _(
        "Shelf %(shelf)s holds %(there)s of barcode %(barcode)s, %(wanted)s wanted: "
        "take it from another shelf, correct the count, or report that it cannot be supplied."
    )


class UnknownShelf(DomainError):
    """Data: shelf."""

    code = "unknown_shelf"
    template = _("Shelf %(shelf)s does not exist: scan the label on the shelf, or create the shelf first.")


class ClosedShelf(DomainError):
    """Data: shelf."""

    code = "closed_shelf"
    template = _("Shelf %(shelf)s is closed: use another shelf, or open it again.")


class InvalidQuantity(DomainError):
    """Data: quantity, lowest, highest."""

    code = "invalid_quantity"
    template = _("Quantity %(quantity)s is not possible: give a whole number from %(lowest)s to %(highest)s.")


class SameShelf(DomainError):
    """Data: shelf."""

    code = "same_shelf"
    template = _("%(shelf)s is both the source and the target: scan two different shelves.")


class MissingReason(DomainError):
    """Data: barcode, shelf."""

    code = "missing_reason"
    template = _(
        "Correcting barcode %(barcode)s on shelf %(shelf)s needs a reason: write why the count differs."
    )


class KeyReused(DomainError):
    """Data: key."""

    code = "key_reused"
    template = _("Key %(key)s was already used for another stock movement: scan again.")
