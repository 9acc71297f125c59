"""Barcodes as scanners and keyboards deliver them."""

from __future__ import annotations

MAX_LENGTH = 40  # the marketplace's limit (contract section 1.2)


def normalise_barcode(raw: str) -> str:
    """Strip what scanners add (tabs, line ends, spaces, control characters); nothing else changes.

    Inner spaces are removed because the marketplace removes them too (contract section 8.4).
    """
    return "".join(character for character in str(raw) if character.isprintable() and not character.isspace())


def ean13_check_digit(first_twelve: str) -> str:
    """The last digit of an EAN-13 whose first twelve digits are given."""
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(first_twelve))
    return str(-total % 10)
