"""Refusals about returned units. Each names the unit's barcode or parcel, and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class ReturnNotFound(DomainError):
    """Data: unit (our number of it)."""

    code = "return_not_found"
    template = _("Returned unit %(unit)s does not exist: open the list again.")


class NotWaiting(DomainError):
    """Data: barcode, status (label)."""

    code = "return_not_waiting"
    template = _(
        "Barcode %(barcode)s is “%(status)s” on the marketplace: only what waits for our decision can be decided."
    )


class TimeIsOver(DomainError):
    """Data: barcode, time."""

    code = "return_time_over"
    template = _(
        "The time to decide on barcode %(barcode)s ended at %(time)s: the marketplace accepts it by itself. "
        "Read the returns again."
    )


class AlreadyDecided(DomainError):
    """Data: barcode, person, decision (label), time."""

    code = "return_already_decided"
    template = _(
        "Barcode %(barcode)s was already decided by %(person)s at %(time)s (%(decision)s): nothing was changed."
    )


class SeveralClaims(DomainError):
    """Data: claims (how many)."""

    code = "return_several_claims"
    template = _(
        "The units belong to %(claims)s returns: refuse one return at a time, its text and pictures are its proof."
    )


class DescriptionTooLong(DomainError):
    """Data: length, most."""

    code = "return_text_too_long"
    template = _("The text has %(length)s characters: shorten it to %(most)s.")


class DescriptionMissing(DomainError):
    """No data."""

    code = "return_text_missing"
    template = _("A refusal needs a text: write what is wrong with the goods.")


class StrangePhoto(DomainError):
    """Data: photo."""

    code = "return_strange_photo"
    template = _("Picture %(photo)s does not belong to this return: open the page again.")


class AlreadySettled(DomainError):
    """Data: barcode, where."""

    code = "return_already_settled"
    template = _("Barcode %(barcode)s of this return is already settled (%(where)s): nothing was booked.")


class NotAccepted(DomainError):
    """Data: barcode, status (label)."""

    code = "return_not_accepted"
    template = _(
        "Barcode %(barcode)s is “%(status)s”: it becomes ours when the return is accepted. Keep it on the returns pile."
    )


class GoesBack(DomainError):
    """Data: barcode, status (label)."""

    code = "return_goes_back"
    template = _("Barcode %(barcode)s is “%(status)s”: it belongs to the customer and must not be shelved.")


class NotInspected(DomainError):
    """Data: barcode."""

    code = "return_not_inspected"
    template = _("Barcode %(barcode)s was not inspected yet: choose its condition first.")


class NotSound(DomainError):
    """Data: barcode, condition (label)."""

    code = "return_not_sound"
    template = _("Barcode %(barcode)s was found “%(condition)s”: write it off, or inspect it again.")


class NothingCame(DomainError):
    """Data: barcode, condition (label)."""

    code = "return_nothing_came"
    template = _(
        "Barcode %(barcode)s was found “%(condition)s”: there is nothing of it to book. "
        "Book another article on the goods-in page."
    )


class UnknownArticle(DomainError):
    """Data: barcode."""

    code = "return_unknown_article"
    template = _(
        "Barcode %(barcode)s is not in the catalogue: add the product first, then put the pair on a shelf."
    )


class WriteOffReason(DomainError):
    """Data: barcode."""

    code = "return_reason_missing"
    template = _("Writing off barcode %(barcode)s needs a reason: write why it cannot be sold.")


class InspectionClosed(DomainError):
    """Data: barcode, status (label)."""

    code = "return_inspection_closed"
    template = _("Barcode %(barcode)s is “%(status)s” on the marketplace: nothing is to be inspected.")


class UnknownCondition(DomainError):
    """Data: condition."""

    code = "return_unknown_condition"
    template = _("Condition %(condition)s does not exist: choose one of the buttons.")


class TooManyPhotos(DomainError):
    """Data: barcode, most."""

    code = "return_too_many_photos"
    template = _("Barcode %(barcode)s already has %(most)s pictures: that is enough proof.")
