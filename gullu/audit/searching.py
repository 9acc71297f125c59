"""Finding changes in all tables of the history at once: bounded, read along indexes, page by page.

* By record, or by time alone: each table gives its newest rows (`pgh_obj_id`, or `pgh_created_at` with its key), and
  the newest of all are taken.
* By person, address or request: the newest pieces of work of theirs, then what these changed.

Each page is found by three statements, however many tables and rows there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from gullu.audit.books import Book, books
from gullu.audit.tracking import CHANGED

PER_PAGE: Final = 50
# Pieces of work looked at for one page when only one kind of record is wanted of them.
_WORK_LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Times are half-open; `objects` are conditions (book, column, keys) of which one must hold.

    `objects` is None when no record is named, and empty when the named one does not exist.
    """

    since: datetime | None = None
    until: datetime | None = None
    person: int | None = None
    address: str = ""
    reference: str = ""
    kind: str = ""
    objects: tuple[tuple[str, str, tuple[Any, ...]], ...] | None = None

    @property
    def of_somebody(self) -> bool:
        return self.person is not None or bool(self.address or self.reference)

    def work_conditions(self) -> tuple[list[str], list[Any]]:
        """Conditions on the pieces of work, as `work`."""
        asked = [
            ("user", None if self.person is None else str(self.person)),
            ("address", self.address),
            ("reference", self.reference),
        ]
        given = [(name, value) for name, value in asked if value]
        return [f"work.metadata ->> '{name}' = %s" for name, _ in given], [value for _, value in given]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the moment, the piece of work if they are read by work, the book and the key."""

    at: datetime
    work: str
    book: str
    key: int


@dataclass(frozen=True, slots=True)
class Found:
    """One event as the database keeps it: `row`, the row `before` and the row `after` it as far as they are known."""

    book: Book
    key: int
    label: str
    object_key: str
    at: datetime
    work: dict[str, Any]
    row: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and where the older ones begin; None at the end."""

    rows: tuple[Found, ...]
    next: Place | None


_Key = tuple[datetime, str, str, int]


def find(wanted: Wanted, *, after: Place | None = None, most: int = PER_PAGE) -> Page:
    """A page of what is wanted. Three statements at most."""
    by_work = wanted.of_somebody and wanted.objects is None
    keys, following = _by_work(wanted, after, most) if by_work else _by_time(wanted, after, most)
    return Page(tuple(_read(keys)), following)


# --- by record, or by time ---------------------------------------------------------------------------------------


def _by_time(wanted: Wanted, after: Place | None, most: int) -> tuple[list[_Key], Place | None]:
    pieces: list[str] = []
    values: list[Any] = []
    for book, column, keys in _branches(wanted):
        sql, given = _branch(book, column, keys, wanted=wanted, after=after, most=most + 1)
        pieces.append(f"({sql})")
        values += given
    if not pieces:
        return [], None
    order = 'ORDER BY at DESC, book COLLATE "C", key DESC LIMIT %s'
    rows = _rows(f"SELECT * FROM ({' UNION ALL '.join(pieces)}) AS found {order}", [*values, most + 1])  # noqa: S608
    found = [(at, "", book, key) for at, book, key in rows]
    return _cut(found, most)


def _branches(wanted: Wanted) -> list[tuple[Book, str, tuple[Any, ...]]]:
    if wanted.objects is not None:
        return [(books()[book], column, keys) for book, column, keys in wanted.objects]
    return [(book, "", ()) for book in _wanted_books(wanted)]


def _wanted_books(wanted: Wanted) -> list[Book]:
    return [books()[wanted.kind]] if wanted.kind else list(books().values())


def _branch(
    book: Book, column: str, keys: tuple[Any, ...], *, wanted: Wanted, after: Place | None, most: int
) -> tuple[str, list[Any]]:
    conditions, values = _times("event.pgh_created_at", wanted)
    work, asked = wanted.work_conditions()
    join = "JOIN pghistory_context AS work ON work.id = event.pgh_context_id" if work else ""
    conditions, values = [*conditions, *work], [*values, *asked]
    if after is not None:
        condition, given = _beyond(book, after)
        conditions.append(condition)
        values += given
    table = book.table
    first: list[Any] = []
    if column:
        # Read by the record, whatever the planner thinks of the order: a record has few events.
        table = f"(SELECT * FROM {book.table} WHERE {column} = ANY(%s) OFFSET 0)"  # noqa: S608 - our names
        first = [list(keys)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"""
        SELECT event.pgh_created_at AS at, '{book.label}' AS book, event.pgh_id AS key
          FROM {table} AS event {join} {where}
         ORDER BY event.pgh_created_at DESC, event.pgh_id DESC LIMIT %s"""  # noqa: S608 - names of our own tables
    return sql, [*first, *values, most]


def _beyond(book: Book, after: Place) -> tuple[str, list[Any]]:
    """Older than the place, in the order of time (newest first), book (first first) and key (newest first)."""
    if book.label == after.book:
        return "(event.pgh_created_at, event.pgh_id) < (%s, %s)", [after.at, after.key]
    sign = "<=" if book.label > after.book else "<"
    return f"event.pgh_created_at {sign} %s", [after.at]


def _times(column: str, wanted: Wanted) -> tuple[list[str], list[Any]]:
    given = [(">=", wanted.since), ("<", wanted.until)]
    found = [(f"{column} {sign} %s", moment) for sign, moment in given if moment is not None]
    return [condition for condition, _ in found], [moment for _, moment in found]


def _cut(found: list[_Key], most: int) -> tuple[list[_Key], Place | None]:
    kept = found[:most]
    return kept, Place(*kept[-1]) if len(found) > most else None


# --- by person, address or request -------------------------------------------------------------------------------


def _by_work(wanted: Wanted, after: Place | None, most: int) -> tuple[list[_Key], Place | None]:
    # A piece of work was written down because it changed something: without a kind each gives a row.
    looked_at = _WORK_LOOKED_AT if wanted.kind else most + 1
    works = _works(wanted, after, looked_at)
    if not works:
        return [], None
    pieces, values = [], []
    for book in _wanted_books(wanted):
        sql, given = _of_works(book, after, most + 1)
        pieces.append(f"({sql})")
        values += given
    sql = f"""
        WITH work AS MATERIALIZED (SELECT id, place FROM unnest(%s::uuid[]) WITH ORDINALITY AS w (id, place))
        SELECT * FROM ({" UNION ALL ".join(pieces)}) AS found
         ORDER BY place, book COLLATE "C", key DESC LIMIT %s"""  # noqa: S608 - names of our own tables
    rows = _rows(sql, [[work for work, _ in works], *values, most + 1])
    moments = dict(works)
    found = [(moments[str(work)], str(work), book, key) for _place, work, book, key in rows]
    kept, following = _cut(found, most)
    if following is None and len(works) == looked_at:
        # Nothing more in the work looked at; there is older work.
        last, at = works[-1]
        following = Place(at, last, "~", 0)
    return kept, following


def _works(wanted: Wanted, after: Place | None, most: int) -> list[tuple[str, datetime]]:
    conditions, values = wanted.work_conditions()
    times, moments = _times("work.created_at", wanted)
    conditions, values = [*conditions, *times], [*values, *moments]
    if after is not None:
        conditions.append("(work.created_at, work.id) <= (%s, %s::uuid)")
        values += [after.at, after.work]
    sql = f"""
        SELECT work.id::text, work.created_at FROM pghistory_context AS work WHERE {" AND ".join(conditions)}
         ORDER BY work.created_at DESC, work.id DESC LIMIT %s"""  # noqa: S608
    return [(work, at) for work, at in _rows(sql, [*values, most])]


def _of_works(book: Book, after: Place | None, most: int) -> tuple[str, list[Any]]:
    condition, values = "", []
    if after is not None:
        # Of the work the page ended in, only what comes after its last row.
        if book.label == after.book:
            condition, values = "WHERE work.place > 1 OR event.pgh_id < %s", [after.key]
        elif book.label < after.book:
            condition = "WHERE work.place > 1"
    # `+ 0`: found by the work, never along the key.
    sql = f"""
        SELECT work.place, work.id, '{book.label}' AS book, event.pgh_id AS key
          FROM work JOIN {book.table} AS event ON event.pgh_context_id = work.id {condition}
         ORDER BY work.place, event.pgh_id + 0 DESC LIMIT %s"""  # noqa: S608
    return sql, [*values, most]


# --- reading -----------------------------------------------------------------------------------------------------


def _read(keys: Sequence[_Key]) -> Iterable[Found]:
    """The events with what was before and after each, in the order of the keys. One statement."""
    if not keys:
        return
    pieces, values = [], []
    for label in sorted({book for _at, _work, book, _key in keys}):
        pieces.append(_row_sql(books()[label]))
        values.append([key for _at, _work, book, key in keys if book == label])
    rows = {(row[0], row[1]): row for row in _rows(" UNION ALL ".join(pieces), values)}
    for _at, _work, label, key in keys:
        row = rows.get((label, key))
        if row is not None:
            yield _found(row)


def _row_sql(book: Book) -> str:
    columns = [field.column for field in book.fields()]
    own = ", ".join(f"event.{column}" for column in columns)
    neighbour = ", ".join(f"other.{column}" for column in columns)
    live = ", ".join(f"live.{column}" for column in columns)
    changed = ", ".join(f"'{label}'" for label in book.as_it_was) or f"'{CHANGED}'"
    # `+ 0`: found by the record, never along the key.
    beside = f"""
        (SELECT (SELECT to_jsonb(r) FROM (SELECT {neighbour}) AS r) FROM {book.table} AS other
          WHERE other.pgh_obj_id = event.pgh_obj_id AND other.pgh_id {{sign}} event.pgh_id
          ORDER BY other.pgh_id + 0 {{order}} LIMIT 1)"""  # noqa: S608
    now = f"""
        (SELECT (SELECT to_jsonb(r) FROM (SELECT {live}) AS r) FROM {book.live_table} AS live
          WHERE live.{book.live_key} = event.pgh_obj_id)"""  # noqa: S608
    return f"""
        SELECT '{book.label}', event.pgh_id, event.pgh_label, event.pgh_obj_id::text, event.pgh_created_at,
               work.metadata, (SELECT to_jsonb(r) FROM (SELECT {own}) AS r),
               CASE WHEN event.pgh_label NOT IN ({changed}) THEN {beside.format(sign="<", order="DESC")} END,
               CASE WHEN event.pgh_label IN ({changed})
                    THEN COALESCE({beside.format(sign=">", order="ASC")}, {now}) END
          FROM {book.table} AS event LEFT JOIN pghistory_context AS work ON work.id = event.pgh_context_id
         WHERE event.pgh_id = ANY(%s)"""  # noqa: S608


def _found(row: tuple[Any, ...]) -> Found:
    label, key, event, object_key, at, work, now, before, after = row
    return Found(
        books()[label],
        key,
        event,
        object_key,
        at,
        _json(work) or {},
        _json(now) or {},
        _json(before),
        _json(after),
    )


def _json(text: Any) -> Any:
    return json.loads(text, parse_float=Decimal) if isinstance(text, str) else text


def _rows(sql: str, values: Collection[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


__all__ = ["PER_PAGE", "Found", "Page", "Place", "Wanted", "find"]
