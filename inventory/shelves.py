"""Keeping shelves: making them in ranges, their place in the walk through the warehouse, open and closed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from gullu.locks import transaction_lock
from inventory.models import Shelf
from inventory.services import require_shelf
from inventory.sheet_errors import BadShelfRange, ReceivingShelfStaysOpen, ShelfRangeTooLarge
from inventory.shelf_codes import RECEIVING_CODE, normalise_shelf_code

MOST_AT_ONCE = 2_000
# Room between two shelves, so that one can be put between them without renumbering the others.
STEP = 10
MAX_ROUTE = 1_000_000
_ROUTE_LOCK = "inventory.route"
_CODE = re.compile(r"[A-Z0-9ÇĞÖŞÜ]+(-[A-Z0-9ÇĞÖŞÜ]+)*")
_MAX_CODE_LENGTH = 30
_PIECES = re.compile(r"\d+|\D+")


@dataclass(frozen=True, slots=True)
class ShelfRange:
    """Codes of a range: those to be made, and those that exist already, in walking order."""

    first: str
    last: str
    new: tuple[str, ...]
    existing: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.new) + len(self.existing)


def preview_range(*, first: str, last: str) -> ShelfRange:
    """What `create_range` would make; one statement. Raises `BadShelfRange`, `ShelfRangeTooLarge`."""
    low, high = normalise_shelf_code(first), normalise_shelf_code(last or first)
    codes = range_codes(low, high)
    there = set(Shelf.objects.filter(code__in=codes).values_list("code", flat=True))
    new = tuple(code for code in codes if code not in there)
    return ShelfRange(low, high, new, tuple(code for code in codes if code in there))


@transaction.atomic
def create_range(*, first: str, last: str) -> ShelfRange:
    """Make every shelf of a range that does not exist yet, at the end of the walk, in the order of their codes.

    `A-01-01 … C-12-05` runs through blocks A to C, 01 to 12 and levels 01 to 05. Repeating it makes nothing.
    """
    transaction_lock(_ROUTE_LOCK)
    wanted = preview_range(first=first, last=last)
    start = Shelf.objects.aggregate(highest=Coalesce(Max("route_order"), 0))["highest"]
    Shelf.objects.bulk_create(
        Shelf(code=code, route_order=start + STEP * place) for place, code in enumerate(wanted.new, start=1)
    )
    return wanted


def range_codes(first: str, last: str) -> list[str]:
    """Every code from `first` to `last` (both normalised), part by part. Raises as `preview_range`."""
    low, high = first.split("-"), last.split("-")
    fits = len(low) == len(high) and all(_CODE.fullmatch(code) for code in (first, last))
    if not fits or max(len(first), len(last)) > _MAX_CODE_LENGTH:
        raise BadShelfRange(first=first or "?", last=last or "?")
    spans = [_span(a, b) for a, b in zip(low, high, strict=True)]
    if any(span is None for span in spans):
        raise BadShelfRange(first=first, last=last)
    known = [span for span in spans if span is not None]
    total = 1
    for lowest, highest, _word in known:
        total *= highest - lowest + 1
    if total > MOST_AT_ONCE:
        raise ShelfRangeTooLarge(count=total, most=MOST_AT_ONCE)
    return ["-".join(parts) for parts in itertools.product(*(_words(*span) for span in known))]


def _span(low: str, high: str) -> tuple[int, int, str] | None:
    """Lowest and highest number of a part, and the word whose form the others take; None when it is no range."""
    if low == high:
        return 0, 0, low
    if len(low) != len(high) or not (low.isascii() and high.isascii()):
        return None
    numbers = low.isdecimal() and high.isdecimal()
    if not numbers and not (low.isalpha() and high.isalpha()):
        return None
    lowest, highest = (int(low), int(high)) if numbers else (_letters_to_int(low), _letters_to_int(high))
    return (lowest, highest, low) if lowest < highest else None


def _words(lowest: int, highest: int, form: str) -> list[str]:
    if lowest == highest:
        return [form]
    if form.isdecimal():
        return [str(number).zfill(len(form)) for number in range(lowest, highest + 1)]
    return [_int_to_letters(number, len(form)) for number in range(lowest, highest + 1)]


def _letters_to_int(word: str) -> int:
    value = 0
    for letter in word:
        value = value * 26 + ord(letter) - ord("A")
    return value


def _int_to_letters(value: int, length: int) -> str:
    letters = ""
    for _place in range(length):
        value, rest = divmod(value, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def code_order(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key of a shelf code: numbers by value, so that `A-2` comes before `A-10`."""
    pieces = _PIECES.findall(code.replace("-", " - "))
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)


@transaction.atomic
def order_by_code() -> int:
    """Walk the shelves in the order of their codes, goods-in shelf first; returns how many changed their place."""
    transaction_lock(_ROUTE_LOCK)
    rows = list(Shelf.objects.values_list("code", "pk", "route_order"))
    rows.sort(key=lambda row: (row[0] != RECEIVING_CODE, code_order(row[0])))
    return _write_places((pk, old, STEP * place) for place, (_code, pk, old) in enumerate(rows))


@transaction.atomic
def place_after(*, code: str, after: str) -> Shelf:
    """Visit a shelf right after another one. Raises `UnknownShelf`."""
    transaction_lock(_ROUTE_LOCK)
    shelf, before = require_shelf(code, closed_allowed=True), require_shelf(after, closed_allowed=True)
    if shelf.pk == before.pk:
        return shelf
    others = Shelf.objects.exclude(pk=shelf.pk).order_by("route_order", "code")
    order = list(others.values_list("pk", "route_order"))
    place = next(index for index, (pk, _route) in enumerate(order) if pk == before.pk)
    here = order[place][1]
    there = order[place + 1][1] if place + 1 < len(order) else here + 2 * STEP
    if there - here > 1:
        return _write_route(shelf, (here + there) // 2)
    # No room between the two: number all of them anew.
    order.insert(place + 1, (shelf.pk, -1))
    _write_places((pk, old, STEP * number) for number, (pk, old) in enumerate(order))
    shelf.refresh_from_db(fields=["route_order"])
    return shelf


@transaction.atomic
def set_route(*, code: str, route_order: int) -> Shelf:
    """Give a shelf its number in the walk. Raises `UnknownShelf`, `BadShelfRange` (no such number)."""
    shelf = require_shelf(code, closed_allowed=True)
    if not 0 <= route_order <= MAX_ROUTE:
        raise BadShelfRange(first="0", last=str(MAX_ROUTE))
    return _write_route(shelf, route_order)


@transaction.atomic
def set_open(*, code: str, active: bool) -> Shelf:
    """Open or close a shelf. Goods leave a closed one, none go there. Raises `ReceivingShelfStaysOpen`."""
    shelf = require_shelf(code, closed_allowed=True)
    if shelf.code == RECEIVING_CODE and not active:
        raise ReceivingShelfStaysOpen(shelf=shelf.code)
    if shelf.active != active:
        shelf.active = active
        shelf.save(update_fields=["active"])
    return shelf


def _write_route(shelf: Shelf, route_order: int) -> Shelf:
    if shelf.route_order != route_order:
        shelf.route_order = route_order
        shelf.save(update_fields=["route_order"])
    return shelf


def _write_places(places: Iterable[tuple[int, int, int]]) -> int:
    """Write (shelf, old, new) places that changed, in one statement."""
    changed = [(pk, new) for pk, old, new in places if old != new]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE inventory_shelf AS s SET route_order = p.place"
                " FROM unnest(%s::bigint[], %s::int[]) AS p(id, place) WHERE s.id = p.id",
                [[pk for pk, _place in changed], [place for _pk, place in changed]],
            )
    return len(changed)


@dataclass(frozen=True, slots=True)
class Block:
    """All shelves whose code begins with the same part."""

    name: str
    shelves: int
    empty: int
    pairs: int


def blocks() -> list[Block]:
    """The warehouse at a glance, in walking order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(s.code, '-', 1), count(*), count(*) FILTER (WHERE COALESCE(c.pairs, 0) = 0),"
            " COALESCE(sum(c.pairs), 0)::int"
            " FROM inventory_shelf s LEFT JOIN (SELECT shelf_id, sum(adet) AS pairs FROM inventory_rafurun"
            " WHERE adet > 0 GROUP BY shelf_id) c ON c.shelf_id = s.id"
            " GROUP BY 1 ORDER BY min(s.route_order), 1"
        )
        return [Block(*row) for row in cursor.fetchall()]


def shelf_list(*, block: str = "", empty: bool = False) -> QuerySet[Shelf]:
    """Shelves in walking order with `pairs` and `kinds` (barcodes) on each."""
    filled = Q(contents__adet__gt=0)
    rows = Shelf.objects.annotate(
        pairs=Coalesce(Sum("contents__adet", filter=filled), 0), kinds=Count("contents", filter=filled)
    )
    if block:
        rows = rows.filter(Q(code=block) | Q(code__startswith=f"{block}-"))
    if empty:
        rows = rows.filter(pairs=0, active=True)
    return rows.order_by("route_order", "code")


def neighbours(shelf: Shelf) -> tuple[str, str]:
    """Codes of the shelves before and after this one in the walk ("" at an end)."""
    place = Q(route_order__lt=shelf.route_order) | Q(route_order=shelf.route_order, code__lt=shelf.code)
    others = Shelf.objects.exclude(pk=shelf.pk).values_list("code", flat=True)
    before = others.filter(place).order_by(F("route_order").desc(), F("code").desc()).first()
    after = others.exclude(place).order_by("route_order", "code").first()
    return before or "", after or ""
