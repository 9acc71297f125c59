"""What a file is by its own bytes, never by its name: for refusals that say it, and for files inside files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Final

HEIC: Final = "HEIC"
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"PK\3\4", "ZIP"),
    (b"8BPS", "Photoshop"),
)
# PDF readers look for their mark this far into a file.
_PDF_MARK_WITHIN: Final = 1024
_PROGRAM: Final = re.compile(rb"<script|<\?php|<!doctype html", re.IGNORECASE)


def kind_of(data: bytes) -> str:
    """The name of a kind of file we do not take; empty when the beginning is none of those known here."""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in _HEIC_BRANDS:
            return HEIC
        return "AVIF" if brand in _AVIF_BRANDS else "MP4"
    text = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "SVG" if b"<svg" in text.lower() else "HTML"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), "")


def hidden_kind(data: bytes) -> str:
    """What another program would open this picture as; empty for a picture that is nothing else.

    Bytes behind a picture are common and harmless (phones keep a film or their own notes there), so the question is
    not whether there are any, but whether they make the file a second one.
    """
    if _is_archive(data):
        return "ZIP"
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return "PDF"
    return "HTML" if _PROGRAM.search(data) else ""


def _is_archive(data: bytes) -> bool:
    # The mark of a ZIP alone occurs by chance in packed pixels; a directory that can be read does not.
    if b"PK\5\6" not in data:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError):
        return False
