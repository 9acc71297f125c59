from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class UnknownBarcode(DomainError):
    """Data: barcode."""

    code = "unknown_barcode"
    template = _("Barcode %(barcode)s is not in the catalogue: check the scan, or add the product first.")


class ProductNotFound(DomainError):
    """Data: product (our number of it)."""

    code = "product_not_found"
    template = _("Model %(product)s does not exist: open the list of models again.")


class NoPublicAddress(DomainError):
    """Data: product, colour, position."""

    code = "picture_no_public_address"
    template = _(
        "Picture %(position)s of colour %(colour)s lies on this site, and PUBLIC_BASE_URL is not set: "
        "set it to the https:// address of this site."
    )
