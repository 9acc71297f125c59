"""Why something cannot be asked of a marketplace: each names the barcode or the model, and the way out."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from integrations.listing.sheets import Violation


class WriteRefused(DomainError):
    """Base of all: nothing was written."""

    code = "product_write_refused"


class NotListable(WriteRefused):
    """Data: product (code), rules, first. `violations` are all rules that are broken."""

    code = "product_not_listable"
    template = _("%(product)s cannot be sent, %(rules)s rules are broken. The first: %(first)s")

    def __init__(self, *, product: str, violations: Sequence[Violation]) -> None:
        first = str(violations[0].message) if violations else ""
        super().__init__(product=product, rules=len(violations), first=first)
        self.violations = tuple(violations)

    def __reduce__(self) -> tuple[object, ...]:
        return _not_listable, (self.data["product"], self.violations)


def _not_listable(product: str, violations: tuple[Violation, ...]) -> NotListable:
    return NotListable(product=product, violations=violations)


class NothingToSend(WriteRefused):
    """Data: product (code)."""

    code = "product_nothing_to_send"
    template = _("%(product)s has no barcode this could be sent for.")


class StillDraft(WriteRefused):
    """Data: product (code)."""

    code = "product_still_draft"
    template = _("%(product)s is still a draft: finish it, then send it.")


class UnknownVariant(WriteRefused):
    """Data: variant (number)."""

    code = "product_unknown_variant"
    template = _("There is no variant number %(variant)s in this model.")


class UnderWay(WriteRefused):
    """Data: barcode, what."""

    code = "product_write_under_way"
    template = _("“%(what)s” was already sent for %(barcode)s, and its result is not known yet: wait for it.")


class AlreadyListed(WriteRefused):
    """Data: barcode, state."""

    code = "product_already_listed"
    template = _(
        "%(barcode)s is already on the marketplace (%(state)s): change it instead of listing it again."
    )


class NotListed(WriteRefused):
    """Data: barcode."""

    code = "product_not_listed"
    template = _("%(barcode)s is not on the marketplace: list it first.")


class NotApproved(WriteRefused):
    """Data: barcode."""

    code = "product_not_approved"
    template = _("%(barcode)s waits for approval on the marketplace, until then this cannot be done.")


class PriceBeforeApproval(WriteRefused):
    """Data: barcode."""

    code = "product_price_before_approval"
    template = _("%(barcode)s waits for approval on the marketplace, until then its price cannot be changed.")


class InArchive(WriteRefused):
    """Data: barcode."""

    code = "product_in_archive"
    template = _("%(barcode)s is archived on the marketplace: bring it back first.")


class AlreadyArchived(WriteRefused):
    """Data: barcode."""

    code = "product_already_archived"
    template = _("%(barcode)s is already archived on the marketplace.")


class NotArchived(WriteRefused):
    """Data: barcode."""

    code = "product_not_archived"
    template = _("%(barcode)s is not archived on the marketplace.")


class ArchiveFirst(WriteRefused):
    """Data: barcode."""

    code = "product_archive_first"
    template = _(
        "%(barcode)s was approved: it can only be deleted after it has been archived for more than a day."
    )


class NoPrice(WriteRefused):
    """Data: barcode."""

    code = "product_no_price"
    template = _("%(barcode)s needs a list price and a sale price before they can be sent.")


class NoFields(WriteRefused):
    """Data: product (code)."""

    code = "product_no_fields"
    template = _("Nothing was chosen to be changed for %(product)s.")


class NotChangeable(WriteRefused):
    """Data: barcode, field."""

    code = "product_field_not_changeable"
    template = _("%(field)s of %(barcode)s cannot be changed on the marketplace any more.")


class NothingFailed(WriteRefused):
    """Data: none."""

    code = "product_nothing_failed"
    template = _(
        "None of these was refused, or something newer was sent since: there is nothing to send again."
    )


__all__ = [
    "AlreadyArchived",
    "AlreadyListed",
    "ArchiveFirst",
    "InArchive",
    "NoFields",
    "NoPrice",
    "NotApproved",
    "NotArchived",
    "NotChangeable",
    "NotListable",
    "NotListed",
    "NothingFailed",
    "NothingToSend",
    "PriceBeforeApproval",
    "StillDraft",
    "UnderWay",
    "UnknownVariant",
    "WriteRefused",
]
