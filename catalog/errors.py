from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class UnknownBarcode(DomainError):
    """Data: barcode."""

    code = "unknown_barcode"
    template = _("Barcode %(barcode)s is not in the catalogue: check the scan, or add the product first.")
