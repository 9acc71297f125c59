"""Opening a file somebody handed in: an .xlsx workbook or CSV text, as numbered rows of values.

The file may be anything. What it is, is seen from its content, never from its name; sizes are capped before anything
is unpacked; formulas are not computed (the values Excel stored are read) and macros are not looked at. Raises
`FileRefused`.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from analytics.commissions.bands import percent_text
from analytics.commissions.errors import (
    BrokenText,
    BrokenWorkbook,
    FileEmpty,
    FileTooLarge,
    NotATable,
    OldExcel,
)
from gullu.money import format_number

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 32 * MEGABYTE
# Unpacked; sheets are read as a stream, every other part is held in memory while its sheet is read.
MOST_UNPACKED: Final = 512 * MEGABYTE
MOST_PART: Final = 64 * MEGABYTE
MOST_PARTS: Final = 2_000
MOST_ROWS: Final = 200_000
LAST_ROW: Final = 1_048_576  # of a sheet of Excel
MOST_COLUMNS: Final = 200
MOST_SHEETS: Final = 50

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHER_FORMATS: Final = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_DELIMITERS: Final = (";", "\t", ",", "|")
_ROWS_AT_ONCE: Final = 500
# What the zip, XML and workbook readers raise for files that were made badly or on purpose.
_BROKEN: Final = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    EOFError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. `number` counts as Excel does; `values` end with the last filled cell."""

    number: int
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows(width, last)` starts from the top each time, ends with row `last` and leaves out blank rows.

    Rows of a workbook have at most `width` cells. `size` is the number of rows as far as the file tells, else 0. In
    `delimited` text a cell too many means that a delimiter was read where there was none. CSV gives one sheet for each
    delimiter it might have.
    """

    name: str
    rows: Callable[[int, int], Iterator[Row]]
    size: int = 0
    delimited: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The sheets of a file; valid until the file is closed."""

    file_name: str
    sheets: tuple[Sheet, ...]


@contextmanager
def open_table(content: BinaryIO, *, name: str) -> Iterator[Table]:
    """The file as sheets, closed again after the block (`content` itself stays open)."""
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    start = content.read(4096)
    content.seek(0)
    if not size or not start.strip(b"\x00 \r\n\t"):
        raise FileEmpty(file=name)
    if size > MOST_BYTES:
        raise _too_large(name, _("%(size)s MB") % {"size": size // MEGABYTE}, f"{MOST_BYTES // MEGABYTE} MB")
    if start.startswith(_ZIP):
        with _excel(content, name) as table:
            yield table
    elif start.startswith(_OLE):
        raise OldExcel(file=name)
    else:
        yield _text(content, name, start)


def _too_large(name: str, what: str, most: str) -> FileTooLarge:
    return FileTooLarge(file=name, what=what, most=most)


# --- Excel --------------------------------------------------------------------------------------------------------


@contextmanager
def _excel(content: BinaryIO, name: str) -> Iterator[Table]:
    with _broken(name):
        _check_parts(content, name)
        with warnings.catch_warnings():
            # What openpyxl does not keep (styles, validation, drawings) does not matter here.
            warnings.simplefilter("ignore")
            book = load_workbook(content, read_only=True, data_only=True, keep_vba=False, keep_links=False)
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise _too_large(name, _("%(count)s sheets") % {"count": len(book.worksheets)}, str(MOST_SHEETS))
        yield Table(name, tuple(_sheet(sheet, name) for sheet in book.worksheets))
    finally:
        book.close()


@contextmanager
def _broken(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BrokenWorkbook(file=name, detail=f"{type(error).__name__}: {error}"[:120]) from error


def _check_parts(content: BinaryIO, name: str) -> None:
    """Refuse what would unpack to more than fits; the sizes named in the archive bind its reader."""
    with ZipFile(content) as archive:
        parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names or any(part.flag_bits & 1 for part in parts):
        raise OldExcel(file=name)
    if "[Content_Types].xml" not in names:
        raise NotATable(file=name)
    if len(parts) > MOST_PARTS:
        raise _too_large(name, _("%(count)s parts") % {"count": len(parts)}, str(MOST_PARTS))
    held = max(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    unpacked = sum(part.file_size for part in parts)
    for size, most in ((held, MOST_PART), (unpacked, MOST_UNPACKED)):
        if size > most:
            raise _too_large(
                name, _("%(size)s MB unpacked") % {"size": size // MEGABYTE}, f"{most // MEGABYTE} MB"
            )
    content.seek(0)


def _sheet(sheet: Any, file_name: str) -> Sheet:
    size = sheet.max_row if isinstance(sheet.max_row, int) and sheet.max_row <= LAST_ROW else 0
    # Exports often name a wrong extent; without it every row that is there is read.
    sheet.reset_dimensions()

    def rows(width: int, last: int) -> Iterator[Row]:
        found = sheet.iter_rows(min_row=1, max_col=min(width, MOST_COLUMNS))
        return _numbered(map(_cells, _in_pieces(islice(found, last), file_name)), file_name)

    return Sheet(sheet.title, rows, size=size)


def _in_pieces(rows: Iterator[Any], file_name: str) -> Iterator[Any]:
    """A few hundred rows at a time: warnings are silenced and errors understood only while openpyxl works."""
    while True:
        with _broken(file_name), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            piece = list(islice(rows, _ROWS_AT_ONCE))
        if not piece:
            return
        yield from piece


def _cells(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values up to the last cell that is there: gaps between rows come as wide rows of nothing."""
    last = next((place for place in range(len(row), 0, -1) if row[place - 1] is not EMPTY_CELL), 0)
    return tuple(_value(cell) for cell in row[:last])


def _value(cell: Any) -> Any:
    """What the cell shows: 0.19 formatted as percent is the text `%19`."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in cell.number_format:
        return percent_text(value)
    return value


def _numbered(rows: Iterator[tuple[Any, ...]], file_name: str) -> Iterator[Row]:
    """Rows with something in them; refuses sheets with too many."""
    filled = 0
    for number, values in enumerate(rows, start=1):
        last = next((place for place in range(len(values), 0, -1) if values[place - 1] not in {None, ""}), 0)
        filled += bool(last)
        if filled > MOST_ROWS:
            most = format_number(MOST_ROWS, places=0)
            raise _too_large(file_name, _("more than %(count)s rows") % {"count": most}, most)
        if last:
            yield Row(number, values[:last])


# --- CSV ----------------------------------------------------------------------------------------------------------


def _text(content: BinaryIO, name: str, start: bytes) -> Table:
    encoding = _encoding(content, name, start)

    def rows(delimiter: str, last: int) -> Iterator[Row]:
        content.seek(0)
        lines = io.TextIOWrapper(content, encoding=encoding, newline="")
        try:
            yield from _numbered(islice(_fields(lines, name, delimiter), last), name)
        finally:
            # The file belongs to whoever opened it.
            lines.detach()

    def sheet(delimiter: str) -> Sheet:
        return Sheet(name, lambda _width, last: rows(delimiter, last), delimited=True)

    return Table(name, tuple(sheet(delimiter) for delimiter in _DELIMITERS))


def _fields(lines: Iterator[str], name: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenText(file=name, row=reader.line_num, detail=str(error)) from error
        yield tuple(field.strip() for field in fields)


def _encoding(content: BinaryIO, name: str, start: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the Turkish code page of Windows; the whole text was tried."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in start or start.startswith(_OTHER_FORMATS) or start.lstrip()[:1] in {b"<", b"{"}:
        raise NotATable(file=name)
    else:
        candidates = ("utf-8-sig", "cp1254")
    for encoding in candidates:
        if _decodes(content, encoding):
            return encoding
    raise NotATable(file=name)


def _decodes(content: BinaryIO, encoding: str) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := content.read(MEGABYTE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
