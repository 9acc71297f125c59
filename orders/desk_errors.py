"""Refusals of the order desk. Each names the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class OrderNotHere(DomainError):
    """Data: order, status (label)."""

    code = "order_not_here"
    template = _("Order %(order)s is “%(status)s”: this is possible only while it is new or being prepared.")


class OrderReplaced(DomainError):
    """Data: order, package."""

    code = "order_replaced"
    template = _(
        "Package %(package)s of order %(order)s was replaced by other packages meanwhile: work on those."
    )


class OrderNotPicked(DomainError):
    """Data: order, status (label)."""

    code = "order_not_picked"
    template = _("Order %(order)s is “%(status)s”: an invoice is reported once it is being prepared.")


class InvoiceSaysNothing(DomainError):
    """Data: order."""

    code = "invoice_says_nothing"
    template = _("Order %(order)s: give the number of the invoice, its address or its file.")


class InvoiceNumberWrong(DomainError):
    """Data: order, number."""

    code = "invoice_number_wrong"
    template = _(
        "Invoice number %(number)s of order %(order)s has the wrong form: 3 letters or digits, the year and "
        "9 digits are needed, like ABC2026000000001."
    )


class InvoiceNumberNeeded(DomainError):
    """Data: order."""

    code = "invoice_number_needed"
    template = _("Order %(order)s goes abroad: its invoice needs a number.")


class InvoiceNumberTaken(DomainError):
    """Data: number, other (order)."""

    code = "invoice_number_taken"
    template = _("Invoice number %(number)s already belongs to order %(other)s: check the number.")


class InvoiceLinkWrong(DomainError):
    """Data: link."""

    code = "invoice_link_wrong"
    template = _("%(link)s is no address the marketplace can open: it must begin with https://.")


class InvoiceLinkTaken(DomainError):
    """Data: link, other (order)."""

    code = "invoice_link_taken"
    template = _("%(link)s was already sent for order %(other)s: every order needs an address of its own.")


class InvoiceDateAhead(DomainError):
    """Data: order, date."""

    code = "invoice_date_ahead"
    template = _("Order %(order)s: the invoice date %(date)s lies in the future.")


class InvoiceExists(DomainError):
    """Data: order, number."""

    code = "invoice_exists"
    template = _(
        "Order %(order)s already has invoice %(number)s: another one can be sent only after the marketplace refused it."
    )


class FileTooLarge(DomainError):
    """Data: name, size, most (both megabytes as text)."""

    code = "file_too_large"
    template = _("%(name)s has %(size)s MB: files up to %(most)s MB are taken.")


class FileNotReadable(DomainError):
    """Data: name."""

    code = "file_not_readable"
    template = _("%(name)s is no PDF, JPEG or PNG: choose another file.")


class CarrierUnknown(DomainError):
    """Data: carrier."""

    code = "carrier_unknown"
    template = _("Carrier %(carrier)s is not known to the marketplace: choose one of the list.")


class CarrierSame(DomainError):
    """Data: order, carrier."""

    code = "carrier_same"
    template = _("Order %(order)s already goes with %(carrier)s.")


class CarrierJustChanged(DomainError):
    """Data: order, minutes."""

    code = "carrier_just_changed"
    template = _(
        "The carrier of order %(order)s was changed less than %(minutes)s minutes ago: "
        "the marketplace allows one change in that time."
    )


class BoxesImpossible(DomainError):
    """Data: order, boxes, desi."""

    code = "boxes_impossible"
    template = _(
        "Order %(order)s: %(boxes)s boxes with %(desi)s desi are not possible; give 1 to 99 boxes and "
        "0,01 to 9.999 desi."
    )


class ExtraTimeImpossible(DomainError):
    """Data: order, days."""

    code = "extra_time_impossible"
    template = _(
        "Order %(order)s: %(days)s days are not possible; one, two or three more days can be asked for."
    )


class ExtraTimeTooLate(DomainError):
    """Data: order."""

    code = "extra_time_too_late"
    template = _("The agreed date of order %(order)s has passed: extra time can no longer be asked for.")


class ExtraTimeAsked(DomainError):
    """Data: order."""

    code = "extra_time_asked"
    template = _("Extra time was already asked for order %(order)s: it is given once.")
