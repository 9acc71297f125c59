"""Articles typed, scanned or pasted as text: one per line, `barcode [quantity [price]]`.

Columns are separated by tabs or semicolons, or by blanks. A stock code of the shop has blanks itself
(`0172-38 Siyah`), so a line of words is read in every way that makes sense, and counts if exactly one is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.barcodes import normalise_barcode
from catalog.models import BarcodeAlias, ProductImage, Variant
from catalog.scanning import readings, resolve
from gullu.forms import parse_decimal
from gullu.text import Fold, fold
from inventory.selectors import availability
from inventory.services import MAX_QUANTITY

MOST_LINES = 300
MOST_TEXT = 20_000
HIGHEST_PRICE = Decimal("999999.99")
# So many lines that nothing is known about are looked at closely (two scans in one?); the rest is just unknown.
_LOOKED_AT_CLOSELY = 20
_COLUMNS = re.compile(r"[\t;]")
_CURRENCY = re.compile(r"\s*(₺|TL|TRY)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedRow:
    """One article, or one line that was refused (`problem` says why and what to do).

    `numbers` are the lines it came from. `available` is what may still be sold, in pairs. `price` is per pair.
    """

    numbers: tuple[int, ...]
    text: str
    variant: Variant | None = None
    quantity: int = 0
    price: Decimal | None = None
    price_given: bool = False
    available: int = 0
    picture: str = ""
    problem: str = ""

    @property
    def total(self) -> Decimal:
        return (self.price or Decimal(0)) * self.quantity

    @property
    def short(self) -> bool:
        """More is wanted than is available: allowed, but only knowingly."""
        return not self.problem and self.quantity > self.available

    @property
    def merged(self) -> bool:
        return len(self.numbers) > 1


@dataclass(frozen=True, slots=True)
class Pasted:
    """Everything pasted, in its order; lines with one article are one row."""

    rows: tuple[PastedRow, ...]

    @property
    def problems(self) -> list[PastedRow]:
        return [row for row in self.rows if row.problem]

    @property
    def good(self) -> list[PastedRow]:
        return [row for row in self.rows if not row.problem]

    @property
    def short(self) -> bool:
        return any(row.short for row in self.rows)

    @property
    def pairs(self) -> int:
        return sum(row.quantity for row in self.good)

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.good), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a line: the code, and the words behind it as typed."""

    code: str
    quantity: str = ""
    price: str = ""


def read_articles(text: str, *, own: dict[int, int] | None = None) -> Pasted:
    """What a text means, with what is available. A constant number of statements, and a few per unknown line.

    `own`: pairs that the order being changed has reserved already, by variant; they count as available to it.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;")]
    too_many = lines[MOST_LINES:]
    known = _Catalogue([reading.code for _number, line in lines for reading in _ways(line)])
    rows = [known.row(number, line.strip()) for number, line in lines[:MOST_LINES]]
    if too_many:
        words = _("Only %(most)s lines are taken at once: make another order of the rest.")
        first = too_many[0]
        problem = words % {"most": MOST_LINES}
        rows.append(PastedRow(numbers=(first[0],), text=first[1].strip(), problem=problem))
    return Pasted(tuple(_with_stock(_merge(rows), own or {})))


def _ways(line: str) -> list[_Reading]:
    """How the line may be read: by its columns, or with none, one or two figures at its end."""
    if _COLUMNS.search(line):
        columns = [column.strip() for column in _COLUMNS.split(line.rstrip("\t; "))]
        if len(columns) > 3:
            return []
        return [_Reading(*columns)]
    words = _CURRENCY.sub("", line.strip()).split()
    ways = [_Reading(" ".join(words))]
    if len(words) > 1:
        # One figure with decimals is a price, any other a quantity.
        last = words[-1]
        code = " ".join(words[:-1])
        ways.append(_Reading(code, price=last) if "," in last else _Reading(code, quantity=last))
    if len(words) > 2:
        ways.append(_Reading(" ".join(words[:-2]), words[-2], words[-1]))
    return ways


class _Catalogue:
    """The variants that codes may mean, read at once: barcode or alias as a scanner delivers them, or stock code."""

    def __init__(self, codes: Collection[str]) -> None:
        # A barcode has no blank: a line of words is never run together into one.
        self._readings = {
            code: readings(normalise_barcode(code)) for code in codes if code and " " not in code
        }
        wanted = list({reading for found in self._readings.values() for reading in found})
        variants = Variant.objects.select_related("product")
        self._by_code: dict[str, Variant] = {
            row.barcode: row for row in variants.filter(barcode__in=wanted)
        } | {
            row.code: row.variant
            for row in BarcodeAlias.objects.filter(code__in=wanted).select_related("variant__product")
        }
        self._by_stock_code: dict[str, list[Variant]] = {}
        named = variants.alias(folded=Fold("stock_code")).exclude(stock_code="")
        for row in named.filter(folded__in={fold(code) for code in codes}).order_by("barcode"):
            self._by_stock_code.setdefault(fold(row.stock_code), []).append(row)
        self._left_to_look_at = _LOOKED_AT_CLOSELY

    def row(self, number: int, line: str) -> PastedRow:
        ways = [(way, self._means(way.code)) for way in _ways(line)]
        known = [(way, found) for way, found in ways if found]
        meant = {variant.pk: variant for _way, found in known for variant in found}
        refused = PastedRow(numbers=(number,), text=line)
        if not known:
            return replace(refused, problem=self._unknown(line, [way for way, _found in ways]))
        if len(meant) > 1:
            barcodes = ", ".join(variant.barcode for variant in meant.values())
            words = _("“%(text)s” can mean %(barcodes)s: write the barcode alone.")
            return replace(refused, problem=words % {"text": line[:60], "barcodes": barcodes})
        return _figures(refused, known[0][0], next(iter(meant.values())))

    def _means(self, code: str) -> list[Variant]:
        by_code = {
            row.pk: row for one in self._readings.get(code, ()) if (row := self._by_code.get(one)) is not None
        }
        return list((by_code | {row.pk: row for row in self._by_stock_code.get(fold(code), [])}).values())

    def _unknown(self, line: str, ways: Sequence[_Reading]) -> str:
        if not ways:
            return _("“%(text)s” has more than three columns: write barcode, quantity and price.") % {
                "text": line[:60]
            }
        code = ways[0].code if len(ways) == 1 else line.split(maxsplit=1)[0]
        self._left_to_look_at -= 1
        hint = resolve(code).hint if self._left_to_look_at >= 0 else ""
        unknown = _("%(code)s is not known: check the scan, or add the product first.")
        return hint or unknown % {"code": code[:60] or "—"}


def _figures(refused: PastedRow, way: _Reading, variant: Variant) -> PastedRow:
    """The row with quantity (1 if none) and price (the sale price if none), or why they cannot be taken."""
    quantity = _quantity(way.quantity)
    if quantity is None:
        words = _("“%(text)s” is no quantity: write a whole number from 1 to %(highest)s.")
        return replace(refused, problem=words % {"text": way.quantity[:30], "highest": MAX_QUANTITY})
    price = _price(way.price) if way.price else variant.sale_price
    if price is None and way.price:
        words = _("“%(text)s” is no price: write it like 1.234,50.")
        return replace(refused, problem=words % {"text": way.price[:30]})
    if price is None:
        words = _("%(barcode)s has no sale price: write the price behind the quantity.")
        return replace(refused, problem=words % {"barcode": variant.barcode})
    return replace(refused, variant=variant, quantity=quantity, price=price, price_given=bool(way.price))


def _quantity(text: str) -> int | None:
    if not text:
        return 1
    whole = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_QUANTITY))
    return int(text) if whole and 1 <= int(text) <= MAX_QUANTITY else None


def _price(text: str) -> Decimal | None:
    try:
        price = parse_decimal(_CURRENCY.sub("", text), places=2)
    except ValueError:
        return None
    exponent = price.as_tuple().exponent
    exact = isinstance(exponent, int) and exponent >= -2
    return price if exact and 0 <= price <= HIGHEST_PRICE else None


def _merge(rows: Sequence[PastedRow]) -> Iterator[PastedRow]:
    """Lines with one article become one row, at the place of the first; two different prices are refused."""
    articles: dict[int, PastedRow] = {}
    order: list[PastedRow | int] = []
    for row in rows:
        if row.variant is None:
            order.append(row)
            continue
        before = articles.get(row.variant.pk)
        if before is None:
            order.append(row.variant.pk)
        articles[row.variant.pk] = row if before is None else _together(before, row)
    yield from (articles[place] if isinstance(place, int) else place for place in order)


def _together(first: PastedRow, second: PastedRow) -> PastedRow:
    numbers = first.numbers + second.numbers
    quantity = first.quantity + second.quantity
    problem = first.problem
    if first.price_given and second.price_given and first.price != second.price:
        words = _("%(barcode)s is given with two prices: write it once, or with the same price.")
        problem = words % {"barcode": first.variant.barcode if first.variant else "—"}
    elif quantity > MAX_QUANTITY:
        words = _("“%(text)s” is no quantity: write a whole number from 1 to %(highest)s.")
        problem = words % {"text": quantity, "highest": MAX_QUANTITY}
    priced = second if second.price_given and not first.price_given else first
    return replace(
        first,
        numbers=numbers,
        quantity=quantity,
        price=priced.price,
        price_given=priced.price_given,
        problem=problem,
    )


def _with_stock(rows: Iterator[PastedRow], own: dict[int, int]) -> Iterator[PastedRow]:
    found = list(rows)
    variants = [row.variant for row in found if row.variant is not None]
    if not variants:
        return iter(found)
    there = {row.barcode: row.available for row in availability([variant.barcode for variant in variants])}
    pictures = pictures_of(variants)
    return (
        row
        if row.variant is None
        else replace(
            row,
            available=there.get(row.variant.barcode, 0) + own.get(row.variant.pk, 0),
            picture=pictures.get((row.variant.product_id, row.variant.colour), ""),
        )
        for row in found
    )


def pictures_of(variants: Collection[Variant]) -> dict[tuple[int, str], str]:
    """The first picture of each model and colour, by (product id, colour). One statement."""
    images = ProductImage.objects.filter(product__in={variant.product_id for variant in variants})
    pictures: dict[tuple[int, str], str] = {}
    for image in images.order_by("product", "colour", "position"):
        pictures.setdefault((image.product_id, image.colour), image.url)
    return pictures
