"""What a scan on a warehouse page means: a shelf, a product, or something to be refused with a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from catalog.barcodes import normalise_barcode
from catalog.models import BarcodeAlias, Variant
from catalog.scanning import ResolvedKind, resolve
from gullu.prepared import Prepared, columns, instance
from inventory.errors import UnknownShelf
from inventory.models import Shelf
from inventory.shelf_codes import normalise_shelf_code

# Up to this many digits may be a typed quantity; longer numbers are codes.
QUANTITY_DIGITS = 4
# How the labels of this warehouse are written (block, secondary, two-digit level); other codes are legal, too.
_SHELF_LABEL = re.compile(r"[A-ZÇĞÖŞÜ]{1,4}-[A-Z0-9ÇĞÖŞÜ]{1,4}-\d{2}")
_SHELF_SQL: Final = "SELECT {columns} FROM inventory_shelf AS shelf WHERE code = $1"
_SHELF: Final = Prepared(_SHELF_SQL.format(columns=columns(Shelf, "shelf")), ("text",))


class ScannedKind(StrEnum):
    SHELF = "SHELF"
    PRODUCT = "PRODUCT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One of `shelf` and `variant` is set, according to `kind`.

    UNKNOWN with a `hint` must not be kept or booked: the sentence says what to do. UNKNOWN without one is simply not
    in the catalogue; `text` is the code without what scanners add. A shelf may be closed: services refuse it.
    """

    kind: ScannedKind
    text: str
    shelf: Shelf | None = None
    variant: Variant | None = None
    hint: str = ""


def read(text: str) -> Scanned:
    """What was scanned: an exact shelf code first, then the catalogue. Two statements when it is a product."""
    shelf = find_shelf(text)
    code = normalise_barcode(text)
    if shelf is not None:
        return Scanned(kind=ScannedKind.SHELF, text=shelf.code, shelf=shelf)
    resolved = resolve(text)
    if resolved.kind is ResolvedKind.PRODUCT:
        return Scanned(kind=ScannedKind.PRODUCT, text=code, variant=resolved.variant)
    return Scanned(kind=ScannedKind.UNKNOWN, text=code, hint=resolved.hint or _missing_shelf(text))


def find_shelf(text: str) -> Shelf | None:
    """The shelf with exactly this code as scanners deliver it, open or closed."""
    code = normalise_shelf_code(text)
    row = _SHELF.one(code) if code else None
    return None if row is None else instance(Shelf, iter(row))


def typed_quantity(text: str) -> int | None:
    """The number of pairs a person typed where boxes are scanned, or None when it is a code.

    A short number that is the exact code of a shelf or a box stays that code: nothing is booked on a guess.
    """
    code = normalise_barcode(text)
    if not (code.isascii() and code.isdecimal() and len(code) <= QUANTITY_DIGITS):
        return None
    known = (
        Shelf.objects.filter(code=code).exists()
        or Variant.objects.filter(barcode=code).exists()
        or BarcodeAlias.objects.filter(code=code).exists()
    )
    return None if known else int(code)


def not_recognised(scanned: Scanned) -> str:
    """The sentence for an UNKNOWN scan."""
    unknown = _("%(code)s is not known: check the scan, or add the product first.")
    return scanned.hint or unknown % {"code": scanned.text[:60] or "—"}


def _missing_shelf(text: str) -> str:
    """A text written like a shelf label is a shelf that does not exist, never a strange barcode."""
    code = normalise_shelf_code(text)
    return UnknownShelf(shelf=code).message if _SHELF_LABEL.fullmatch(code) else ""
