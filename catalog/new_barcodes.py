"""Barcodes for products that have none: valid EAN-13, each given out once whoever asks at the same time."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from catalog.barcodes import ean13_check_digit
from catalog.models import Variant
from gullu.labels.errors import InvalidPrefix, SeriesExhausted
from gullu.labels.records import BarcodeSeries
from gullu.locks import transaction_lock

_DIGITS_BEFORE_CHECK = 12
_LOCK = "catalog.new_barcodes"


@transaction.atomic
def take_barcodes(count: int = 1) -> list[str]:
    """`count` new barcodes, none of them in the catalogue. Raises `SeriesExhausted`.

    Holds a lock until the caller's transaction ends: two people wait for each other, and a barcode
    whose product was not saved after all is given to the next one.
    """
    taken: list[str] = []
    while len(taken) < count:
        candidates = _advance(count - len(taken))
        known = set(Variant.objects.filter(barcode__in=candidates).values_list("barcode", flat=True))
        taken += [barcode for barcode in candidates if barcode not in known]
    return taken


def _advance(count: int) -> list[str]:
    transaction_lock(_LOCK)
    BarcodeSeries.objects.get_or_create(pk=BarcodeSeries.SINGLETON_ID)
    rows = BarcodeSeries.objects.filter(pk=BarcodeSeries.SINGLETON_ID)
    rows.update(last_number=F("last_number") + count)
    series = rows.get()
    digits = _DIGITS_BEFORE_CHECK - len(series.prefix)
    if series.last_number >= 10**digits:
        raise SeriesExhausted(prefix=series.prefix)
    numbers = range(series.last_number - count + 1, series.last_number + 1)
    return [_with_check_digit(f"{series.prefix}{number:0{digits}d}") for number in numbers]


def _with_check_digit(first_twelve: str) -> str:
    return first_twelve + ean13_check_digit(first_twelve)


@transaction.atomic
def set_prefix(prefix: str) -> BarcodeSeries:
    """New barcodes begin with `prefix` from now on. Raises `InvalidPrefix`.

    The running number goes on, so that a barcode printed for a product not saved yet never comes twice; only where it
    has too many digits for the new prefix does it start again, above what the catalogue already has.
    """
    wanted = prefix.strip()
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= 9 and not wanted.startswith("0")):
        raise InvalidPrefix(prefix=prefix)
    transaction_lock(_LOCK)
    series, _created = BarcodeSeries.objects.get_or_create(pk=BarcodeSeries.SINGLETON_ID)
    if series.last_number >= 10 ** (_DIGITS_BEFORE_CHECK - len(wanted)) - 1:
        series.last_number = _highest_used(wanted)
    series.prefix = wanted
    series.save(update_fields=["prefix", "last_number"])
    return series


def _highest_used(prefix: str) -> int:
    used = Variant.objects.filter(barcode__regex=rf"^{prefix}[0-9]{{{13 - len(prefix)}}}$")
    barcodes: Collection[str] = used.values_list("barcode", flat=True)
    return max((int(barcode[len(prefix) : -1]) for barcode in barcodes), default=0)


def prefix_clashes(barcode: str) -> list[str]:
    """Other barcodes that begin with this one, or with which this one begins: old scanners may confuse them."""
    shorter = [barcode[:length] for length in range(1, len(barcode))]
    longer = Variant.objects.filter(barcode__startswith=barcode).exclude(barcode=barcode)
    rows = Variant.objects.filter(barcode__in=shorter) | longer
    return sorted(rows.values_list("barcode", flat=True))
