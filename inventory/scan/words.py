"""Short names and answers the stock pages share."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Variant
from inventory.enums import ScanOutcome
from inventory.scan.kernel import Answer
from inventory.scanning import Scanned, not_recognised


def describe(variant: Variant) -> str:
    """Model, colour and size, as a person says it; the model must be loaded."""
    return f"{variant.product.code} {variant.colour} {variant.size}"


def pairs_words(count: int) -> str:
    return ngettext("%(count)s pair", "%(count)s pairs", count) % {"count": count}


def unknown(scanned: Scanned) -> Answer:
    """The answer to a scan that means nothing here."""
    return Answer(outcome=ScanOutcome.UNKNOWN, message=not_recognised(scanned), code="not_recognised")


def whole_number(text: str) -> int | None:
    """A number from a form field; None when it is none, or absurdly long."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 9 else None


def no_number() -> Answer:
    return Answer(outcome=ScanOutcome.REFUSED, message=_("Write a whole number."), code="no_number")
