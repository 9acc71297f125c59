"""Which product a scan means, whatever the scanner and the keyboard layout did to it.

Documented quirks, and nothing else, lead from a scanned text to a stored code (a barcode or an alias):

* blanks, tabs, line ends and control characters around or inside it are no part of it;
* leading zeros were dropped (numbers typed into a field that thinks it knows numbers);
* UPC-A sent as EAN-13 (a zero more), EAN-13 sent as UPC-A or GTIN-14 (a zero less or more);
* letters in the other case (caps lock, phone keyboards);
* scanner and device disagree about the keyboard layout (US or Turkish Q), either way round.

All readings are looked up together. If they lead to more than one product the scan is refused with a hint, also when
one of them is exact: a keyboard that drops zeros would otherwise book one product as the other. Two scans that ran
together are refused too, since nobody can say whether one box or two were meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext as _

from catalog.barcodes import normalise_barcode
from catalog.models import BarcodeAlias, Product, Variant
from gullu.prepared import Prepared, columns, instance

MAX_LENGTH = 200  # longer texts are no scan of one or two codes
MAX_DROPPED_ZEROS = 3
GTIN_LENGTHS = (8, 12, 13, 14)
_SHORTEST_GLUED = 4
_STORED_SQL: Final = """
SELECT {variant}, {product}
  FROM catalog_variant AS variant JOIN catalog_product AS product ON product.id = variant.product_id
 WHERE variant.id IN (SELECT id FROM catalog_variant WHERE barcode = ANY ($1)
                      UNION SELECT variant_id FROM catalog_barcodealias WHERE code = ANY ($1))
 ORDER BY variant.barcode
"""
_STORED: Final = Prepared(
    _STORED_SQL.format(variant=columns(Variant, "variant"), product=columns(Product, "product")), ("text[]",)
)
_BREAK = re.compile(r"[\t\r\n\v\f\x1c-\x1f]+")

# The same keys on a US and on a Turkish Q keyboard, lower and upper row.
_US_KEYS = "-=[];',./\\`i_+{}:\"<>?|~I@#$^&*()"
_TURKISH_KEYS = "*-ğüşiöç.,\"ı?_ĞÜŞİÖÇ:;éI'^+&/()="
_US_SCANNER_ON_TURKISH_DEVICE = str.maketrans(_TURKISH_KEYS, _US_KEYS)
_TURKISH_SCANNER_ON_US_DEVICE = str.maketrans(_US_KEYS, _TURKISH_KEYS)
_PLAIN_I = str.maketrans({"ı": "i", "İ": "I"})


class ResolvedKind(Enum):
    PRODUCT = "PRODUCT"
    NONE = "NONE"
    HINT = "HINT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a text means. PRODUCT names `variant`; HINT says in `hint` why it is refused and what to do.

    `alias`: it was found by another code than its barcode. `candidates`: the products a refused text may mean.
    """

    kind: ResolvedKind
    variant: Variant | None = None
    hint: str = ""
    alias: bool = False
    candidates: tuple[Variant, ...] = ()


NOTHING = Resolved(kind=ResolvedKind.NONE)


def resolve(text: str) -> Resolved:
    """The one product this text means, or a refusal. One statement when it is known, three when it is not."""
    code = normalise_barcode(text)
    if not code or len(code) > MAX_LENGTH:
        return NOTHING
    parts = [clean for part in _BREAK.split(text) if (clean := normalise_barcode(part))]
    if len(parts) > 1:
        return _glued(_stored(parts))
    wanted = readings(code)
    found = _stored(wanted)
    if len(found) == 1:
        return Resolved(kind=ResolvedKind.PRODUCT, variant=found[0], alias=found[0].barcode not in wanted)
    return _ambiguous(found) if found else _two_in_one(code)


def readings(code: str) -> set[str]:
    """Every stored code that the documented quirks could have turned into `code` (a clean text)."""
    layouts = {
        code,
        code.translate(_US_SCANNER_ON_TURKISH_DEVICE),
        code.translate(_TURKISH_SCANNER_ON_US_DEVICE),
    }
    cased = {reading for layout in layouts for reading in _cases(layout)}
    return cased | {reading for text in cased for reading in _zeros(text)}


def _cases(text: str) -> Iterator[str]:
    plain = text.translate(_PLAIN_I)
    yield from (text, plain, plain.upper(), plain.lower(), plain.swapcase())


def _zeros(text: str) -> Iterator[str]:
    if not (text.isascii() and text.isdecimal()):
        return
    yield from ("0" * dropped + text for dropped in range(1, MAX_DROPPED_ZEROS + 1))
    yield from (text.zfill(length) for length in GTIN_LENGTHS if length > len(text))
    # A UPC-A is an EAN-13 with a zero in front, and that is a GTIN-14 with a zero in front.
    added = len(text) - len(text.lstrip("0"))
    yield from (
        text[-length:] for length in (12, 13) if length < len(text) <= 14 and len(text) - length <= added
    )


def _stored(codes: Collection[str]) -> list[Variant]:
    """Variants with one of these barcodes or aliases, by barcode; one statement that uses both unique indexes."""
    return [_variant(row) for row in _STORED.run(list(codes))]


def _variant(row: tuple[Any, ...]) -> Variant:
    values = iter(row)
    variant = instance(Variant, values)
    variant.product = instance(Product, values)
    return variant


def _two_in_one(code: str) -> Resolved:
    """Refuse a text that begins with one known code and ends with another; unknown otherwise."""
    lengths = range(_SHORTEST_GLUED, len(code) - _SHORTEST_GLUED + 1)
    starts, ends = {code[:n] for n in lengths}, {code[-n:] for n in lengths}
    known = _known_codes(starts | ends) if lengths else {}
    for start in starts & known.keys():
        for end in ends & known.keys():
            if len(start) + len(end) <= len(code):
                return _glued(list({known[start].pk: known[start], known[end].pk: known[end]}.values()))
    return NOTHING


def _known_codes(codes: Collection[str]) -> dict[str, Variant]:
    """Variants by the very codes that name them; one statement per kind of code."""
    variants = Variant.objects.filter(barcode__in=codes)
    aliases = BarcodeAlias.objects.filter(code__in=codes).select_related("variant")
    return {row.barcode: row for row in variants} | {row.code: row.variant for row in aliases}


def _glued(found: list[Variant]) -> Resolved:
    hint = _("Two scans ran together: nothing was booked, scan each box again on its own.")
    return Resolved(kind=ResolvedKind.HINT, hint=hint, candidates=tuple(found))


def _ambiguous(found: list[Variant]) -> Resolved:
    hint = _(
        "This code can mean %(barcodes)s: nothing was booked, scan another label of the box or print a new one."
    )
    names = ", ".join(variant.barcode for variant in found)
    return Resolved(kind=ResolvedKind.HINT, hint=hint % {"barcodes": names}, candidates=tuple(found))
