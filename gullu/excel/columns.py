"""Columns of a sheet: what they are called in every language, and how a cell of theirs is read and written.

The rule for every column: an empty cell changes nothing; a cell with only a dash empties what may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.widgets import Widget

from gullu.excel.cells import (
    EMPTY_SIGNS,
    UNCOMPUTED,
    clean,
    is_empty,
    is_number,
    read_amount,
    read_barcode,
    read_code,
    read_text,
    read_whole,
    shown,
    stored_number,
)
from gullu.excel.errors import (
    FormulaBroken,
    NotAChoice,
    NotAFlag,
    NotComputed,
    NotToBeEmptied,
    TextTooLong,
)
from gullu.excel.lines import Line
from gullu.money import format_number
from gullu.text import fold, tr_upper

Words = str | Promise
_FORMULA_ERROR: Final = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|YOK|BAŞV!|DEĞER!|AD\?|SAYI!|SAYI/0!)"
)
_WORD: Final = re.compile(r"[a-z0-9]+")
# What one cell of Excel holds.
LONGEST_CELL: Final = 32_767


def in_every_language(words: Words) -> frozenset[str]:
    """Folded spellings of a text in each language of the shop."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(heading_key(str(words)))
    return frozenset(found)


def heading_key(text: str) -> str:
    """`LİSTE FİYATI (TL)` → `liste fiyati`: without case, Turkish letters, punctuation, and what stands in brackets."""
    return " ".join(_WORD.findall(re.sub(r"\([^)]*\)", " ", fold(text))))


class Cell(Widget):
    """A text of at most `longest` letters. The base of all cells: they `read`, `render` for a sheet, and `show`."""

    def __init__(self, *, longest: int = 100, lines: bool = False) -> None:
        super().__init__(coerce_to_string=False)
        self.longest, self.lines = longest, lines

    def read(self, value: Any, heading: str) -> Any:
        """The value of a filled cell; raises `CellRefused`."""
        return read_text(value, heading=heading, longest=self.longest, lines=self.lines)

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        """The value as a sheet has it. A text that no cell can hold is left out: an empty cell changes nothing."""
        if isinstance(value, str):
            value = value.replace("\r\n", "\n")
            return value if len(value) < LONGEST_CELL else ""
        return value

    def show(self, value: Any) -> str:
        """The value for the preview."""
        text = clean(value)
        return text if len(text) <= 120 else f"{text[:119]}…"

    def show_kept(self, text: str) -> str:
        """The same for a value that was kept as text (`ExcelResource.seen_of`)."""
        return self.show(text)


class BarcodeCell(Cell):
    def read(self, value: Any, heading: str) -> str:
        return read_barcode(value, heading=heading)


class CodeCell(Cell):
    """A code or a size: a number is its digits."""

    def read(self, value: Any, heading: str) -> str:
        code = read_code(value, heading=heading)
        if len(code) > self.longest:
            raise TextTooLong(heading=heading, length=len(code), most=self.longest)
        return code


class AmountCell(Cell):
    """A decimal number. Whether it makes sense is for whoever writes it."""

    def __init__(self, *, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def read(self, value: Any, heading: str) -> Decimal:
        return read_amount(value, heading=heading)

    def show(self, value: Any) -> str:
        return "" if value is None else format_number(value, places=max(self.places, _digits(value)))

    def show_kept(self, text: str) -> str:
        return self.show(Decimal(text)) if text else ""


def _digits(amount: Decimal) -> int:
    """Digits behind the comma that say something: 1.500 has one."""
    exponent = amount.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


class WholeCell(Cell):
    def read(self, value: Any, heading: str) -> int:
        return read_whole(value, heading=heading)

    def show(self, value: Any) -> str:
        return "" if value is None else format_number(Decimal(value), places=0)

    def show_kept(self, text: str) -> str:
        return self.show(text) if text else ""


class FlagCell(Cell):
    """Yes or no, in both languages; 1 and 0 as well."""

    _KNOWN: Final[Mapping[str, bool]] = {
        **dict.fromkeys(("evet", "yes", "true", "dogru", "1", "x", "var"), True),
        **dict.fromkeys(("hayir", "no", "false", "yanlis", "0"), False),
    }

    def read(self, value: Any, heading: str) -> bool:
        known = self._KNOWN.get(fold(clean(value)))
        if known is None:
            raise NotAFlag(value=shown(value), heading=heading)
        return known

    def show(self, value: Any) -> str:
        return str(_("yes") if value else _("no"))

    def show_kept(self, text: str) -> str:
        return self.show(text == str(True)) if text else ""


class ChoiceCell(Cell):
    """One of some values, by its label in any language or as it is stored."""

    def __init__(self, choices: Sequence[tuple[Any, Words]]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, value: Any, heading: str) -> Any:
        text = f"{stored_number(value).normalize():f}" if is_number(value) else clean(value)
        wanted = heading_key(text)
        if wanted not in self._known:
            known = ", ".join(str(label) for _stored, label in self.choices)
            raise NotAChoice(value=shown(value), heading=heading, known=known)
        return self._known[wanted]

    @cached_property
    def _known(self) -> dict[str, Any]:
        """Every choice by every spelling."""
        return {
            spelling: stored
            for stored, label in self.choices
            for spelling in (*in_every_language(label), heading_key(str(stored)))
        }

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        return self.show(value)

    def show(self, value: Any) -> str:
        return next((str(label) for stored, label in self.choices if stored == value), clean(value))

    def show_kept(self, text: str) -> str:
        return next((str(label) for stored, label in self.choices if str(stored) == text), text)


class Column(Field):
    """A column. `name` is what the code calls it, `path` where its value is in what is written out.

    `info`: written, and passed over when read. `key`: says which row is meant and is no change by itself.
    `money`: only for who may see amounts. `also`: other headings, split by `|`. `empty`: what a dash makes of it,
    where it may be emptied at all.
    """

    def __init__(
        self,
        heading: Words,
        cell: Cell,
        *,
        path: str = "",
        says: Words = "",
        example: str = "",
        also: str = "",
        info: bool = False,
        key: bool = False,
        required: bool = False,
        money: bool = False,
        may_be_empty: bool = False,
        empty: Any = "",
        width: int = 14,
    ) -> None:
        super().__init__(attribute=path or None, widget=cell, readonly=info)
        self.heading, self.cell, self.says, self.example = heading, cell, says, example
        self._titles: dict[str, str] = {}
        self.also, self.info, self.key, self.required, self.money = also, info, key, required, money
        self.may_be_empty, self.empty, self.width = may_be_empty, empty, width

    @property
    def name(self) -> str:
        return str(self.column_name)

    @property
    def title(self) -> str:
        """The heading in the language that is active, with a capital."""
        language = translation.get_language() or ""
        if language not in self._titles:
            # Asked for every cell, in case it is wrong.
            words = str(self.heading)
            self._titles[language] = tr_upper(words[:1]) + words[1:]
        return self._titles[language]

    def spellings(self) -> frozenset[str]:
        """Every heading it is known by, folded."""
        also = {heading_key(name) for name in self.also.split("|") if name}
        return in_every_language(self.heading) | {self.name.replace("_", " ")} | also

    def clean(self, row: Mapping[str, Any], **_kwargs: Any) -> Any:
        """The value of a filled cell; raises `CellRefused`."""
        value = row[self.name]
        if value is UNCOMPUTED:
            raise NotComputed(heading=self.title)
        text = clean(value)
        if _FORMULA_ERROR.fullmatch(text):
            raise FormulaBroken(heading=self.title, value=text)
        if text in EMPTY_SIGNS:
            if not self.may_be_empty:
                raise NotToBeEmptied(heading=self.title)
            return self.empty
        return self.cell.read(value, self.title)

    def is_given(self, row: Mapping[str, Any]) -> bool:
        """Whether the row says anything in this column."""
        return not is_empty(row.get(self.name))

    def get_value(self, instance: Any) -> Any:
        if isinstance(instance, Line):
            return instance.values.get(self.name)
        return super().get_value(instance)

    def save(self, instance: Line, row: Mapping[str, Any], is_m2m: bool = False, **_kwargs: Any) -> None:
        """Put the value of a filled cell into the line."""
        instance.values[self.name] = self.clean(row)
        instance.given.add(self.name)
