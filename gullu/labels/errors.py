from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class LabelRefused(DomainError):
    """A label that would not be readable. `name` says which label of the job."""


class SymbolTooWide(LabelRefused):
    """Data: name, value, symbology, needs_mm, has_mm."""

    code = "symbol_too_wide"
    template = _(
        "“%(value)s” does not fit as %(symbology)s: it needs %(needs_mm)s mm and the label has %(has_mm)s mm. "
        "Choose a wider label, or a template with the QR code only."
    )


class SymbolTooHigh(LabelRefused):
    """Data: name, value, symbology, has_mm."""

    code = "symbol_too_high"
    template = _(
        "There are only %(has_mm)s mm left for the %(symbology)s of “%(value)s”, too little to be scanned. "
        "Choose a higher label, smaller fonts or fewer fields."
    )


class NotEncodable(LabelRefused):
    """Data: name, value, symbology."""

    code = "not_encodable"
    template = _(
        "“%(value)s” has characters %(symbology)s cannot carry. "
        "Choose a template with the QR code only, or give the product a barcode of digits and Latin letters."
    )


class NotAnEan13(LabelRefused):
    """Data: name, value."""

    code = "not_an_ean13"
    template = _("“%(value)s” is not a valid EAN-13: choose a template with Code 128.")


class TextDoesNotFit(LabelRefused):
    """Data: name, value."""

    code = "text_does_not_fit"
    template = _(
        "“%(value)s” does not fit even in the smallest print. Choose a larger label or leave out a field."
    )


class NoRoom(LabelRefused):
    """Data: name."""

    code = "no_room"
    template = _("The fields chosen do not fit on this label. Choose a larger label or leave out a field.")


class OutsideLabel(LabelRefused):
    """Data: name, value."""

    code = "outside_label"
    template = _("“%(value)s” would reach over the edge of the label. Choose a larger label.")


class Overlap(LabelRefused):
    """Data: name, value, other."""

    code = "overlap"
    template = _("“%(value)s” would be printed over “%(other)s”. Choose a larger label or leave out a field.")


class SymbolSpoilt(LabelRefused):
    """Data: name, value, dpi."""

    code = "symbol_spoilt"
    template = _(
        "The code of “%(value)s” is not clean at %(dpi)s dpi: use another template and report this one."
    )


class TooManyLabels(DomainError):
    """Data: count, limit."""

    code = "too_many_labels"
    template = _("%(count)s labels are more than one file may hold (%(limit)s): print them in parts.")


class NothingToPrint(DomainError):
    code = "nothing_to_print"
    template = _("There is nothing to print: scan or type at least one code.")


class UnknownCodes(DomainError):
    """Data: codes."""

    code = "unknown_codes"
    template = _("Not found: %(codes)s. Correct or remove these lines.")


class NoTemplate(DomainError):
    """Data: kind."""

    code = "no_template"
    template = _("There is no template for “%(kind)s”: add one under label templates.")


class SeriesExhausted(DomainError):
    """Data: prefix."""

    code = "series_exhausted"
    template = _("All barcodes that begin with %(prefix)s are used: set another prefix for new barcodes.")


class InvalidPrefix(DomainError):
    """Data: prefix."""

    code = "invalid_prefix"
    template = _("“%(prefix)s” cannot begin an EAN-13: write one to nine digits, the first of them not 0.")


class NotZpl(DomainError):
    """Data: cargo_number."""

    code = "not_zpl"
    template = _("The label received for cargo number %(cargo_number)s is not ZPL, so it was not kept.")
