"""The base of every kind of sheet: reads rows, says what each would change, and writes them, all through one path.

A preview and the writing differ in two things only: writing loads its records locked, and compares what the database
has with what the preview saw. Rows are worked on in their order, so that a later row sees what the earlier ones do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NoReturn

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult
from tablib import Dataset

from gullu.errors import DomainError
from gullu.excel.columns import Column, Words
from gullu.excel.errors import ChangedMeanwhile, MadeMeanwhile, RowTwice, WrongInPreview
from gullu.excel.lines import Change, Line, Outcome, PreviewRow
from gullu.models import User

RECORD: Final = "_record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose file it is: `excel` is its id (part of every idempotency key), `name` what the person calls it."""

    excel: str
    name: str
    user: User


@dataclass(slots=True)
class _Unseen:
    """Does not compare fields for HTML: the preview draws its own."""

    resource: Any
    instance: Any
    new: bool

    def compare_with(self, resource: Any, instance: Any) -> None: ...


@dataclass(slots=True)
class Planned:
    """What a run over a file found, row by row."""

    rows: list[PreviewRow] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(("new", "changed", "unchanged", "wrong"), 0)
        names = {Outcome.NEW: "new", Outcome.CHANGED: "changed", Outcome.SAME: "unchanged"}
        for row in self.rows:
            counts[names.get(row.outcome, "wrong")] += 1
        return counts


class ExcelResource(Resource):
    """One kind of sheet. Subclasses declare their columns and say how records are found, checked and written.

    `see` are the rights for downloading, `write_rights` those for applying besides. `needs` are columns of which at
    least one of each group has to be in a file. `keeps_unchanged`: rows that say what is so already are written too.
    """

    slug: ClassVar[str]
    label: ClassVar[Words]
    says: ClassVar[Words]
    see: ClassVar[tuple[str, ...]]
    write_rights: ClassVar[tuple[str, ...]]
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    keeps_unchanged: ClassVar[bool] = False
    # Templates are handed kinds, not files of a kind.
    do_not_call_in_templates: ClassVar[bool] = True

    class Meta:
        # Rows are collected and written by `write`, a few statements for all of them.
        use_bulk = True
        skip_html_diff = True
        store_instance = True
        store_row_values = False
        instance_loader_class = BaseInstanceLoader
        using_db = "default"

    def __init__(
        self,
        *,
        money: bool,
        sender: Sender | None = None,
        numbers: Sequence[int] = (),
        seen: Mapping[int, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__()
        self.sender, self.numbers, self.seen = sender, numbers, seen
        for name in [name for name, column in self.fields.items() if column.money and not money]:
            del self.fields[name]
        self.planned = Planned()
        self._twice: dict[int, RowTwice] = {}
        self._number, self._name = 0, ""
        self._original: Line | None = None
        self._only_valid = False

    # --- what a kind says -----------------------------------------------------------------------------------------

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        """Read what the rows are about, in a constant number of statements; with `lock`, locked."""
        raise NotImplementedError

    def line_of(self, row: Mapping[str, Any]) -> Line:
        """What a row is about. Raises `DomainError`."""
        raise NotImplementedError

    def check(self, line: Line, number: int) -> Iterable[str]:
        """Sentences about what cannot be taken; what rows before it do counts."""
        raise NotImplementedError

    def keep(self, line: Line, number: int) -> None:
        """The row is right: remember it for `write`, and let later rows see it."""
        raise NotImplementedError

    def write(self) -> None:
        """Write what was kept. Called once, inside the transaction, with everything locked by `load`."""
        raise NotImplementedError

    def found(self, search: str) -> Iterable[Any]:
        """What a download holds: everything, or what the search finds."""
        raise NotImplementedError

    def unchanged(self, line: Line, number: int) -> None:
        """The row says what is so already."""

    def key_of(self, line: Line) -> tuple[Any, ...] | None:
        """What may stand in one row only; None for a row that may be repeated."""
        return (line.record or line.name,)

    def changes_of(self, before: Line | None, after: Line) -> Iterator[Change]:
        """What the row changes, in words."""
        for column in self._changed(before, after):
            old = "" if before is None else column.cell.show(before.values.get(column.name))
            yield Change(column.title, old, column.cell.show(after.values[column.name]))

    @property
    def person(self) -> User:
        """Who writes."""
        if self.sender is None:
            raise RuntimeError("only a file that somebody handed in is written")
        return self.sender.user

    # --- columns --------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> list[Column]:
        return list(self.fields.values())

    @classmethod
    def allows(cls, request: HttpRequest) -> bool:
        """Whether the person may download this kind."""
        return request.user.has_perms(cls.see)

    @classmethod
    def allows_writing(cls, request: HttpRequest) -> bool:
        return cls.allows(request) and request.user.has_perms(cls.write_rights)

    @classmethod
    def base_spellings(cls) -> frozenset[str]:
        """Headings of every column, also of those this person may not see."""
        columns: list[Column] = list(cls.fields.values())
        return frozenset(spelling for column in columns for spelling in column.spellings())

    def value(self, row: Mapping[str, Any], name: str) -> Any:
        """The value of a cell, None where it is empty. Raises `CellRefused`."""
        column: Column = self.fields[name]
        return column.clean(row) if column.is_given(row) else None

    def value_or_none(self, row: Mapping[str, Any], name: str) -> Any:
        """The same, None also where the cell is wrong: the row says so when its turn comes."""
        try:
            return self.value(row, name)
        except DomainError:
            return None

    # --- one run over a file --------------------------------------------------------------------------------------

    def run(self, dataset: Dataset, *, only_valid: bool = False) -> Planned:
        """Go over the rows; without `seen` nothing is written, else everything, or with `only_valid` what is right."""
        self._only_valid = only_valid
        self.import_data(
            dataset,
            dry_run=self.seen is None,
            use_transactions=True,
            rollback_on_validation_errors=not only_valid,
        )
        return self.planned

    def before_import(self, dataset: Dataset, **_kwargs: Any) -> None:
        rows = [dict(zip(dataset.headers or (), cells, strict=True)) for cells in dataset]
        self.load(rows, lock=self.seen is not None)
        self._find_repeated(rows)

    def _find_repeated(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Which of two rows about one thing is right, nobody can know: both are wrong."""
        first: dict[tuple[Any, ...], tuple[int, Line]] = {}
        for number, row in zip(self.numbers, rows, strict=True):
            line = self._line_or_none(row)
            key = self.key_of(line) if line is not None else None
            if line is None or key is None:
                continue
            other, _line = first.setdefault(key, (number, line))
            if other != number:
                self._twice[number] = RowTwice(what=line.name, row=number, other=other)
                self._twice.setdefault(other, RowTwice(what=line.name, row=other, other=number))

    def _line_or_none(self, row: Mapping[str, Any]) -> Line | None:
        try:
            return self.line_of(row)
        except DomainError:
            return None

    def get_or_init_instance(self, _loader: Any, row: Mapping[str, Any]) -> tuple[Line, bool]:
        try:
            line = self.line_of(row)
        except DomainError as error:
            raise ValidationError(error.message) from error
        return line, line.is_new

    def import_field(
        self, field: Column, instance: Line, row: Mapping[str, Any], is_m2m: bool = False, **kwargs: Any
    ) -> None:
        if field.info or field.key or not field.is_given(row):
            return
        try:
            field.save(instance, row, is_m2m, **kwargs)
        except DomainError as error:
            raise ValueError(error.message) from error

    def import_instance(self, instance: Line, row: Mapping[str, Any], **kwargs: Any) -> None:
        errors: dict[str, ValidationError] = {}
        for column in self.columns:
            try:
                self.import_field(column, instance, row, **kwargs)
            except ValueError as error:
                errors[column.name] = ValidationError(str(error))
        if errors:
            raise ValidationError(errors)

    def skip_row(
        self, instance: Line, original: Line, row: Any, import_validation_errors: Any = None
    ) -> bool:
        number = self._number
        self._original = original
        if import_validation_errors or instance.is_new or self._problem_of(instance, number):
            return False
        if self._changed(original, instance) or self.has_other_changes(instance):
            return False
        self.unchanged(instance, number)
        return True

    def has_other_changes(self, line: Line) -> bool:
        """Whether the row changes something that is no value of a column."""
        return False

    def _changed(self, before: Line | None, after: Line) -> list[Column]:
        given = (column for column in self.columns if column.name in after.given)
        return [column for column in given if before is None or self.is_changed(column, before, after)]

    def is_changed(self, column: Column, before: Line, after: Line) -> bool:
        return bool(before.values.get(column.name) != after.values[column.name])

    def validate_instance(
        self, instance: Line, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        problem = self._problem_of(instance, self._number)
        problems = []
        if problem is None or isinstance(problem, WrongInPreview):
            # What was wrong is told again; if it no longer is, nobody has seen what it would change.
            problems = list(self.check(instance, self._number))
        if problem is not None and not problems:
            problems = [problem.message]
        if problems:
            raise ValidationError(problems)

    def _problem_of(self, line: Line, number: int) -> DomainError | None:
        """Why a row cannot be taken whatever it says: it stands twice, or is not what the preview showed."""
        if number in self._twice:
            return self._twice[number]
        if self.seen is None:
            return None
        seen = self.seen.get(number)
        if seen is None:
            return WrongInPreview()
        now = self.seen_of(line)
        if seen.get(RECORD) != now[RECORD]:
            return MadeMeanwhile(what=line.name)
        for name, value in now.items():
            if seen.get(name) != value:
                return self._changed_meanwhile(name, seen.get(name, ""), value)
        return None

    def _changed_meanwhile(self, name: str, before: str, now: str) -> ChangedMeanwhile:
        column: Column | None = self.fields.get(name)
        show = column.cell.show_kept if column else str
        what = column.title if column else name
        return ChangedMeanwhile(what=what, before=show(before) or "—", now=show(now) or "—")

    def seen_of(self, line: Line) -> dict[str, str]:
        """What the database has of what the row is about: whoever applies a preview goes by this."""
        stored = {name: line.stored.get(name) for name in sorted(line.given)}
        return {
            RECORD: line.record,
            **{name: "" if value is None else str(value) for name, value in stored.items()},
        }

    def save_instance(self, instance: Line, is_create: bool, row: Any, **_kwargs: Any) -> None:
        self.keep(instance, self._number)

    def import_row(self, row: Mapping[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        self._number = self.numbers[kwargs["row_number"] - 1]
        result = super().import_row(row, instance_loader, **kwargs)
        if result.errors:
            # Only a refusal belongs to a row; anything else is a bug and must be heard.
            raise result.errors[0].error
        self.planned.rows.append(self._told(result))
        return result

    def _told(self, result: RowResult) -> PreviewRow:
        if result.validation_error is not None:
            return PreviewRow(
                number=self._number, outcome=Outcome.WRONG, name=self._name, problems=_sentences(result)
            )
        line: Line = result.instance
        outcome = {RowResult.IMPORT_TYPE_SKIP: Outcome.SAME, RowResult.IMPORT_TYPE_NEW: Outcome.NEW}.get(
            result.import_type, Outcome.CHANGED
        )
        changes = () if outcome is Outcome.SAME else tuple(self.changes_of(self._original, line))
        return PreviewRow(
            number=self._number, outcome=outcome, name=line.name, changes=changes, seen=self.seen_of(line)
        )

    def after_init_instance(self, instance: Line, new: bool, row: Any, **_kwargs: Any) -> None:
        self._name = instance.name

    def before_import_row(self, row: Mapping[str, Any], **_kwargs: Any) -> None:
        """A name for the row in case nothing is found for it: what its keys say."""
        keys = (row.get(column.name) for column in self.columns if column.key)
        self._name = " ".join(column_text for value in keys if (column_text := str(value or "").strip()))

    def after_import(self, dataset: Dataset, result: Any, **_kwargs: Any) -> None:
        if self.seen is not None and (self._only_valid or not result.has_validation_errors()):
            self.write()

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> NoReturn:
        raise error

    @classmethod
    def get_diff_class(cls) -> type[_Unseen]:
        return _Unseen


def _sentences(result: RowResult) -> tuple[str, ...]:
    return tuple(result.validation_error.messages)
