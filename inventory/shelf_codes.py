"""Shelf codes `BLOCK-SECONDARY-LEVEL` (`A-B-03`), as printed and as scanners garble them."""

from __future__ import annotations

RECEIVING_CODE = "MAL-KABUL"

# `=` and `*` are what Turkish scanner layouts send for the printed `-`; every i is the letter I here.
_REPAIR = str.maketrans({"=": "-", "*": "-", "_": "-", "–": "-", "—": "-", "ı": "I", "i": "I", "İ": "I"})


def normalise_shelf_code(raw: str) -> str:
    """The code as stored: upper case, `-` between parts, no blanks. Exact match only, never by prefix."""
    kept = "".join(character for character in str(raw) if character.isprintable() and not character.isspace())
    return kept.translate(_REPAIR).upper()
