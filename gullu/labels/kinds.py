"""The papers of the shop and what may stand on each."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class LabelKind(models.TextChoices):
    PRODUCT = "PRODUCT", _("Product label")
    SHELF = "SHELF", _("Shelf label")
    SHELF_SMALL = "SHELF_SMALL", _("Small shelf label")
    CARGO = "CARGO", _("Cargo label")
    CARGO_MANUAL = "CARGO_MANUAL", _("Cargo label of a manual order")
    SLIP = "SLIP", _("Packing slip")


class LabelField(models.TextChoices):
    """What a template shows. Values are stored: add, never rename."""

    QR = "QR", _("QR code")
    CODE = "CODE", _("Barcode")
    CODE_TEXT = "CODE_TEXT", _("Barcode as text")
    MODEL = "MODEL", _("Model")
    COLOUR = "COLOUR", _("Colour")
    SIZE = "SIZE", _("Size")
    TITLE = "TITLE", _("Title")
    PRICE = "PRICE", _("Sale price")
    CARRIER = "CARRIER", _("Carrier")
    ORDER_NUMBER = "ORDER_NUMBER", _("Order number")
    RECIPIENT = "RECIPIENT", _("Recipient")
    ADDRESS = "ADDRESS", _("Address")
    PHONE = "PHONE", _("Phone")
    CONTENTS = "CONTENTS", _("Contents")


class Symbology(models.TextChoices):
    AUTO = "AUTO", _("EAN-13 where it is one, otherwise Code 128")
    CODE128 = "CODE128", _("Code 128")
    EAN13 = "EAN13", _("EAN-13 only")


_PARCEL: Final = (
    LabelField.QR,
    LabelField.CODE,
    LabelField.CODE_TEXT,
    LabelField.CARRIER,
    LabelField.ORDER_NUMBER,
    LabelField.RECIPIENT,
    LabelField.ADDRESS,
    LabelField.PHONE,
    LabelField.CONTENTS,
)
_SHELF: Final = (LabelField.QR, LabelField.CODE, LabelField.CODE_TEXT)

ALLOWED_FIELDS: Final[dict[str, tuple[LabelField, ...]]] = {
    LabelKind.PRODUCT: (
        LabelField.QR,
        LabelField.CODE,
        LabelField.CODE_TEXT,
        LabelField.MODEL,
        LabelField.COLOUR,
        LabelField.SIZE,
        LabelField.TITLE,
        LabelField.PRICE,
    ),
    LabelKind.SHELF: _SHELF,
    LabelKind.SHELF_SMALL: _SHELF,
    LabelKind.CARGO: _PARCEL,
    LabelKind.CARGO_MANUAL: _PARCEL,
    LabelKind.SLIP: _PARCEL,
}
