"""Changes in the words of the screen: who, when, from where, which record, and each field old → new."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.audit.books import NAMES, Book
from gullu.audit.searching import Found
from gullu.audit.tracking import DELETED, INSERTED
from gullu.money import format_number
from gullu.origin import Source
from gullu.run_words import job_name

HIDDEN: Final = "•••"
UNKNOWN: Final = "?"
_LONGEST: Final = 300
_PERSON: Final = "gullu.user"

Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field; `old` is empty when it was so, and a question mark when nobody kept how it was."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change. `who` is empty for nobody known; `kind` is what the record is called, `what` names it.

    `label` and `object_key` are the followed model and the key of its record.
    """

    at: datetime
    who: str
    by_way: str
    place: str
    address: str
    device: str
    reference: str
    label: str
    kind: str
    object_key: str
    what: str
    began: bool
    ended: bool
    fields: tuple[FieldChange, ...]


def tell(found: Iterable[Found], *, money: bool) -> list[Told]:
    """What was found, for people; amounts only with `money`, customers' data never. One statement."""
    rows = list(found)
    names = _names(rows)
    return [_told(row, names, money=money) for row in rows]


def _told(row: Found, names: Names, *, money: bool) -> Told:
    work = row.work
    who = names.get((_PERSON, str(work.get("user"))), "")
    return Told(
        at=row.at,
        who=who,
        by_way=_by_way(work),
        place=str(work.get("place") or work.get("url") or ""),
        address=str(work.get("address") or ""),
        device=str(work.get("device") or ""),
        reference=str(work.get("reference") or ""),
        label=row.book.label,
        kind=row.book.words,
        object_key=row.object_key,
        what=_what(row, names),
        began=row.label == INSERTED,
        ended=row.label == DELETED,
        fields=tuple(_fields(row, names, money=money)),
    )


def _by_way(work: Mapping[str, Any]) -> str:
    """`Job: Read orders`, `Command: setup_roles`; empty for a page, which its address says."""
    job, source = work.get("job"), work.get("source")
    if job:
        return _("Job: %(name)s") % {"name": job_name(str(job))}
    if source == Source.JOB.value:
        return _("Job: %(name)s") % {"name": work.get("place", "")}
    if source == Source.COMMAND.value:
        return _("Command: %(name)s") % {"name": work.get("place", "")}
    return ""


def _what(row: Found, names: Names) -> str:
    words = [
        shown(field, row.row.get(field.column), names)
        for column in NAMES.get(row.book.label, ())
        for field in row.book.fields()
        if field.column == column
    ]
    return " · ".join(word for word in words if word) or f"#{row.object_key}"


def _fields(row: Found, names: Names, *, money: bool) -> Iterator[FieldChange]:
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    if row.label == INSERTED:
        old, new = {}, row.row
    elif row.label == DELETED:
        old, new = row.row, {}
    elif row.label in row.book.as_it_was:
        old, new = row.row, row.after
    else:
        old, new = row.before, row.row
    for field in row.book.told(money=money):
        was, now = _value(old, field), _value(new, field)
        if was == now:
            continue
        pair = [_side(side, field, value, names) for side, value in ((old, was), (new, now))]
        if row.book.hides(field):
            pair = [HIDDEN if text else "" for text in pair]
        if any(pair):
            yield FieldChange(_name(field), *pair)


def _name(field: models.Field[Any, Any]) -> str:
    if field.is_relation and isinstance(field.verbose_name, str):
        # Not translated: Django made it up for a side of a table between two others.
        return str(field.related_model._meta.verbose_name)  # type: ignore[union-attr]  # noqa: SLF001
    return str(field.verbose_name)


def _value(row: Mapping[str, Any] | None, field: models.Field[Any, Any]) -> Any:
    return None if row is None else row.get(str(field.column))


def _side(row: Mapping[str, Any] | None, field: models.Field[Any, Any], value: Any, names: Names) -> str:
    return UNKNOWN if row is None else shown(field, value, names)


def shown(field: Any, value: Any, names: Names | None = None) -> str:
    """A value as the screen shows it; `value` as Python has it, or as the database says it in JSON."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        label = field.related_model._meta.label_lower  # noqa: SLF001 - Django's documented API
        return (names or {}).get((label, str(value))) or f"#{value}"
    return _plain(field, value)[:_LONGEST]


def _plain(field: Any, value: Any) -> str:
    if isinstance(field, (models.DateField, models.DecimalField)):
        value = field.to_python(value)
    if isinstance(value, Decimal):
        return format_number(value, places=2 if value == round(value, 2) else field.decimal_places)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)
    )


# --- names of what is pointed to ---------------------------------------------------------------------------------


def _names(rows: Iterable[Found]) -> dict[tuple[str, str], str]:
    """Names of people and of everything the rows point to, by model and key. One statement."""
    wanted: dict[str, set[str]] = defaultdict(set)
    related: dict[str, type[models.Model]] = {}
    for row in rows:
        if (person := row.work.get("user")) is not None:
            wanted[_PERSON].add(str(person))
        for label, model, key in _pointed_to(row):
            related[label] = model
            wanted[label].add(key)
    return _looked_up(wanted, related)


def _pointed_to(row: Found) -> Iterator[tuple[str, type[models.Model], str]]:
    for field in row.book.fields():
        if field.is_relation and field.related_model is not None:
            model: Any = field.related_model
            for side in (row.row, row.before, row.after):
                column = str(field.column)
                if side and side.get(column) is not None:
                    yield model._meta.label_lower, model, str(side[column])  # noqa: SLF001


def _looked_up(
    wanted: Mapping[str, set[str]], related: Mapping[str, type[models.Model]]
) -> dict[tuple[str, str], str]:
    pieces, values = [], []
    for label, keys in sorted(wanted.items()):
        table, key, column = _naming(label, related.get(label))
        if column:
            pieces.append(
                f"SELECT '{label}', {key}::text, {column}::text FROM {table} WHERE {key} = ANY(%s::bigint[])"  # noqa: S608
            )
            values.append([int(number) for number in keys if number.isdecimal()])
    if not pieces:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces), values)
        return {(label, key): name for label, key, name in cursor.fetchall()}


def _naming(label: str, model: type[models.Model] | None) -> tuple[str, str, str]:
    """Table, key and column of names; no column for what has no name of its own."""
    if label == _PERSON:
        return "gullu_user", "id", "username"
    column = next((name for name in NAMES.get(label, ()) if not name.endswith("_id")), "")
    if model is None:
        return "", "", ""
    options = model._meta  # noqa: SLF001
    return options.db_table, str(options.pk.column), column


def name_columns(book: Book) -> list[str]:
    """The live columns by whose exact words a record is found."""
    own = {field.column: field for field in book.fields()}
    return [
        column
        for column in NAMES.get(book.label, ())
        if column in own and isinstance(own[column], (models.CharField, models.TextField))
    ]


__all__ = ["HIDDEN", "FieldChange", "Told", "name_columns", "shown", "tell"]
