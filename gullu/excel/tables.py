"""Opening a file somebody handed in: an .xlsx workbook or CSV text, as numbered rows of values.

The file may be anything. What it is, is seen from its content, never from its name; sizes are capped before anything
is unpacked; formulas are not computed (the values Excel stored are read) and macros are not looked at. Raises
`FileRefused`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from gullu.excel.cells import UNCOMPUTED, percent_text
from gullu.excel.errors import BrokenText, BrokenWorkbook, FileEmpty, FileTooLarge, NotATable, OldExcel
from gullu.money import format_number

MEGABYTE: Final = 1024 * 1024
LAST_ROW: Final = 1_048_576  # of a sheet of Excel

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHER_FORMATS: Final = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_DELIMITERS: Final = (";", "\t", ",", "|")
_ROWS_AT_ONCE: Final = 500
_SHEETS: Final = "xl/worksheets/"
# Parts that are read whole and become many objects: a hundred times as much memory as they have bytes.
_DESCRIPTIONS: Final = re.compile(
    r"\[Content_Types\]\.xml|xl/(styles|workbook)\.xml|(docProps|xl/theme)/.*|.*\.rels"
)
_FORMULA: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?f[\s/>]")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken. `unpacked` and `part` are bytes after unpacking, of all parts and of one that is held in memory.

    Sheets are read as a stream, every other part is held in memory while its sheet is read. `description` is for parts
    that say how a workbook is made: styles, names, properties.
    """

    size: int
    unpacked: int = 512 * MEGABYTE
    part: int = 64 * MEGABYTE
    description: int = 2 * MEGABYTE
    parts: int = 2_000
    rows: int = 200_000
    columns: int = 200
    sheets: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. `number` counts as Excel does; `values` end with the last filled cell."""

    number: int
    values: tuple[Any, ...]


class Unclosed(str):
    """A field of CSV text that begins with a quotation mark and ends with the file: rows may have gone into it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows(width, last)` starts from the top each time, ends with row `last` and leaves out blank rows.

    Rows of a workbook have at most `width` cells. `size` is the number of rows as far as the file tells, else 0. In
    `delimited` text a cell too many means that a delimiter was read where there was none. CSV gives one sheet for each
    delimiter it might have; its rows have at most one cell more than is taken.
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
def open_table(
    content: BinaryIO, *, name: str, limits: Limits, mark_uncomputed: bool = False
) -> Iterator[Table]:
    """The file as sheets, closed again after the block (`content` itself stays open).

    With `mark_uncomputed` a formula without a stored result is `cells.UNCOMPUTED`, else it is empty.
    """
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    start = content.read(4096)
    content.seek(0)
    if not size or not start.strip(b"\x00 \r\n\t"):
        raise FileEmpty(file=name)
    if size > limits.size:
        most = f"{limits.size // MEGABYTE} MB"
        raise _too_large(name, _("%(size)s MB") % {"size": size // MEGABYTE}, most)
    if start.startswith(_ZIP):
        with _Excel(content, name, limits).opened(mark_uncomputed=mark_uncomputed) as table:
            yield table
    elif start.startswith(_OLE):
        raise OldExcel(file=name)
    else:
        yield _text(content, name, start, limits)


def _too_large(name: str, what: str, most: str) -> FileTooLarge:
    return FileTooLarge(file=name, what=what, most=most)


# --- Excel --------------------------------------------------------------------------------------------------------


@contextmanager
def _broken(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BrokenWorkbook(file=name, detail=f"{type(error).__name__}: {error}"[:120]) from error


@dataclass(frozen=True, slots=True)
class _Excel:
    content: BinaryIO
    name: str
    limits: Limits

    @contextmanager
    def opened(self, *, mark_uncomputed: bool) -> Iterator[Table]:
        with ExitStack() as stack:
            with _broken(self.name):
                self._check_parts()
                book = self._load(data_only=True)
                stack.callback(book.close)
                twin = None
                if mark_uncomputed and self._has_formulas():
                    # The reader shows either results or formulas: a second one runs beside it.
                    twin = self._load(data_only=False)
                    stack.callback(twin.close)
            count = len(book.worksheets)
            if count > self.limits.sheets:
                raise _too_large(self.name, _("%(count)s sheets") % {"count": count}, str(self.limits.sheets))
            twins = twin.worksheets if twin else repeat(None)
            yield Table(self.name, tuple(map(self._sheet, book.worksheets, twins)))

    def _load(self, *, data_only: bool) -> Any:
        with warnings.catch_warnings():
            # What openpyxl does not keep (styles, validation, drawings) does not matter here.
            warnings.simplefilter("ignore")
            self.content.seek(0)
            return load_workbook(
                self.content, read_only=True, data_only=data_only, keep_vba=False, keep_links=False
            )

    def _check_parts(self) -> None:
        """Refuse what would unpack to more than fits; the sizes named in the archive bind its reader."""
        with ZipFile(self.content) as archive:
            parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.bin" in names or any(part.flag_bits & 1 for part in parts):
            raise OldExcel(file=self.name)
        if "[Content_Types].xml" not in names:
            raise NotATable(file=self.name)
        if len(parts) > self.limits.parts:
            raise _too_large(self.name, _("%(count)s parts") % {"count": len(parts)}, str(self.limits.parts))
        held = max(part.file_size for part in parts if not part.filename.startswith(_SHEETS))
        described = max(part.file_size for part in parts if _DESCRIPTIONS.fullmatch(part.filename))
        unpacked = sum(part.file_size for part in parts)
        limits = self.limits
        for size, most in (
            (described, limits.description),
            (held, limits.part),
            (unpacked, limits.unpacked),
        ):
            if size > most:
                words = _("%(size)s MB unpacked") % {"size": size // MEGABYTE}
                raise _too_large(self.name, words, f"{most // MEGABYTE} MB")

    def _has_formulas(self) -> bool:
        with ZipFile(self.content) as archive:
            return any(_has_formula(archive, name) for name in archive.namelist() if name.startswith(_SHEETS))

    def _sheet(self, sheet: Any, twin: Any) -> Sheet:
        size = sheet.max_row if isinstance(sheet.max_row, int) and sheet.max_row <= LAST_ROW else 0
        for one in (sheet, twin):
            if one is not None:
                # Exports often name a wrong extent; without it every row that is there is read.
                one.reset_dimensions()

        def rows(width: int, last: int) -> Iterator[Row]:
            width = min(width, self.limits.columns)
            found = self._cells(sheet, width, last)
            if twin is None:
                values: Iterator[tuple[Any, ...]] = map(_values, found)
            else:
                values = map(_marked, found, self._cells(twin, width, last))
            return _numbered(values, self.name, self.limits)

        return Sheet(sheet.title, rows, size=size)

    def _cells(self, sheet: Any, width: int, last: int) -> Iterator[Any]:
        return _in_pieces(islice(sheet.iter_rows(min_row=1, max_col=width), last), self.name)


def _has_formula(archive: ZipFile, name: str) -> bool:
    """Whether a sheet has any formula: read as bytes, which is much quicker than as cells."""
    rest = b""
    with archive.open(name) as part:
        while piece := part.read(MEGABYTE):
            if _FORMULA.search(rest + piece):
                return True
            rest = piece[-64:]
    return False


def _in_pieces(rows: Iterator[Any], file_name: str) -> Iterator[Any]:
    """A few hundred rows at a time: warnings are silenced and errors understood only while openpyxl works."""
    while True:
        with _broken(file_name), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            piece = list(islice(rows, _ROWS_AT_ONCE))
        if not piece:
            return
        yield from piece


def _values(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values up to the last cell that is there: gaps between rows come as wide rows of nothing."""
    last = next((place for place in range(len(row), 0, -1) if row[place - 1] is not EMPTY_CELL), 0)
    return tuple(_value(cell) for cell in row[:last])


def _value(cell: Any) -> Any:
    """What the cell shows: 0.19 formatted as percent is the text `%19`."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in cell.number_format:
        return percent_text(value)
    return value


def _marked(row: tuple[Any, ...], formulas: tuple[Any, ...]) -> tuple[Any, ...]:
    values = _values(row)
    return tuple(
        UNCOMPUTED if value is None and cell.data_type == "f" else value
        for value, cell in zip(values, formulas, strict=False)
    )


def _numbered(rows: Iterator[tuple[Any, ...]], file_name: str, limits: Limits) -> Iterator[Row]:
    """Rows with something in them; refuses sheets with too many."""
    filled = 0
    for number, values in enumerate(rows, start=1):
        last = next((place for place in range(len(values), 0, -1) if values[place - 1] not in {None, ""}), 0)
        filled += bool(last)
        if filled > limits.rows:
            most = format_number(limits.rows, places=0)
            raise _too_large(file_name, _("more than %(count)s rows") % {"count": most}, most)
        if last:
            yield Row(number, values[:last])


# --- CSV ----------------------------------------------------------------------------------------------------------


def _text(content: BinaryIO, name: str, start: bytes, limits: Limits) -> Table:
    encoding = _encoding(content, name, start)

    def rows(delimiter: str, last: int) -> Iterator[Row]:
        content.seek(0)
        lines = io.TextIOWrapper(content, encoding=encoding, newline="")
        try:
            yield from _numbered(
                islice(_fields(lines, name, delimiter, limits.columns + 1), last), name, limits
            )
        finally:
            # The file belongs to whoever opened it.
            lines.detach()

    def sheet(delimiter: str) -> Sheet:
        return Sheet(name, lambda _width, last: rows(delimiter, last), delimited=True)

    return Table(name, tuple(sheet(delimiter) for delimiter in _DELIMITERS))


class _Lines(Iterator[str]):
    """Lines that tell whether somebody asked for more than there are."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.ended = lines, False

    def __next__(self) -> str:
        try:
            return next(self.lines)
        except StopIteration:
            self.ended = True
            raise


def _fields(lines: Iterator[str], name: str, delimiter: str, most: int) -> Iterator[tuple[str, ...]]:
    told = _Lines(lines)
    reader = csv.reader(told, delimiter=delimiter)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenText(file=name, row=reader.line_num, detail=str(error)) from error
        values = tuple(field.strip() for field in fields[:most])
        # A row ends with its line; only one that waits for a quotation mark asks for more than there is.
        yield (*values[:-1], Unclosed(values[-1])) if told.ended else values


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
            if "\x00" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
