"""Code 128, EAN-13 and QR as rows of dark and light modules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from gullu.labels.errors import NotAnEan13, NotEncodable

CODE128: Final = "Code 128"
EAN13: Final = "EAN-13"
QR: Final = "QR"

# Light modules the standards ask for around a symbol.
_QUIET: Final = {CODE128: (10, 10), EAN13: (11, 7), QR: (4, 4)}
# One dot is lost to the spread of heat; two are read by every hand scanner.
LEAST_MODULE_DOTS: Final = 2
# A symbol is computed once for the check and once for the print of a job.
_REMEMBERED: Final = 2048


@dataclass(frozen=True, slots=True)
class Symbol:
    """`rows` are strings of "1" (dark) and "0"; a linear code has one row. `text` is what a scanner reads."""

    kind: str
    text: str
    rows: tuple[str, ...]

    @property
    def columns(self) -> int:
        return len(self.rows[0])

    @property
    def is_matrix(self) -> bool:
        return self.kind == QR

    @property
    def quiet(self) -> tuple[int, int]:
        """Light modules left and right; a matrix needs the same above and below."""
        return _QUIET[self.kind]

    @property
    def columns_with_quiet(self) -> int:
        return self.columns + sum(self.quiet)


@lru_cache(maxsize=_REMEMBERED)
def runs(symbol: Symbol) -> tuple[tuple[int, int, int], ...]:
    """Dark modules merged along each row: (column, row, length)."""
    found: list[tuple[int, int, int]] = []
    for y, row in enumerate(symbol.rows):
        x = 0
        for value, group in groupby(row):
            length = len(list(group))
            if value == "1":
                found.append((x, y, length))
            x += length
    return tuple(found)


def is_ean13(text: str) -> bool:
    """Thirteen digits of which the last is right. A leading 0 is a UPC-A, which scanners shorten to twelve."""
    if len(text) != 13 or not (text.isascii() and text.isdecimal()):
        return False
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(text))
    return total % 10 == 0


@lru_cache(maxsize=_REMEMBERED)
def ean13(text: str) -> Symbol:
    """Raises `NotAnEan13`."""
    if not is_ean13(text):
        raise NotAnEan13(name=text, value=text)
    return Symbol(EAN13, text, (EuropeanArticleNumber13(text).build()[0],))


@lru_cache(maxsize=_REMEMBERED)
def code128(text: str) -> Symbol:
    """Digits are packed in pairs. Raises `NotEncodable` for anything but printable ASCII."""
    if not text or not (text.isascii() and text.isprintable()):
        raise NotEncodable(name=text, value=text, symbology=CODE128)
    return Symbol(CODE128, text, (Code128(text).build()[0],))


@lru_cache(maxsize=_REMEMBERED)
def qr(text: str) -> Symbol:
    """The smallest QR of level M (15 % may be spoilt) that carries `text` in UTF-8."""
    if not text:
        raise NotEncodable(name=text, value=text, symbology=QR)
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8"))
    code.make(fit=True)
    return Symbol(QR, text, tuple("".join("1" if dark else "0" for dark in row) for row in code.modules))
